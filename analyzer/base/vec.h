/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vec.h -- an array that grows. A zeroed one is empty. Items move when it
 * grows: keep indexes, not pointers.
 *
 *     VEC(struct an_site) sites = { 0 };
 *     VEC_PUSH(&sites)->n_live = 1;
 */
#ifndef ANALYZER_BASE_VEC_H
#define ANALYZER_BASE_VEC_H

#include "analyzer/base/xalloc.h"

#include <stdlib.h>

#define VEC(type) struct { type *at; size_t n, room; }

/* items with room for n, possibly moved; *room says how much there is now. */
static inline void *vec_more(void *items, size_t *room, size_t n, size_t item_bytes)
{
	if (n <= *room)
		return items;
	*room = *room < 8 ? 8 : *room + *room / 2;
	if (*room < n)
		*room = n;
	return xreallocarray(items, *room, item_bytes);
}

#define VEC_RESERVE(vec, n_items) \
	((vec)->at = vec_more((vec)->at, &(vec)->room, (n_items), sizeof(*(vec)->at)))
/* The new last item, not initialised. */
#define VEC_PUSH(vec) (VEC_RESERVE(vec, (vec)->n + 1), &(vec)->at[(vec)->n++])
#define VEC_RELEASE(vec) \
	(free((vec)->at), (vec)->at = NULL, (vec)->n = 0, (vec)->room = 0)

#endif
