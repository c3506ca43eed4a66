/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pause.c -- pause THREADS MB SECONDS: a heap of MB with a list through it, THREADS
 * idle threads, and as many seconds of sleep. Prints what a raw clone of itself
 * takes, in microseconds, the median of nine: what no snapshot by fork can undercut.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1000, ROUNDS = 9 };

static void **list;

static void *idle(void *unused)
{
	pause();
	return unused;
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	const long *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static long clone_us(void)
{
	long took[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		long began = now_us(), pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

		if (!pid)
			syscall(SYS_exit_group, 0);
		took[i] = now_us() - began;
		waitpid((pid_t)pid, NULL, 0);
	}
	qsort(took, ROUNDS, sizeof(*took), compare);
	return took[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	struct timespec nap = { 0 };
	long n_blocks;

	if (argc < 4)
		return 125;
	n_blocks = atol(argv[2]) * 1000000 / BLOCK;
	nap.tv_sec = atol(argv[3]);
	for (long i = 0; i < n_blocks; i++) {
		void **block = malloc(BLOCK);

		memset(block, 1, BLOCK);
		block[0] = list;
		list = block;
	}
	for (int i = atoi(argv[1]); i > 0; i--) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, idle, NULL))
			return 125;
	}
	printf("%ld\n", clone_us());
	fflush(stdout);
	while (nanosleep(&nap, &nap))
		;
	_exit(0);
}
