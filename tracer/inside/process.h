/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.h -- what a process does to its own image: forks, execs, ends.
 */
#ifndef TRACER_INSIDE_PROCESS_H
#define TRACER_INSIDE_PROCESS_H

#include "tracer/inside/state.h"

struct mt_snapshot_thread;
struct tr_end_signal;

/* Called in a forked child by whoever notices first. */
void tr_process_begin_child(void);

/* Says how the image ends by its own will. Not in a vfork child, which is still
 * its parent's image. */
void tr_process_end(uint8_t how, uint32_t status);

/* False in a vfork child, which has its parent's memory and must not speak for it. */
bool tr_process_is_own(void);
/* A signal is about to end the image; self is what the calling thread was at. */
void tr_process_fatal(const struct mt_snapshot_thread *self, const struct tr_end_signal *signal);

/* Asks the runner to look at the image when it has ended, because it will not be able
 * to do so itself; waits until it will, a bounded time. */
void tr_process_be_traced(void);

/* In the parent, around a fork: before it, so that what is freed after it is
 * known to have been inherited; after it with the child's pid, or 0 if it failed.
 * Children made in other ways announce themselves. */
void tr_process_fork_begin(void);
void tr_process_fork_end(uint64_t pid);

struct tr_exec {
	uint64_t token;      /* 0: it could not be recorded */
	bool is_followed;    /* the child is to be told; else it gets what it was given */
};

/* Announces an exec or spawn. */
struct tr_exec tr_process_exec(const char *path, uint8_t flags);
void tr_process_exec_failed(uint64_t token, int error);

#endif
