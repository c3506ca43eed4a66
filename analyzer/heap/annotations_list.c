/* SPDX-License-Identifier: Apache-2.0 */
/*
 * annotations_list.c -- what was said of the memory that a snapshot saw, sorted, and
 * how it is looked up.
 */
#include "analyzer/heap/annotations.h"

#include <stdlib.h>
#include <string.h>

enum { GENERATIONS_MAX = 1000 };

/* A snapshot's allocation around an address, or NULL. */
static const struct an_held *held_around(const struct an_snapshot *snapshot, uint64_t addr)
{
	uint64_t low = 0, high = snapshot->n_live;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (snapshot->live[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || addr - snapshot->live[low - 1].addr >= snapshot->live[low - 1].size)
		return NULL;
	return &snapshot->live[low - 1];
}

/* What a snapshot gets to know, in ns. */
struct listing {
	const struct an_numbers *numbers;
	const struct an_snapshot *snapshot;
	VEC(struct an_annotation) annotations;
	VEC(struct an_declared) declared;
};

static void list_said(struct listing *listing, const struct an_said *said, bool is_ended)
{
	const struct an_numbers *numbers = listing->numbers;
	const struct an_held *holder = held_around(listing->snapshot, said->addr);
	bool is_start = holder && holder->addr == said->addr;
	struct an_annotation annotation = { .addr = said->addr };

	/* What was said of a beginning went with its free. */
	if (!holder || (is_ended ? !is_start || !holder->is_freed : is_start && holder->is_freed))
		return;
	if (said->type_ticks && an_numbers_ns(numbers, said->type_ticks) >= holder->time_ns)
		annotation.type = said->type;
	annotation.is_ignored = said->ignored_ticks &&
				an_numbers_ns(numbers, said->ignored_ticks) >= holder->time_ns;
	if (annotation.type || annotation.is_ignored)
		*VEC_PUSH(&listing->annotations) = annotation;
}

/* until: what was declared later is not this process's. */
static void list_declared(struct listing *listing, const struct an_process_state *process,
			  uint64_t until)
{
	const struct an_said *said;
	size_t at = 0;

	while (process->annotations && (said = u64map_next(&process->annotations->said, &at))) {
		const struct an_held *holder = held_around(listing->snapshot, said->addr);

		if (!said->root_ticks || said->root_ticks > until || !said->root_bytes ||
		    said->addr + said->root_bytes < said->addr)
			continue;
		if (holder && an_numbers_ns(listing->numbers, said->root_ticks) <
			      holder->time_ns)
			continue;
		*VEC_PUSH(&listing->declared) =
			(struct an_declared){ said->addr, said->addr + said->root_bytes };
	}
}

static int compare_annotations(const void *left, const void *right)
{
	const struct an_annotation *a = left, *b = right;

	return (a->addr > b->addr) - (a->addr < b->addr);
}

static int compare_declared(const void *left, const void *right)
{
	const struct an_declared *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

/* Ranges that meet become one: no word is a root twice. */
static void join_declared(struct listing *listing)
{
	size_t n = 0;

	if (listing->declared.n)
		qsort(listing->declared.at, listing->declared.n, sizeof(*listing->declared.at),
		      compare_declared);
	for (size_t i = 0; i < listing->declared.n; i++) {
		const struct an_declared *declared = &listing->declared.at[i];
		struct an_declared *last = n ? &listing->declared.at[n - 1] : NULL;

		if (!last || declared->start > last->end)
			listing->declared.at[n++] = *declared;
		else if (declared->end > last->end)
			last->end = declared->end;
	}
	listing->declared.n = n;
}

void an_annotations_list(struct an_replay *replay, const struct an_process_state *process,
			 const struct an_numbers *numbers, struct an_snapshot *to)
{
	struct listing listing = { .numbers = numbers, .snapshot = to };
	const struct an_process_state *ancestor = process;
	const struct an_said *said;
	uint64_t until = UINT64_MAX;
	size_t at = 0;

	while (process->annotations && (said = u64map_next(&process->annotations->said, &at)))
		list_said(&listing, said, false);
	for (size_t i = 0; process->annotations && i < process->annotations->ended.n; i++)
		list_said(&listing, &process->annotations->ended.at[i], true);
	/* A forked child has its parent's memory, and what was said of that. */
	for (unsigned n = 0; n < GENERATIONS_MAX; n++) {
		list_declared(&listing, ancestor, until);
		if (ancestor->out.origin != MT_ORIGIN_FORK || ancestor->out.parent == AN_NONE)
			break;
		until = ancestor->forked_ticks < until ? ancestor->forked_ticks : until;
		ancestor = replay->processes.at[ancestor->out.parent];
	}
	join_declared(&listing);
	if (listing.annotations.n)
		qsort(listing.annotations.at, listing.annotations.n,
		      sizeof(*listing.annotations.at), compare_annotations);
	to->annotations = listing.annotations.at;
	to->n_annotations = listing.annotations.n;
	to->declared = listing.declared.at;
	to->n_declared = listing.declared.n;
}

/* The index of the first annotation above addr. */
static uint64_t first_above(const struct an_snapshot *snapshot, uint64_t addr)
{
	uint64_t low = 0, high = snapshot->n_annotations;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (snapshot->annotations[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct an_annotation *an_annotation_at(const struct an_snapshot *snapshot, uint64_t addr)
{
	uint64_t at = first_above(snapshot, addr);

	return at && snapshot->annotations[at - 1].addr == addr ? &snapshot->annotations[at - 1]
								: NULL;
}

const struct an_annotation *an_annotation_before(const struct an_snapshot *snapshot,
						 uint64_t addr)
{
	uint64_t at = first_above(snapshot, addr);

	while (at && !snapshot->annotations[at - 1].type)
		at--;
	return at ? &snapshot->annotations[at - 1] : NULL;
}
