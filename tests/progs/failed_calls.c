/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failed_calls: every call in fails() fails as its manual says and counts
 * nothing, but for the two malloc(24), of which one is freed and one is kept
 * although realloc and reallocarray failed on it: 2 allocations, 24 bytes live.
 */
#include "tests/progs/progs.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void tell(const char *what, const void *p)
{
	int error = errno;

	printf("%s: %s errno %d\n", what, p ? "memory" : "NULL", error);
	errno = 0;
}

APART static void fails(void)
{
	size_t huge = (size_t)keep((void *)(PTRDIFF_MAX + (size_t)1));
	size_t half = huge / 2;
	char *p = keep(malloc(24)), *untouched = (char *)0x1234;

	errno = 0;
	tell("malloc", malloc(huge));
	tell("calloc overflow", calloc(half, 4));
	tell("calloc", calloc(1, huge));
	tell("realloc(NULL)", realloc(NULL, huge));
	p[0] = 'x';
	tell("realloc", realloc(p, huge));
	tell("reallocarray overflow", reallocarray(p, half, 8));
	printf("still %c\n", p[0]);
	tell("memalign", memalign(64, huge));
	tell("aligned_alloc", aligned_alloc(64, huge));
	tell("valloc", valloc(huge));
	tell("pvalloc", pvalloc(huge));
	printf("posix_memalign bad %d\n", posix_memalign((void **)&untouched, 3, 10));
	printf("posix_memalign 0 %d\n", posix_memalign((void **)&untouched, 0, 10));
	printf("posix_memalign huge %d\n", posix_memalign((void **)&untouched, 64, huge));
	printf("untouched %d\n", untouched == (char *)0x1234);
	free(keep(malloc(24)));
	free(NULL);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	fails();
	return 0;
}
