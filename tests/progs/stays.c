/* SPDX-License-Identifier: Apache-2.0 */
/* stays: loses 3 allocations of 16 bytes from make_lost(), keeps 1 of 24 from
 * make_held() in a global and 1 of 40 in each of four threads' stacks, prints "ready"
 * and works on until it is killed: the first thread grows a list of 100 blocks of
 * 32 bytes from make_grown() by realloc of its table, and drops it whole. Nothing of
 * that is ever lost. */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *volatile held;
static void **table;
static int n_ready;

APART static void *make_lost(void)
{
	return keep(malloc(16));
}

APART static void *make_held(size_t n)
{
	return keep(malloc(n));
}

APART static void *make_grown(void)
{
	return keep(malloc(32));
}

APART static void lose(void)
{
	char deep[65536];

	memset(deep, 1, sizeof(deep));
	for (int i = 0; i < 3; i++)
		keep(make_lost());
	keep(deep);
}

static void *wait_for_ever(void *unused)
{
	void *volatile mine = make_held(40);

	(void)unused;
	__atomic_add_fetch(&n_ready, 1, __ATOMIC_SEQ_CST);
	for (;;) {
		pause();
		keep(mine);
	}
	return NULL;
}

APART static void work(void)
{
	size_t n = 0;

	for (; n < 100; n++) {
		table = realloc(table, (n + 1) * sizeof(*table));
		table[n] = NULL;
		table[n] = make_grown();
	}
	while (n)
		free(table[--n]);
	free(table);
	table = NULL;
}

APART static void clear_stack(void)
{
	char deep[131072];

	memset(deep, 0, sizeof(deep));
	keep(deep);
}

int main(void)
{
	pthread_t thread;

	held = make_held(24);
	lose();
	clear_stack();
	for (int i = 0; i < 4; i++)
		pthread_create(&thread, NULL, wait_for_ever, NULL);
	while (__atomic_load_n(&n_ready, __ATOMIC_SEQ_CST) < 4)
		usleep(1000);
	write(1, "ready\n", 6);
	for (;;)
		work();
}
