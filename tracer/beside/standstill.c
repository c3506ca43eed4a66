/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standstill.c -- see standstill.h.
 *
 * Threads may begin others while they are being stopped, so the list is read
 * until a reading has nothing new.
 */
#include "tracer/beside/standstill.h"
#include "tracer/beside/clock.h"
#include "tracer/beside/processes.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

enum {
	NAP_NS = 20000,
	HOPE_NS = 5000000,
	ROUNDS_MAX = 16,
	KERNEL_RESTARTNOHAND = 514,     /* the kernel's own, never seen by a program */
	CODE_SEGMENT_64 = 0x33,
};

struct run_stopped *run_standstill_find(const struct run_standstill *still, pid_t tid)
{
	for (unsigned i = 0; i < still->n; i++)
		if (still->threads[i].tid == tid)
			return &still->threads[i];
	return NULL;
}

/* What a stop means for going on: a signal on its way must not be lost. */
void run_standstill_saw(struct run_stopped *thread, int wait_status)
{
	bool is_event = wait_status >> 16 != 0;

	thread->is_stopped = true;
	thread->is_at_rest = is_event && WSTOPSIG(wait_status) == SIGTRAP;
	thread->is_job_stopped = is_event && WSTOPSIG(wait_status) != SIGTRAP;
	thread->signal = is_event ? 0 : WSTOPSIG(wait_status);
}

/* How a process ended is for those to hear who look after its processes; of another
 * thread nobody but its tracer does. */
enum run_wait run_standstill_wait(uint64_t pid, pid_t tid, int *wait_status)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)tid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL))
		return RUN_WAIT_GONE;
	if (!info.si_pid)
		return RUN_WAIT_NOTHING;
	if (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED)
		return waitpid(tid, wait_status, WNOHANG | WUNTRACED | __WALL) == tid &&
			WIFSTOPPED(*wait_status) ? RUN_WAIT_STOPPED : RUN_WAIT_NOTHING;
	if ((uint64_t)tid != pid)
		waitpid(tid, wait_status, WNOHANG | __WALL);
	return RUN_WAIT_GONE;
}

void run_standstill_look(const struct run_standstill *still, struct run_stopped *thread)
{
	int wait_status;
	enum run_wait found = run_standstill_wait(still->pid, thread->tid, &wait_status);

	if (found == RUN_WAIT_STOPPED) {
		run_standstill_saw(thread, wait_status);
	} else if (found == RUN_WAIT_GONE) {
		/* It ended, or is not ours any more. */
		thread->is_seized = thread->is_stopped = false;
		thread->error = ESRCH;
	}
}

/* A first thread that ended before the others is a zombie, and no obstacle. */
static int why_not_seized(const struct run_standstill *still, pid_t tid)
{
	int error = errno;

	return run_is_thread_alive(still->pid, (uint64_t)tid) ? error : ESRCH;
}

static void seize(struct run_standstill *still, pid_t tid)
{
	struct run_stopped thread = { .tid = tid };

	if (still->n == still->n_room) {
		unsigned room = still->n_room ? 2 * still->n_room : 64;
		struct run_stopped *threads = realloc(still->threads, room * sizeof(*threads));

		if (!threads)
			return;
		still->threads = threads;
		still->n_room = room;
	}
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL)) {
		thread.error = why_not_seized(still, tid);
	} else {
		thread.is_seized = true;
		if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL))
			thread.error = errno;
	}
	still->threads[still->n++] = thread;
}

/* Seizes the threads that are new; how many those were. */
static unsigned seize_all(struct run_standstill *still, pid_t except)
{
	unsigned n_before = still->n;
	char path[64];
	const struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%llu/task", (unsigned long long)still->pid);
	tasks = opendir(path);
	if (!tasks)
		return 0;
	while ((entry = readdir(tasks))) {
		pid_t tid = (pid_t)atoi(entry->d_name);

		if (tid > 0 && tid != except && !run_standstill_find(still, tid))
			seize(still, tid);
	}
	closedir(tasks);
	return still->n - n_before;
}

/* Is there one who would stop if only it got a processor? Who sleeps where nothing
 * wakes him (in vfork, on a dead server) is not worth the wait. */
static bool is_hopeful(const struct run_standstill *still)
{
	for (unsigned i = 0; i < still->n; i++) {
		const struct run_stopped *thread = &still->threads[i];
		char state;

		if (!thread->is_seized || thread->is_stopped)
			continue;
		state = run_thread_state(still->pid, (uint64_t)thread->tid);
		if (state != 'D' && state != 'X')
			return true;
	}
	return false;
}

/* Waits until all that were seized stand still, or time is up. */
static void wait_for_stops(struct run_standstill *still, uint64_t until_ns)
{
	const struct timespec nap = { 0, NAP_NS };
	uint64_t asked_ns = run_clock_monotonic_ns(), now_ns;
	bool is_waiting;

	do {
		is_waiting = false;
		for (unsigned i = 0; i < still->n; i++) {
			struct run_stopped *thread = &still->threads[i];

			if (thread->is_seized && !thread->is_stopped)
				run_standstill_look(still, thread);
			is_waiting |= thread->is_seized && !thread->is_stopped;
		}
		now_ns = run_clock_monotonic_ns();
		if (is_waiting && now_ns - asked_ns > HOPE_NS) {
			asked_ns = now_ns;
			is_waiting = is_hopeful(still);
		}
		if (is_waiting)
			nanosleep(&nap, NULL);
	} while (is_waiting && now_ns < until_ns);
}

void run_standstill_begin(struct run_standstill *still, uint64_t pid, pid_t except,
			  uint64_t until_ns)
{
	still->pid = pid;
	for (unsigned i = 0; i < ROUNDS_MAX && seize_all(still, except); i++)
		wait_for_stops(still, until_ns);
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

/*
 * Some system calls (epoll_wait, semop, sigtimedwait, recv with a time limit) say
 * EINTR after a stop, although no signal came. Told "restart unless a handler
 * runs" instead, the kernel does what it would have done without the stop. Not
 * so close: it has closed when it says EINTR. What remains: a time limit that
 * counts from the call begins anew.
 */
static void repair_call(pid_t tid)
{
	struct user_regs_struct regs;
	struct iovec part = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &part) || regs.cs != CODE_SEGMENT_64)
		return;
	if ((int64_t)regs.orig_rax < 0 || (int64_t)regs.rax != -EINTR ||
	    regs.orig_rax == SYS_close)
		return;
	ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax),
	       (void *)(long)-KERNEL_RESTARTNOHAND);
}
#else
#error "memtrace: this processor's registers are not read yet"
#endif

static void list_thread(struct mt_region_control *control, const struct run_stopped *thread)
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

void run_standstill_list(const struct run_standstill *still, struct mt_region_control *control)
{
	for (unsigned i = 0; i < still->n; i++)
		list_thread(control, &still->threads[i]);
}

bool run_standstill_end(struct run_standstill *still)
{
	bool is_waiting = false;

	for (unsigned i = 0; i < still->n; i++) {
		struct run_stopped *thread = &still->threads[i];

		if (!thread->is_seized)
			continue;
		if (!thread->is_stopped)
			run_standstill_look(still, thread);
		if (thread->is_stopped) {
			repair_call(thread->tid);
			ptrace(PTRACE_DETACH, thread->tid, NULL, (void *)(long)thread->signal);
			thread->is_seized = thread->is_stopped = false;
		}
		is_waiting |= thread->is_seized;
	}
	return is_waiting;
}

void run_standstill_release(struct run_standstill *still)
{
	free(still->threads);
	*still = (struct run_standstill){ 0 };
}
