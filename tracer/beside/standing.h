/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.h -- where the threads of a process stood when they were stopped.
 *
 * While they stand still, only what is needed is copied: their registers, their
 * stacks from the stack pointer up, the list of mappings. libunwind walks the
 * copies afterwards, a few at a time between passes, whether the process lives
 * or not; so a pause is not longer for it than the copying takes.
 */
#ifndef TRACER_BESIDE_STANDING_H
#define TRACER_BESIDE_STANDING_H

#include "tracer/beside/standstill.h"
#include "tracer/beside/trace_file.h"

struct run_copy;

/* Accepts zeroes: nothing waits. */
struct run_standings {
	struct run_copy *first, **last;
};

/* Who they are, in terms of the trace. */
struct run_standing_of {
	uint32_t process, snapshot, generation;
};

/* Copies the threads that stand. */
void run_standings_copy(struct run_standings *standings, const struct run_standstill *still,
			const struct run_standing_of *of);
/* Walks what was copied and writes it, until until_ns. */
void run_standings_walk(struct run_standings *standings, struct run_trace *trace,
			uint64_t until_ns);
/* Forgets what was not written. */
void run_standings_release(struct run_standings *standings);

#endif
