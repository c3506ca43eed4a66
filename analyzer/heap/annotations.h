/* SPDX-License-Identifier: Apache-2.0 */
/* annotations.h -- what the two files annotations*.c share. */
#ifndef ANALYZER_HEAP_ANNOTATIONS_H
#define ANALYZER_HEAP_ANNOTATIONS_H

#include "analyzer/heap/replay.h"

/* The latest things said of one address; ticks 0: nothing. */
struct an_said {
	uint64_t addr;               /* the key */
	const char *type;
	uint64_t type_ticks;
	uint64_t ignored_ticks;
	uint64_t root_bytes, root_ticks;
	uint64_t ended_ticks;        /* of what is kept for a snapshot */
	uint64_t unused;             /* a power of two */
};

struct an_annotation_state {
	struct u64map said;          /* struct an_said */
	size_t limit;                /* of entries, before those without memory go */
	uint64_t n_strangers;        /* that went this way */
	struct an_said lifted;       /* from what a realloc took, on the way to its outcome */
	VEC(struct an_said) ended;   /* of allocations that a snapshot saw, and gone since */
};

#endif
