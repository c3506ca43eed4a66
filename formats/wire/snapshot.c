/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.c -- see snapshot.h. Fields in the order of their declaration. */
#include "formats/wire/snapshot.h"
#include "formats/wire/payload.h"

void mt_put_snapshot(struct mt_out *out, const struct mt_snapshot *snapshot)
{
	mt_put_uleb(out, snapshot->number);
	mt_put_u8(out, snapshot->why);
	mt_put_u8(out, snapshot->flags);
	mt_put_uleb(out, snapshot->n_streams);
	mt_put_uleb(out, snapshot->tid);
	mt_put_text(out, snapshot->label);
}

int mt_get_snapshot(const struct mt_record *record, struct mt_snapshot *snapshot)
{
	struct mt_in in = mt_payload_in(record);

	snapshot->number = mt_get_u32(&in);
	snapshot->why = mt_get_u8(&in);
	snapshot->flags = mt_get_u8(&in);
	snapshot->n_streams = mt_get_u32(&in);
	snapshot->tid = mt_get_uleb(&in);
	snapshot->label = mt_get_text(&in);
	return mt_payload_status(&in);
}

void mt_put_snapshot_cut(struct mt_out *out, const struct mt_snapshot_cut *cut)
{
	mt_put_uleb(out, cut->stream);
	mt_put_uleb(out, cut->fill);
	mt_put_uleb(out, cut->n_bytes);
	mt_put_u8(out, cut->pending);
	mt_put_uleb(out, cut->addr);
	mt_put_uleb(out, cut->size);
}

int mt_get_snapshot_cut(struct mt_in *in, struct mt_snapshot_cut *cut)
{
	if (in->at == in->end && !in->is_bad)
		return 0;
	cut->stream = mt_get_u32(in);
	cut->fill = mt_get_uleb(in);
	cut->n_bytes = mt_get_u32(in);
	cut->pending = mt_get_u8(in);
	cut->addr = mt_get_uleb(in);
	cut->size = mt_get_uleb(in);
	return in->is_bad ? MT_ERR_RECORD : 1;
}

void mt_put_snapshot_thread(struct mt_out *out, const struct mt_snapshot_thread *thread)
{
	mt_put_uleb(out, thread->tid);
	mt_put_u8(out, thread->hold);
	mt_put_uleb(out, thread->error);
	mt_put_uleb(out, thread->pc);
	mt_put_uleb(out, thread->sp);
	mt_put_uleb(out, thread->fp);
	mt_put_uleb(out, thread->thread_pointer);
	mt_put_uleb(out, thread->n_registers);
	for (uint32_t i = 0; i < thread->n_registers; i++)
		mt_put_uleb(out, thread->registers[i]);
}

int mt_get_snapshot_thread(const struct mt_record *record, struct mt_snapshot_thread *thread)
{
	struct mt_in in = mt_payload_in(record);

	thread->tid = mt_get_uleb(&in);
	thread->hold = mt_get_u8(&in);
	thread->error = mt_get_u32(&in);
	thread->pc = mt_get_uleb(&in);
	thread->sp = mt_get_uleb(&in);
	thread->fp = mt_get_uleb(&in);
	thread->thread_pointer = mt_get_uleb(&in);
	thread->n_registers = mt_get_u32(&in);
	if (thread->n_registers > MT_SNAPSHOT_REGISTERS_MAX)
		in.is_bad = true;
	for (uint32_t i = 0; !in.is_bad && i < thread->n_registers; i++)
		thread->registers[i] = mt_get_uleb(&in);
	return mt_payload_status(&in);
}

void mt_put_snapshot_range(struct mt_out *out, const struct mt_snapshot_range *range)
{
	mt_put_uleb(out, range->number);
	mt_put_u8(out, range->kind);
	mt_put_u8(out, range->flags);
	mt_put_uleb(out, range->start);
	mt_put_uleb(out, range->end);
	mt_put_uleb(out, range->tid);
	mt_put_text(out, range->name);
}

int mt_get_snapshot_range(const struct mt_record *record, struct mt_snapshot_range *range)
{
	struct mt_in in = mt_payload_in(record);

	range->number = mt_get_u32(&in);
	range->kind = mt_get_u8(&in);
	range->flags = mt_get_u8(&in);
	range->start = mt_get_uleb(&in);
	range->end = mt_get_uleb(&in);
	range->tid = mt_get_uleb(&in);
	range->name = mt_get_text(&in);
	if (range->end < range->start)
		in.is_bad = true;
	return mt_payload_status(&in);
}

int mt_get_snapshot_words(struct mt_in *in, struct mt_snapshot_words *words)
{
	words->range = mt_get_u32(in);
	words->last_slot = words->last_value = mt_get_uleb(in);
	return in->is_bad ? MT_ERR_RECORD : 0;
}

int mt_get_snapshot_word(struct mt_in *in, struct mt_snapshot_words *words, uint64_t *slot,
			 uint64_t *value)
{
	if (in->at == in->end && !in->is_bad)
		return 0;
	words->last_slot += mt_get_uleb(in) * 8;
	words->last_value += (uint64_t)mt_unzigzag(mt_get_uleb(in));
	*slot = words->last_slot;
	*value = words->last_value;
	return in->is_bad ? MT_ERR_RECORD : 1;
}

void mt_put_snapshot_end(struct mt_out *out, const struct mt_snapshot_end *end)
{
	mt_put_uleb(out, end->pause_ns);
	mt_put_uleb(out, end->scanned_bytes);
	mt_put_uleb(out, end->n_words);
	mt_put_u8(out, end->is_complete);
	mt_put_text(out, end->reason);
}

int mt_get_snapshot_end(const struct mt_record *record, struct mt_snapshot_end *end)
{
	struct mt_in in = mt_payload_in(record);

	end->pause_ns = mt_get_uleb(&in);
	end->scanned_bytes = mt_get_uleb(&in);
	end->n_words = mt_get_uleb(&in);
	end->is_complete = mt_get_u8(&in);
	end->reason = mt_get_text(&in);
	return mt_payload_status(&in);
}
