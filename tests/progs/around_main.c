/* SPDX-License-Identifier: Apache-2.0 */
/*
 * around_main: allocates 10 bytes in each of in_constructor, in_destructor,
 * in_atexit, in_on_exit, in_key_destructor (twice: the destructor sets its key
 * again) and keeps them.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;

__attribute__((constructor)) APART static void in_constructor(void)
{
	keep(malloc(10));
	STAY();
}

__attribute__((destructor)) APART static void in_destructor(void)
{
	keep(malloc(10));
	STAY();
}

APART static void in_atexit(void)
{
	keep(malloc(10));
	STAY();
}

APART static void in_on_exit(int status, void *unused)
{
	(void)status, (void)unused;
	keep(malloc(10));
	STAY();
}

APART static void in_key_destructor(void *value)
{
	keep(malloc(10));
	if (value == &key)
		pthread_setspecific(key, &value);
	STAY();
}

static void *thread(void *unused)
{
	pthread_setspecific(key, &key);
	return unused;
}

int main(void)
{
	pthread_t id;

	atexit(in_atexit);
	on_exit(in_on_exit, NULL);
	pthread_key_create(&key, in_key_destructor);
	pthread_create(&id, NULL, thread, NULL);
	pthread_join(id, NULL);
	return 0;
}
