/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hints.c -- see hints.h.
 *
 * A mask is tried only when some word is the start of something lost plus a tag, and
 * tried means that the graph is made again with it: so what is said of a mask is what
 * a report with that mask says.
 *
 * What malloc keeps is its heaps less what lives there with headers. Part of a heap
 * has never been used; so it is no more than what the program once had and has no more.
 */
#include "analyzer/findings/hints.h"
#include "analyzer/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum {
	TAG_BITS_HIGH = 16,
	HEAP_SPARE = 0x21000,            /* how much a heap of libc's malloc begins with */
	CHUNK_ALIGN = 16, CHUNK_HEADER = 8, CHUNK_LEAST = 32,
	CONSIDERABLE = 1000000,
	CONSIDERABLE_OF_LIVE = 4,        /* and not less than this part of what lives */
};

#define MASK_LOW_3 (~UINT64_C(7))
#define MASK_LOW_4 (~UINT64_C(15))
#define MASK_HIGH (UINT64_MAX >> TAG_BITS_HIGH)

/* The first node at or after an address. */
static uint32_t first_node(const struct an_objects *objects, uint64_t addr)
{
	uint32_t low = 0, high = objects->graph.n_nodes;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (objects->nodes[middle].addr < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_lost(const struct an_objects *objects, uint32_t node)
{
	return !objects->snapshot->live[node].is_freed &&
	       (an_reach_is_lost(&objects->reach, node) ||
		objects->reach.kind[node] == AN_POSSIBLE);
}

static bool is_start_of_lost(const struct an_objects *objects, uint64_t addr)
{
	uint32_t node = first_node(objects, addr);

	return node < objects->graph.n_nodes && objects->nodes[node].addr == addr &&
	       is_lost(objects, node);
}

/* The masks that some word asks for; 0: none. A tag of 8 alone is none, but the second
 * word of an object. */
static void look_for_tags(const struct an_objects *objects, uint64_t *low, uint64_t *high)
{
	const struct an_snapshot *snapshot = objects->snapshot;

	*low = *high = 0;
	for (uint64_t i = 0; i < snapshot->n_words; i++) {
		uint64_t value = snapshot->words[i].value;

		if (value & ~MASK_HIGH) {
			if (!*high && is_start_of_lost(objects, value & MASK_HIGH))
				*high = MASK_HIGH;
		} else if ((value & 7) && *low != MASK_LOW_4) {
			uint64_t mask = value & 8 ? MASK_LOW_4 : MASK_LOW_3;

			if (mask != *low && is_start_of_lost(objects, value & mask))
				*low = mask;
		}
	}
}

static struct an_mask_hint try_mask(const struct an_objects *objects, const uint64_t *masks,
				    size_t n_masks, uint64_t mask)
{
	struct an_mask_hint hint = { .process = objects->snapshot->process, .mask = mask };
	uint64_t *all = xcalloc(n_masks + 1, sizeof *all);
	struct an_objects *other;

	if (n_masks)
		memcpy(all, masks, n_masks * sizeof *all);
	all[n_masks] = mask;
	other = an_objects_of(objects->session, objects->snapshot, all, n_masks + 1);
	for (uint32_t i = 0; i < objects->graph.n_nodes; i++)
		if (is_lost(objects, i) && other->reach.kind[i] == AN_REACHABLE) {
			hint.n++;
			hint.bytes += objects->nodes[i].size;
		}
	an_objects_free(other);
	free(all);
	return hint;
}

size_t an_hints_masks(const struct an_objects *objects, const uint64_t *masks, size_t n_masks,
		      struct an_mask_hint hints[AN_MASK_HINTS])
{
	uint64_t tried[AN_MASK_HINTS];
	size_t n = 0;

	/* What may be held after all is not called lost. */
	if (objects->n_running || objects->n_unread)
		return 0;
	look_for_tags(objects, &tried[0], &tried[1]);
	for (unsigned i = 0; i < AN_MASK_HINTS; i++) {
		if (!tried[i])
			continue;
		hints[n] = try_mask(objects, masks, n_masks, tried[i]);
		n += hints[n].n > 0;
	}
	return n;
}

static uint64_t less(uint64_t from, uint64_t what)
{
	return from > what ? from - what : 0;
}

/* What malloc took for the allocations that begin in a range. */
static uint64_t used(const struct an_objects *objects, const struct an_range *range)
{
	uint64_t sum = 0;

	for (uint32_t i = first_node(objects, range->start);
	     i < objects->graph.n_nodes && objects->nodes[i].addr < range->end; i++) {
		uint64_t size = objects->nodes[i].size;

		/* What a trace claims may be anything. */
		if (size >= range->end - range->start)
			return UINT64_MAX;
		size = (size + CHUNK_HEADER + CHUNK_ALIGN - 1) & ~(uint64_t)(CHUNK_ALIGN - 1);
		sum += size < CHUNK_LEAST ? CHUNK_LEAST : size;
	}
	return sum;
}

uint64_t an_hints_kept(const struct an_objects *objects)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	const struct an_process *process = &objects->session->processes[snapshot->process];
	uint64_t kept = 0, end = 0, had = less(process->totals.peak_bytes,
					       process->totals.live_bytes);

	/* What a child has from its parent is not known one by one. */
	if (process->origin == MT_ORIGIN_FORK)
		return 0;
	for (uint32_t i = 0; i < snapshot->n_ranges; i++) {
		const struct an_range *range = &snapshot->ranges[i];

		if (range->kind != MT_RANGE_HEAP || range->start < end ||
		    range->end <= range->start)
			continue;
		kept += less(less(range->end - range->start, used(objects, range)),
			     range->start == end ? 0 : HEAP_SPARE);
		end = range->end;
	}
	kept = kept < had ? kept : had;
	return kept >= CONSIDERABLE && kept >= process->totals.live_bytes / CONSIDERABLE_OF_LIVE
		? kept : 0;
}
