/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot.h -- the pointers in the process's memory, written to the trace:
 * formats/wire/snapshot.h says what it consists of.
 *
 * The calling thread scans in place. The runner holds the other threads; where
 * it cannot, they run on, and memory is read by a system call that fails where
 * a load would be fatal. Every wait has an end. Nothing is allocated: the tables
 * are static, which costs addresses until they are used.
 */
#ifndef TRACER_INSIDE_SNAPSHOT_H
#define TRACER_INSIDE_SNAPSHOT_H

#include "formats/wire/snapshot.h"
#include "tracer/inside/stream.h"

/* The image is about to end: once, unless it never allocated anything, has a
 * seccomp filter of its own, or the user does not want it. flags: MT_SNAPSHOT_*. */
void tr_snapshot_at_exit(uint8_t flags);
/* The same when a signal ends it; self is what the signal interrupted. */
struct tr_end_signal {
	int number, code;        /* as in siginfo_t */
	uintptr_t address;       /* of a fault */
};
void tr_snapshot_fatal(const struct mt_snapshot_thread *self, const struct tr_end_signal *signal);
/* The scan cannot go on: lets the other threads go. */
void tr_snapshot_give_up(void);

/* Shows the runner the way in, for snapshots on demand. At the start of an image. */
void tr_snapshot_prepare(void);
/* In a forked child: what its parent was at does not concern it. */
void tr_snapshot_forked(void);

/* Of this process, now: returns when the threads have stood still for it, or the
 * runner has said why not. False: nobody answered, or there is no runner. The calling
 * thread is in no hook. label: as much of it as the request takes; may be NULL. */
bool tr_snapshot_call(const char *label);

#endif
