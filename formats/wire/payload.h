/* SPDX-License-Identifier: Apache-2.0 */
/*
 * payload.h -- what the codecs of payloads share; nobody else includes it.
 *
 * A payload is read through a cursor to its end and judged once, by
 * mt_payload_status. What follows the fields a reader knows is left alone: a
 * later version put it there.
 */
#ifndef FORMATS_WIRE_PAYLOAD_H
#define FORMATS_WIRE_PAYLOAD_H

#include "formats/wire/record.h"
#include "formats/wire/status.h"

static inline struct mt_in mt_payload_in(const struct mt_record *record)
{
	struct mt_in in = { record->payload, record->payload, false };

	if (record->payload_bytes)
		in.end = record->payload + record->payload_bytes;
	return in;
}

static inline int mt_payload_status(const struct mt_in *in)
{
	return in->is_bad ? MT_ERR_RECORD : MT_OK;
}

/* A number that must fit: one that does not is damage, not a smaller number. */
static inline uint64_t mt_get_up_to(struct mt_in *in, uint64_t max)
{
	uint64_t value = mt_get_uleb(in);

	if (value <= max)
		return value;
	in->is_bad = true;
	return 0;
}

static inline uint32_t mt_get_u32(struct mt_in *in)
{
	return (uint32_t)mt_get_up_to(in, UINT32_MAX);
}

static inline void mt_put_text(struct mt_out *out, struct mt_text text)
{
	mt_put_bytes(out, text.bytes, text.n_bytes);
}

#endif
