/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stackset.c -- open addressing in a chain of tables, each four times the one
 * before it; see stackset.h.
 *
 * A table is never moved or freed, so a reader needs no protection. New entries
 * go into the last table; what a look-up finds in an older one is copied
 * forward, so that the stacks in use are found at the first look.
 */
#include "tracer/inside/stackset.h"

#include "tracer/inside/state.h"
#include "tracer/inside/sys.h"

enum {
	TABLES = 8,
#ifndef TR_STACKSET_SLOTS
	TR_STACKSET_SLOTS = 1 << 12,   /* of the first table: 64 KiB; the last has 2^26 */
#endif
	PROBES = 16,
};

struct entry {
	uint64_t hash;   /* atomic; 0: empty */
	uint32_t id;     /* atomic; 0: being written */
};

static struct entry first_table[TR_STACKSET_SLOTS];
static struct entry *tables[TABLES] = { first_table };   /* atomic */
static uint32_t n_entries[TABLES];     /* atomic */
static uint32_t last_id;               /* atomic */

static uint32_t n_slots_of(int table)
{
	return (uint32_t)TR_STACKSET_SLOTS << (2 * table);
}

static int last_table(void)
{
	int last = TABLES - 1;

	while (last > 0 && !__atomic_load_n(&tables[last], __ATOMIC_ACQUIRE))
		last--;
	return last;
}

static uint32_t find_in(int table, uint64_t hash)
{
	const struct entry *entries = __atomic_load_n(&tables[table], __ATOMIC_ACQUIRE);
	uint32_t mask = n_slots_of(table) - 1;

	if (!entries)
		return 0;
	for (uint32_t i = 0; i < PROBES; i++) {
		const struct entry *entry = &entries[((uint32_t)(hash >> 32) + i) & mask];
		uint64_t seen = __atomic_load_n(&entry->hash, __ATOMIC_ACQUIRE);

		if (seen == hash)
			return __atomic_load_n(&entry->id, __ATOMIC_ACQUIRE);
		if (!seen)
			return 0;
	}
	return 0;
}

/* The table there is, or a new one; NULL without memory, or where a filter of
 * the program might not let us ask for some. */
static struct entry *table_get(int table)
{
	struct entry *entries = __atomic_load_n(&tables[table], __ATOMIC_ACQUIRE);
	struct entry *expected = NULL;
	size_t n_bytes = n_slots_of(table) * sizeof(*entries);

	if (entries || __atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED))
		return entries;
	entries = tr_map_anonymous(n_bytes);
	if (entries && !__atomic_compare_exchange_n(&tables[table], &expected, entries, false,
						    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		tr_unmap(entries, n_bytes);
		return expected;
	}
	return entries;
}

static void add_to(int table, uint64_t hash, uint32_t id)
{
	struct entry *entries = table_get(table);
	uint32_t mask = n_slots_of(table) - 1;

	for (uint32_t i = 0; entries && i < PROBES; i++) {
		struct entry *entry = &entries[((uint32_t)(hash >> 32) + i) & mask];
		uint64_t seen = 0;

		if (__atomic_compare_exchange_n(&entry->hash, &seen, hash, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			__atomic_store_n(&entry->id, id, __ATOMIC_RELEASE);
			__atomic_fetch_add(&n_entries[table], 1, __ATOMIC_RELAXED);
			return;
		}
		if (seen == hash)
			return;
	}
}

uint32_t tr_stackset_find(uint64_t hash)
{
	int last = last_table();

	hash += hash == 0;
	for (int table = last; table >= 0; table--) {
		uint32_t id = find_in(table, hash);

		if (id) {
			if (table != last)
				add_to(last, hash, id);
			return id;
		}
	}
	return 0;
}

uint32_t tr_stackset_new_id(void)
{
	return __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
}

uint32_t tr_stackset_last_id(void)
{
	return __atomic_load_n(&last_id, __ATOMIC_RELAXED);
}

void tr_stackset_add(uint64_t hash, uint32_t id)
{
	int table = last_table();

	/* Half full: the next one, which is made by whoever comes first. */
	if (table + 1 < TABLES &&
	    __atomic_load_n(&n_entries[table], __ATOMIC_RELAXED) > n_slots_of(table) / 2)
		table++;
	add_to(table, hash + (hash == 0), id);
}
