/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collect.c -- which segments a pass takes, and in which order.
 *
 * A reader wants each stream in order: all of fill 1 before any of fill 2. But
 * while the runner looks at one segment after the other, a thread may finish
 * one that was looked at and begin another that was not yet. So a pass looks
 * twice. A fill that the second round sees is taken only if the first saw it, or
 * a later fill of its stream: all fills before one that the first round saw
 * were finished before the second began, so nothing of them can be missing.
 */
#include "tracer/beside/drain.h"

#include <stdlib.h>

/* False if there is nothing to take from it. */
static bool look_at(struct run_drain *drain, uint32_t region, uint32_t number, uint64_t now_ns,
		    struct run_look *look)
{
	struct run_seat *seat = &drain->live->regions[region].seats[number];
	struct mt_segment_header *segment = run_live_segment(drain->live, region, number);
	/* The state first: what a full segment published was published before. */
	uint32_t state = __atomic_load_n(&segment->state, __ATOMIC_ACQUIRE) & 0xff;
	uint32_t published = __atomic_load_n(&segment->published, __ATOMIC_ACQUIRE);
	bool is_full = state == MT_SEGMENT_FULL;

	if (state != MT_SEGMENT_OWNED && !is_full) {
		*seat = (struct run_seat){ 0 };
		return false;
	}
	if (number > drain->live->regions[region].n_used)
		drain->live->regions[region].n_used = number;
	if (published > MT_SEGMENT_ROOM || segment->drained > published) {
		/* The program overwrote it: nothing here can be trusted. */
		drain->n_damaged += seat->published != UINT32_MAX;
		seat->published = UINT32_MAX;
		return false;
	}
	if (published != seat->published || !seat->moved_ns) {
		seat->published = published;
		seat->moved_ns = now_ns;
	}
	*look = (struct run_look){ segment, seat, region, segment->stream, segment->fill,
				   published, is_full, false };
	return published > segment->drained || is_full;
}

static bool make_room(struct run_drain *drain)
{
	size_t room = drain->n_looks_room ? 2 * drain->n_looks_room : 1024;
	struct run_look *looks;

	if (drain->n_looks < drain->n_looks_room)
		return true;
	looks = realloc(drain->looks, room * sizeof(*looks));
	if (!looks)
		return false;
	drain->looks = looks;
	drain->n_looks_room = room;
	return true;
}

/* One round; is_second marks what the first has seen. */
static void look_around(struct run_drain *drain, uint64_t now_ns, bool is_second)
{
	struct run_live *live = drain->live;

	drain->n_looks = 0;
	for (uint32_t region = 0; region < live->n_prepared; region++) {
		const struct run_region *at = &live->regions[region];

		if (!at->is_in_use)
			continue;
		/* Untouched segments stay so: each is a page the disk has to give. */
		for (uint32_t i = 1; i < at->n_granted && i <= at->n_used + 1; i++) {
			struct run_look *look;

			if (!make_room(drain))
				return;
			look = &drain->looks[drain->n_looks];
			if (!look_at(drain, region, i, now_ns, look))
				continue;
			look->was_seen_before = is_second && look->seat->was_seen;
			look->seat->was_seen = !is_second;
			drain->n_looks++;
		}
	}
}

static int compare_looks(const void *left, const void *right)
{
	const struct run_look *a = left, *b = right;

	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	return a->fill < b->fill ? -1 : a->fill > b->fill;
}

void run_drain_collect(struct run_drain *drain, uint64_t now_ns)
{
	size_t n_kept = 0;

	look_around(drain, now_ns, false);
	if (!drain->n_looks)
		return;
	look_around(drain, now_ns, true);
	qsort(drain->looks, drain->n_looks, sizeof(*drain->looks), compare_looks);
	/* From the end: once a fill was seen before, all earlier ones are whole. */
	for (size_t i = drain->n_looks; i-- > 1;)
		if (drain->looks[i].was_seen_before &&
		    drain->looks[i - 1].stream == drain->looks[i].stream)
			drain->looks[i - 1].was_seen_before = true;
	for (size_t i = 0; i < drain->n_looks; i++)
		if (drain->looks[i].was_seen_before)
			drain->looks[n_kept++] = drain->looks[i];
	drain->n_looks = n_kept;
}
