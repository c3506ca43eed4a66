/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strpool.h -- each distinct string once. Interned strings are equal exactly
 * when their pointers are, and last as long as the pool. A zeroed pool is empty.
 */
#ifndef ANALYZER_BASE_STRPOOL_H
#define ANALYZER_BASE_STRPOOL_H

#include "analyzer/base/arena.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"

struct strpool_text {
	const char *text;
	size_t n_bytes;
};

struct strpool {
	struct arena arena;
	struct indexset set;
	VEC(struct strpool_text) texts;
};

void strpool_release(struct strpool *pool);
/* With a NUL after it; bytes may contain others, which count. */
const char *strpool_intern(struct strpool *pool, const void *bytes, size_t n_bytes);
const char *strpool_intern_text(struct strpool *pool, const char *text);

#endif
