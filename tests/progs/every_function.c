/* SPDX-License-Identifier: Apache-2.0 */
/*
 * every_function: by_NAME() calls NAME successfully and keeps the memory. Bytes
 * kept: malloc 101, malloc(0) 0, calloc 3 * 67, realloc(NULL) 301, a realloc
 * that grows 50 to 5000, reallocarray 7 * 13, posix_memalign 401, aligned_alloc
 * 512, memalign 601, valloc 701, pvalloc 4097 (asked for, whatever it rounds to).
 * by_realloc_away() frees by realloc(p, 0). What it prints does not depend on
 * addresses.
 */
#include "tests/progs/progs.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

APART static void by_malloc(void)
{
	char *p = keep(malloc(101));

	memset(p, 1, 101);
	printf("malloc %d usable %d\n", p != NULL, malloc_usable_size(p) >= 101);
}

APART static void by_malloc_0(void)
{
	void *p = keep(malloc(0)), *q = keep(malloc(0));

	printf("malloc(0) %d distinct %d\n", p != NULL, p != q);
}

APART static void by_calloc(void)
{
	char *p = keep(calloc(3, 67));
	int sum = 0;

	for (int i = 0; i < 3 * 67; i++)
		sum += p[i];
	printf("calloc sum %d\n", sum);
}

APART static void by_realloc_null(void)
{
	printf("realloc(NULL) %d\n", keep(realloc(NULL, 301)) != NULL);
}

APART static void by_realloc(void)
{
	char *p = keep(malloc(50));

	memcpy(p, "kept by realloc", 16);
	p = keep(realloc(p, 5000));
	printf("realloc %s\n", p);
}

APART static void by_realloc_away(void)
{
	void *p = keep(malloc(60));

	errno = 0;
	p = keep(realloc(p, 0));
	printf("realloc(p, 0) NULL %d errno %d\n", p == NULL, errno);
}

APART static void by_reallocarray(void)
{
	printf("reallocarray %d\n", keep(reallocarray(NULL, 7, 13)) != NULL);
}

static int rest(void *p, size_t align)
{
	return (int)((uintptr_t)p % align);
}

APART static void by_posix_memalign(void)
{
	void *p = NULL;
	int result = posix_memalign(&p, 256, 401);

	printf("posix_memalign %d rest %d\n", result, rest(keep(p), 256));
}

APART static void by_aligned_alloc(void)
{
	printf("aligned_alloc rest %d\n", rest(keep(aligned_alloc(128, 512)), 128));
}

APART static void by_memalign(void)
{
	printf("memalign rest %d\n", rest(keep(memalign(64, 601)), 64));
}

APART static void by_valloc(void)
{
	printf("valloc rest %d\n", rest(keep(valloc(701)), 4096));
}

APART static void by_pvalloc(void)
{
	void *p = keep(pvalloc(4097));

	printf("pvalloc rest %d usable %d\n", rest(p, 4096), malloc_usable_size(p) >= 8192);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	by_malloc();
	by_malloc_0();
	by_calloc();
	by_realloc_null();
	by_realloc();
	by_realloc_away();
	by_reallocarray();
	by_posix_memalign();
	by_aligned_alloc();
	by_memalign();
	by_valloc();
	by_pvalloc();
	free(NULL);
	printf("malloc_usable_size(NULL) %zu\n", malloc_usable_size(NULL));
	return 0;
}
