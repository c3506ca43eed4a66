/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.h -- the program's process: forked early, because FILE may bear its
 * pid, and held before exec until everything is ready for it.
 */
#ifndef TRACER_BESIDE_LAUNCH_H
#define TRACER_BESIDE_LAUNCH_H

#include "tracer/beside/signals.h"

#include <sys/resource.h>

struct run_launch {
	const char *path;               /* what to execute, as run_find_program says */
	char *const *command;
	const struct run_signals *signals;
	const struct rlimit *files;     /* RLIMIT_NOFILE as it was, or NULL */
	pid_t pid;
	int hold;                       /* writing end; the child waits at the other */
	int verdict;                    /* reading end: the errno of exec, or nothing */
};

/* Forks. 0, or an errno. */
int run_launch_fork(struct run_launch *launch);
/* Lets the child go, with these variables more in its environment (n "NAME=value",
 * each put in place of an earlier one of that name). Returns 0 once the program
 * runs, or the errno of exec; the child is then reaped. */
int run_launch_go(struct run_launch *launch, char *const *variables, unsigned n);
/* The child was never let go: it ends without having done anything. */
void run_launch_cancel(struct run_launch *launch);

/* LD_PRELOAD for the program: library, then oracle (or NULL), then what the
 * user has there (or NULL). malloc'ed, "LD_PRELOAD=...", or NULL. */
char *run_preload_variable(const char *library, const char *oracle, const char *users);

#endif
