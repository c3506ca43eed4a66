/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c -- continuity of streams, and their states; see stream.h. */
#include "formats/io/stream.h"

#include <stdlib.h>

#include "formats/wire/status.h"

static uint64_t key_of(const struct mt_span *span)
{
	return (uint64_t)span->process << 32 | span->stream;
}

void mt_streams_release(struct mt_streams *streams)
{
	for (uint32_t i = 0; i < streams->n_opens; i++)
		free(streams->opens[i].state);
	free(streams->opens);
	free(streams->spare);
	free(streams->slots);
	memset(streams, 0, sizeof(*streams));
}

/* The slot of key, or the free one where it belongs. n_slots is a power of two
 * and never full. */
static struct mt_stream *slot_of(struct mt_stream *slots, size_t n_slots, uint64_t key)
{
	size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (n_slots - 1);

	while (slots[at].is_used && slots[at].key != key)
		at = (at + 1) & (n_slots - 1);
	return &slots[at];
}

/* NULL if it was never seen. */
static struct mt_stream *find(const struct mt_streams *streams, uint64_t key)
{
	struct mt_stream *stream;

	if (streams->n_slots == 0)
		return NULL;
	stream = slot_of(streams->slots, streams->n_slots, key);
	return stream->is_used ? stream : NULL;
}

static int grow(struct mt_streams *streams)
{
	size_t n_slots = streams->n_slots ? 2 * streams->n_slots : 64;
	struct mt_stream *slots = calloc(n_slots, sizeof(*slots));

	if (!slots)
		return MT_ERR_MEMORY;
	for (size_t i = 0; i < streams->n_slots; i++)
		if (streams->slots[i].is_used)
			*slot_of(slots, n_slots, streams->slots[i].key) = streams->slots[i];
	free(streams->slots);
	streams->slots = slots;
	streams->n_slots = n_slots;
	return MT_OK;
}

static int add_stream(struct mt_streams *streams, uint64_t key, struct mt_stream **stream)
{
	if (2 * (streams->n_used + 1) > streams->n_slots && grow(streams) < 0)
		return MT_ERR_MEMORY;
	*stream = slot_of(streams->slots, streams->n_slots, key);
	(*stream)->is_used = true;
	(*stream)->key = key;
	streams->n_used++;
	return MT_OK;
}

static int grow_opens(struct mt_streams *streams)
{
	uint32_t room = streams->n_opens_room ? 2 * streams->n_opens_room : 64;
	struct mt_open_fill *opens = realloc(streams->opens, room * sizeof(*opens));
	uint32_t *spare;

	if (!opens)
		return MT_ERR_MEMORY;
	streams->opens = opens;
	spare = realloc(streams->spare, room * sizeof(*spare));
	if (!spare)
		return MT_ERR_MEMORY;
	streams->spare = spare;
	streams->n_opens_room = room;
	return MT_OK;
}

static void take_back(struct mt_streams *streams, struct mt_stream *stream)
{
	if (!stream->open)
		return;
	streams->spare[streams->n_spare++] = stream->open - 1;
	stream->open = 0;
}

static void skip_fill(struct mt_streams *streams, struct mt_stream *stream, uint64_t fill)
{
	take_back(streams, stream);
	stream->fill = fill;
	stream->is_skipping = true;
}

/* Takes one back that was not used for a round of the hand; all are lent. */
static void evict(struct mt_streams *streams)
{
	struct mt_open_fill *open;

	for (;;) {
		open = &streams->opens[streams->hand];
		streams->hand = (streams->hand + 1) % streams->n_opens;
		if (!open->is_recent)
			break;
		open->is_recent = false;
	}
	take_back(streams, find(streams, open->key));
}

/* Gives the stream a zeroed state. */
static int lend(struct mt_streams *streams, struct mt_stream *stream)
{
	struct mt_open_fill *open;

	if (!stream->open && !streams->n_spare && streams->n_opens == MT_OPEN_FILLS_MAX)
		evict(streams);
	if (!stream->open && streams->n_spare)
		stream->open = streams->spare[--streams->n_spare] + 1;
	if (stream->open) {
		open = &streams->opens[stream->open - 1];
		memset(open->state, 0, sizeof(*open->state));
	} else {
		if (streams->n_opens == streams->n_opens_room && grow_opens(streams) < 0)
			return MT_ERR_MEMORY;
		open = &streams->opens[streams->n_opens];
		open->state = calloc(1, sizeof(*open->state));
		if (!open->state)
			return MT_ERR_MEMORY;
		stream->open = ++streams->n_opens;
	}
	open->key = stream->key;
	return MT_OK;
}

static int take_first_of_fill(struct mt_streams *streams, struct mt_stream *stream,
			      const struct mt_span *span)
{
	if (span->offset != 0) {
		skip_fill(streams, stream, span->fill);
		return MT_TAKE_GAP;
	}
	if (lend(streams, stream) < 0)
		return MT_ERR_MEMORY;
	stream->fill = span->fill;
	stream->next_offset = 0;
	stream->is_skipping = false;
	return MT_TAKE_SPAN;
}

/* A span of the current fill: cuts from its front what was read before. */
static int take_rest(struct mt_streams *streams, struct mt_stream *stream, struct mt_span *span)
{
	uint32_t n_known;

	if (stream->is_skipping)
		return MT_TAKE_NOTHING;
	if (span->offset > stream->next_offset) {
		skip_fill(streams, stream, span->fill);
		return MT_TAKE_GAP;
	}
	n_known = stream->next_offset - span->offset;
	if (span->n_bytes <= n_known)
		return MT_TAKE_NOTHING;
	if (!stream->open) {
		/* It was said to be over, or its state was needed elsewhere. */
		skip_fill(streams, stream, span->fill);
		return MT_TAKE_GAP;
	}
	span->bytes += n_known;
	span->offset += n_known;
	span->n_bytes -= n_known;
	return MT_TAKE_SPAN;
}

/* No bytes: this fill is over. */
static int take_end(struct mt_streams *streams, struct mt_stream *stream,
		    const struct mt_span *span)
{
	if (!stream || stream->fill != span->fill || stream->is_skipping)
		return MT_TAKE_NOTHING;
	if (span->offset > stream->next_offset) {
		skip_fill(streams, stream, span->fill);
		return MT_TAKE_GAP;
	}
	take_back(streams, stream);
	return MT_TAKE_NOTHING;
}

int mt_streams_take(struct mt_streams *streams, struct mt_span *span,
		    struct mt_stream_state **state)
{
	struct mt_stream *stream = find(streams, key_of(span));
	bool is_new = !stream;
	int take;

	if (span->n_bytes == 0)
		return take_end(streams, stream, span);
	if (is_new && add_stream(streams, key_of(span), &stream) < 0)
		return MT_ERR_MEMORY;
	if (!is_new && span->fill < stream->fill)
		return MT_TAKE_LATE;
	if (is_new ? span->fill > 0 : span->fill - stream->fill > 1) {
		skip_fill(streams, stream, span->fill - 1);
		return MT_TAKE_FILLS_GONE;
	}
	if (is_new || span->fill > stream->fill)
		take = take_first_of_fill(streams, stream, span);
	else
		take = take_rest(streams, stream, span);
	if (take == MT_TAKE_SPAN) {
		stream->next_offset = span->offset + span->n_bytes;
		streams->opens[stream->open - 1].is_recent = true;
		*state = streams->opens[stream->open - 1].state;
	}
	return take;
}

void mt_streams_skip(struct mt_streams *streams, const struct mt_span *span)
{
	struct mt_stream *stream = find(streams, key_of(span));

	if (stream && stream->fill == span->fill)
		skip_fill(streams, stream, span->fill);
}

bool mt_streams_has(const struct mt_streams *streams, const struct mt_span *span)
{
	const struct mt_stream *stream = find(streams, key_of(span));

	if (!stream || span->fill > stream->fill)
		return false;
	return span->fill < stream->fill || stream->is_skipping ||
	       span->offset + (uint64_t)span->n_bytes <= stream->next_offset;
}
