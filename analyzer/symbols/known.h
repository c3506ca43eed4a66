/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h -- the places that the trace's SYMBOLS blocks know, all modules in
 * one array sorted by module and address. It is sorted when somebody asks for
 * the first time after something was added.
 */
#ifndef ANALYZER_SYMBOLS_KNOWN_H
#define ANALYZER_SYMBOLS_KNOWN_H

#include "analyzer/base/strpool.h"
#include "analyzer/symbols/symbols.h"

struct an_known_place {
	uint64_t address;
	uint32_t module;
	uint32_t n_lines;
	uint64_t first_line;     /* into lines: also the order of arrival */
};

/* Valid when zeroed. Lines have linkage, file and line; the rest when found. */
struct an_known {
	VEC(struct an_known_place) places;
	VEC(struct an_line) lines;
	bool is_sorted;
};

/* What is added of a place later replaces what was there. */
void an_known_add(struct an_known *known, uint32_t module, uint64_t address,
		  const struct an_line *lines, uint32_t n_lines);
/* The lines of a place, function and is_inlined filled in, or NULL. They last
 * until the next an_known_add. */
const struct an_line *an_known_find(struct an_known *known, uint32_t module, uint64_t address,
				    struct strpool *names, size_t *n_lines);
void an_known_release(struct an_known *known);

#endif
