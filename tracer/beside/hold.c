/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold.c -- see hold.h, and formats/wire/live.h for how it is asked for.
 *
 * Threads may begin others while they are being stopped, so the list is read
 * until a reading has nothing new.
 */
#include "tracer/beside/hold.h"
#include "tracer/beside/clock.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

enum {
	STOP_NS = 100000000,            /* for all threads together */
	NAP_NS = 20000,
	ROUNDS_MAX = 16,
	ABANDONED_NS = 1000000000,      /* an asker who never asked */
};

struct held {
	pid_t tid;
	bool is_seized;                 /* ours to let go */
	bool is_stopped;
	int signal;                     /* to be delivered when it goes on, or 0 */
	int error;
};

struct run_hold {
	struct run_hold *next;
	uint32_t region;
	uint64_t pid;
	bool is_released;               /* some thread has not stopped yet */
	struct held *threads;
	unsigned n, n_room;
};

static struct held *find(const struct run_hold *hold, pid_t tid)
{
	for (unsigned i = 0; i < hold->n; i++)
		if (hold->threads[i].tid == tid)
			return &hold->threads[i];
	return NULL;
}

/* What a stop means for going on: a signal on its way must not be lost. */
static void note_stop(struct held *thread, int wait_status)
{
	thread->is_stopped = true;
	thread->signal = wait_status >> 16 ? 0 : WSTOPSIG(wait_status);
}

static void look_for_stop(struct held *thread)
{
	int wait_status;
	pid_t pid = waitpid(thread->tid, &wait_status, WNOHANG | WUNTRACED | __WALL);

	if (pid == thread->tid && WIFSTOPPED(wait_status)) {
		note_stop(thread, wait_status);
	} else if (pid) {
		/* It ended, or is not ours any more. */
		thread->is_seized = false;
		thread->error = ESRCH;
	}
}

/* A first thread that ended before the others is a zombie, and no obstacle. */
static int why_not_seized(const struct run_hold *hold, pid_t tid)
{
	int error = errno;

	return run_is_thread_alive(hold->pid, (uint64_t)tid) ? error : ESRCH;
}

static void seize(struct run_hold *hold, pid_t tid)
{
	struct held thread = { .tid = tid };

	if (hold->n == hold->n_room) {
		unsigned room = hold->n_room ? 2 * hold->n_room : 64;
		struct held *threads = realloc(hold->threads, room * sizeof(*threads));

		if (!threads)
			return;
		hold->threads = threads;
		hold->n_room = room;
	}
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL)) {
		thread.error = why_not_seized(hold, tid);
	} else {
		thread.is_seized = true;
		if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL))
			thread.error = errno;
	}
	hold->threads[hold->n++] = thread;
}

/* Seizes the threads that are new; how many those were. */
static unsigned seize_all(struct run_hold *hold, uint64_t pid, pid_t asker)
{
	unsigned n_before = hold->n;
	char path[64];
	const struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%llu/task", (unsigned long long)pid);
	tasks = opendir(path);
	if (!tasks)
		return 0;
	while ((entry = readdir(tasks))) {
		pid_t tid = (pid_t)atoi(entry->d_name);

		if (tid > 0 && tid != asker && !find(hold, tid))
			seize(hold, tid);
	}
	closedir(tasks);
	return hold->n - n_before;
}

/* Waits until all that were seized stand still, or time is up. */
static void wait_for_stops(struct run_hold *hold, uint64_t until_ns)
{
	const struct timespec nap = { 0, NAP_NS };
	bool is_waiting;

	do {
		is_waiting = false;
		for (unsigned i = 0; i < hold->n; i++) {
			struct held *thread = &hold->threads[i];

			if (thread->is_seized && !thread->is_stopped)
				look_for_stop(thread);
			is_waiting |= thread->is_seized && !thread->is_stopped;
		}
		if (is_waiting)
			nanosleep(&nap, NULL);
	} while (is_waiting && run_clock_monotonic_ns() < until_ns);
}

#if defined(__x86_64__)
static int read_registers(pid_t tid, struct mt_held_thread *to)
{
	struct user_regs_struct regs;
	struct iovec part = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &part))
		return errno;
	to->pc = regs.rip;
	to->sp = regs.rsp;
	to->fp = regs.rbp;
	to->thread_pointer = regs.fs_base;
	memcpy(to->registers, (const uint64_t[MT_HELD_REGISTERS]){
		regs.rax, regs.rbx, regs.rcx, regs.rdx, regs.rsi, regs.rdi, regs.r8, regs.r9,
		regs.r10, regs.r11, regs.r12, regs.r13, regs.r14, regs.r15 },
	       sizeof(to->registers));
	return 0;
}
#else
#error "memtrace: this processor's registers are not read yet"
#endif

static void list_thread(struct mt_region_control *control, const struct held *thread)
{
	struct mt_held_thread entry = { .tid = (uint64_t)thread->tid,
					.error = (uint32_t)thread->error };

	if (thread->error == ESRCH)
		return;
	if (control->n_held == MT_HELD_MAX) {
		control->hold_error = ENOSPC;
		return;
	}
	if (!entry.error)
		entry.error = thread->is_stopped ? (uint32_t)read_registers(thread->tid, &entry)
						 : ETIMEDOUT;
	if (entry.error)
		control->hold_error = entry.error;
	mt_held_threads(control)[control->n_held++] = entry;
}

/* False once nothing is left to wait for. */
static bool let_go(struct run_hold *hold)
{
	bool is_waiting = false;

	hold->is_released = true;
	for (unsigned i = 0; i < hold->n; i++) {
		struct held *thread = &hold->threads[i];

		if (!thread->is_seized)
			continue;
		if (!thread->is_stopped)
			look_for_stop(thread);
		if (thread->is_stopped) {
			ptrace(PTRACE_DETACH, thread->tid, NULL, (void *)(long)thread->signal);
			thread->is_seized = false;
		}
		is_waiting |= thread->is_seized;
	}
	return is_waiting;
}

static void forget(struct run_hold **link)
{
	struct run_hold *hold = *link;

	*link = hold->next;
	free(hold->threads);
	free(hold);
}

static void become_idle(struct mt_region_control *control)
{
	__atomic_store_n(&control->hold_state, MT_HOLD_STATE_IDLE, __ATOMIC_RELEASE);
	__atomic_store_n(&control->hold_asker, 0, __ATOMIC_RELEASE);
}

/* Thread numbers are only ours to use in our own pid namespace. */
static bool is_known(const struct run_drain *drain, uint32_t region, uint64_t pid)
{
	const struct run_process *process =
		run_processes_find(drain->live->regions[region].users, pid);

	return process && process->pid == pid && !process->is_ended;
}

static void answer(struct run_holds *holds, struct run_drain *drain, uint32_t region)
{
	struct mt_region_control *control = run_live_control(drain->live, region);
	uint64_t asker = __atomic_load_n(&control->hold_asker, __ATOMIC_ACQUIRE);
	uint64_t until_ns = run_clock_monotonic_ns() + STOP_NS;
	struct run_hold *hold = calloc(1, sizeof(*hold));
	uint32_t expected = MT_HOLD_STATE_ASKED;

	control->n_held = 0;
	control->hold_error = hold ? 0 : ENOMEM;
	if (hold) {
		hold->region = region;
		hold->next = holds->first;
		holds->first = hold;
		hold->pid = asker >> 32;
		run_drain_meet(drain, region, hold->pid);
		control->hold_error = is_known(drain, region, hold->pid) ? 0 : EXDEV;
	}
	for (unsigned i = 0; !control->hold_error && i < ROUNDS_MAX; i++) {
		if (!seize_all(hold, asker >> 32, (pid_t)(asker & UINT32_MAX)))
			break;
		wait_for_stops(hold, until_ns);
	}
	for (unsigned i = 0; hold && i < hold->n; i++)
		list_thread(control, &hold->threads[i]);
	/* Too late: it went on without us, and says RELEASE. */
	__atomic_compare_exchange_n(&control->hold_state, &expected, MT_HOLD_STATE_HELD, false,
				    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static struct run_hold **find_hold(struct run_holds *holds, uint32_t region)
{
	struct run_hold **link = &holds->first;

	while (*link && ((*link)->region != region || (*link)->is_released))
		link = &(*link)->next;
	return link;
}

static void release(struct run_holds *holds, struct mt_region_control *control, uint32_t region)
{
	struct run_hold **link = find_hold(holds, region);

	if (*link && !let_go(*link))
		forget(link);
	become_idle(control);
}

static void look_at(struct run_holds *holds, struct run_drain *drain, uint32_t region,
		    uint64_t now_ns)
{
	struct mt_region_control *control = run_live_control(drain->live, region);
	struct run_region *at = &drain->live->regions[region];
	uint64_t asker = __atomic_load_n(&control->hold_asker, __ATOMIC_ACQUIRE);

	if (!asker) {
		at->asked_ns = 0;
		return;
	}
	if (!at->asked_ns)
		at->asked_ns = now_ns;
	switch (__atomic_load_n(&control->hold_state, __ATOMIC_ACQUIRE)) {
	case MT_HOLD_STATE_ASKED:
		answer(holds, drain, region);
		break;
	case MT_HOLD_STATE_HELD:
		if (*find_hold(holds, region) && is_known(drain, region, asker >> 32))
			break;
		/* fall through */
	case MT_HOLD_STATE_RELEASE:
		release(holds, control, region);
		break;
	default:
		if (now_ns - at->asked_ns > ABANDONED_NS)
			become_idle(control);
	}
}

void run_holds_pass(struct run_holds *holds, struct run_drain *drain, uint64_t now_ns)
{
	for (uint32_t i = 0; i < drain->live->n_prepared; i++)
		if (drain->live->regions[i].is_in_use)
			look_at(holds, drain, i, now_ns);
	for (struct run_hold **link = &holds->first; *link;) {
		const struct run_hold *hold = *link;
		bool is_over = hold->is_released || !drain->live->regions[hold->region].is_in_use;

		if (is_over && !let_go(*link))
			forget(link);
		else
			link = &(*link)->next;
	}
}

bool run_holds_stopped(struct run_holds *holds, pid_t pid, int wait_status)
{
	for (struct run_hold *hold = holds->first; hold; hold = hold->next) {
		struct held *thread = find(hold, pid);

		if (!thread || !thread->is_seized)
			continue;
		note_stop(thread, wait_status);
		if (hold->is_released)
			let_go(hold);
		return true;
	}
	return false;
}

void run_holds_release(struct run_holds *holds)
{
	while (holds->first) {
		let_go(holds->first);
		forget(&holds->first);
	}
}
