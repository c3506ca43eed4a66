/* SPDX-License-Identifier: Apache-2.0 */
/*
 * of_type.h -- all allocations of one type in a snapshot: how they are held, by whom,
 * and which one holds most.
 */
#ifndef ANALYZER_FINDINGS_OF_TYPE_H
#define ANALYZER_FINDINGS_OF_TYPE_H

#include "analyzer/base/strpool.h"
#include "analyzer/findings/objects.h"
#include "analyzer/findings/type_names.h"

/* So many of them are held by pointers of one kind: in one field of a type (of an
 * array: any element), else at one offset of what one stack made; or in one root or
 * variable. */
struct an_holders {
	uint64_t n;
	const char *field;           /* "node.next", "table.buckets[]"; NULL: not known */
	uint32_t stack;              /* of a holder, or AN_NONE: it is a root */
	uint64_t offset;             /* in it */
	struct an_root_edge root;    /* of a root: the first such */
};

struct an_of_type {
	uint64_t n, bytes;
	uint64_t retained_bytes;     /* of those that no other of them holds alone */
	struct { uint64_t n, bytes; } by_kind[AN_REACH_KINDS];
	uint32_t greatest;           /* node that retains most */
	struct an_holders *holders;  uint32_t n_holders;   /* by n */
	uint64_t n_unheld;           /* nothing points at them */
	struct strpool texts;
};

/* n is 0 when there are none. Release it in any case. */
void an_of_type_find(const struct an_objects *objects, struct an_type_names *types,
		     const char *type, struct an_of_type *found);
void an_of_type_release(struct an_of_type *found);

#endif
