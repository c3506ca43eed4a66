/* SPDX-License-Identifier: Apache-2.0 */
/*
 * u64map.c -- linear probing at most three quarters full. A removal moves later
 * entries of the same run back, so there are no tombstones and a table that
 * sees a billion puts and removes stays as fast as a new one.
 */
#include "analyzer/base/u64map.h"

#include "analyzer/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 16 };

static uint64_t *slot(const struct u64map *map, size_t i)
{
	return (uint64_t *)(void *)(map->slots + (i << map->entry_shift));
}

/* Fibonacci hashing: the upper bits of the product depend on all of the key. */
static size_t home(const struct u64map *map, uint64_t key)
{
	return (size_t)((key * 0x9e3779b97f4a7c15u) >> map->shift);
}

void u64map_init(struct u64map *map, size_t entry_bytes)
{
	memset(map, 0, sizeof(*map));
	while ((size_t)1 << map->entry_shift < entry_bytes)
		map->entry_shift++;
	map->entry_bytes = (size_t)1 << map->entry_shift;
}

void u64map_release(struct u64map *map)
{
	free(map->slots);
	map->slots = NULL;
	map->n = 0;
	map->has_zero = false;
}

void u64map_reset(struct u64map *map)
{
	u64map_release(map);
}

static void make_slots(struct u64map *map, size_t n_slots)
{
	map->slots = xcalloc(n_slots + 1, map->entry_bytes);
	map->mask = n_slots - 1;
	map->shift = 64 - (unsigned)__builtin_ctzll(n_slots);
}

/* The slot of key, or the empty one where it would go. */
static size_t probe(const struct u64map *map, uint64_t key)
{
	size_t i = home(map, key);

	while (*slot(map, i) && *slot(map, i) != key)
		i = (i + 1) & map->mask;
	return i;
}

static void grow(struct u64map *map)
{
	uint8_t *old = map->slots;
	size_t n_old = map->mask + 1;

	make_slots(map, n_old * 2);
	for (size_t i = 0; i < n_old; i++) {
		const uint8_t *entry = old + i * map->entry_bytes;
		uint64_t key;

		memcpy(&key, entry, sizeof(key));
		if (key)
			memcpy(slot(map, probe(map, key)), entry, map->entry_bytes);
	}
	memcpy(slot(map, map->mask + 1), old + n_old * map->entry_bytes, map->entry_bytes);
	free(old);
}

void *u64map_get(const struct u64map *map, uint64_t key)
{
	if (!map->n)
		return NULL;
	if (!key)
		return map->has_zero ? slot(map, map->mask + 1) : NULL;
	uint64_t *entry = slot(map, probe(map, key));

	return *entry ? entry : NULL;
}

static void *put_zero(struct u64map *map, bool *is_new)
{
	*is_new = !map->has_zero;
	map->n += *is_new;
	map->has_zero = true;
	return slot(map, map->mask + 1);
}

void *u64map_put(struct u64map *map, uint64_t key, bool *is_new)
{
	bool unused;

	if (!is_new)
		is_new = &unused;
	if (!map->slots)
		make_slots(map, FIRST_SLOTS);
	if (!key)
		return put_zero(map, is_new);
	uint64_t *entry = slot(map, probe(map, key));

	*is_new = !*entry;
	if (*entry)
		return entry;
	if ((map->n + 1) * 4 > (map->mask + 1) * 3) {
		grow(map);
		entry = slot(map, probe(map, key));
	}
	map->n++;
	*entry = key;
	return entry;
}

/* Closes the hole at i: an entry behind it moves in when its home is not
 * between the hole and itself. */
static void close_hole(struct u64map *map, size_t i)
{
	for (size_t j = (i + 1) & map->mask; *slot(map, j); j = (j + 1) & map->mask) {
		size_t from_home = (j - home(map, *slot(map, j))) & map->mask;

		if (from_home >= ((j - i) & map->mask)) {
			memcpy(slot(map, i), slot(map, j), map->entry_bytes);
			i = j;
		}
	}
	memset(slot(map, i), 0, map->entry_bytes);
}

void u64map_remove_entry(struct u64map *map, void *entry)
{
	size_t i = (size_t)((uint8_t *)entry - map->slots) >> map->entry_shift;

	map->n--;
	if (i == map->mask + 1) {
		map->has_zero = false;
		memset(entry, 0, map->entry_bytes);
		return;
	}
	close_hole(map, i);
}

bool u64map_remove(struct u64map *map, uint64_t key)
{
	void *entry = u64map_get(map, key);

	if (entry)
		u64map_remove_entry(map, entry);
	return entry != NULL;
}

void *u64map_next(const struct u64map *map, size_t *at)
{
	if (!map->slots)
		return NULL;
	while (*at <= map->mask) {
		uint64_t *entry = slot(map, (*at)++);

		if (*entry)
			return entry;
	}
	if (*at == map->mask + 1) {
		(*at)++;
		if (map->has_zero)
			return slot(map, map->mask + 1);
	}
	return NULL;
}
