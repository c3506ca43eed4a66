/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapped.c -- a log that is only appended to; the last entry that covers an address
 * says whose it is. Mappings of others are logged where they take the place of the
 * allocator's. Once it is full, nothing is the allocator's any more.
 */
#include "tracer/inside/mapped.h"

enum { ENTRIES_MAX = 8192 };

struct entry {
	uintptr_t start;
	uintptr_t end;           /* atomic: 0 until the entry is whole */
	bool is_allocators;
};

static struct entry entries[ENTRIES_MAX];
static uint32_t n_entries;       /* atomic: those given out, may pass ENTRIES_MAX */

bool tr_mapped_is(uintptr_t at, uintptr_t *until)
{
	uint32_t n = __atomic_load_n(&n_entries, __ATOMIC_ACQUIRE);
	bool is_found = false, is_allocators = false;

	*until = UINTPTR_MAX;
	if (n > ENTRIES_MAX)
		return false;
	while (n--) {
		const struct entry *entry = &entries[n];
		uintptr_t end = __atomic_load_n(&entry->end, __ATOMIC_ACQUIRE);

		if (at < entry->start && end && entry->start < *until)
			*until = entry->start;
		if (at < entry->start || at >= end)
			continue;
		if (end < *until)
			*until = end;
		if (!is_found)
			is_allocators = entry->is_allocators;
		is_found = true;
	}
	return is_allocators;
}

/* Whether anything in it is the allocator's, or all of it. */
static bool is_theirs(uintptr_t start, uintptr_t end, bool is_all)
{
	uintptr_t until;

	for (; start < end; start = until)
		if (tr_mapped_is(start, &until) != is_all)
			return !is_all;
	return is_all;
}

void tr_mapped_add(uintptr_t start, uintptr_t end, bool is_allocators)
{
	uint32_t at;

	if (start >= end || is_theirs(start, end, is_allocators) == is_allocators ||
	    __atomic_load_n(&n_entries, __ATOMIC_RELAXED) > ENTRIES_MAX)
		return;
	at = __atomic_fetch_add(&n_entries, 1, __ATOMIC_ACQ_REL);
	if (at >= ENTRIES_MAX)
		return;
	entries[at].start = start;
	entries[at].is_allocators = is_allocators;
	__atomic_store_n(&entries[at].end, end, __ATOMIC_RELEASE);
}
