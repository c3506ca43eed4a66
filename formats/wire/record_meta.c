/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_meta.c -- the records of META blocks, and the two payloads they share
 * with streams: notes and drops. Fields in the order of the declaration, as in
 * record.c.
 */
#include "formats/wire/payload.h"

static void get_dropped(struct mt_in *in, struct mt_dropped *dropped)
{
	dropped->reason = mt_get_u8(in);
	dropped->n_events = mt_get_uleb(in);
}

void mt_put_dropped(struct mt_out *out, const struct mt_dropped *dropped)
{
	mt_put_u8(out, dropped->reason);
	mt_put_uleb(out, dropped->n_events);
}

int mt_get_dropped(const struct mt_record *record, struct mt_dropped *dropped)
{
	struct mt_in in = mt_payload_in(record);

	get_dropped(&in, dropped);
	return mt_payload_status(&in);
}

static void get_note(struct mt_in *in, struct mt_note *note)
{
	note->is_missing = mt_get_u8(in);
	note->count = mt_get_uleb(in);
	note->reason = mt_get_text(in);
	note->detail = mt_get_text(in);
}

void mt_put_note(struct mt_out *out, const struct mt_note *note)
{
	mt_put_u8(out, note->is_missing);
	mt_put_uleb(out, note->count);
	mt_put_text(out, note->reason);
	mt_put_text(out, note->detail);
}

int mt_get_note(const struct mt_record *record, struct mt_note *note)
{
	struct mt_in in = mt_payload_in(record);

	get_note(&in, note);
	return mt_payload_status(&in);
}

void mt_put_run(struct mt_out *out, const struct mt_run *run)
{
	mt_put_u8(out, run->clock);
	mt_put_uleb(out, run->started_realtime_ns);
	mt_put_uleb(out, run->started_ticks);
	mt_put_uleb(out, run->started_monotonic_ns);
	mt_put_uleb(out, run->pid);
	mt_put_text(out, run->tool_version);
	mt_put_text(out, run->host);
	mt_put_text(out, run->cwd);
	mt_put_text(out, run->command);
}

int mt_get_run(struct mt_in *in, struct mt_run *run)
{
	run->clock = mt_get_u8(in);
	run->started_realtime_ns = mt_get_uleb(in);
	run->started_ticks = mt_get_uleb(in);
	run->started_monotonic_ns = mt_get_uleb(in);
	run->pid = mt_get_uleb(in);
	run->tool_version = mt_get_text(in);
	run->host = mt_get_text(in);
	run->cwd = mt_get_text(in);
	run->command = mt_get_text(in);
	return mt_payload_status(in);
}

void mt_put_clock_pair(struct mt_out *out, const struct mt_clock_pair *pair)
{
	mt_put_uleb(out, pair->ticks);
	mt_put_uleb(out, pair->monotonic_ns);
}

int mt_get_clock_pair(struct mt_in *in, struct mt_clock_pair *pair)
{
	pair->ticks = mt_get_uleb(in);
	pair->monotonic_ns = mt_get_uleb(in);
	return mt_payload_status(in);
}

void mt_put_ended(struct mt_out *out, const struct mt_ended *ended)
{
	mt_put_uleb(out, ended->pid);
	mt_put_uleb(out, ended->ticks);
	mt_put_u8(out, ended->how);
	mt_put_uleb(out, ended->status);
	mt_put_u8(out, ended->is_core_dumped);
}

int mt_get_ended(struct mt_in *in, struct mt_ended *ended)
{
	ended->pid = mt_get_uleb(in);
	ended->ticks = mt_get_uleb(in);
	ended->how = mt_get_u8(in);
	ended->status = mt_get_u32(in);
	ended->is_core_dumped = mt_get_u8(in);
	return mt_payload_status(in);
}

void mt_put_meta_note(struct mt_out *out, const struct mt_meta_note *note)
{
	mt_put_uleb(out, note->process);
	mt_put_note(out, &note->note);
}

int mt_get_meta_note(struct mt_in *in, struct mt_meta_note *note)
{
	note->process = mt_get_u32(in);
	get_note(in, &note->note);
	return mt_payload_status(in);
}

void mt_put_process_dropped(struct mt_out *out, const struct mt_process_dropped *dropped)
{
	mt_put_uleb(out, dropped->process);
	mt_put_dropped(out, &dropped->dropped);
}

int mt_get_process_dropped(struct mt_in *in, struct mt_process_dropped *dropped)
{
	dropped->process = mt_get_u32(in);
	get_dropped(in, &dropped->dropped);
	return mt_payload_status(in);
}

void mt_put_verified(struct mt_out *out, const struct mt_verified *verified)
{
	mt_put_uleb(out, verified->n_equal);
	mt_put_uleb(out, verified->n_different);
}

int mt_get_verified(struct mt_in *in, struct mt_verified *verified)
{
	verified->n_equal = mt_get_uleb(in);
	verified->n_different = mt_get_uleb(in);
	return mt_payload_status(in);
}

void mt_put_meta(struct mt_out *out, enum mt_meta kind, const void *payload, size_t n_bytes)
{
	mt_put_uleb(out, kind);
	mt_put_bytes(out, payload, n_bytes);
}

int mt_get_meta(struct mt_in *in, uint32_t *kind, struct mt_in *payload)
{
	struct mt_text text;

	if (in->at == in->end)
		return 0;
	*kind = mt_get_u32(in);
	text = mt_get_text(in);
	payload->at = (const uint8_t *)text.bytes;
	payload->end = payload->at + text.n_bytes;
	payload->is_bad = false;
	return in->is_bad ? MT_ERR_RECORD : 1;
}
