/* SPDX-License-Identifier: Apache-2.0 */
/*
 * borrow.c -- see borrow.h.
 *
 * That the thread is done is told through shared memory, not by a trap: a trap
 * that meets a blocked or ignored SIGTRAP resets what the program said of it. It
 * is stopped again the way it was the first time.
 *
 * orig_rax tells the kernel whether a system call is to be restarted on the way
 * out: -1 while the thread is ours, then what it was. What PTRACE_SETSIGMASK
 * gives back is the mask outside of sigsuspend and the like, which set theirs
 * again. Nothing that runs meanwhile uses the kernel's memory of how to restart
 * nanosleep and poll.
 */
#include "tracer/beside/borrow.h"
#include "tracer/beside/clock.h"
#include "tracer/beside/processes.h"

#include <elf.h>
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef PTRACE_GETSIGMASK
#define PTRACE_GETSIGMASK 0x420a
#define PTRACE_SETSIGMASK 0x420b
#endif
#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif
#define GET_RSEQ_CONFIGURATION ((enum __ptrace_request)0x420f)

enum {
	XSTATE_BYTES = 16 << 10,
	LOOK_NS = 1000000,
	NAP_NS = 10000,
	READY_NS = 500000000,           /* the clone, for closing its descriptors */
	CODE_SEGMENT_64 = 0x33,
	PLAIN_FLAGS = 0x202,            /* no direction, no trap, no alignment check */
};

struct rseq_configuration {
	uint64_t pointer;
	uint32_t n_bytes, signature, flags, unused;
};

/* All that a thread is. */
struct belongings {
	struct user_regs_struct regs;
	uint64_t mask;
	size_t n_xstate;
	uint8_t xstate[XSTATE_BYTES] __attribute__((aligned(64)));
};

bool run_borrow_read(uint64_t pid, uint64_t from, void *to, size_t n_bytes)
{
	struct iovec local = { to, n_bytes }, remote = { (void *)(uintptr_t)from, n_bytes };

	return process_vm_readv((pid_t)pid, &local, 1, &remote, 1, 0) == (ssize_t)n_bytes;
}

/* "Seccomp: mode" and "Seccomp_filters: n" of a status file, as one number. */
static uint64_t filters_of(const char *path)
{
	char line[256];
	FILE *file = fopen(path, "r");
	unsigned mode = 0, n = 0;

	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "Seccomp: %u", &mode);
		sscanf(line, "Seccomp_filters: %u", &n);
	}
	if (file)
		fclose(file);
	return (uint64_t)mode << 32 | n;
}

static bool has_own_filter(uint64_t pid, pid_t tid)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%llu/task/%d/status", (unsigned long long)pid, tid);
	return filters_of(path) != filters_of("/proc/self/status");
}

/* The kernel would forget on the way that such a sequence has to begin anew. */
static bool is_in_sequence(uint64_t pid, pid_t tid)
{
	struct rseq_configuration rseq;
	uint64_t current = 0;

	if (ptrace(GET_RSEQ_CONFIGURATION, tid, (void *)sizeof(rseq), &rseq) < 0 || !rseq.pointer)
		return false;
	return !run_borrow_read(pid, rseq.pointer + 8, &current, sizeof(current)) || current;
}

static bool get_set(pid_t tid, unsigned set, void *to, size_t *n_bytes)
{
	struct iovec part = { to, *n_bytes };

	if (ptrace(PTRACE_GETREGSET, tid, (void *)(uintptr_t)set, &part))
		return false;
	*n_bytes = part.iov_len;
	return true;
}

static bool put_set(pid_t tid, unsigned set, void *from, size_t n_bytes)
{
	struct iovec part = { from, n_bytes };

	return !ptrace(PTRACE_SETREGSET, tid, (void *)(uintptr_t)set, &part);
}

struct run_stopped *run_borrow_choose(const struct run_standstill *still, bool *is_filtered)
{
	*is_filtered = false;
	for (unsigned i = 0; i < still->n; i++) {
		struct run_stopped *thread = &still->threads[i];
		struct user_regs_struct regs;
		size_t n_bytes = sizeof(regs);

		if (!thread->is_stopped || !thread->is_at_rest ||
		    !get_set(thread->tid, NT_PRSTATUS, &regs, &n_bytes) ||
		    regs.cs != CODE_SEGMENT_64 || is_in_sequence(still->pid, thread->tid))
			continue;
		if (!has_own_filter(still->pid, thread->tid))
			return thread;
		*is_filtered = true;
	}
	return NULL;
}

static bool save(pid_t tid, struct belongings *to)
{
	size_t n_regs = sizeof(to->regs);

	to->n_xstate = sizeof(to->xstate);
	return get_set(tid, NT_PRSTATUS, &to->regs, &n_regs) &&
	       get_set(tid, NT_X86_XSTATE, to->xstate, &to->n_xstate) &&
	       !ptrace(PTRACE_GETSIGMASK, tid, (void *)sizeof(to->mask), &to->mask);
}

static void restore(pid_t tid, struct belongings *from)
{
	put_set(tid, NT_X86_XSTATE, from->xstate, from->n_xstate);
	put_set(tid, NT_PRSTATUS, &from->regs, sizeof(from->regs));
	ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof(from->mask), &from->mask);
}

/* Those that tell of a fault stay open: blocked, they would reset what the program
 * said of them. */
static uint64_t bit_of(int number)
{
	return UINT64_C(1) << (number - 1);
}

static uint64_t faults(void)
{
	return bit_of(SIGSEGV) | bit_of(SIGBUS) | bit_of(SIGILL) | bit_of(SIGFPE) |
	       bit_of(SIGTRAP) | bit_of(SIGSYS);
}

static bool send_to(pid_t tid, const struct belongings *had, const struct mt_gate *gate)
{
	struct user_regs_struct regs = had->regs;
	uint64_t mask = ~faults();

	regs.rip = gate->entry;
	regs.rsp = gate->stack_end;
	regs.rbp = regs.rax = 0;
	regs.orig_rax = (unsigned long long)-1;
	regs.eflags = PLAIN_FLAGS;
	return put_set(tid, NT_PRSTATUS, &regs, sizeof(regs)) &&
	       !ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof(mask), &mask) &&
	       !ptrace(PTRACE_CONT, tid, NULL, NULL);
}

/* What may happen to it on the way. */
enum way { ON_THE_WAY, STANDS, FELL, GONE };

struct errand {
	uint64_t pid;
	struct run_stopped *thread;
	int signal;                     /* came on the way, to be sent again */
};

static enum way see_stop(struct errand *errand, int wait_status)
{
	pid_t tid = errand->thread->tid;
	siginfo_t info = { 0 };
	int signal = WSTOPSIG(wait_status);

	if (wait_status >> 16)
		return signal == SIGTRAP ? STANDS
			: ptrace(PTRACE_CONT, tid, NULL, NULL) ? GONE : ON_THE_WAY;
	if (!ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) && info.si_code > 0 &&
	    faults() & bit_of(signal))
		return FELL;
	errand->signal = signal;
	return ptrace(PTRACE_CONT, tid, NULL, NULL) ? GONE : ON_THE_WAY;
}

/* A first thread that was killed is heard of when all others are gone, which wait
 * for us. */
static enum way look(struct errand *errand)
{
	int wait_status;
	pid_t tid = errand->thread->tid;
	enum run_wait found = run_standstill_wait(errand->pid, tid, &wait_status);

	if (found == RUN_WAIT_STOPPED)
		return see_stop(errand, wait_status);
	if (found == RUN_WAIT_NOTHING && run_is_thread_alive(errand->pid, (uint64_t)tid))
		return ON_THE_WAY;
	errand->thread->is_seized = errand->thread->is_stopped = false;
	errand->thread->error = ESRCH;
	return GONE;
}

/* Is the thread done, and need nobody wait for the clone any more? */
static bool is_done(const struct mt_shot *shot, uint64_t *told_ns)
{
	uint32_t state = __atomic_load_n(&shot->state, __ATOMIC_ACQUIRE);
	uint64_t now_ns = run_clock_monotonic_ns();

	if (!(state & MT_SHOT_TOLD))
		return false;
	if (!*told_ns)
		*told_ns = now_ns;
	return state & MT_SHOT_READY || shot->refusal || !shot->child ||
	       now_ns - *told_ns > READY_NS;
}

static enum way accompany(struct errand *errand, const struct mt_shot *shot)
{
	const struct timespec patience = { 0, LOOK_NS }, nap = { 0, NAP_NS };
	uint64_t told_ns = 0;
	enum way way = ON_THE_WAY;

	while (way == ON_THE_WAY) {
		uint32_t state = __atomic_load_n(&shot->state, __ATOMIC_ACQUIRE);

		if (is_done(shot, &told_ns))
			break;
		syscall(SYS_futex, &shot->state, FUTEX_WAIT, state, &patience, NULL, 0);
		way = look(errand);
	}
	if (way != ON_THE_WAY)
		return way;
	/* It sleeps, or spins, where it has nothing left to do. */
	if (ptrace(PTRACE_INTERRUPT, errand->thread->tid, NULL, NULL))
		return GONE;
	while ((way = look(errand)) == ON_THE_WAY)
		nanosleep(&nap, NULL);
	return way;
}

bool run_borrow(uint64_t pid, struct run_stopped *thread, const struct mt_gate *gate,
		const struct mt_shot *shot)
{
	static struct belongings had;
	struct errand errand = { .pid = pid, .thread = thread };
	enum way way;

	if (!save(thread->tid, &had))
		return false;
	if (!send_to(thread->tid, &had, gate)) {
		restore(thread->tid, &had);
		return false;
	}
	thread->is_stopped = false;
	way = accompany(&errand, shot);
	if (way == GONE)
		return false;
	restore(thread->tid, &had);
	thread->is_stopped = thread->is_at_rest = true;
	thread->signal = 0;
	if (errand.signal)
		syscall(SYS_tgkill, pid, thread->tid, errand.signal);
	return way == STANDS && shot->state & MT_SHOT_TOLD;
}
