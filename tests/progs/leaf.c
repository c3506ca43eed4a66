/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaf: a program that others start: leaf_take() allocates 33 bytes and keeps
 * them. Prints its arguments and its environment; ends with status 7 if its
 * first argument is "seven".
 */
#include "tests/progs/progs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

APART static void leaf_take(void)
{
	keep(malloc(33));
	STAY();
}

int main(int argc, char **argv)
{
	leaf_take();
	printf("leaf");
	for (int i = 1; i < argc; i++)
		printf(" %s", argv[i]);
	for (char **each = environ; *each; each++)
		if (strncmp(*each, "_=", 2))
			printf(" [%.60s]", *each);
	printf("\n");
	return argc > 1 && !strcmp(argv[1], "seven") ? 7 : 0;
}
