/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader_lock: one thread holds the loader's lock (it is inside a callback of
 * dl_iterate_phdr) and wants a mutex; the holder of the mutex allocates 25 bytes
 * in while_locked(). A hook that wants the loader's lock never comes back.
 */
#include "tests/progs/progs.h"

#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;
static int is_called;

APART static void while_locked(void)
{
	keep(malloc(25));
	STAY();
}

static int callback(struct dl_phdr_info *info, size_t n_bytes, void *unused)
{
	(void)info, (void)n_bytes, (void)unused;
	if (is_called++)
		return 0;
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	return 0;
}

static void *iterate(void *unused)
{
	dl_iterate_phdr(callback, NULL);
	return unused;
}

static void *allocate(void *unused)
{
	pthread_mutex_lock(&mutex);
	pthread_barrier_wait(&both);
	for (int i = 0; i < 1000; i++)
		while_locked();
	pthread_mutex_unlock(&mutex);
	return unused;
}

int main(void)
{
	pthread_t first, second;

	pthread_barrier_init(&both, NULL, 2);
	pthread_create(&first, NULL, iterate, NULL);
	pthread_create(&second, NULL, allocate, NULL);
	pthread_join(first, NULL);
	pthread_join(second, NULL);
	puts("finished");
	return 0;
}
