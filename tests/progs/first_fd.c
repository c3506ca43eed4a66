/* SPDX-License-Identifier: Apache-2.0 */
/*
 * first_fd: after allocations in main and in a thread, the first open() returns
 * the lowest free descriptor; prints it, and how many are open.
 */
#include "tests/progs/progs.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

APART static void *take(void *unused)
{
	free(keep(malloc(100)));
	return unused;
}

int main(void)
{
	pthread_t thread;
	DIR *directory;
	int n = 0;

	take(NULL);
	pthread_create(&thread, NULL, take, NULL);
	pthread_join(thread, NULL);
	printf("first open() returns %d\n", open("/dev/null", O_RDONLY));
	directory = opendir("/proc/self/fd");
	while (readdir(directory))
		n++;
	closedir(directory);
	printf("%d entries\n", n);
	return 0;
}
