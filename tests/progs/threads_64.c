/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads_64: 64 threads alive at once, each 2000 allocations of 48 bytes by
 * many_take(), handed to the next thread, which frees them: 128000 allocations,
 * none live.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_THREADS = 64, N_EACH = 2000 };

static void *_Atomic box[N_THREADS];
static pthread_barrier_t start;

APART static void *many_take(void)
{
	return keep(malloc(48));
}

static void *work(void *argument)
{
	int me = (int)(intptr_t)argument;

	pthread_barrier_wait(&start);
	for (int i = 0; i < N_EACH; i++)
		free(__atomic_exchange_n(&box[(me + i) % N_THREADS], many_take(), __ATOMIC_ACQ_REL));
	return NULL;
}

int main(void)
{
	pthread_t threads[N_THREADS];

	pthread_barrier_init(&start, NULL, N_THREADS);
	for (int i = 0; i < N_THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i))
			return 1;
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < N_THREADS; i++)
		free(box[i]);
	puts("done");
	return 0;
}
