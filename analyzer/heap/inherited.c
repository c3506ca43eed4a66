/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inherited.c -- what of its parent's heap a forked child still has at a snapshot.
 *
 * It is looked up when the snapshot ends: all that was recorded before it has been
 * replayed then, and what the parent frees of it leaves graves for as long as the
 * child is there. A child with nothing of its own has nothing that could be held.
 */
#include "analyzer/heap/snapshot_state.h"

/* A tree of processes is deeper only in a trace that was made up. */
enum { GENERATIONS_MAX = 1000 };

/* The child, and each process between it and the one that made an allocation. */
struct lineage {
	struct an_snapshot_state *state;
	VEC(const struct an_process_state *) below;
	VEC(uint64_t) until;         /* of each of below: what it freed later it had */
};

static bool was_freed(const struct lineage *lineage, uint64_t addr)
{
	for (size_t i = 0; i < lineage->below.n; i++) {
		const struct an_link *freed =
			u64map_get(&lineage->below.at[i]->freed_inherited, addr);

		if (freed && freed->value <= lineage->until.at[i])
			return true;
	}
	return false;
}

static void add(struct lineage *lineage, const struct an_allocation *from, uint64_t forked)
{
	if (from->ticks <= forked && !was_freed(lineage, from->addr))
		*VEC_PUSH(&lineage->state->inherited) = *from;
}

/* All that process had when it forked, and has or has had since. */
static void add_of(struct lineage *lineage, const struct an_replay *replay,
		   const struct an_process_state *process, uint64_t forked)
{
	size_t at = 0;

	for (const struct an_allocation *from; (from = u64map_next(&process->live, &at));)
		add(lineage, from, forked);
	for (size_t i = 0; i < process->grave.n; i++)
		if (process->grave.at[i].free_ticks >= forked)
			add(lineage, &process->grave.at[i].was, forked);
	for (size_t i = 0; process->n_held && i < replay->streams.n; i++) {
		const struct an_stream *stream = replay->streams.at[i];

		if (stream->process == process && stream->intent.state == AN_INTENT_HELD)
			add(lineage, &stream->intent.old, forked);
	}
}

void an_inherited_find(const struct an_replay *replay, const struct an_process_state *process,
		       struct an_snapshot_state *state)
{
	struct lineage lineage = { .state = state };
	uint64_t until = state->cut_ticks;
	bool is_known = !replay->is_lossy;

	if (process->out.origin != MT_ORIGIN_FORK || !process->out.totals.n_allocations ||
	    !state->is_wanted)
		return;
	for (unsigned n = 0; process->out.origin == MT_ORIGIN_FORK; n++) {
		is_known &= !process->is_lossy && process->out.parent != AN_NONE &&
			    n < GENERATIONS_MAX;
		if (!is_known)
			break;
		*VEC_PUSH(&lineage.below) = process;
		*VEC_PUSH(&lineage.until) = until;
		until = process->forked_ticks;
		process = replay->processes.at[process->out.parent];
		add_of(&lineage, replay, process, until);
	}
	state->out.knows_inherited = is_known && !process->is_lossy;
	VEC_RELEASE(&lineage.below);
	VEC_RELEASE(&lineage.until);
	if (!state->out.knows_inherited)
		VEC_RELEASE(&state->inherited);
}

static int compare(const void *left, const void *right)
{
	const struct an_allocation *a = left, *b = right;

	return (a->addr > b->addr) - (a->addr < b->addr);
}

static bool overlap(const struct an_held *first, const struct an_held *next)
{
	return next->addr == first->addr || next->addr - first->addr < first->size;
}

/* Both by address; what is the child's own is believed. */
struct an_held *an_inherited_join(const struct an_numbers *numbers,
				  struct an_snapshot_state *state, struct an_held *own,
				  uint64_t *n)
{
	struct an_held *all;
	uint64_t n_own = *n, n_all = 0, k = 0;

	if (!state->inherited.n || !n_own)
		return own;
	qsort(state->inherited.at, state->inherited.n, sizeof(*state->inherited.at), compare);
	all = xmalloc((n_own + state->inherited.n) * sizeof(*all));
	for (size_t i = 0; i < state->inherited.n; i++) {
		struct an_held held = an_held_of(numbers, &state->inherited.at[i], true);

		held.is_inherited = true;
		while (k < n_own && own[k].addr <= held.addr)
			all[n_all++] = own[k++];
		if ((n_all && overlap(&all[n_all - 1], &held)) ||
		    (k < n_own && overlap(&held, &own[k])))
			continue;
		all[n_all++] = held;
	}
	while (k < n_own)
		all[n_all++] = own[k++];
	free(own);
	*n = n_all;
	return all;
}
