/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chrooted DIRECTORY: a child changes root to DIRECTORY and user to nobody,
 * then allocates 300000 times 40 bytes in chrooted_take() and keeps 5, and so
 * does a thread that it starts then.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

APART static void *chrooted_take(void)
{
	return keep(malloc(40));
}

static void *work(void *unused)
{
	for (int i = 0; i < 300000; i++) {
		void *p = chrooted_take();

		if (i >= 5)
			free(p);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pid_t pid = argc > 1 ? fork() : -1;
	pthread_t thread;
	int status = 1;

	if (pid == 0) {
		if (chroot(argv[1]) || chdir("/") || setgid(65534) || setuid(65534))
			_exit(1);
		work(NULL);
		pthread_create(&thread, NULL, work, NULL);
		pthread_join(thread, NULL);
		exit(0);
	}
	waitpid(pid, &status, 0);
	printf("%d\n", status);
	return status != 0;
}
