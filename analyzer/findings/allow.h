/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow.h -- what somebody accepts not to have seen: REASON[:WHAT],... with the words
 * of "missing" in report --json. WHAT is a program, a pattern of one, or the beginning
 * of the detail.
 */
#ifndef ANALYZER_FINDINGS_ALLOW_H
#define ANALYZER_FINDINGS_ALLOW_H

#include "analyzer/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct an_allowance {
	const char *reason;
	const char *what;        /* NULL: whatever it is about */
	bool is_used;
};

/* Zeroed is empty. */
struct an_allowances {
	struct an_allowance *at;
	uint32_t n;
	size_t room;
	struct arena arena;
};

void an_allowances_release(struct an_allowances *allowances);
/* NULL, or what is wrong with the list, for a person; valid until the next call. */
const char *an_allowances_add(struct an_allowances *allowances, const char *list);
/* Sets is_used. program: base name of the process it is told of. */
bool an_allowances_match(const struct an_allowances *allowances, const char *reason,
			 const char *detail, const char *program);
/* The WHAT that names it: the program that the detail or the process is about, base name;
 * "" if there is none. To is of room bytes; returns it. */
const char *an_allowance_name(char *to, size_t room, const char *detail, const char *program,
			      const char *reason);

#endif
