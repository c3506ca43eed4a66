/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlives FIFO: keeps 70 bytes of first_take(); its child keeps 90 bytes of
 * late_take(), says "child PID", and goes on after the parent has ended until
 * FIFO is opened for writing and closed; then it keeps 1 allocation more, and ends.
 */
#include "tests/progs/progs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

APART static void first_take(void)
{
	keep(malloc(70));
	STAY();
}

APART static void late_take(void)
{
	keep(malloc(90));
	STAY();
}

int main(int argc, char **argv)
{
	char byte;
	int ready[2], fd;

	first_take();
	if (argc < 2 || pipe(ready))
		return 2;
	if (fork() == 0) {
		late_take();
		printf("child %d\n", (int)getpid());
		fflush(stdout);
		if (write(ready[1], "r", 1) != 1)
			return 2;
		fclose(stdout);
		close(2);
		fd = open(argv[1], O_RDONLY);
		while (read(fd, &byte, 1) > 0)
			;
		late_take();
		return 0;
	}
	return read(ready[0], &byte, 1) != 1;
}
