/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limited RESOURCE: lowers a limit of its own (as: the address space to what it
 * has and 8 MiB; fsize: 4096 bytes; nofile: 3; nproc, stack: little), allocates
 * 300000 times 40 bytes in limited_take() in two threads and keeps 5 in each.
 * as: also finds out that 64 MiB cannot be had.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

APART static void *limited_take(void)
{
	return keep(malloc(40));
}

static void *work(void *barrier)
{
	pthread_barrier_wait(barrier);
	for (int i = 0; i < 300000; i++) {
		void *p = limited_take();

		if (!p)
			abort();
		if (i >= 5)
			free(p);
	}
	return NULL;
}

static rlim_t own_bytes(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%lu", &pages) != 1)
		abort();
	fclose(file);
	return pages * 4096ul;
}

static int lower(const char *what)
{
	struct rlimit limit = { 4096, 4096 };

	if (!strcmp(what, "fsize"))
		return setrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = limit.rlim_max = 3;
	if (!strcmp(what, "nofile"))
		return setrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max = own_bytes() + (8 << 20);
	return strcmp(what, "as") ? -1 : setrlimit(RLIMIT_AS, &limit);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	pthread_barrier_t barrier;
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&thread, NULL, work, &barrier);
	free(keep(malloc(40)));
	if (lower(what))
		return 1;
	work(&barrier);
	pthread_join(thread, NULL);
	if (!strcmp(what, "as"))
		printf("64 MiB: %s\n", keep(malloc(64 << 20)) ? "memory" : "NULL");
	printf("worked within %s\n", what);
	return 0;
}
