/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timer_malloc: a timer's handler calls malloc 200 times, 40 bytes each by
 * on_tick(), and frees every second one, while main does arithmetic alone (a
 * handler that interrupts malloc would be wrong without any tool).
 */
#include "tests/progs/progs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

static volatile sig_atomic_t n_ticks;

APART static void on_tick(int signal)
{
	void *p = keep(malloc(40));

	(void)signal;
	if (n_ticks % 2)
		free(p);
	n_ticks++;
}

int main(void)
{
	struct itimerval soon = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	volatile unsigned long sum = 0;

	free(keep(malloc(40)));
	signal(SIGALRM, on_tick);
	setitimer(ITIMER_REAL, &soon, NULL);
	while (n_ticks < 200)
		sum = sum * 31 + 7;
	signal(SIGALRM, SIG_IGN);
	setitimer(ITIMER_REAL, &never, NULL);
	puts(n_ticks >= 200 ? "ticked" : "");
	return 0;
}
