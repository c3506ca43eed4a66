/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indexset.c -- linear probing over (hash, index + 1), at most two thirds full.
 */
#include "analyzer/base/indexset.h"

#include "analyzer/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

struct indexset_slot {
	uint32_t hash;
	uint32_t index_plus_one;  /* 0: empty */
};

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t n_bytes)
{
	const uint8_t *at = bytes;
	uint64_t word;

	for (; n_bytes >= sizeof(word); at += sizeof(word), n_bytes -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = hash_u64(hash, word);
	}
	word = n_bytes;
	for (size_t i = 0; i < n_bytes; i++)
		word = word << 8 | at[i];
	return hash_u64(hash, word);
}

void indexset_release(struct indexset *set)
{
	free(set->slots);
	memset(set, 0, sizeof(*set));
}

static void grow(struct indexset *set)
{
	struct indexset_slot *old = set->slots;
	size_t n_old = old ? set->mask + 1 : 0;
	size_t n_new = old ? n_old * 2 : FIRST_SLOTS;

	set->slots = xcalloc(n_new, sizeof(*set->slots));
	set->mask = n_new - 1;
	for (size_t i = 0; i < n_old; i++) {
		size_t at = old[i].hash & set->mask;

		if (!old[i].index_plus_one)
			continue;
		while (set->slots[at].index_plus_one)
			at = (at + 1) & set->mask;
		set->slots[at] = old[i];
	}
	free(old);
}

uint32_t indexset_intern(struct indexset *set, uint64_t hash, uint32_t candidate,
			 indexset_equal_fn *equal, void *context)
{
	uint32_t folded = (uint32_t)(hash ^ hash >> 32);

	if (!set->slots || (set->n + 1) * 3 > (set->mask + 1) * 2)
		grow(set);
	size_t at = folded & set->mask;

	for (; set->slots[at].index_plus_one; at = (at + 1) & set->mask) {
		uint32_t index = set->slots[at].index_plus_one - 1;

		if (set->slots[at].hash == folded && equal(context, index))
			return index;
	}
	set->slots[at].hash = folded;
	set->slots[at].index_plus_one = candidate + 1;
	set->n++;
	return candidate;
}
