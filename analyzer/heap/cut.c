/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cut.c -- which allocations lived when a snapshot was taken.
 *
 * What lives is not copied when the cut comes: nothing is more than the table of
 * then. What is in the table later and as old as the cut lived then, and so did
 * what was released since, of which a list is kept. So a snapshot costs what it
 * holds and what is freed after it.
 *
 * Before or after is a matter of time, but for what is stamped before the cut and
 * was published after it: a thread may be stopped in between, with one event. So
 * the latest events of each stream are remembered with their places, and when the
 * CUT is there, its positions tell which of them had not happened yet. Of an
 * allocation that is made and not recorded the CUT tells itself (pending).
 */
#include "analyzer/heap/snapshot_state.h"

#include <string.h>

static int compare_cuts(const void *left, const void *right)
{
	const struct mt_snapshot_cut *a = left, *b = right;

	return (a->stream > b->stream) - (a->stream < b->stream);
}

static const struct mt_snapshot_cut *cut_of(const struct an_snapshot_state *state,
					    uint32_t stream)
{
	const struct mt_snapshot_cut wanted = { .stream = stream };

	return state->cuts.n ? bsearch(&wanted, state->cuts.at, state->cuts.n,
				       sizeof(wanted), compare_cuts) : NULL;
}

/* Did it happen after the cut? */
static bool is_after(const struct an_snapshot_state *state, const struct an_stream *stream,
		     const struct an_recent *recent)
{
	const struct mt_snapshot_cut *cut;

	if (recent->ticks > state->cut_ticks)
		return true;
	cut = cut_of(state, stream->id);
	if (!cut)
		return stream->id > state->n_streams;
	return recent->fill > cut->fill ||
	       (recent->fill == cut->fill && recent->offset >= cut->n_bytes);
}

static bool lived(const struct an_snapshot_state *state, const struct an_allocation *was)
{
	const struct an_link *late;

	if (was->ticks > state->cut_ticks)
		return false;
	late = state->late.n ? u64map_get(&state->late, was->addr) : NULL;
	return !late || late->value != was->ticks;
}

static void see_recent(struct an_snapshot_state *state, const struct an_stream *stream,
		       const struct an_recent *recent)
{
	if (recent->is_alloc) {
		/* Else their stamps tell. */
		if (recent->ticks <= state->cut_ticks && is_after(state, stream, recent))
			((struct an_link *)u64map_put(&state->late, recent->was.addr,
						      NULL))->value = recent->was.ticks;
		return;
	}
	if (lived(state, &recent->was) && (!stream || is_after(state, stream, recent)))
		*VEC_PUSH(&state->released) = (struct an_released){
			recent->was, recent->ticks, recent->free_stack, recent->thread };
}

/* Positions are claims: a fill behind the next one of its stream is nowhere. */
static void check_cuts(const struct an_replay *replay, const struct an_process_state *process,
		       struct an_snapshot_state *state)
{
	size_t n = 0;

	for (size_t i = 0; i < state->cuts.n; i++) {
		const struct mt_snapshot_cut *cut = &state->cuts.at[i];
		const struct an_link *link =
			u64map_get(&replay->stream_of, (uint64_t)process->out.trace_id << 32 |
						       cut->stream);
		uint64_t fill = link ? replay->streams.at[link->value]->fill : 0;

		if (cut->fill > fill + 1)
			state->out.n_bad_cuts++;
		else
			state->cuts.at[n++] = *cut;
	}
	state->cuts.n = n;
	if (n)
		qsort(state->cuts.at, n, sizeof(*state->cuts.at), compare_cuts);
}

/* More than it remembers may have come after the cut: then nobody knows what. */
static void see_stream(struct an_snapshot_state *state, const struct an_stream *stream)
{
	uint64_t n = stream->n_recent < AN_RECENT ? stream->n_recent : AN_RECENT;

	if (n == AN_RECENT && is_after(state, stream, &stream->recent[stream->n_recent % n]))
		state->is_late = true;
	for (uint64_t i = stream->n_recent - n; i < stream->n_recent; i++)
		see_recent(state, stream, &stream->recent[i % AN_RECENT]);
}

void an_cut_seal(struct an_replay *replay, const struct an_process_state *process,
		 struct an_snapshot_state *state)
{
	if (state->is_sealed)
		return;
	state->is_sealed = true;
	check_cuts(replay, process, state);
	for (size_t i = 0; i < replay->streams.n; i++)
		if (replay->streams.at[i]->process == process)
			see_stream(state, replay->streams.at[i]);
}

/* stream NULL: nobody knows where it happened. */
static void see(struct an_process_state *process, const struct an_stream *stream,
		const struct an_recent *recent)
{
	if (process->snapshot)
		see_recent(process->snapshot, stream, recent);
	for (struct an_snapshot_state *at = process->open_snapshots; at; at = at->next)
		if (at->is_sealed)
			see_recent(at, stream, recent);
}

void an_cut_visit(struct an_replay *replay, struct an_process_state *process,
		  const struct an_released *released)
{
	const struct an_visitor *visitor = replay->options.visitor;
	struct an_numbers numbers = an_numbers_known(replay, process);
	struct an_departure told = {
		.process = an_numbers_process(&numbers, process->index),
		.addr = released->was.addr,
		.made_ns = an_numbers_ns(&numbers, released->was.ticks),
		.at_ns = an_numbers_ns(&numbers, released->ticks),
		.thread = an_numbers_thread(&numbers, released->thread),
		.site = released->free_stack ? an_site_of(replay, process, released->free_stack)
					     : AN_NONE,
	};

	visitor->release(visitor->context, &told);
}

static struct an_recent *remember(const struct an_allocation *was, const struct an_event *event,
				  bool is_alloc)
{
	struct an_stream *stream = event->stream;
	/* A realloc gives up its old allocation when its outcome is told. */
	bool is_outcome = event->kind == AN_EVENT_INTENT;
	struct an_recent *recent = &stream->recent[stream->n_recent++ % AN_RECENT];

	recent->was.addr = was->addr;
	recent->was.ticks = was->ticks;
	/* Of an allocation no more is asked. */
	if (!is_alloc)
		recent->was = *was;
	recent->fill = is_outcome ? stream->fill : event->fill;
	recent->offset = is_outcome ? stream->head_offset : event->offset;
	recent->ticks = is_outcome ? stream->head.time : event->ticks;
	recent->free_stack = event->free_stack;
	recent->thread = event->thread;
	recent->is_alloc = is_alloc;
	return recent;
}

void an_cut_see_alloc(struct an_process_state *process, const struct an_allocation *allocation,
		      const struct an_event *event)
{
	const struct an_recent *recent = remember(allocation, event, true);

	if (process->open_snapshots)
		see(process, event->stream, recent);
}

void an_cut_see_release(struct an_replay *replay, struct an_process_state *process,
			const struct an_allocation *old, const struct an_event *event)
{
	const struct an_recent unknown = { .was = *old, .ticks = UINT64_MAX, .thread = AN_NONE };
	const struct an_recent *recent = event ? remember(old, event, false) : &unknown;

	if (process->snapshot || process->open_snapshots)
		see(process, event ? event->stream : NULL, recent);
	if (process->is_watched) {
		const struct an_released released = { *old, recent->ticks, recent->free_stack,
						      recent->thread };

		an_cut_visit(replay, process, &released);
	}
}

struct an_held an_held_of(const struct an_numbers *numbers, const struct an_allocation *from,
			  bool is_freed)
{
	return (struct an_held){
		.addr = from->addr, .size = from->size, .is_freed = is_freed,
		.stack = an_numbers_stack(numbers, from->site),
		.thread = an_numbers_thread(numbers, from->thread),
		.time_ns = an_numbers_ns(numbers, from->ticks),
		.n_reallocs = from->n_reallocs,
		.first_stack = an_numbers_stack(numbers, from->first_site),
		.first_ns = an_numbers_ns(numbers, from->first_ticks),
	};
}

static int compare_held(const void *left, const void *right)
{
	const struct an_held *a = left, *b = right;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return (int)a->is_freed - (int)b->is_freed;
}

/* What a thread had in hand: recorded after the cut, if at all. */
static struct an_held pending_of(const struct an_numbers *numbers, const struct u64map *table,
				 const struct mt_snapshot_cut *cut)
{
	const struct an_allocation *found = u64map_get(table, cut->addr);

	if (found && found->size == cut->size)
		return an_held_of(numbers, found, false);
	return (struct an_held){ .addr = cut->addr, .size = cut->size, .thread = AN_NONE,
				 .is_freed = true };
}

typedef VEC(struct an_held) held_list;

/* A realloc that is under way keeps its old allocation out of the table. */
static void add_intents(struct an_replay *replay, const struct an_process_state *process,
			const struct an_snapshot_state *state, const struct an_numbers *numbers,
			held_list *all)
{
	for (size_t i = 0; process->n_held && i < replay->streams.n; i++) {
		const struct an_stream *stream = replay->streams.at[i];

		if (stream->process == process && stream->intent.state == AN_INTENT_HELD &&
		    lived(state, &stream->intent.old))
			*VEC_PUSH(all) = an_held_of(numbers, &stream->intent.old, false);
	}
}

/* One address is one allocation, and none reaches into the next: how many of them
 * stay. */
static size_t leave_out_overlaps(struct an_held *all, size_t n_all)
{
	size_t n = 0;

	for (size_t i = 0; i < n_all; i++) {
		const struct an_held *last = n ? &all[n - 1] : NULL;

		if (!last || (all[i].addr > last->addr && all[i].addr - last->addr >= last->size))
			all[n++] = all[i];
	}
	return n;
}

struct an_held *an_cut_list(struct an_replay *replay, const struct an_process_state *process,
			    const struct an_snapshot_state *state,
			    const struct an_numbers *numbers, uint64_t *n)
{
	held_list all = { 0 };
	size_t at = 0;

	for (const struct an_allocation *from; (from = u64map_next(&process->live, &at));)
		if (lived(state, from))
			*VEC_PUSH(&all) = an_held_of(numbers, from, false);
	add_intents(replay, process, state, numbers, &all);
	for (size_t i = 0; i < state->released.n; i++)
		*VEC_PUSH(&all) = an_held_of(numbers, &state->released.at[i].was, true);
	for (size_t i = 0; i < state->cuts.n; i++)
		if (state->cuts.at[i].pending == MT_PENDING_ALLOC)
			*VEC_PUSH(&all) = pending_of(numbers, &process->live, &state->cuts.at[i]);
	if (all.n)
		qsort(all.at, all.n, sizeof(*all.at), compare_held);
	*n = leave_out_overlaps(all.at, all.n);
	return all.at;
}
