/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshots.c -- from what was collected of a snapshot to what the session says of it,
 * and the list of all of them.
 */
#include "analyzer/heap/snapshot_state.h"

#include <string.h>

const char *an_snapshot_why_name(uint8_t why)
{
	static const char *const names[MT_N_SNAPSHOT_WHYS] = {
		[MT_SNAPSHOT_EXIT] = "exit", [MT_SNAPSHOT_DEMAND] = "demand",
		[MT_SNAPSHOT_INTERVAL] = "interval", [MT_SNAPSHOT_PEAK] = "peak",
		[MT_SNAPSHOT_CALL] = "call", [MT_SNAPSHOT_POST_MORTEM] = "post-mortem",
	};

	return why < MT_N_SNAPSHOT_WHYS ? names[why] : NULL;
}

void an_snapshot_lack(struct an_snapshot_state *state, const char *what)
{
	if (state->out.is_complete)
		state->out.reason = what;
	state->out.is_complete = false;
}

/* What it says, held against itself and against the events. */
void an_snapshot_judge(struct an_snapshot_state *state)
{
	if (state->out.n_bad_words)
		an_snapshot_lack(state, "words of it lie outside of what it says was read");
	if (state->out.n_bad_cuts)
		an_snapshot_lack(state, "its cut names positions that the streams do not have");
	if (state->is_late)
		an_snapshot_lack(state, "the trace tells too late when it was");
}

static int compare_words(const void *left, const void *right)
{
	const struct an_word *a = left, *b = right;

	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	return (a->value > b->value) - (a->value < b->value);
}

/* The arrays of to are borrowed from state but for live and what was said of it, which
 * are to be freed. */
void an_snapshot_fill(struct an_replay *replay, struct an_process_state *process,
		      struct an_snapshot_state *state, const struct an_numbers *numbers,
		      struct an_snapshot *to)
{
	an_cut_seal(replay, process, state);
	an_snapshot_judge(state);
	*to = state->out;
	to->process = an_numbers_process(numbers, process->index);
	to->at_ns = an_numbers_ns(numbers, state->out.at_ns);
	to->has_data = true;
	to->ranges = state->ranges.at;
	to->n_ranges = (uint32_t)state->ranges.n;
	to->words = state->words.at;
	to->n_words = state->words.n;
	if (state->plain.n)
		qsort(state->plain.at, state->plain.n, sizeof(*state->plain.at), compare_words);
	to->plain = state->plain.at;
	to->n_plain = state->plain.n;
	to->threads = state->threads.at;
	to->n_threads = (uint32_t)state->threads.n;
	to->live = an_cut_list(replay, process, state, numbers, &to->n_live);
	to->live = an_inherited_join(numbers, state, to->live, &to->n_live);
	an_annotations_list(replay, process, numbers, to);
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

/* items, moved to where they last as long as the session. */
static void *keep(struct an_replay *replay, void *items, uint64_t n, size_t item_bytes)
{
	void *kept = arena_alloc(&replay->arena, n, item_bytes);

	if (n)
		memcpy(kept, items, n * item_bytes);
	free(items);
	return kept;
}

static void list(struct an_replay *replay, struct an_process_state *process,
		 const struct an_numbers *numbers)
{
	struct an_snapshot *to = &replay->out.snapshots[replay->out.n_snapshots++];

	an_snapshot_fill(replay, process, process->snapshot, numbers, to);
	to->live = keep(replay, to->live, to->n_live, sizeof(*to->live));
	to->annotations = keep(replay, to->annotations, to->n_annotations,
			       sizeof(*to->annotations));
	to->declared = keep(replay, to->declared, to->n_declared, sizeof(*to->declared));
}

void an_snapshots_finish(struct an_replay *replay, const struct an_numbers *numbers)
{
	struct an_session *out = &replay->out;

	for (size_t i = 0; i < replay->processes.n; i++) {
		struct an_process_state *process = replay->processes.at[i];

		while (process->open_snapshots)
			an_snapshot_put_away(replay, process, &process->open_snapshots);
	}
	out->at_snapshot = AN_NONE;
	out->snapshots = arena_alloc(&replay->arena,
				     replay->old_snapshots.n + replay->processes.n,
				     sizeof(*out->snapshots));
	for (size_t i = 0; i < replay->processes.n; i++) {
		struct an_process_state *process = replay->processes.at[i];

		if (process->snapshot && numbers->process_index[i] != AN_NONE)
			list(replay, process, numbers);
	}
	for (size_t i = 0; i < replay->old_snapshots.n; i++) {
		const struct an_snapshot *from = &replay->old_snapshots.at[i];
		struct an_snapshot *to = &out->snapshots[out->n_snapshots];

		if (numbers->process_index[from->process] == AN_NONE)
			continue;
		*to = *from;
		to->process = numbers->process_index[from->process];
		to->at_ns = an_numbers_ns(numbers, from->at_ns);
		out->n_snapshots++;
	}
	qsort(out->snapshots, out->n_snapshots, sizeof(*out->snapshots), compare_snapshots);
	for (uint32_t i = 0; i < out->n_snapshots; i++) {
		const struct an_snapshot *snapshot = &out->snapshots[i];
		struct an_process *process = &out->processes[snapshot->process];
		const struct an_until *until = replay->options.until;

		if (snapshot->has_data)
			process->snapshot = i;
		if (until && snapshot->has_data && process->trace_id == until->process &&
		    snapshot->number == until->number)
			out->at_snapshot = i;
	}
}
