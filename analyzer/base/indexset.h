/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indexset.h -- which of many things is equal to this one? The things lie in
 * an array of the caller's; the set holds their indexes, by hash. A zeroed set
 * is empty.
 */
#ifndef ANALYZER_BASE_INDEXSET_H
#define ANALYZER_BASE_INDEXSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct indexset {
	struct indexset_slot *slots;
	size_t n;
	size_t mask;
};

/* Is thing number index the one that is looked for? */
typedef bool indexset_equal_fn(void *context, uint32_t index);

void indexset_release(struct indexset *set);
/* The index of the equal thing, or candidate, which is then in the set.
 * candidate < UINT32_MAX; hashes are compared before equal is asked. */
uint32_t indexset_intern(struct indexset *set, uint64_t hash, uint32_t candidate,
			 indexset_equal_fn *equal, void *context);

/* Folds a number into a hash, and bytes. Start from any constant. */
static inline uint64_t hash_u64(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9fb21c651e98df25u;
	return hash ^ (hash >> 32);
}
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t n_bytes);

#endif
