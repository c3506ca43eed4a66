/* SPDX-License-Identifier: Apache-2.0 */
/*
 * housekeeping.c -- takes back what the dead left: segments of threads that
 * ended without a word, regions whose processes are all gone.
 *
 * Law: a segment is taken back only when its owner can never write again, and a
 * region only when none of its known users can. A child that forked off
 * unnoticed holds the old generation: its next claim fails, whatever it finds.
 */
#include "tracer/beside/drain.h"

enum {
	STILL_NS = 1000000000,          /* a segment that moved since is left alone */
	LOOKS_MAX = 128,                /* into /proc in one round, about 8 us each */
	GRACE_NS = 250000000,           /* for a child between fork and its first claim */
};

/* May look into /proc so many more times in this round. */
struct patience {
	uint64_t now_ns;
	unsigned n_looks;
};

/* Is there no such thread of the runner's namespace? A segment that moved
 * lately has one. */
static bool is_thread_gone(const struct mt_segment_header *segment, struct run_seat *seat,
			   bool is_process_ended, struct patience *patience)
{
	if (!is_process_ended && patience->now_ns - seat->moved_ns < STILL_NS)
		return false;
	if (!patience->n_looks)
		return false;
	patience->n_looks--;
	seat->moved_ns = patience->now_ns;
	return !run_is_thread_alive(segment->pid, segment->tid);
}

/* What became of a segment's owner. Entries outlive their processes, and a pid
 * may have come again since, so a live thread of that name is met anew. */
static bool is_owner_gone(struct run_drain *drain, uint32_t region, uint32_t number,
			  struct patience *patience)
{
	struct run_region *at = &drain->live->regions[region];
	const struct mt_segment_header *segment = run_live_segment(drain->live, region, number);
	struct run_process *owner = run_processes_find(at->users, segment->pid);

	/* A clone writes in the name of its process; shots.c knows when it is gone. */
	if (at->shot_stream && segment->stream == at->shot_stream)
		return false;
	if (!owner || owner->is_replaced || owner->is_foreign)
		return owner && owner->is_replaced;
	/* In a namespace of its own, its thread numbers mean nothing here. */
	if (owner->pid != owner->inner_pid)
		return owner->is_ended;
	if (is_thread_gone(segment, &at->seats[number], owner->is_ended, patience))
		return true;
	if (owner->is_ended && run_is_thread_alive(segment->pid, segment->tid))
		run_processes_meet(drain->processes, &at->users, region, segment->pid, true);
	return false;
}

/* True if the segment is free. */
static bool keep_segment(struct run_drain *drain, uint32_t region, uint32_t number,
			 struct patience *patience)
{
	struct mt_segment_header *segment = run_live_segment(drain->live, region, number);
	uint32_t state = __atomic_load_n(&segment->state, __ATOMIC_ACQUIRE);

	if ((state & 0xff) == MT_SEGMENT_FREE)
		return true;
	/* It is ours once its owner is gone. Marked full, the next pass drains its
	 * rest and frees it. */
	if ((state & 0xff) == MT_SEGMENT_OWNED && segment->pid && segment->tid &&
	    is_owner_gone(drain, region, number, patience))
		__atomic_store_n(&segment->state, mt_segment_state(state >> 8, MT_SEGMENT_FULL),
				 __ATOMIC_RELEASE);
	return false;
}

static bool has_live_users(const struct run_region *region)
{
	for (const struct run_process *at = region->users; at; at = at->next)
		if (!at->is_ended && !at->is_replaced)
			return true;
	return false;
}

/* Segments that nobody signed: their claimant died between two instructions. */
static void free_unsigned(const struct run_live *live, uint32_t region, uint64_t now_ns)
{
	const struct run_seat *seats = live->regions[region].seats;

	for (uint32_t i = 1; i <= live->regions[region].n_used; i++) {
		struct mt_segment_header *segment = run_live_segment(live, region, i);
		uint32_t state = __atomic_load_n(&segment->state, __ATOMIC_ACQUIRE);
		uint32_t published = __atomic_load_n(&segment->published, __ATOMIC_ACQUIRE);

		/* A late child would have gone on by then. */
		if ((state & 0xff) == MT_SEGMENT_OWNED && !published && seats[i].moved_ns &&
		    now_ns - seats[i].moved_ns > STILL_NS)
			__atomic_store_n(&segment->state,
					 mt_segment_state(state >> 8, MT_SEGMENT_FULL),
					 __ATOMIC_RELEASE);
	}
}

static void keep_region(struct run_drain *drain, uint32_t region, struct patience *patience)
{
	uint64_t now_ns = patience->now_ns;
	struct run_region *at = &drain->live->regions[region];
	uint32_t n_busy = 0;
	bool is_used;

	for (uint32_t i = 1; i <= at->n_used; i++)
		n_busy += !keep_segment(drain, region, i, patience);
	is_used = !at->users || has_live_users(at) || at->shot_stream;
	if (is_used || !at->unused_ns)
		at->unused_ns = is_used ? 0 : now_ns;
	if (!at->unused_ns || now_ns - at->unused_ns < GRACE_NS)
		return;
	if (n_busy) {
		free_unsigned(drain->live, region, now_ns);
		return;
	}
	run_drain_tell_region(drain, region);
	if (run_live_take_back(drain->live, region))
		run_processes_forget(drain->processes, &at->users);
}

void run_drain_housekeeping(struct run_drain *drain, uint64_t now_ns)
{
	struct patience patience = { now_ns, LOOKS_MAX };

	for (uint32_t region = 0; region < drain->live->n_prepared; region++)
		if (drain->live->regions[region].is_in_use)
			keep_region(drain, region, &patience);
}
