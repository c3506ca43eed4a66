/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c -- from spans, as the runner happened to drain them, to one sequence
 * of records by stamp.
 *
 * A record drained in epoch N was published before the drain N + 1 began, so
 * when epoch N + 1 was read whole, everything that can come before a record of
 * epoch N is here. Then all streams are merged until nothing of epoch N is
 * left; records of N + 1 go along where their stamps are smaller. Spans are
 * kept as bytes and decoded one record at a time when their turn comes: two
 * epochs of bytes are a quarter of two epochs of records.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

/* A trace that claims one endless epoch is merged as if it had ended here. */
static const uint64_t BUFFERED_BYTES_MAX = 1 << 30;

static void damage(struct an_replay *replay, struct an_stream *stream)
{
	replay->n_gaps++;
	stream->is_fill_lost = true;
	an_realloc_undo(replay, stream);
}

static struct an_stream *stream_by_id(struct an_replay *replay, const struct mt_span *span)
{
	bool is_new;
	struct an_link *link = u64map_put(&replay->stream_of,
					  (uint64_t)span->process << 32 | span->stream, &is_new);
	struct an_stream *stream;

	if (!is_new)
		return replay->streams.at[link->value];
	link->value = replay->streams.n;
	stream = xcalloc(1, sizeof(*stream));
	stream->number = (uint32_t)replay->streams.n;
	stream->id = span->stream;
	stream->thread = AN_NONE;
	stream->process = an_process_by_id(replay, span->process);
	stream->process->n_streams++;
	*VEC_PUSH(&replay->streams) = stream;
	return stream;
}

static void wake(struct an_stream *stream)
{
	if (stream->state)
		return;
	stream->state = xcalloc(1, sizeof(*stream->state));
	if (stream->packed)
		an_packed_restore(stream->packed, stream->state);
	free(stream->packed);
	stream->packed = NULL;
}

static void put_to_sleep(struct an_stream *stream)
{
	if (!stream->state)
		return;
	stream->packed = an_packed_new(stream->state);
	free(stream->state);
	stream->state = NULL;
	VEC_RELEASE(&stream->pieces);
}

/* Moves to the fill of a piece; false if its bytes cannot be decoded. The spans
 * of a stream come in order, or the reader has made gaps of them. */
static bool enter_fill(struct an_replay *replay, struct an_stream *stream,
		       const struct an_piece *piece)
{
	if (piece->fill < stream->fill) {
		replay->n_gaps++;
		return false;
	}
	if (piece->fill > stream->fill || !piece->offset) {
		memset(stream->state, 0, sizeof(*stream->state));
		stream->fill = piece->fill;
		stream->next_offset = 0;
		stream->is_fill_lost = false;
	}
	if (!stream->is_fill_lost && (piece->offset != stream->next_offset || !piece->bytes))
		damage(replay, stream);
	stream->next_offset = piece->offset + piece->n_bytes;
	return !stream->is_fill_lost;
}

static bool open_piece(struct an_replay *replay, struct an_stream *stream)
{
	const struct an_piece *piece = &stream->pieces.at[stream->first_piece];
	bool is_readable;

	if (stream->first_piece == stream->pieces.n)
		return false;
	wake(stream);
	is_readable = enter_fill(replay, stream, piece);
	stream->in.at = piece->bytes ? piece->bytes : (const uint8_t *)"";
	stream->in.end = stream->in.at + (is_readable ? piece->n_bytes : 0);
	stream->in.is_bad = false;
	return true;
}

static void close_piece(struct an_replay *replay, struct an_stream *stream)
{
	struct an_piece *piece = &stream->pieces.at[stream->first_piece++];

	if (piece->epoch <= replay->limit)
		replay->n_due--;
	replay->buffered_bytes -= piece->n_bytes;
	free(piece->bytes);
	stream->in.at = NULL;
	if (stream->first_piece == stream->pieces.n)
		stream->first_piece = stream->pieces.n = 0;
}

/* Makes the stream's next record its head. false: there is none here yet. */
static bool next_head(struct an_replay *replay, struct an_stream *stream)
{
	stream->has_head = false;
	while (stream->in.at || open_piece(replay, stream)) {
		stream->head_offset = stream->next_offset -
				      (uint32_t)(stream->in.end - stream->in.at);
		int status = mt_get_record(stream->state, &stream->in, &stream->head);

		if (status > 0) {
			stream->has_head = true;
			return true;
		}
		if (status < 0) {
			replay->n_bad_records++;
			damage(replay, stream);
		}
		close_piece(replay, stream);
	}
	return false;
}

/* Counts what is due and lines up the heads of the streams that have any. */
static void line_up(struct an_replay *replay)
{
	size_t n = 0;

	pqueue_reset(&replay->queue);
	replay->n_due = 0;
	for (size_t i = 0; i < replay->active.n; i++) {
		struct an_stream *stream = replay->streams.at[replay->active.at[i]];

		for (size_t j = stream->first_piece; j < stream->pieces.n; j++)
			replay->n_due += stream->pieces.at[j].epoch <= replay->limit;
	}
	for (size_t i = 0; i < replay->active.n; i++) {
		struct an_stream *stream = replay->streams.at[replay->active.at[i]];

		stream->is_active = stream->has_head || next_head(replay, stream);
		if (!stream->is_active) {
			put_to_sleep(stream);
			continue;
		}
		replay->active.at[n++] = stream->number;
		pqueue_push(&replay->queue, stream->head.time, stream->number);
	}
	replay->active.n = n;
}

/* Applies the first stream's records for as long as it is first. */
static void run_first(struct an_replay *replay)
{
	struct an_stream *stream = replay->streams.at[pqueue_first(&replay->queue).value];

	do {
		an_record_apply(replay, stream, &stream->head);
		if (!next_head(replay, stream)) {
			pqueue_pop(&replay->queue);
			return;
		}
	} while (replay->n_due && pqueue_stays_first(&replay->queue, stream->head.time));
	pqueue_change_first(&replay->queue, stream->head.time);
}

static void run(struct an_replay *replay, uint64_t limit)
{
	replay->limit = limit;
	line_up(replay);
	while (replay->n_due && replay->queue.items.n)
		run_first(replay);
	an_order_expire(replay, limit);
	an_fork_expire(replay, limit);
}

void an_merge_add(struct an_replay *replay, const struct mt_item *item)
{
	struct an_stream *stream = stream_by_id(replay, &item->span);
	struct an_piece piece = { .fill = item->span.fill, .offset = item->span.offset };

	if (item->epoch > replay->epoch) {
		if (item->epoch >= 2)
			run(replay, item->epoch - 2);
		replay->epoch = item->epoch;
	} else if (replay->buffered_bytes > BUFFERED_BYTES_MAX) {
		run(replay, replay->epoch);
	}
	piece.epoch = (uint32_t)replay->epoch;
	if (!item->is_gap) {
		piece.n_bytes = item->span.n_bytes;
		piece.bytes = xmalloc(piece.n_bytes);
		memcpy(piece.bytes, item->span.bytes, piece.n_bytes);
	}
	replay->buffered_bytes += piece.n_bytes;
	replay->out.counts.n_spans++;
	replay->out.counts.event_bytes += piece.n_bytes;
	*VEC_PUSH(&stream->pieces) = piece;
	if (!stream->is_active)
		*VEC_PUSH(&replay->active) = stream->number;
	stream->is_active = true;
}

void an_merge_finish(struct an_replay *replay)
{
	run(replay, replay->epoch);
	for (size_t i = 0; i < replay->streams.n; i++)
		an_realloc_undo(replay, replay->streams.at[i]);
	/* Nobody is left who could make anything legal. */
	an_order_expire(replay, replay->epoch + 2);
}
