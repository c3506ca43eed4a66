/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads_1500: 1500 threads that all live at once each allocate 101 times in
 * each_take() and free all of it: more threads than any first grant has segments.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 1500 };

static pthread_barrier_t barrier;

APART static void *each_take(int i)
{
	return keep(malloc((size_t)i + 1));
}

static void *work(void *unused)
{
	free(each_take(0));
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 100; i++)
		free(each_take(i));
	pthread_barrier_wait(&barrier);
	return unused;
}

int main(void)
{
	static pthread_t threads[THREADS];
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], &attributes, work, NULL))
			return 1;
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	puts("all done");
	return 0;
}
