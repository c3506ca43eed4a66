/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alternate_stack: a handler on a stack of 16 KiB of its own allocates 60 bytes
 * in on_alternate() 10 times and keeps them; raise_it() is below it.
 */
#include "tests/progs/progs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

APART static void on_alternate(int signal)
{
	(void)signal;
	keep(malloc(60));
	STAY();
}

APART static void raise_it(void)
{
	raise(SIGUSR1);
	STAY();
}

int main(void)
{
	static char memory[16 * 1024];
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof memory };
	struct sigaction action = { .sa_handler = on_alternate, .sa_flags = SA_ONSTACK };

	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 10; i++)
		raise_it();
	puts("raised");
	return 0;
}
