/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ends: allocates 5 times 32 bytes in before_end(), keeps them, and ends as its
 * first argument says.
 */
#include "tests/progs/progs.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

APART static void before_end(void)
{
	keep(malloc(32));
	STAY();
}

static void *exit_here(void *status)
{
	exit((int)(intptr_t)status);
}

static void *outlive(void *main_thread)
{
	pthread_join((pthread_t)main_thread, NULL);
	return NULL;
}

static void by_thread(int status)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exit_here, (void *)(intptr_t)status);
	pthread_join(thread, NULL);
}

static void by_pthread_exit(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, outlive, (void *)pthread_self());
	pthread_detach(thread);
	pthread_exit(NULL);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "return";
	int number = argc > 2 ? atoi(argv[2]) : 0;
	struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	for (int i = 0; i < 5; i++)
		before_end();
	if (!strcmp(how, "exit"))
		exit(number);
	else if (!strcmp(how, "_exit"))
		_exit(number);
	else if (!strcmp(how, "_Exit"))
		_Exit(number);
	else if (!strcmp(how, "quick_exit"))
		quick_exit(number);
	else if (!strcmp(how, "raw_exit"))
		syscall(SYS_exit_group, number);
	else if (!strcmp(how, "abort"))
		abort();
	else if (!strcmp(how, "assert"))
		assert(number == 1);
	else if (!strcmp(how, "segv"))
		*(volatile int *)keep((void *)8) = 1;
	else if (!strcmp(how, "signal"))
		kill(getpid(), number);
	else if (!strcmp(how, "thread"))
		by_thread(number);
	else if (!strcmp(how, "pthread_exit"))
		by_pthread_exit();
	return number;
}
