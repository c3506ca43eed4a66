/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xalloc.c -- memory that is there or the command ends. The only place of the
 * analyzer below its command line that exits.
 */
#include "analyzer/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int xalloc_exit_status = 125;

static void *check(void *p)
{
	if (!p) {
		fputs("memtrace: out of memory\n", stderr);
		exit(xalloc_exit_status);
	}
	return p;
}

void *xmalloc(size_t n_bytes)
{
	return check(malloc(n_bytes ? n_bytes : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return check(n && size ? calloc(n, size) : calloc(1, 1));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	if (!n || !size)
		n = size = 1;
	return check(reallocarray(p, n, size));
}

char *xstrdup(const char *text)
{
	return check(strdup(text));
}

char *xstrndup(const char *text, size_t n_bytes)
{
	return check(strndup(text, n_bytes));
}
