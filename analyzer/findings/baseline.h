/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline.h -- what is known already, and so no reason to fail: a text of one line
 * per finding, sorted, so that two branches that change different findings merge.
 *
 *     # memtrace baseline 1
 *     L-77aa02d15c3f8e90 bytes=96 allocations=3 kind=definite function=read_line
 *       owner=net-team expires=2027-01-31 reason=freed in the next release
 *
 * (one line in the file). A name covers every finding that begins with it, up to
 * so many bytes and allocations in one trace, with all that hangs on it. Comments
 * before an entry stay with it.
 */
#ifndef ANALYZER_FINDINGS_BASELINE_H
#define ANALYZER_FINDINGS_BASELINE_H

#include "analyzer/base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { AN_BASELINE_DIGITS = 16 };    /* of a name that we write */

struct an_baseline_entry {
	const char *name;            /* "L-77aa02d15c3f8e90": 6 digits at least */
	uint64_t bytes, n;
	const char *kind;            /* for a person; "" if not said */
	const char *function;        /* likewise */
	const char *owner;           /* "" if not said */
	const char *reason;          /* "" if not said */
	const char *expires;         /* "2027-01-31": the last day; "" never */
	const char *comment;         /* the lines before it, each with its end; or "" */
	bool is_expired;
	bool is_used;                /* set by whoever found something that it names */
};

/* Zeroed is empty. */
struct an_baseline {
	struct an_baseline_entry *at;    /* by name */
	uint32_t n;
	size_t room;
	const char *head;                /* comments before a blank line, or NULL */
	struct arena arena;
};

/* Adds what a text says; today is "2026-03-04". 0, or the number of the line that
 * cannot be understood, with *what in words. */
unsigned an_baseline_parse(struct an_baseline *baseline, const char *text, const char *today,
			   const char **what);
void an_baseline_release(struct an_baseline *baseline);
/* The longest name that the finding begins with, or NULL. id is "L-" or the like. */
struct an_baseline_entry *an_baseline_find(const struct an_baseline *baseline, const char *id,
					   const char *fingerprint);
/* Copies the entry, texts and all. Call an_baseline_sort when the last is in. */
void an_baseline_add(struct an_baseline *baseline, const struct an_baseline_entry *entry);
void an_baseline_sort(struct an_baseline *baseline);
void an_baseline_write(const struct an_baseline *baseline, FILE *to);

#endif
