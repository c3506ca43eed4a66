/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suspects.h -- who holds most of what is still reachable: "this one global holds
 * 412 MB through 3 objects", and where below it the memory piles up.
 */
#ifndef ANALYZER_FINDINGS_SUSPECTS_H
#define ANALYZER_FINDINGS_SUSPECTS_H

#include "analyzer/findings/objects.h"

enum { AN_SUSPECTS_MAX = 16 };   /* of each process */

/* A variable, or another root, and what would go with it alone. */
struct an_suspect {
	uint32_t process;
	bool is_shared;              /* several roots hold it: no one of them alone does */
	struct an_root_edge root;    /* else one of its root edges */
	uint64_t retained_bytes;
	uint64_t n_direct;           /* allocations that it holds directly, and alone */
	/* Down from the root, by what retains nearly all of it, to the last such
	 * allocation; has_point is false where the root itself holds many. */
	bool has_point;
	uint64_t point_addr, point_bytes, point_retained;
	uint32_t point_stack;
	/* What that one (or the root) holds, by who made most of it. */
	uint64_t n_held;             /* of all kinds */
	uint32_t held_stack;
	uint64_t n_of_stack, of_stack_retained;
	char *name;                  /* what the caller calls the root, or NULL; owned */
};

struct an_suspects {
	struct an_suspect *at;       /* of one process after the other, by what they retain */
	uint32_t n;
	size_t room;
};

/* Appends those of one process. */
void an_suspects_find(const struct an_objects *objects, struct an_suspects *suspects);
void an_suspects_release(struct an_suspects *suspects);

#endif
