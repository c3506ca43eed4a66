/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coroutine: allocates 1000 times 30 bytes in small_take() on a stack of 2 KiB
 * between two guards, and frees 900. Nothing may be written beyond the stack
 * but what the program itself writes there.
 */
#include "tests/progs/progs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

static ucontext_t outside, inside;

APART static void *small_take(void)
{
	return keep(malloc(30));
}

static void run(void)
{
	for (int i = 0; i < 1000; i++) {
		void *p = small_take();

		if (i >= 100)
			free(p);
	}
}

int main(void)
{
	char *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	free(keep(malloc(30)));
	mprotect(pages, 4096, PROT_NONE);
	mprotect(pages + 2 * 4096, 4096, PROT_NONE);
	getcontext(&inside);
	inside.uc_stack.ss_sp = pages + 4096;
	inside.uc_stack.ss_size = 2048;
	inside.uc_link = &outside;
	makecontext(&inside, run, 0);
	swapcontext(&outside, &inside);
	puts("came back");
	return 0;
}
