/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits_for_int: allocates 8 bytes 1000 times in patient_take(), keeps them,
 * says "ready" and waits to be ended by a signal. With an argument it ignores
 * SIGINT and ends when its standard input does.
 */
#include "tests/progs/progs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

APART static void patient_take(void)
{
	keep(malloc(8));
	STAY();
}

int main(int argc, char **argv)
{
	char byte;

	(void)argv;
	if (argc > 1)
		signal(SIGINT, SIG_IGN);
	for (int i = 0; i < 1000; i++)
		patient_take();
	printf("ready %d\n", (int)getpid());
	fflush(stdout);
	if (argc == 1)
		for (;;)
			pause();
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
