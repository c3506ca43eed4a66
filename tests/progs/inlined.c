/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inlined: outer() holds middle() which holds inner(), both inlined into it;
 * inner allocates 19 bytes and keeps them. The stack names all three.
 * build: -O2
 */
#include "tests/progs/progs.h"

#include <stdlib.h>

static inline __attribute__((always_inline)) void inner(void)
{
	keep(malloc(19));
}

static inline __attribute__((always_inline)) void middle(void)
{
	inner();
}

APART static void outer(void)
{
	middle();
	STAY();
}

int main(void)
{
	outer();
	return 0;
}
