/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.c -- the rare writers and the reader of records; see event.h.
 *
 * One small function per operation, behind a table: the reader is the place
 * where every tracer rots.
 */
#include "formats/wire/event.h"

#include "formats/wire/status.h"

uint8_t *mt_put_extended(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			 uint32_t kind, const void *payload, size_t n_bytes)
{
	to = mt_put_head(state, to, time, MT_OP_EXTENDED);
	to = mt_uleb_store(to, kind);
	to = mt_uleb_store(to, n_bytes);
	memcpy(to, payload, n_bytes);
	return to + n_bytes;
}

uint8_t *mt_put_alloc_any(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			  uint64_t addr, uint64_t size, uint32_t stack)
{
	uint8_t payload[3 * MT_ULEB_BYTES_MAX];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_uleb(&out, addr);
	mt_put_uleb(&out, size);
	mt_put_uleb(&out, stack);
	mt_guess_learn(state, size, stack);
	return mt_put_extended(state, to, time, MT_KIND_ALLOC_ANY, payload,
			       (size_t)(out.at - payload));
}

uint8_t *mt_put_free_any(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			 uint64_t addr, uint8_t flags, uint64_t size, uint8_t align_log2)
{
	uint8_t payload[2 * MT_ULEB_BYTES_MAX + 2];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_uleb(&out, addr);
	mt_put_u8(&out, flags);
	if (flags & MT_DELETE_SIZED)
		mt_put_uleb(&out, size);
	if (flags & MT_DELETE_ALIGNED)
		mt_put_u8(&out, align_log2);
	return mt_put_extended(state, to, time, MT_KIND_FREE_ANY, payload,
			       (size_t)(out.at - payload));
}

uint8_t *mt_put_realloc_any(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			    uint64_t addr)
{
	uint8_t payload[MT_ULEB_BYTES_MAX];
	uint8_t *end = mt_uleb_store(payload, addr);

	return mt_put_extended(state, to, time, MT_KIND_REALLOC_ANY, payload,
			       (size_t)(end - payload));
}

static void get_addr(struct mt_stream_state *state, struct mt_in *in, struct mt_record *record)
{
	record->addr = state->last_addr + (uint64_t)mt_unzigzag(mt_get_uleb(in)) * 16;
	state->last_addr = record->addr;
}

static void get_old(struct mt_stream_state *state, struct mt_in *in, struct mt_record *record)
{
	uint64_t number = mt_get_uleb(in);
	uint64_t n_before = number >> 1;

	if (number & 1) {
		uint64_t *recent = &state->recent[(state->n_recent - 1 - n_before) % MT_RECENTS];

		if (n_before >= MT_RECENTS || !*recent)
			in->is_bad = true;
		record->addr = *recent;
		*recent = 0;
	} else {
		record->addr = state->last_addr + (uint64_t)mt_unzigzag(n_before) * 16;
	}
	state->last_addr = record->addr;
}

static void get_release_tail(struct mt_in *in, struct mt_record *record)
{
	record->flags = mt_get_u8(in);
	if (record->flags & ~MT_DELETE_FLAGS_ALL)
		in->is_bad = true;
	if (record->flags & MT_DELETE_SIZED)
		record->size = mt_get_uleb(in);
	if (record->flags & MT_DELETE_ALIGNED)
		record->align_log2 = mt_get_u8(in);
}

static void get_alloc(struct mt_stream_state *state, struct mt_in *in, struct mt_record *record)
{
	const struct mt_guess *guess = &state->guess[state->guess_at];

	get_addr(state, in, record);
	mt_recent_learn(state, record->addr);
	record->size = record->op == MT_OP_ALLOC_SAME ? guess->size : mt_get_uleb(in);
	record->stack = record->op == MT_OP_ALLOC ? (uint32_t)mt_get_uleb(in) : guess->stack;
	mt_guess_learn(state, record->size, record->stack);
}

static void get_delete_sized(struct mt_stream_state *state, struct mt_in *in,
			     struct mt_record *record)
{
	get_old(state, in, record);
	record->flags = MT_DELETE_SIZED;
	record->size = mt_get_uleb(in);
}

static void get_delete(struct mt_stream_state *state, struct mt_in *in, struct mt_record *record)
{
	get_old(state, in, record);
	get_release_tail(in, record);
}

/* The payloads that are events themselves. */
static void get_event_payload(struct mt_stream_state *state, struct mt_record *record,
			      struct mt_in *payload)
{
	switch (record->kind) {
	case MT_KIND_ALLOC_ANY:
		record->addr = mt_get_uleb(payload);
		record->size = mt_get_uleb(payload);
		record->stack = (uint32_t)mt_get_uleb(payload);
		mt_guess_learn(state, record->size, record->stack);
		break;
	case MT_KIND_FREE_ANY:
		record->addr = mt_get_uleb(payload);
		get_release_tail(payload, record);
		break;
	case MT_KIND_REALLOC_ANY:
		record->addr = mt_get_uleb(payload);
		break;
	default:
		break;
	}
}

static void get_extended(struct mt_stream_state *state, struct mt_in *in,
			 struct mt_record *record)
{
	uint64_t kind = mt_get_uleb(in);
	struct mt_text text = mt_get_text(in);
	struct mt_in payload = { (const uint8_t *)text.bytes,
				 (const uint8_t *)text.bytes + text.n_bytes, false };

	if (kind == 0 || kind > UINT32_MAX)
		in->is_bad = true;
	record->kind = (uint32_t)kind;
	record->payload = payload.at;
	record->payload_bytes = text.n_bytes;
	get_event_payload(state, record, &payload);
	if (payload.is_bad)
		in->is_bad = true;
}

typedef void get_fn(struct mt_stream_state *, struct mt_in *, struct mt_record *);

static get_fn *const get_op[8] = {
	[MT_OP_ALLOC_SAME] = get_alloc,   [MT_OP_ALLOC] = get_alloc,
	[MT_OP_ALLOC_SIZE] = get_alloc,   [MT_OP_FREE] = get_old,
	[MT_OP_DELETE_SIZED] = get_delete_sized, [MT_OP_REALLOC] = get_old,
	[MT_OP_DELETE] = get_delete,      [MT_OP_EXTENDED] = get_extended,
};

int mt_get_record(struct mt_stream_state *state, struct mt_in *in, struct mt_record *record)
{
	uint64_t head;

	if (in->at == in->end)
		return 0;
	memset(record, 0, sizeof(*record));
	head = mt_get_uleb(in);
	record->op = (enum mt_op)(head & 7);
	record->time = state->last_time + (head >> 3);
	state->last_time = record->time;
	get_op[record->op](state, in, record);
	return in->is_bad ? MT_ERR_RECORD : 1;
}
