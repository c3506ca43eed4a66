/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xalloc.h -- memory that is there or the command ends. The analyzer has
 * nothing useful to do without memory, so running out prints one line and
 * exits with xalloc_exit_status, which a command sets to its own code.
 */
#ifndef ANALYZER_BASE_XALLOC_H
#define ANALYZER_BASE_XALLOC_H

#include <stddef.h>

/* 125 unless set. */
extern int xalloc_exit_status;

/* Never NULL, also for 0 bytes. To be freed with free(). */
void *xmalloc(size_t n_bytes);
void *xcalloc(size_t n, size_t size);              /* zeroed */
void *xreallocarray(void *p, size_t n, size_t size); /* p may be NULL */
char *xstrdup(const char *text);
/* Copies at most n_bytes of text, and terminates. */
char *xstrndup(const char *text, size_t n_bytes);

#endif
