/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortem.h -- --post-mortem: every process of the tree is traced, and held for a
 * moment when it has died, before the kernel takes its memory: PTRACE_EVENT_EXIT.
 * So there is a snapshot whatever ends it, SIGKILL included.
 *
 * What comes from the tree is followed by the kernel (PTRACE_O_TRACEFORK and its
 * kin). Signals are passed on as they come, a stopped process stays stopped
 * (PTRACE_LISTEN). While it is traced so, nobody else can trace it.
 */
#ifndef TRACER_BESIDE_MORTEM_H
#define TRACER_BESIDE_MORTEM_H

#include "tracer/beside/drain.h"
#include "tracer/beside/mortem_write.h"

struct run_death;

/* Accepts zeroes: nobody is traced. */
struct run_mortem {
	bool is_on;
	enum mt_clock clock;
	struct run_death *first;
	struct run_fault fault;         /* the last signal that was passed on */
};

/* Traces a process, all threads of it, and what will come from it. 0 or an errno. */
int run_mortem_seize(struct run_mortem *mortem, pid_t pid);
/* waitpid says that tid stopped: deals with it. True if it was job control. */
bool run_mortem_stopped(struct run_mortem *mortem, struct run_drain *drain, pid_t tid,
			int wait_status);
/* Looks who asks to be traced, and who has been held long enough. Once per pass. */
void run_mortem_pass(struct run_mortem *mortem, struct run_drain *drain);
/* Lets the dead go. */
void run_mortem_release(struct run_mortem *mortem);

#endif
