/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standstill.h -- the threads of a process, stopped and let go.
 *
 * PTRACE_SEIZE and PTRACE_INTERRUPT: no signal reaches the program, nothing is
 * written to its stacks, and a system call that was interrupted is made again. A
 * thread that does not stop in time is listed with the reason and set free when
 * it does.
 */
#ifndef TRACER_BESIDE_STANDSTILL_H
#define TRACER_BESIDE_STANDSTILL_H

#include "formats/wire/live.h"

#include <stdbool.h>
#include <sys/types.h>

struct run_stopped {
	pid_t tid;
	bool is_seized;                 /* ours to let go */
	bool is_stopped;
	bool is_at_rest;                /* by us alone: no signal, no job control */
	bool is_job_stopped;
	int signal;                     /* to be delivered when it goes on, or 0 */
	int error;
};

/* Accepts zeroes: nobody is stopped. */
struct run_standstill {
	uint64_t pid;
	struct run_stopped *threads;
	unsigned n, n_room;
};

/* Stops all threads of pid but except (0: all), those that begin meanwhile too,
 * waiting until until_ns for all together. */
void run_standstill_begin(struct run_standstill *still, uint64_t pid, pid_t except,
			  uint64_t until_ns);
/* The thread, or NULL. */
struct run_stopped *run_standstill_find(const struct run_standstill *still, pid_t tid);
/* Lists them in control->n_held and behind; control->hold_error is left as it is, or
 * says why it is not all. */
void run_standstill_list(const struct run_standstill *still, struct mt_region_control *control);
/* Lets all go that stand; true while there are some left to wait for. */
bool run_standstill_end(struct run_standstill *still);
/* waitpid says that a thread of it stopped. */
void run_standstill_saw(struct run_stopped *thread, int wait_status);
/* Looks, without waiting, whether it stands or is gone. */
void run_standstill_look(const struct run_standstill *still, struct run_stopped *thread);
enum run_wait { RUN_WAIT_NOTHING, RUN_WAIT_STOPPED, RUN_WAIT_GONE };
/* What became of one thread of pid. Does not wait. */
enum run_wait run_standstill_wait(uint64_t pid, pid_t tid, int *wait_status);
void run_standstill_release(struct run_standstill *still);

#endif
