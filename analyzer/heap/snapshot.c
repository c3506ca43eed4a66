/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot.c -- collects the records of a snapshot, and finds what lived at its cut.
 *
 * What lives is not copied when the cut comes: nothing is more than the table of
 * then. What is in the table at the end and as old as the cut lived then, and so
 * did what was freed since, of which a list is kept while a snapshot waits for
 * its process's end. So a snapshot costs what it holds and what is freed after it.
 *
 * The scanning thread writes CUT while the others stand still, so the time of
 * its last CUT is the moment of the cut in the merged order. Of an allocation
 * that is made and not yet recorded the CUT tells (pending).
 *
 * The last whole snapshot of a process is kept; one that is cut short only when
 * there is no other.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

struct an_snapshot_state {
	struct an_snapshot out;      /* at_ns in ticks; arrays not filled */
	uint64_t cut_ticks;
	bool is_ended;
	VEC(struct an_range) ranges;
	VEC(uint32_t) range_numbers;
	VEC(struct an_word) words;
	VEC(struct mt_snapshot_thread) threads;
	VEC(struct mt_snapshot_cut) pending;
	VEC(struct an_allocation) freed;     /* that lived at the cut, freed since */
};

const char *an_snapshot_why_name(uint8_t why)
{
	static const char *const names[MT_N_SNAPSHOT_WHYS] = {
		[MT_SNAPSHOT_EXIT] = "exit", [MT_SNAPSHOT_DEMAND] = "demand",
		[MT_SNAPSHOT_INTERVAL] = "interval", [MT_SNAPSHOT_PEAK] = "peak",
		[MT_SNAPSHOT_CALL] = "call", [MT_SNAPSHOT_POST_MORTEM] = "post-mortem",
	};

	return why < MT_N_SNAPSHOT_WHYS ? names[why] : NULL;
}

static void release_data(struct an_snapshot_state *state)
{
	VEC_RELEASE(&state->ranges);
	VEC_RELEASE(&state->range_numbers);
	VEC_RELEASE(&state->words);
	VEC_RELEASE(&state->threads);
	VEC_RELEASE(&state->pending);
	VEC_RELEASE(&state->freed);
}

void an_snapshot_release(struct an_process_state *process)
{
	struct an_snapshot_state *const all[] = { process->snapshot, process->open_snapshot };

	for (unsigned i = 0; i < 2; i++)
		if (all[i]) {
			release_data(all[i]);
			free(all[i]);
		}
	process->snapshot = process->open_snapshot = NULL;
}

/* Of one that is not needed any more only the news remain. */
static void retire(struct an_replay *replay, struct an_snapshot_state **state)
{
	if (!*state)
		return;
	*VEC_PUSH(&replay->old_snapshots) = (*state)->out;
	release_data(*state);
	free(*state);
	*state = NULL;
}

/* One that is cut short is better than none, and worse than one that is not. */
static void put_away_open(struct an_replay *replay, struct an_process_state *process)
{
	if (!process->open_snapshot)
		return;
	if (process->snapshot && process->snapshot->is_ended &&
	    !process->open_snapshot->is_ended) {
		retire(replay, &process->open_snapshot);
		return;
	}
	retire(replay, &process->snapshot);
	process->snapshot = process->open_snapshot;
	process->open_snapshot = NULL;
}

int an_snapshot_begin(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_process_state *process = stream->process;
	struct an_snapshot_state *state;
	struct mt_snapshot told;

	if (mt_get_snapshot(record, &told) < 0)
		return MT_ERR_RECORD;
	put_away_open(replay, process);
	state = xcalloc(1, sizeof(*state));
	state->cut_ticks = record->time;
	state->out = (struct an_snapshot){
		.process = process->index, .number = told.number, .why = told.why,
		.flags = told.flags, .at_ns = record->time, .is_cut = true, .reason = "",
		.label = strpool_intern(&replay->strings, told.label.bytes, told.label.n_bytes),
	};
	process->open_snapshot = state;
	return MT_OK;
}

int an_snapshot_cut(struct an_replay *replay, struct an_stream *stream,
		    const struct mt_record *record)
{
	struct an_snapshot_state *state = stream->process->open_snapshot;
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_cut cut;
	int status;

	(void)replay;
	if (!state || state->is_ended)
		return MT_ERR_RECORD;
	state->cut_ticks = record->time;
	state->freed.n = 0;
	while ((status = mt_get_snapshot_cut(&in, &cut)) > 0)
		if (cut.pending == MT_PENDING_ALLOC)
			*VEC_PUSH(&state->pending) = cut;
	return status;
}

int an_snapshot_thread(struct an_replay *replay, struct an_stream *stream,
		       const struct mt_record *record)
{
	struct an_snapshot_state *state = stream->process->open_snapshot;
	struct mt_snapshot_thread told = { 0 };

	(void)replay;
	if (!state || state->is_ended || mt_get_snapshot_thread(record, &told) < 0)
		return MT_ERR_RECORD;
	*VEC_PUSH(&state->threads) = told;
	return MT_OK;
}

int an_snapshot_range(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_snapshot_state *state = stream->process->open_snapshot;
	struct mt_snapshot_range told;

	if (!state || state->is_ended || mt_get_snapshot_range(record, &told) < 0 ||
	    told.start > told.end)
		return MT_ERR_RECORD;
	*VEC_PUSH(&state->range_numbers) = told.number;
	*VEC_PUSH(&state->ranges) = (struct an_range){
		.start = told.start, .end = told.end, .kind = told.kind, .flags = told.flags,
		.tid = told.tid, .first_word = state->words.n,
		.name = strpool_intern(&replay->strings, told.name.bytes, told.name.n_bytes),
	};
	return MT_OK;
}

int an_snapshot_words(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_snapshot_state *state = stream->process->open_snapshot;
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_words told;
	struct an_range *range;
	struct an_word word;
	int status;

	(void)replay;
	if (!state || state->is_ended || mt_get_snapshot_words(&in, &told) < 0 ||
	    !state->ranges.n || state->range_numbers.at[state->ranges.n - 1] != told.range)
		return MT_ERR_RECORD;
	range = &state->ranges.at[state->ranges.n - 1];
	while ((status = mt_get_snapshot_word(&in, &told, &word.slot, &word.value)) > 0) {
		if (word.slot < range->start || word.slot >= range->end) {
			state->out.n_bad_words++;
			continue;
		}
		*VEC_PUSH(&state->words) = word;
		range->n_words++;
	}
	return status;
}

int an_snapshot_end(struct an_replay *replay, struct an_stream *stream,
		    const struct mt_record *record)
{
	struct an_snapshot_state *state = stream->process->open_snapshot;
	struct mt_snapshot_end told;

	if (!state || state->is_ended || mt_get_snapshot_end(record, &told) < 0)
		return MT_ERR_RECORD;
	state->is_ended = true;
	state->out.is_cut = false;
	state->out.is_complete = told.is_complete && !state->out.n_bad_words &&
				 told.n_words == state->words.n;
	state->out.pause_ns = told.pause_ns;
	state->out.reason = strpool_intern(&replay->strings, told.reason.bytes,
					   told.reason.n_bytes);
	if (told.is_complete && !state->out.is_complete)
		state->out.reason = "words of it are missing";
	put_away_open(replay, stream->process);
	return MT_OK;
}

void an_snapshot_see_free(struct an_process_state *process, const struct an_allocation *old)
{
	struct an_snapshot_state *const all[] = { process->snapshot, process->open_snapshot };

	for (unsigned i = 0; i < 2; i++)
		if (all[i] && old->ticks <= all[i]->cut_ticks)
			*VEC_PUSH(&all[i]->freed) = *old;
}

/* How the replay's numbers become the session's. */
struct numbers {
	struct an_replay *replay;
	const uint32_t *thread_index, *stack_of;
};

static struct an_held held_of(const struct numbers *numbers, const struct an_allocation *from,
			      bool is_freed)
{
	return (struct an_held){
		.addr = from->addr, .size = from->size, .is_freed = is_freed,
		.stack = numbers->stack_of[from->site],
		.thread = numbers->thread_index[from->thread],
		.time_ns = an_clock_ns(&numbers->replay->clock, from->ticks),
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
static struct an_held pending_of(const struct numbers *numbers, const struct u64map *table,
				 const struct mt_snapshot_cut *cut)
{
	const struct an_allocation *found = u64map_get(table, cut->addr);

	if (found && found->size == cut->size)
		return held_of(numbers, found, false);
	return (struct an_held){ .addr = cut->addr, .size = cut->size, .thread = AN_NONE,
				 .is_freed = true };
}

static void list_live(const struct numbers *numbers, const struct an_process_state *process,
		      struct an_snapshot *to)
{
	const struct an_snapshot_state *state = process->snapshot;
	VEC(struct an_held) all = { 0 };
	size_t at = 0, n = 0;

	for (const struct an_allocation *from; (from = u64map_next(&process->live, &at));)
		if (from->ticks <= state->cut_ticks)
			*VEC_PUSH(&all) = held_of(numbers, from, false);
	for (size_t i = 0; i < state->freed.n; i++)
		*VEC_PUSH(&all) = held_of(numbers, &state->freed.at[i], true);
	for (size_t i = 0; i < state->pending.n; i++)
		*VEC_PUSH(&all) = pending_of(numbers, &process->live, &state->pending.at[i]);
	if (all.n)
		qsort(all.at, all.n, sizeof(*all.at), compare_held);
	/* One address is one allocation, and none reaches into the next. */
	for (size_t i = 0; i < all.n; i++) {
		const struct an_held *last = n ? &all.at[n - 1] : NULL;

		if (!last || (all.at[i].addr > last->addr &&
			      all.at[i].addr - last->addr >= last->size))
			all.at[n++] = all.at[i];
	}
	to->live = arena_alloc(&numbers->replay->arena, n, sizeof(*to->live));
	to->n_live = n;
	if (n)
		memcpy(to->live, all.at, n * sizeof(*all.at));
	VEC_RELEASE(&all);
}

static void convert(struct an_replay *replay, struct an_snapshot *to,
		    const struct an_snapshot *from, const uint32_t *process_index)
{
	*to = *from;
	to->process = process_index[from->process];
	to->at_ns = an_clock_ns(&replay->clock, from->at_ns);
}

static int compare_snapshots(const void *left, const void *right)
{
	const struct an_snapshot *a = left, *b = right;

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

void an_snapshots_finish(struct an_replay *replay, const uint32_t *process_index,
			 const uint32_t *thread_index, const uint32_t *stack_of)
{
	const struct numbers numbers = { replay, thread_index, stack_of };
	struct an_session *out = &replay->out;

	out->snapshots = arena_alloc(&replay->arena,
				     replay->old_snapshots.n + replay->processes.n,
				     sizeof(*out->snapshots));
	for (size_t i = 0; i < replay->processes.n; i++) {
		struct an_process_state *process = replay->processes.at[i];
		struct an_snapshot_state *state;
		struct an_snapshot *to;

		put_away_open(replay, process);
		state = process->snapshot;
		if (!state || process_index[i] == AN_NONE)
			continue;
		to = &out->snapshots[out->n_snapshots++];
		convert(replay, to, &state->out, process_index);
		to->has_data = true;
		to->ranges = state->ranges.at;
		to->n_ranges = (uint32_t)state->ranges.n;
		to->words = state->words.at;
		to->n_words = state->words.n;
		to->threads = state->threads.at;
		to->n_threads = (uint32_t)state->threads.n;
		list_live(&numbers, process, to);
	}
	for (size_t i = 0; i < replay->old_snapshots.n; i++)
		if (process_index[replay->old_snapshots.at[i].process] != AN_NONE)
			convert(replay, &out->snapshots[out->n_snapshots++],
				&replay->old_snapshots.at[i], process_index);
	qsort(out->snapshots, out->n_snapshots, sizeof(*out->snapshots), compare_snapshots);
	for (uint32_t i = 0; i < out->n_snapshots; i++)
		if (out->snapshots[i].has_data)
			out->processes[out->snapshots[i].process].snapshot = i;
}
