/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals_seen: says "ready PID", then a line for each signal that reaches it;
 * ends with status 5 on SIGUSR2 and says how many of each it saw. It keeps 15
 * bytes of waiting_take() for each signal.
 */
#include "tests/progs/progs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

APART static void waiting_take(void)
{
	keep(malloc(15));
	STAY();
}

int main(void)
{
	int n_seen[65] = { 0 }, signal = 0;
	sigset_t all;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigfillset(&all);
	sigdelset(&all, SIGTSTP);
	sigprocmask(SIG_BLOCK, &all, NULL);
	sigdelset(&all, SIGCONT);
	printf("ready %d\n", (int)getpid());
	while (signal != SIGUSR2) {
		sigwait(&all, &signal);
		waiting_take();
		n_seen[signal]++;
		printf("signal %d\n", signal);
	}
	for (int i = 1; i < 65; i++)
		if (n_seen[i])
			printf("saw %d %d times\n", i, n_seen[i]);
	return 5;
}
