/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortem.c -- see mortem.h.
 *
 * When a process ends, each of its threads stops on its own way out. All are waited
 * for, a bounded time, so that all registers are known; the memory is whole until
 * the last of them goes on. A thread that ends alone is let go at once.
 */
#include "tracer/beside/mortem.h"

#include "tracer/beside/clock.h"
#include "tracer/beside/mortem_write.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

enum {
	ROUNDS_MAX = 16,
	OTHERS_NS = 500000000,          /* for all threads to arrive */
	LOOKS = 4,
	LOOK_NAP_NS = 50000,
};

static const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			    PTRACE_O_TRACEVFORK;

struct run_death {
	struct run_death *next;
	pid_t pid;
	uint64_t since_ns;
	int signal;                     /* that ended it, or 0 */
	bool is_done;                   /* who comes now is let go */
	struct run_dead_thread *threads;
	unsigned n;
};

/* The number after a line's name in /proc/TID/status, in this base; or 0. */
static uint64_t status_of(pid_t tid, const char *name, int base)
{
	char path[64], line[256];
	uint64_t value = 0;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, name, strlen(name)))
			value = strtoull(line + strlen(name), NULL, base);
	if (status)
		fclose(status);
	return value;
}

static bool is_zombie(pid_t tid)
{
	char path[64], line[512] = "", *end;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)tid);
	stat = fopen(path, "re");
	if (!stat)
		return true;
	end = fgets(line, sizeof(line), stat) ? strrchr(line, ')') : NULL;
	fclose(stat);
	return !end || strchr("ZXx", end[1] ? end[2] : 'X') != NULL;
}

/* Calls each with the threads of a process. */
static void for_threads(pid_t pid, void (*each)(void *context, pid_t tid), void *context)
{
	char path[64];
	const struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	if (!tasks)
		return;
	while ((entry = readdir(tasks)))
		if (atoi(entry->d_name) > 0)
			each(context, (pid_t)atoi(entry->d_name));
	closedir(tasks);
}

struct seizing {
	unsigned n;
	int error;
};

static void seize_one(void *context, pid_t tid)
{
	struct seizing *seizing = context;

	if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)options) == 0)
		seizing->n++;
	else if (errno != ESRCH && !seizing->error)
		seizing->error = errno;
}

int run_mortem_seize(struct run_mortem *mortem, pid_t pid)
{
	struct seizing seizing = { 0 }, all = { 0 };

	/* A thread that one not yet seized began is found in the next round. */
	for (unsigned i = 0; i < ROUNDS_MAX; i++) {
		seizing = (struct seizing){ 0 };
		for_threads(pid, seize_one, &seizing);
		all.n += seizing.n;
		if (!i)
			all.error = seizing.error;
		if (!seizing.n)
			break;
	}
	mortem->is_on |= all.n > 0;
	return all.n ? 0 : all.error ? all.error : ESRCH;
}

static struct run_death *find(const struct run_mortem *mortem, pid_t pid)
{
	for (struct run_death *death = mortem->first; death; death = death->next)
		if (death->pid == pid)
			return death;
	return NULL;
}

struct looking {
	pid_t but;
	unsigned n_alive, n_doomed;
};

/* A SIGKILL is on its way to it, or it has obeyed and waits for us to notice. */
static bool is_doomed(pid_t tid)
{
	siginfo_t info = { 0 };

	if (status_of(tid, "SigPnd:", 16) & UINT64_C(1) << (SIGKILL - 1))
		return true;
	return waitid(P_PID, (id_t)tid, &info, WSTOPPED | WNOHANG | WNOWAIT | __WALL) == 0 &&
	       info.si_pid == tid && info.si_status == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
}

static void look_at(void *context, pid_t tid)
{
	struct looking *looking = context;

	if (is_zombie(tid))
		return;
	looking->n_alive++;
	looking->n_doomed += tid == looking->but || is_doomed(tid);
}

/* Does the process end with this thread? A signal ends all; so does the last one;
 * exit_group() sends a SIGKILL to the others, which takes them a moment to obey. */
static bool is_end_of_all(pid_t pid, pid_t tid, unsigned long code)
{
	const struct timespec nap = { 0, LOOK_NAP_NS };

	if (code & 0x7f)
		return true;
	for (unsigned i = 0; i < LOOKS; i++) {
		struct looking looking = { .but = tid };

		for_threads(pid, look_at, &looking);
		if (looking.n_doomed >= looking.n_alive)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

static void go_on(pid_t tid, int signal)
{
	ptrace(PTRACE_CONT, tid, NULL, (void *)(long)signal);
}

static void finish(struct run_mortem *mortem, struct run_drain *drain, struct run_death *death)
{
	if (!death->is_done)
		run_mortem_write(drain, mortem->clock, death->pid,
				 death->signal, &mortem->fault, death->threads, death->n);
	death->is_done = true;
	for (unsigned i = 0; i < death->n; i++)
		go_on(death->threads[i].tid, 0);
	death->n = 0;
}

static struct run_death *begin(struct run_mortem *mortem, pid_t pid, unsigned long code)
{
	struct run_death *death = calloc(1, sizeof(*death));

	if (!death)
		return NULL;
	death->pid = pid;
	death->signal = (int)(code & 0x7f);
	death->since_ns = run_clock_monotonic_ns();
	death->next = mortem->first;
	mortem->first = death;
	return death;
}

static bool join(struct run_death *death, pid_t tid)
{
	struct run_dead_thread *threads =
		realloc(death->threads, (death->n + 1) * sizeof(*threads));
	struct run_dead_thread *thread;
	struct iovec part;

	if (!threads)
		return false;
	death->threads = threads;
	thread = &threads[death->n++];
	*thread = (struct run_dead_thread){ .tid = tid };
	part = (struct iovec){ &thread->registers, sizeof(thread->registers) };
	thread->is_known = ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &part) == 0;
	return true;
}

static void on_exit_of(struct run_mortem *mortem, struct run_drain *drain, pid_t tid)
{
	pid_t pid = (pid_t)status_of(tid, "Tgid:", 10);
	const struct run_process *process;
	struct looking looking = { .but = tid };
	struct run_death *death = find(mortem, pid);
	unsigned long code = 0;

	ptrace(PTRACE_GETEVENTMSG, tid, NULL, &code);
	if (!death) {
		/* What it published last says who it is. */
		run_drain_pass(drain, run_clock_monotonic_ns());
		process = run_drain_find(drain, (uint64_t)pid);
		if (process && process->inner_pid == (uint64_t)pid && is_end_of_all(pid, tid, code))
			death = begin(mortem, pid, code);
	}
	if (!death || death->is_done || !join(death, tid)) {
		go_on(tid, 0);
		return;
	}
	for_threads(pid, look_at, &looking);
	if (looking.n_alive <= death->n)
		finish(mortem, drain, death);
}

/* If it ends the process, this is who is to blame. */
static void note_fault(struct run_mortem *mortem, pid_t tid, int signal)
{
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, tid, NULL, &info))
		return;
	mortem->fault = (struct run_fault){ tid, signal, info.si_code, 0 };
	if (info.si_code > 0 && (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL ||
				 signal == SIGFPE || signal == SIGTRAP))
		mortem->fault.address = (uintptr_t)info.si_addr;
}

bool run_mortem_stopped(struct run_mortem *mortem, struct run_drain *drain, pid_t tid,
			int wait_status)
{
	int event = wait_status >> 16, signal = WSTOPSIG(wait_status);

	if (event == PTRACE_EVENT_EXIT) {
		on_exit_of(mortem, drain, tid);
	} else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
		ptrace(PTRACE_LISTEN, tid, NULL, NULL);
		return true;
	} else {
		if (!event)
			note_fault(mortem, tid, signal);
		go_on(tid, event ? 0 : signal);
	}
	return false;
}

static void look_who_asks(struct run_mortem *mortem, struct run_drain *drain)
{
	for (uint32_t i = 0; i < drain->live->n_prepared; i++) {
		struct mt_region_control *control;
		const struct run_process *process;
		uint64_t pid;

		if (!drain->live->regions[i].is_in_use)
			continue;
		control = run_live_control(drain->live, i);
		pid = __atomic_load_n(&control->mortem_pid, __ATOMIC_ACQUIRE);
		if (!pid)
			continue;
		run_drain_meet(drain, i, pid);
		process = run_processes_find(drain->live->regions[i].users, pid);
		if (process && process->pid == pid && !process->is_ended)
			run_mortem_seize(mortem, (pid_t)pid);
		__atomic_store_n(&control->mortem_pid, 0, __ATOMIC_RELEASE);
	}
}

void run_mortem_pass(struct run_mortem *mortem, struct run_drain *drain)
{
	struct run_death **link = &mortem->first;

	look_who_asks(mortem, drain);
	while (*link) {
		struct run_death *death = *link;

		if (!death->is_done && run_clock_monotonic_ns() - death->since_ns > OTHERS_NS)
			finish(mortem, drain, death);
		if (death->is_done && is_zombie(death->pid)) {
			*link = death->next;
			free(death->threads);
			free(death);
			continue;
		}
		link = &death->next;
	}
}

void run_mortem_release(struct run_mortem *mortem)
{
	while (mortem->first) {
		struct run_death *death = mortem->first;

		for (unsigned i = 0; i < death->n; i++)
			go_on(death->threads[i].tid, 0);
		mortem->first = death->next;
		free(death->threads);
		free(death);
	}
}
