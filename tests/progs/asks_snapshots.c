/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asks_snapshots: 3 allocations of 24 bytes from make_link(), a list that a global
 * holds when it asks for the snapshot "held", and nobody when it asks for "lost".
 * Another thread sleeps meanwhile. Prints "errno changed" if errno changed.
 */
#include "tests/progs/progs.h"
#include "tracer/memtrace.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void **list;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

APART static void **make_link(void *next)
{
	void **made = keep(malloc(24));

	made[0] = next;
	made[1] = made[2] = NULL;
	return made;
}

/* So far down that no frame of a later call lies where these pointers were. */
APART static void make_list(void)
{
	volatile char space[64 << 10];

	space[0] = 0;
	for (int i = 0; i < 3; i++)
		list = make_link(list);
	space[1] = 0;
}

APART static void drop_list(void)
{
	list = NULL;
}

static void *sleep_at_gate(void *unused)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return unused;
}

int main(void)
{
	pthread_t sleeper;

	pthread_mutex_lock(&gate);
	pthread_create(&sleeper, NULL, sleep_at_gate, NULL);
	make_list();
	errno = 77;
	memtrace_snapshot("held");
	drop_list();
	memtrace_snapshot("lost");
	if (errno != 77)
		puts("errno changed");
	pthread_mutex_unlock(&gate);
	pthread_join(sleeper, NULL);
	return 0;
}
