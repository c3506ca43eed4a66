/* SPDX-License-Identifier: Apache-2.0 */
/*
 * close_all: closes every descriptor but 1 (close, close_range, closefrom in
 * turn), and allocates in closed_take() 300000 times 16 bytes with 100 kept.
 */
#include "tests/progs/progs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

APART static void *closed_take(void)
{
	return keep(malloc(16));
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "close";

	close(0);
	if (!strcmp(how, "close_range"))
		close_range(2, ~0u, 0);
	else if (!strcmp(how, "closefrom"))
		closefrom(2);
	else
		for (int fd = 2; fd < 4096; fd++)
			close(fd);
	for (int i = 0; i < 300000; i++) {
		void *p = closed_take();

		if (i >= 100)
			free(p);
	}
	printf("%d %d\n", dup(1), dup(1));
	return 0;
}
