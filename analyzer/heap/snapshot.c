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
	VEC_RELEASE(&state->inherited);
	u64map_release(&state->late);
}

void an_snapshot_release(struct an_process_state *process)
{
	struct an_snapshot_state *state;

	while ((state = process->open_snapshots)) {
		process->open_snapshots = state->next;
		release_data(state);
		free(state);
	}
	if (process->snapshot)
		release_data(process->snapshot);
	free(process->snapshot);
	process->snapshot = NULL;
}

/* Of one that is not needed any more only the news remain. */
static void retire(struct an_replay *replay, struct an_snapshot_state *state)
{
	if (!state)
		return;
	an_snapshot_judge(state);
	*VEC_PUSH(&replay->old_snapshots) = state->out;
	release_data(state);
	free(state);
}

static struct an_snapshot_state **find_open(const struct an_stream *stream)
{
	struct an_snapshot_state **link = &stream->process->open_snapshots;

	while (*link && (*link)->stream != stream)
		link = &(*link)->next;
	return link;
}

/* The one that is being read, its cut being known. */
static struct an_snapshot_state *unended(struct an_replay *replay,
					 const struct an_stream *stream)
{
	struct an_snapshot_state *state = *find_open(stream);

	if (!state || state->is_ended)
		return NULL;
	an_cut_seal(replay, stream->process, state);
	return state;
}

/* Lends it to the visitor, with all that was released since its cut. */
static void show(struct an_replay *replay, struct an_process_state *process,
		 struct an_snapshot_state *state)
{
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
}

bool an_snapshot_is_until(const struct an_replay *replay, const struct an_stream *stream,
			  uint32_t kind)
{
	const struct an_snapshot_state *state = *find_open(stream);

	return state && !state->is_ended && kind != MT_KIND_SNAPSHOT &&
	       kind != MT_KIND_SNAPSHOT_CUT &&
	       an_until_is_it(replay, stream->process, &state->out);
}

/* Is state the worse one of two? One that is cut short is better than none, and worse
 * than one that is not; of two alike the earlier one, which need not be the one that
 * ended earlier; but the one that was asked for is the best. */
static bool is_worse(const struct an_replay *replay, const struct an_process_state *process,
		     const struct an_snapshot_state *state, const struct an_snapshot_state *other)
{
	if (an_until_is_it(replay, process, &state->out))
		return false;
	if (other->is_ended != state->is_ended)
		return other->is_ended;
	return other->cut_ticks > state->cut_ticks;
}

void an_snapshot_put_away(struct an_replay *replay, struct an_process_state *process,
			  struct an_snapshot_state **link)
{
	struct an_snapshot_state *state = *link, *other = process->snapshot;

	if (!state)
		return;
	*link = state->next;
	an_inherited_find(replay, process, state);
	if (replay->options.visitor) {
		show(replay, process, state);
		return;
	}
	an_cut_seal(replay, process, state);
	if (other && is_worse(replay, process, state, other)) {
		retire(replay, state);
		return;
	}
	retire(replay, other);
	if (process->annotations)
		an_annotations_forget(process, state->cut_ticks);
	process->snapshot = state;
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
	an_snapshot_put_away(replay, process, find_open(stream));
	state = xcalloc(1, sizeof(*state));
	state->stream = stream;
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
	state->next = process->open_snapshots;
	process->open_snapshots = state;
	return MT_OK;
}

int an_snapshot_cut(struct an_replay *replay, struct an_stream *stream,
		    const struct mt_record *record)
{
	struct an_snapshot_state *state = *find_open(stream);
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
	struct an_snapshot_state *state = unended(replay, stream);
	struct mt_snapshot_thread told = { 0 };

	if (!state || mt_get_snapshot_thread(record, &told) < 0)
		return MT_ERR_RECORD;
	*VEC_PUSH(&state->threads) = told;
	return MT_OK;
}

int an_snapshot_range(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_snapshot_state *state = unended(replay, stream);
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
	struct an_snapshot_state *state = unended(replay, stream);
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
	struct an_snapshot_state *state = unended(replay, stream);
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
	struct an_snapshot_state *state = unended(replay, stream);
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
	an_snapshot_put_away(replay, stream->process, find_open(stream));
	return MT_OK;
}
