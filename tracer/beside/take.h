/* SPDX-License-Identifier: Apache-2.0 */
/*
 * take.h -- one snapshot of a process that goes on, up to the moment when its
 * threads run again and a clone writes it. See formats/wire/shot.h.
 */
#ifndef TRACER_BESIDE_TAKE_H
#define TRACER_BESIDE_TAKE_H

#include "tracer/beside/shots.h"

/* What is wanted of whom. */
struct run_wish {
	uint32_t region;
	uint64_t pid;
	uint32_t why;
	const char *label;
	bool is_last_try;
};

/* Stops the process and has the clone made. MT_SHOT_TAKEN, or why not; *error is an
 * errno, or 0. */
uint32_t run_take(struct run_shots *shots, struct run_drain *drain, const struct run_wish *wish,
		  int *error);
/* Somebody stands where nothing can be said of him: the next moment is better. */
bool run_take_is_bad_place(uint32_t refusal);
/* Threads that stopped too late are let go. */
void run_take_let_linger(struct run_shots *shots);
void run_take_forget_lingering(struct run_shots *shots);

#endif
