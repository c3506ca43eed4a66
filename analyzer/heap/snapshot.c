/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot.c -- collects the records of a snapshot; cut.c finds what lived then,
 * snapshots.c makes the session's of it.
 *
 * The last whole snapshot of a process is kept; one that is cut short only when
 * there is no other. Of the others the news remain. Who wants to see them reads the
 * trace once more with a visitor: then each that is wanted is lent to him when it
 * is there, and given back before the next one of its process.
 */
#include "analyzer/heap/snapshot_state.h"

#include <string.h>

static void release_data(struct an_snapshot_state *state)
{
	VEC_RELEASE(&state->ranges);
	VEC_RELEASE(&state->range_numbers);
	VEC_RELEASE(&state->words);
	VEC_RELEASE(&state->plain);
	VEC_RELEASE(&state->threads);
	VEC_RELEASE(&state->cuts);
	VEC_RELEASE(&state->released);
	u64map_release(&state->late);
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
	an_snapshot_judge(*state);
	*VEC_PUSH(&replay->old_snapshots) = (*state)->out;
	release_data(*state);
	free(*state);
	*state = NULL;
}

/* The one that is being read, its cut being known. */
static struct an_snapshot_state *unended(struct an_replay *replay,
					 struct an_process_state *process)
{
	struct an_snapshot_state *state = process->open_snapshot;

	if (!state || state->is_ended)
		return NULL;
	an_cut_seal(replay, process, state);
	return state;
}

/* Lends it to the visitor, with all that was released since its cut. */
static void show(struct an_replay *replay, struct an_process_state *process)
{
	struct an_snapshot_state *state = process->open_snapshot;
	const struct an_visitor *visitor = replay->options.visitor;

	if (state->is_wanted) {
		struct an_numbers numbers = an_numbers_known(replay, process);
		struct an_snapshot shown;

		an_snapshot_fill(replay, process, state, &numbers, &shown);
		process->is_watched = visitor->release != NULL;
		visitor->see(visitor->context, &shown);
		for (size_t i = 0; process->is_watched && i < state->released.n; i++)
			an_cut_visit(replay, process, &state->released.at[i]);
		free(shown.live);
		free(shown.annotations);
		free(shown.declared);
	}
	release_data(state);
	free(state);
	process->open_snapshot = NULL;
}

bool an_snapshot_is_until(const struct an_replay *replay,
			  const struct an_process_state *process, uint32_t kind)
{
	const struct an_snapshot_state *state = process->open_snapshot;

	return state && !state->is_ended && kind != MT_KIND_SNAPSHOT &&
	       kind != MT_KIND_SNAPSHOT_CUT && an_until_is_it(replay, process, &state->out);
}

/* One that is cut short is better than none, and worse than one that is not; but the one
 * that was asked for is the best. */
void an_snapshot_put_away(struct an_replay *replay, struct an_process_state *process)
{
	if (!process->open_snapshot)
		return;
	if (replay->options.visitor) {
		show(replay, process);
		return;
	}
	an_cut_seal(replay, process, process->open_snapshot);
	if (process->snapshot && process->snapshot->is_ended &&
	    !process->open_snapshot->is_ended &&
	    !an_until_is_it(replay, process, &process->open_snapshot->out)) {
		retire(replay, &process->open_snapshot);
		return;
	}
	retire(replay, &process->snapshot);
	if (process->annotations)
		an_annotations_forget(process, process->open_snapshot->cut_ticks);
	process->snapshot = process->open_snapshot;
	process->open_snapshot = NULL;
}

/* Which one of the first reading it is, and whether the visitor wants it. */
static bool is_wanted(struct an_replay *replay, struct an_process_state *process,
		      const struct an_snapshot *snapshot)
{
	const struct an_visitor *visitor = replay->options.visitor;
	const struct an_session *known = replay->options.known;
	struct an_numbers numbers;
	uint64_t at_ns;
	uint32_t index;

	if (!visitor)
		return true;
	numbers = an_numbers_known(replay, process);
	index = an_numbers_process(&numbers, process->index);
	at_ns = an_numbers_ns(&numbers, snapshot->at_ns);
	for (uint32_t i = 0; i < known->n_snapshots; i++)
		if (known->snapshots[i].process == index && known->snapshots[i].at_ns == at_ns &&
		    known->snapshots[i].number == snapshot->number)
			return visitor->wants(visitor->context, i);
	return false;
}

int an_snapshot_begin(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_process_state *process = stream->process;
	struct an_snapshot_state *state;
	struct mt_snapshot told;

	if (mt_get_snapshot(record, &told) < 0)
		return MT_ERR_RECORD;
	an_snapshot_put_away(replay, process);
	state = xcalloc(1, sizeof(*state));
	state->cut_ticks = record->time;
	state->n_streams = told.n_streams;
	u64map_init(&state->late, sizeof(struct an_link));
	state->out = (struct an_snapshot){
		.process = process->index, .number = told.number, .why = told.why,
		.flags = told.flags, .at_ns = record->time, .cut_ticks = record->time,
		.is_cut = true, .reason = "",
		.label = strpool_intern(&replay->strings, told.label.bytes, told.label.n_bytes),
	};
	state->is_wanted = is_wanted(replay, process, &state->out);
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
	if (!state || state->is_sealed)
		return MT_ERR_RECORD;
	state->cut_ticks = state->out.cut_ticks = record->time;
	while ((status = mt_get_snapshot_cut(&in, &cut)) > 0)
		*VEC_PUSH(&state->cuts) = cut;
	return status;
}

int an_snapshot_thread(struct an_replay *replay, struct an_stream *stream,
		       const struct mt_record *record)
{
	struct an_snapshot_state *state = unended(replay, stream->process);
	struct mt_snapshot_thread told = { 0 };

	if (!state || mt_get_snapshot_thread(record, &told) < 0)
		return MT_ERR_RECORD;
	*VEC_PUSH(&state->threads) = told;
	return MT_OK;
}

int an_snapshot_range(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_snapshot_state *state = unended(replay, stream->process);
	struct mt_snapshot_range told;

	if (!state || mt_get_snapshot_range(record, &told) < 0 ||
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
	struct an_snapshot_state *state = unended(replay, stream->process);
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_words told;
	struct an_range *range;
	struct an_word word;
	int status;

	if (!state || mt_get_snapshot_words(&in, &told) < 0 ||
	    !state->ranges.n || state->range_numbers.at[state->ranges.n - 1] != told.range)
		return MT_ERR_RECORD;
	range = &state->ranges.at[state->ranges.n - 1];
	while ((status = mt_get_snapshot_word(&in, &told, &word.slot, &word.value)) > 0) {
		if (word.slot < range->start || word.slot >= range->end) {
			state->out.n_bad_words++;
			continue;
		}
		state->n_words++;
		if (!state->is_wanted)
			continue;
		*VEC_PUSH(&state->words) = word;
		range->n_words++;
	}
	return status;
}

int an_snapshot_plain(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_snapshot_state *state = unended(replay, stream->process);
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_words told;
	struct an_word word;
	int status;

	if (!state || mt_get_snapshot_words(&in, &told) < 0)
		return MT_ERR_RECORD;
	while ((status = mt_get_snapshot_word(&in, &told, &word.slot, &word.value)) > 0)
		if (state->is_wanted)
			*VEC_PUSH(&state->plain) = word;
	return status;
}

int an_snapshot_end(struct an_replay *replay, struct an_stream *stream,
		    const struct mt_record *record)
{
	struct an_snapshot_state *state = unended(replay, stream->process);
	struct mt_snapshot_end told;

	if (!state || mt_get_snapshot_end(record, &told) < 0)
		return MT_ERR_RECORD;
	state->is_ended = true;
	state->out.is_cut = false;
	state->out.is_complete = told.is_complete;
	state->out.pause_ns = told.pause_ns;
	state->out.reason = strpool_intern(&replay->strings, told.reason.bytes,
					   told.reason.n_bytes);
	if (told.n_words != state->n_words)
		an_snapshot_lack(state, "words of it are missing");
	an_snapshot_put_away(replay, stream->process);
	return MT_OK;
}

