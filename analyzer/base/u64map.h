/* SPDX-License-Identifier: Apache-2.0 */
/*
 * u64map.h -- from a 64-bit number to an entry, by open addressing.
 *
 * An entry is any struct whose first member is its uint64_t key. Entries lie in
 * the table itself, so they move when another is put or removed: copy what must
 * last. A zeroed map is not valid; u64map_init makes one.
 */
#ifndef ANALYZER_BASE_U64MAP_H
#define ANALYZER_BASE_U64MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct u64map {
	uint8_t *slots;        /* mask + 2: the last one is for key 0, which elsewhere
	                        * means "empty" */
	size_t entry_bytes;    /* a power of two */
	unsigned entry_shift;
	size_t n;              /* entries, the one of key 0 included */
	size_t mask;
	unsigned shift;
	bool has_zero;
};

/* Allocates nothing before the first put. */
void u64map_init(struct u64map *map, size_t entry_bytes);
void u64map_release(struct u64map *map);
/* Removes all entries and gives the memory back. */
void u64map_reset(struct u64map *map);

/* NULL if there is none. */
void *u64map_get(const struct u64map *map, uint64_t key);
/* The entry of key; a new one is zero but for its key. is_new may be NULL. */
void *u64map_put(struct u64map *map, uint64_t key, bool *is_new);
/* Removes an entry that _get or _put returned since the map changed last. */
void u64map_remove_entry(struct u64map *map, void *entry);
/* false if there was none. */
bool u64map_remove(struct u64map *map, uint64_t key);
/* Walks all entries in no useful order: *at begins as 0. NULL at the end. */
void *u64map_next(const struct u64map *map, size_t *at);

#endif
