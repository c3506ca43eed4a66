/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h -- how much is too much: KIND[.MEASURE]:N, as a person writes it on the
 * command line and in a file.
 *
 *     definite:0                 not a byte and not an allocation lost
 *     possible.count:3           at most 3 allocations
 *     peak:200M                  of the whole tree of processes
 *     program(helper)/live:1Mi   of the processes of one program
 *     site(parse_*):64k          what these functions have left live, together
 *     definite:0@every-run       counts only what leaks in every run
 *     definite:none              lifts a limit that stands before
 */
#ifndef ANALYZER_FINDINGS_LIMITS_H
#define ANALYZER_FINDINGS_LIMITS_H

#include "analyzer/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum an_limit_what {
	AN_LIMIT_CLASS,          /* which: enum an_class */
	AN_LIMIT_CAUSE,          /* which: enum an_cause */
	AN_LIMIT_ERROR,          /* which: enum an_error_kind */
	AN_LIMIT_ERRORS,         /* all of them */
	AN_LIMIT_TOTAL,          /* definite, indirect and possible */
	AN_LIMIT_LIVE, AN_LIMIT_PEAK, AN_LIMIT_ALLOCATED, AN_LIMIT_ALLOCATIONS,
	AN_LIMIT_SITE,           /* what the functions like pattern have left live */
};

enum an_measure { AN_MEASURE_BYTES, AN_MEASURE_COUNT, AN_MEASURE_FINDINGS };
/* "bytes", "count", "findings". */
const char *an_measure_name(enum an_measure measure);

struct an_limit {
	const char *key;         /* what stands before the number */
	enum an_limit_what what;
	unsigned which;
	enum an_measure measure;
	const char *program;     /* NULL: the whole tree */
	const char *pattern;     /* of AN_LIMIT_SITE; else NULL */
	uint64_t most;           /* 0 bytes: no allocation either, however small */
	bool is_every_run;       /* counts only what every run has */
	bool is_high_only;       /* counts only what is certain: of defaults */
	bool is_default;
};

/* Zeroed is empty. */
struct an_limits {
	struct an_limit *at;     /* in the order of their first appearance */
	uint32_t n;
	size_t room;
	struct arena arena;
};

void an_limits_release(struct an_limits *limits);
/* What holds when nobody says anything else. */
void an_limits_add_defaults(struct an_limits *limits);
/* Adds what text says, in place of an earlier one with the same key. NULL, or what
 * is wrong with it, for a person; valid until the next call. */
const char *an_limits_add(struct an_limits *limits, const char *text);

/* True if what it counts are findings: a baseline and --only-from can lower it, and
 * it can ask for every run. */
bool an_limit_is_of_rows(const struct an_limit *limit);
/* Bytes with k, M, G or Ki, Mi, Gi and maybe a B behind them. False: not a number. */
bool an_limit_number(const char *text, uint64_t *number);

#endif
