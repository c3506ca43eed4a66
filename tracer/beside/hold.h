/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold.h -- stops the threads of a process that scans its own memory.
 *
 * Where everybody stands still it says so in the region's control; the draining
 * goes on meanwhile: the scan needs it.
 */
#ifndef TRACER_BESIDE_HOLD_H
#define TRACER_BESIDE_HOLD_H

#include "tracer/beside/drain.h"
#include "tracer/beside/standing.h"
#include "tracer/beside/standstill.h"

#include <sys/types.h>

struct run_hold;

/* All processes that are held at present. */
struct run_holds {
	struct run_hold *first;
	struct run_standings standings;
};

/* Looks who asks, who is done, and who died. To be called once per pass. */
void run_holds_pass(struct run_holds *holds, struct run_drain *drain, uint64_t now_ns);
/* waitpid says that pid stopped: true if it is a thread of ours, which is dealt
 * with; false if it was job control. */
bool run_holds_stopped(struct run_holds *holds, pid_t pid, int wait_status);
/* Lets everybody go. Accepts a zeroed struct. */
void run_holds_release(struct run_holds *holds);

#endif
