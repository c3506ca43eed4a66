/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges.h -- nested address ranges, and the innermost one at an address.
 *
 *   added:   |---------- 0 ----------|        sealed:  0 | 1 | 2 | 1 | 0
 *                |---- 1 ----|
 *                    | 2 |
 *
 * Sealing cuts the ranges into pieces that do not overlap, each with the number
 * of the innermost range there; looking up is then one binary search. Of equal
 * ranges the greater number is the inner one. Ranges that overlap without
 * nesting (damaged input) give the one that begins last.
 */
#ifndef ANALYZER_SYMBOLS_RANGES_H
#define ANALYZER_SYMBOLS_RANGES_H

#include "analyzer/base/vec.h"

#include <stdint.h>

enum { AN_RANGE_NONE = UINT32_MAX };

struct an_range {
	uint64_t low;
	uint64_t high;           /* one past the last address */
	uint32_t number;
};

/* Valid when zeroed. */
struct an_ranges {
	VEC(struct an_range) all;        /* after sealing: the pieces, sorted */
};

/* An empty or inverted range is left out. */
void an_ranges_add(struct an_ranges *ranges, uint64_t low, uint64_t high, uint32_t number);
void an_ranges_seal(struct an_ranges *ranges);
/* The number at address in sealed ranges, or AN_RANGE_NONE. */
uint32_t an_ranges_find(const struct an_ranges *ranges, uint64_t address);
void an_ranges_release(struct an_ranges *ranges);

#endif
