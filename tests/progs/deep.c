/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deep N: main calls down() N times inside itself; the innermost allocates 64
 * bytes in at_the_bottom() and keeps them.
 */
#include "tests/progs/progs.h"

#include <stdlib.h>

APART static void at_the_bottom(void)
{
	keep(malloc(64));
	STAY();
}

APART static void down(int n)
{
	if (n > 1)
		down(n - 1);
	else
		at_the_bottom();
	STAY();
}

int main(int argc, char **argv)
{
	down(argc > 1 ? atoi(argv[1]) : 150);
	return 0;
}
