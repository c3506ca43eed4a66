/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.c -- see loop.h.
 *
 * How long it sleeps between passes follows what the passes bring: 1 ms while
 * the program fills segments faster than a quarter of what it has, up to 50 ms
 * while there is next to nothing. Hellos, ends and signals wake it at once.
 */
#include "tracer/beside/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SLEEP_MS_MAX = 50,
	MUCH_BYTES = 1 << 20,           /* a block's worth: come back at once */
	SOME_BYTES = 256 << 10,
	LITTLE_BYTES = 64 << 10,
	EVENTS_MAX = 64,
};

/* fg continues the whole group, but kill -CONT reached only us. The program may
 * count its SIGCONTs, so it gets none while it may still get the first. */
static void continue_program(pid_t program)
{
	const struct timespec nap = { 0, 1000000 };

	for (unsigned i = 0; i < 20; i++) {
		siginfo_t info = { 0 };

		if (waitid(P_PID, (id_t)program, &info, WCONTINUED | WNOHANG | WNOWAIT) ||
		    info.si_pid == program)
			return;
		nanosleep(&nap, NULL);
	}
	kill(program, SIGCONT);
}

/* The program was stopped, from the terminal or like that: so are we, until a
 * shell continues us both. */
static void stop_too(struct run_loop *loop, int number)
{
	bool is_job_control = number == SIGTSTP || number == SIGTTIN || number == SIGTTOU ||
		number == SIGSTOP;

	if (!is_job_control || !run_is_supervised())
		return;
	if (loop->recording)
		run_recording_pass(loop->recording);
	raise(SIGSTOP);
	loop->was_stopped = true;
	continue_program(loop->program);
}

static void look_after_children(struct run_loop *loop)
{
	int wait_status;
	pid_t pid;

	while ((pid = waitpid(-1, &wait_status, WNOHANG | WUNTRACED)) > 0) {
		if (WIFSTOPPED(wait_status)) {
			if (loop->recording && run_recording_stopped(loop->recording, pid,
								     wait_status))
				continue;
			if (loop->recording && loop->recording->mortem.is_on &&
			    !run_mortem_stopped(&loop->recording->mortem, &loop->recording->drain,
						pid, wait_status))
				continue;
			if (pid == loop->program)
				stop_too(loop, WSTOPSIG(wait_status));
			continue;
		}
		if (pid == loop->program) {
			loop->is_program_ended = true;
			loop->wait_status = wait_status;
		}
		if (loop->recording)
			run_recording_reaped(loop->recording, (uint64_t)pid,
					     pid == loop->program, wait_status);
	}
	loop->has_no_children = pid < 0 && errno == ECHILD;
}

/* Did it come from the traced tree? Then it was for all, and reached all. */
static bool is_from_tree(const struct run_loop *loop, uint64_t pid)
{
	return pid == (uint64_t)loop->program || pid == (uint64_t)getpid() ||
		(loop->recording && run_drain_find(&loop->recording->drain, pid));
}

static void handle_signal(struct run_loop *loop, const struct signalfd_siginfo *info)
{
	enum run_signal_meaning meaning = run_signal_meaning(info);

	if (meaning == RUN_SIGNAL_CHILD || info->ssi_signo == SIGPIPE ||
	    info->ssi_signo == SIGXFSZ)
		return;
	if (meaning == RUN_SIGNAL_FORWARD && is_from_tree(loop, info->ssi_pid))
		return;
	if (run_signal_is_interrupt(info))
		loop->was_interrupted = true;
	if (info->ssi_signo == SIGCONT && loop->was_stopped) {
		loop->was_stopped = false;
		return;
	}
	if (meaning == RUN_SIGNAL_FORWARD && !loop->is_program_ended)
		run_signal_forward(info, loop->program);
}

static void read_signals(struct run_loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals->fd, &info, sizeof(info)) == sizeof(info))
		handle_signal(loop, &info);
	look_after_children(loop);
}

static void handle_process(struct run_loop *loop, struct run_process *process)
{
	/* Our own children are known by waitpid, which says more. */
	look_after_children(loop);
	run_recording_ended(loop->recording, process);
}

static void handle_events(struct run_loop *loop, int timeout_ms)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(loop->epoll, events, EVENTS_MAX, timeout_ms);

	for (int i = 0; i < n; i++) {
		void *who = events[i].data.ptr;

		if (who == loop->signals)
			read_signals(loop);
		else if (loop->recording && who == &loop->recording->door)
			run_recording_welcome(loop->recording);
		else if (loop->recording)
			handle_process(loop, who);
	}
}

static int next_sleep_ms(const struct run_recording *recording, size_t n_bytes, int sleep_ms)
{
	if (n_bytes >= MUCH_BYTES || recording->drain.n_full >= MT_GRANT_SEGMENTS / 4)
		return 1;
	if (n_bytes >= SOME_BYTES)
		return sleep_ms > 1 ? sleep_ms / 2 : 1;
	if (n_bytes > LITTLE_BYTES)
		return sleep_ms;
	return sleep_ms * 2 < SLEEP_MS_MAX ? sleep_ms * 2 : SLEEP_MS_MAX;
}

static bool is_over(const struct run_loop *loop)
{
	if (!loop->is_program_ended)
		return false;
	/* Orphans of the tree become our children (PR_SET_CHILD_SUBREAPER); an
	 * impatient person ends the wait. */
	return !loop->is_wait_all || loop->has_no_children || loop->was_interrupted;
}

void run_loop(struct run_loop *loop)
{
	int sleep_ms = 1;

	look_after_children(loop);
	while (!is_over(loop)) {
		handle_events(loop, loop->recording ? sleep_ms : -1);
		if (loop->recording)
			sleep_ms = next_sleep_ms(loop->recording,
						 run_recording_pass(loop->recording), sleep_ms);
	}
}
