/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fatal.h -- a snapshot when a signal ends the process.
 *
 * A signal that the program leaves at its default gets a handler of ours. It
 * scans, puts the default back, and sends itself the same signal with the same
 * siginfo, so that the kernel ends the process as it would have, at the same
 * instruction. The program sees none of it: where it asks, the answer is SIG_DFL
 * (hooks_signal.c), and what it sets replaces ours. There is no table of who set
 * what, which a vfork child would share with its parent: the handler's address
 * alone says what the program believes to have set.
 *
 * No handler is installed under a seccomp filter (it may forbid what the handler
 * does), in the first process of a pid namespace (which the kernel spares), in
 * Go programs (whose runtime asks the kernel directly, and would believe that the
 * handler is somebody's), and when nobody wants a snapshot.
 */
#ifndef TRACER_INSIDE_FATAL_H
#define TRACER_INSIDE_FATAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* As the kernel has it. */
struct tr_kernel_action {
	uintptr_t handler;
	uint64_t flags;
	uintptr_t restorer;
	uint64_t mask;
};

/* Once, before the program runs. */
void tr_fatal_arm(void);
/* Puts the defaults back for good: a filter is about to be installed. */
void tr_fatal_disarm(void);

/* What to set in place of what the program wants to set: true if *action was
 * SIG_DFL and is ours now. */
bool tr_fatal_replace(int number, struct tr_kernel_action *action);
/* What the program would find where it finds this. */
void tr_fatal_disguise(struct tr_kernel_action *action);

/* syscall(SYS_rt_sigaction, ...), as the program may make it. In hooks_signal.c. */
long tr_syscall_sigaction(long number, long wanted, long old, long size);

#endif
