/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_after.h -- what "memtrace run" does once the program has ended: replays
 * the trace for the summary line and puts the names of all addresses into it.
 *
 * A helper process does it. So it can be stopped at any instruction by a second
 * Ctrl-C, its memory is gone when it ends, and whatever happens to it the trace
 * stays as complete as the runner left it.
 */
#ifndef ANALYZER_CLI_RUN_AFTER_H
#define ANALYZER_CLI_RUN_AFTER_H

#include "tracer/beside/runner.h"

#include <stdbool.h>
#include <stdint.h>

/* What the helper tells, in one write each. */
struct run_news {
	bool is_replayed;           /* the three below are known */
	uint64_t live_bytes;
	uint64_t n_live;
	uint64_t n_sites;           /* distinct stacks with something live */
	bool is_asked;              /* the two below are known, too */
	uint64_t leaked_bytes;
	uint64_t n_leaks;           /* distinct stacks that leaked */
	uint64_t file_bytes;        /* of the trace up to its last whole block */
};

struct run_after {
	struct run_result *result;
	pid_t helper;               /* 0: none */
	int news_fd;
	struct run_news news;       /* the latest */
};

struct run_after_options {
	bool wants_symbols;
	bool wants_count;           /* of what is left, if that does not take long */
};

/* Starts the helper; without one (no memory, no process) there is no news. */
void run_after_open(struct run_after *after, struct run_result *result,
		    const struct run_after_options *wanted);
/* Waits until the helper has ended, or for at most timeout_ms (-1: for ever). A
 * signal that means "stop" ends the helper. True when it has ended. */
bool run_after_wait(struct run_after *after, int timeout_ms);
/* Ends the helper if it still works. */
void run_after_close(struct run_after *after);

#endif
