/* SPDX-License-Identifier: Apache-2.0 */
/*
 * realloc_forms: in chain(), 1 malloc and 100 successful reallocs that grow,
 * shrink and stay, then realloc(p, 0): 101 allocations and 101 frees.
 */
#include "tests/progs/progs.h"

#include <stdio.h>
#include <stdlib.h>

APART static void chain(void)
{
	char *p = keep(malloc(10));

	p[0] = 'r';
	for (int i = 0; i < 100; i++) {
		p = keep(realloc(p, (size_t)(i % 3 ? 100 + i * 40 : 11)));
		if (!p || p[0] != 'r')
			abort();
	}
	printf("%d\n", realloc(p, 0) == NULL);
	STAY();
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	chain();
	return 0;
}
