/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.h -- from the program's start to its end: signals, children, hellos and
 * the drain, all by one thread from one epoll.
 */
#ifndef TRACER_BESIDE_LOOP_H
#define TRACER_BESIDE_LOOP_H

#include "tracer/beside/launch.h"
#include "tracer/beside/recording.h"

struct run_loop {
	int epoll;
	struct run_signals *signals;
	struct run_recording *recording;    /* NULL: the program is not recorded */
	pid_t program;
	bool is_wait_all;
	bool is_program_ended;
	bool has_no_children;
	bool was_stopped;                   /* we were, and a SIGCONT is on its way */
	bool was_interrupted;
	int wait_status;                    /* of the program */
};

/* Runs until the program has ended, or with is_wait_all until nobody is left. */
void run_loop(struct run_loop *loop);

#endif
