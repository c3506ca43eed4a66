/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads_short: 1000 threads, every second one detached, each makes 3
 * allocations of 24 bytes in thread_take() and frees 2; a joined thread leaves
 * one more, of 8 bytes from thread_hand(), to main, which frees it. At most 20
 * are alive at a time. thread_take: 3000 allocations, 1000 live.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

static sem_t room, ended;

APART static void *thread_take(void)
{
	return keep(malloc(24));
}

APART static void *thread_hand(void)
{
	return keep(malloc(8));
}

static void work(void)
{
	free(thread_take());
	thread_take();
	free(thread_take());
}

static void *detached(void *unused)
{
	(void)unused;
	work();
	sem_post(&room);
	sem_post(&ended);
	return NULL;
}

static void *joined(void *unused)
{
	(void)unused;
	work();
	return thread_hand();
}

int main(void)
{
	pthread_attr_t attr;
	pthread_t thread, other;
	void *result;

	sem_init(&room, 0, 20);
	sem_init(&ended, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < 500; i++) {
		sem_wait(&room);
		if (pthread_create(&thread, NULL, joined, NULL) ||
		    pthread_create(&other, &attr, detached, NULL))
			return 1;
		pthread_join(thread, &result);
		free(result);
	}
	for (int i = 0; i < 500; i++)
		sem_wait(&ended);
	puts("done");
	return 0;
}
