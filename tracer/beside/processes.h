/* SPDX-License-Identifier: Apache-2.0 */
/*
 * processes.h -- who records into which region, and how they ended.
 *
 * One entry per image that was met: by its hello, by the control of a region
 * it claimed itself, or by a segment that bears its pid (a forked child). An
 * entry lasts until its region is taken back, so that segments left behind can
 * be told from segments in use. A pid may come again; an entry does not.
 */
#ifndef TRACER_BESIDE_PROCESSES_H
#define TRACER_BESIDE_PROCESSES_H

#include "formats/wire/record.h"

#include <sys/types.h>

struct run_process {
	struct run_process *next;   /* in the same region */
	uint64_t pid;               /* as the runner sees it; 0: it cannot */
	uint64_t inner_pid;         /* as it sees itself; 0: not known yet */
	int pidfd;                  /* -1: none */
	uint32_t region;
	bool is_ended;
	bool is_replaced;           /* by exec: the pid lives on as another entry */
	bool is_foreign;            /* of a pid namespace the runner cannot see into: taken
	                             * to be alive until the end */
	struct mt_ended ended;      /* once is_ended */
	uint64_t shot_due_ns;       /* its next snapshot by --snapshot-every; 0: not known yet */
	uint32_t n_shot_tries;      /* in vain since it was due */
};

struct run_processes {
	int epoll;                  /* where pidfds are watched; data.ptr is the entry. Borrowed;
	                             * -1: not watched */
	uint64_t born_ticks;        /* the runner's own start, in the kernel's ticks */
	uint32_t n_alive;           /* entries with a pidfd, neither ended nor replaced */
	uint32_t n_met;
};

void run_processes_open(struct run_processes *processes, int epoll);

/* An image said hello; takes pidfd. The new entry, or NULL without memory. */
struct run_process *run_processes_hello(struct run_processes *processes,
					struct run_process **users, uint32_t region,
					uint64_t pid, int pidfd);
/* Somebody who calls himself inner_pid records into a region. is_same_space:
 * the region's image has the runner's pid namespace. NULL without memory. */
struct run_process *run_processes_meet(struct run_processes *processes,
				       struct run_process **users, uint32_t region,
				       uint64_t inner_pid, bool is_same_space);
/* The youngest entry of a list with this pid of its own, or NULL. */
struct run_process *run_processes_find(struct run_process *users, uint64_t inner_pid);

/* Its pidfd has become readable: finds out how it ended, into ->ended. */
void run_process_end(struct run_processes *processes, struct run_process *process,
		     uint64_t ticks);
/* The same, when waitpid has told. */
void run_process_end_as(struct run_processes *processes, struct run_process *process,
			int wait_status, uint64_t ticks);
/* What waitpid says, as a record. */
struct mt_ended run_ended_of(uint64_t pid, int wait_status, uint64_t ticks);
/* exec put another image in its place. */
void run_process_replace(struct run_processes *processes, struct run_process *process);
/* Is this thread of the runner's namespace still able to run? */
bool run_is_thread_alive(uint64_t pid, uint64_t tid);
/* Its letter as /proc has it; 'X': gone, or a zombie. */
char run_thread_state(uint64_t pid, uint64_t tid);

/* Frees a list and leaves it empty. */
void run_processes_forget(struct run_processes *processes, struct run_process **users);

#endif
