/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c -- continuity of fills, and their states; see stream.h. */
#include "formats/io/stream.h"

#include <stdlib.h>

#include "formats/wire/live.h"
#include "formats/wire/status.h"

static struct mt_fill_key key_of(const struct mt_span *span)
{
	return (struct mt_fill_key) { (uint64_t)span->process << 32 | span->stream, span->fill };
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
static struct mt_fill_slot *slot_of(struct mt_fill_slot *slots, size_t n_slots,
				    struct mt_fill_key key)
{
	uint64_t mixed = (key.stream * UINT64_C(0x9e3779b97f4a7c15) ^ key.fill) *
			 UINT64_C(0xff51afd7ed558ccd);
	size_t at = (size_t)(mixed >> 32) & (n_slots - 1);

	while (slots[at].is_used &&
	       (slots[at].key.stream != key.stream || slots[at].key.fill != key.fill))
		at = (at + 1) & (n_slots - 1);
	return &slots[at];
}

/* NULL if it was never seen. */
static struct mt_fill_slot *find(const struct mt_streams *streams, struct mt_fill_key key)
{
	struct mt_fill_slot *slot;

	if (streams->n_slots == 0)
		return NULL;
	slot = slot_of(streams->slots, streams->n_slots, key);
	return slot->is_used ? slot : NULL;
}

static int grow(struct mt_streams *streams)
{
	size_t n_slots = streams->n_slots ? 2 * streams->n_slots : 64;
	struct mt_fill_slot *slots = calloc(n_slots, sizeof(*slots));

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

static int add(struct mt_streams *streams, struct mt_fill_key key, struct mt_fill_slot **slot)
{
	if (2 * (streams->n_used + 1) > streams->n_slots && grow(streams) < 0)
		return MT_ERR_MEMORY;
	*slot = slot_of(streams->slots, streams->n_slots, key);
	(*slot)->is_used = true;
	(*slot)->key = key;
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

static void take_back(struct mt_streams *streams, struct mt_fill_slot *slot)
{
	if (!slot->open)
		return;
	streams->spare[streams->n_spare++] = slot->open - 1;
	slot->open = 0;
}

/* A region has no more segments than this, so a fill that many before the
 * newest was drained before that could begin. */
static void take_back_older(struct mt_streams *streams, struct mt_fill_key key)
{
	struct mt_fill_slot *slot;

	if (key.fill < MT_REGION_SEGMENTS)
		return;
	key.fill -= MT_REGION_SEGMENTS;
	slot = find(streams, key);
	if (slot)
		take_back(streams, slot);
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

/* Gives the fill a zeroed state. */
static int lend(struct mt_streams *streams, struct mt_fill_slot *slot)
{
	struct mt_open_fill *open;

	take_back_older(streams, slot->key);
	if (!streams->n_spare && streams->n_opens == MT_OPEN_FILLS_MAX)
		evict(streams);
	if (streams->n_spare) {
		slot->open = streams->spare[--streams->n_spare] + 1;
		open = &streams->opens[slot->open - 1];
		memset(open->state, 0, sizeof(*open->state));
	} else {
		if (streams->n_opens == streams->n_opens_room && grow_opens(streams) < 0)
			return MT_ERR_MEMORY;
		open = &streams->opens[streams->n_opens];
		open->state = calloc(1, sizeof(*open->state));
		if (!open->state)
			return MT_ERR_MEMORY;
		slot->open = ++streams->n_opens;
	}
	open->key = slot->key;
	return MT_OK;
}

static int skip(struct mt_streams *streams, struct mt_fill_slot *slot)
{
	take_back(streams, slot);
	slot->is_skipping = true;
	return MT_TAKE_GAP;
}

static int take_first(struct mt_streams *streams, const struct mt_span *span)
{
	struct mt_fill_slot *slot;

	if (add(streams, key_of(span), &slot) < 0)
		return MT_ERR_MEMORY;
	if (span->offset != 0)
		return skip(streams, slot);
	if (lend(streams, slot) < 0)
		return MT_ERR_MEMORY;
	return MT_TAKE_SPAN;
}

/* Cuts from the front of a span what was read of its fill before. */
static int take_rest(struct mt_streams *streams, struct mt_fill_slot *slot, struct mt_span *span)
{
	uint32_t n_known;

	if (slot->is_skipping)
		return MT_TAKE_NOTHING;
	if (span->offset > slot->next_offset)
		return skip(streams, slot);
	n_known = slot->next_offset - span->offset;
	if (span->n_bytes == 0 && n_known == 0)
		take_back(streams, slot);   /* this fill is over */
	if (span->n_bytes <= n_known)
		return MT_TAKE_NOTHING;
	if (!slot->open)
		/* It was said to be over, or its state was needed elsewhere. */
		return skip(streams, slot);
	span->bytes += n_known;
	span->offset += n_known;
	span->n_bytes -= n_known;
	return MT_TAKE_SPAN;
}

int mt_streams_take(struct mt_streams *streams, struct mt_span *span,
		    struct mt_stream_state **state)
{
	struct mt_fill_slot *slot = find(streams, key_of(span));
	struct mt_open_fill *open;
	int take;

	if (span->n_bytes > UINT32_MAX - span->offset)
		return MT_TAKE_GAP;
	if (slot)
		take = take_rest(streams, slot, span);
	else
		take = span->n_bytes ? take_first(streams, span) : MT_TAKE_NOTHING;
	if (take != MT_TAKE_SPAN)
		return take;
	slot = find(streams, key_of(span));
	slot->next_offset = span->offset + span->n_bytes;
	open = &streams->opens[slot->open - 1];
	open->is_recent = true;
	*state = open->state;
	return MT_TAKE_SPAN;
}

void mt_streams_skip(struct mt_streams *streams, const struct mt_span *span)
{
	struct mt_fill_slot *slot = find(streams, key_of(span));

	if (slot)
		skip(streams, slot);
}

bool mt_streams_has(const struct mt_streams *streams, const struct mt_span *span)
{
	const struct mt_fill_slot *slot = find(streams, key_of(span));

	return slot && (slot->is_skipping ||
			span->offset + (uint64_t)span->n_bytes <= slot->next_offset);
}

int mt_streams_next_missing(struct mt_streams *streams, struct mt_span *span)
{
	while (streams->looked_at < streams->n_slots) {
		const struct mt_fill_slot *slot = &streams->slots[streams->looked_at++];
		struct mt_fill_key before = { slot->key.stream, slot->key.fill - 1 };

		if (!slot->is_used || slot->key.fill == 0 || find(streams, before))
			continue;
		*span = (struct mt_span) {
			.process = (uint32_t)(before.stream >> 32),
			.stream = (uint32_t)before.stream,
			.fill = before.fill,
			.bytes = (const uint8_t *)"",
		};
		return 1;
	}
	return 0;
}
