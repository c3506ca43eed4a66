/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shots.h -- snapshots of processes that go on: when one is due or asked for, who
 * is stopped for it, and what becomes of the clones that write them.
 *
 * formats/wire/shot.h says how. A snapshot that cannot be had is no error of the
 * run: it is tried again, or said.
 */
#ifndef TRACER_BESIDE_SHOTS_H
#define TRACER_BESIDE_SHOTS_H

#include "tracer/beside/drain.h"
#include "tracer/beside/standing.h"

#include <sys/types.h>

struct run_shot;
struct run_lingering;

struct run_shots {
	struct run_standings *standings; /* borrowed: where threads stood goes there */
	struct run_shot *first;         /* being written */
	struct run_lingering *lingering;
	uint64_t every_ns;              /* --snapshot-every, or 0 */
	bool is_closing;                /* takes no more */
	bool is_adopting;               /* the runner adopts orphans all the time */
	uint32_t refusals_said;         /* bits, by enum mt_shot_refusal */
};

/* Takes those that are due or asked for, and looks after the clones. Once per
 * pass. */
void run_shots_pass(struct run_shots *shots, struct run_drain *drain, uint64_t now_ns);
/* As run_holds_stopped. */
bool run_shots_stopped(struct run_shots *shots, pid_t tid, int wait_status);
/* Is a clone still writing? */
bool run_shots_are_open(const struct run_shots *shots);
/* Ends the clones, and forgets them. */
void run_shots_release(struct run_shots *shots, struct run_drain *drain);

#endif
