/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asks_signals: prints every signal's disposition in all the ways there are to
 * ask, sets it in all the ways there are to set it, and asks again. `child`: only
 * prints them; run by exec, system, popen and posix_spawn from here.
 */
#include "tests/progs/progs.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

extern char **environ;
extern sighandler_t bsd_signal(int number, sighandler_t handler);

static void on_signal(int number)
{
	(void)number;
}

static const char *name(void *handler)
{
	return handler == (void *)SIG_DFL ? "default" : handler == (void *)SIG_IGN ? "ignored" :
	       handler == (void *)SIG_HOLD ? "held" : handler == (void *)SIG_ERR ? "error" :
	       handler == (void *)on_signal ? "own" : "unknown";
}

static void show(const char *when)
{
	for (int number = 1; number <= 64; number++) {
		struct sigaction action;
		struct { void *handler; unsigned long flags; void *restorer, *mask; } raw;

		if (sigaction(number, NULL, &action))
			continue;
		syscall(SYS_rt_sigaction, number, NULL, &raw, 8);
		printf("%s %d %s %x %d %lx %s %lx %d %p\n", when, number,
		       name((void *)action.sa_handler), (unsigned)action.sa_flags,
		       action.sa_restorer != NULL, *(unsigned long *)&action.sa_mask,
		       name(raw.handler), raw.flags, raw.restorer != NULL, raw.mask);
	}
}

static void set(int number)
{
	struct { void *handler; unsigned long flags; void *restorer, *mask; } raw = {
		(void *)SIG_DFL, SA_RESTART | SA_ONSTACK, NULL, (void *)4 };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_NODEFER }, old;
	const char *names[32];
	int n = 0;

	names[n++] = name((void *)signal(number, on_signal));
	names[n++] = name((void *)signal(number, SIG_DFL));
	names[n++] = name((void *)signal(number, SIG_IGN));
	names[n++] = name((void *)signal(number, SIG_DFL));
	show("signal");
	siginterrupt(number, 1);
	show("siginterrupt");
	names[n++] = name((void *)bsd_signal(number, SIG_DFL));
	names[n++] = name((void *)ssignal(number, SIG_DFL));
	show("interrupted");
	siginterrupt(number, 0);
	names[n++] = name((void *)sysv_signal(number, SIG_DFL));
	show("sysv");
	names[n++] = name((void *)sysv_signal(number, on_signal));
	names[n++] = name((void *)__sysv_signal(number, SIG_DFL));
	names[n++] = name((void *)sigset(number, SIG_HOLD));
	names[n++] = name((void *)sigset(number, SIG_DFL));
	show("sigset");
	names[n++] = name((void *)sigset(number, on_signal));
	names[n++] = name((void *)sigset(number, SIG_DFL));
	sigignore(number);
	names[n++] = name((void *)signal(number, on_signal));
	sigaction(number, &action, &old);
	names[n++] = name((void *)old.sa_handler);
	action = (struct sigaction){ .sa_handler = SIG_DFL, .sa_flags = (int)SA_RESETHAND };
	sigaction(number, &action, &old);
	names[n++] = name((void *)old.sa_handler);
	show("reset");
	action = (struct sigaction){ .sa_handler = SIG_DFL, .sa_flags = SA_SIGINFO };
	sigaddset(&action.sa_mask, SIGUSR1);
	sigaction(number, &action, &action);
	names[n++] = name((void *)action.sa_handler);
	show("siginfo");
	syscall(SYS_rt_sigaction, number, &raw, &raw, 8);
	names[n++] = name(raw.handler);
	show("raw");
	printf("%d: %ld %ld", number, syscall(SYS_rt_sigaction, number, 1L, NULL, 8L),
	       syscall(SYS_rt_sigaction, number, &raw, NULL, 7L));
	for (int i = 0; i < n; i++)
		printf(" %s", names[i]);
	printf("\n");
}

static void start_others(const char *self)
{
	char command[4096];
	char *arguments[] = { (char *)self, (char *)"child", NULL };
	pid_t pid = 0;
	FILE *pipe;

	fflush(stdout);
	snprintf(command, sizeof(command), "exec %s child", self);
	if (system(command))
		puts("system failed");
	pipe = popen(command, "w");
	pclose(pipe);
	posix_spawn(&pid, self, NULL, NULL, arguments, environ);
	waitpid(pid, NULL, 0);
	pid = vfork();
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		execv(self, arguments);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	keep(malloc(1));
	/* 32 and 33 are libc's own: it ignores them, or not, as it needs. */
	if (argc > 1) {
		FILE *status = fopen("/proc/self/status", "r");
		char line[256];

		while (fgets(line, sizeof(line), status))
			if (!strncmp(line, "SigIgn", 6) || !strncmp(line, "SigBlk", 6))
				printf("%.6s %llx\n", line,
				       strtoull(line + 8, NULL, 16) & ~(3ULL << 31));
		show("child");
		return 0;
	}
	signal(SIGUSR2, SIG_IGN);
	show("start");
	start_others(argv[0]);
	set(SIGTERM);
	set(SIGSEGV);
	set(SIGCHLD);
	set(SIGRTMIN);
	show("end");
	start_others(argv[0]);
	return 0;
}
