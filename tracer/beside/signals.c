/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals.c -- whom a signal was for.
 *
 * What the terminal sends carries SI_KERNEL and goes to the whole foreground
 * group. What a process sends carries the sender; a sender who sits in the
 * traced tree itself used kill(0, ...), and has reached the program, too: the
 * caller knows who that is.
 */
#include "tracer/beside/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int run_signals_open(struct run_signals *signals)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS };
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t mask;

	*signals = (struct run_signals){ .fd = -1 };
	sigfillset(&mask);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		sigdelset(&mask, faults[i]);
	if (sigprocmask(SIG_BLOCK, &mask, &signals->old_mask))
		return errno;
	/* Ignored by our parent, SIGCHLD would reap the program behind our back. */
	sigaction(SIGCHLD, &action, &signals->old_chld);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, &signals->old_pipe);
	signals->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals->fd < 0 ? errno : 0;
}

void run_signals_restore(const struct run_signals *signals)
{
	sigaction(SIGCHLD, &signals->old_chld, NULL);
	sigaction(SIGPIPE, &signals->old_pipe, NULL);
	sigprocmask(SIG_SETMASK, &signals->old_mask, NULL);
}

enum run_signal_meaning run_signal_meaning(const struct signalfd_siginfo *info)
{
	if (info->ssi_signo == SIGCHLD)
		return RUN_SIGNAL_CHILD;
	if (info->ssi_code == SI_USER || info->ssi_code == SI_QUEUE || info->ssi_code == SI_TKILL)
		return RUN_SIGNAL_FORWARD;
	/* An alarm set before exec was ours by chance; a hangup of the terminal
	 * goes to the leader of the session alone. */
	if (info->ssi_signo == SIGALRM || (info->ssi_signo == SIGHUP && getsid(0) == getpid()))
		return RUN_SIGNAL_FORWARD;
	return RUN_SIGNAL_DELIVERED;
}

bool run_signal_is_interrupt(const struct signalfd_siginfo *info)
{
	return info->ssi_signo == SIGINT || info->ssi_signo == SIGTERM ||
		info->ssi_signo == SIGHUP || info->ssi_signo == SIGQUIT;
}

void run_signal_forward(const struct signalfd_siginfo *info, pid_t program)
{
	siginfo_t with_value = { 0 };

	if (info->ssi_code != SI_QUEUE) {
		kill(program, (int)info->ssi_signo);
		return;
	}
	with_value.si_signo = (int)info->ssi_signo;
	with_value.si_code = SI_QUEUE;
	with_value.si_pid = getpid();
	with_value.si_uid = getuid();
	with_value.si_value.sival_ptr = (void *)(uintptr_t)info->ssi_ptr;
	syscall(SYS_rt_sigqueueinfo, program, (int)info->ssi_signo, &with_value);
}

bool run_is_supervised(void)
{
	pid_t parent = getppid();

	/* Same session and another group is what the kernel, too, asks for before
	 * it lets a terminal stop us. */
	return getsid(parent) == getsid(0) && getpgid(parent) != getpgrp();
}
