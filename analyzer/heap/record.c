/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c -- one record in its turn: makes an event of it, or hands it to
 * kinds.c.
 */
#include "analyzer/heap/replay.h"

static uint32_t new_thread(struct an_replay *replay, struct an_process_state *process,
			   uint64_t ticks)
{
	*VEC_PUSH(&replay->threads) = (struct an_thread_state){
		.process = process->index, .name = "",
		.first_ticks = ticks, .last_ticks = ticks };
	return (uint32_t)replay->threads.n - 1;
}

uint32_t an_thread_by_id(struct an_replay *replay, struct an_process_state *process,
			 uint32_t id, uint64_t ticks)
{
	bool is_new;
	struct an_link *link = u64map_put(&process->thread_of, id, &is_new);

	if (is_new) {
		link->value = new_thread(replay, process, ticks);
		replay->threads.at[link->value].id = id;
	}
	return (uint32_t)link->value;
}

static struct an_event event_of(struct an_replay *replay, struct an_stream *stream,
				const struct mt_record *record, enum an_event_kind kind)
{
	return (struct an_event){ .addr = record->addr, .size = record->size,
				  .ticks = record->time, .thread = stream->thread,
				  .number = ++replay->threads.at[stream->thread].n_events,
				  .kind = kind, .stream = stream, .fill = stream->fill,
				  .offset = stream->head_offset };
}

/* The same thing for the program, in a new allocation. */
static void follow_realloc(struct an_event *event, const struct an_allocation *old)
{
	event->first_ticks = old->first_ticks;
	event->first_site = old->first_site;
	event->n_reallocs = old->n_reallocs == UINT32_MAX ? UINT32_MAX : old->n_reallocs + 1;
}

/* What a thread did last is known when its record is read; the event itself
 * may have to wait for its turn at its address. */
static void apply_alloc(struct an_replay *replay, struct an_stream *stream,
			const struct mt_record *record)
{
	struct an_event event = event_of(replay, stream, record, AN_EVENT_ALLOC);
	struct an_thread_state *thread = &replay->threads.at[stream->thread];

	bool is_held = stream->intent.state == AN_INTENT_HELD;

	if (is_held)
		follow_realloc(&event, &stream->intent.old);
	is_held &= stream->process->annotations != NULL;
	if (is_held)
		an_annotation_lift(stream->process, &stream->intent.old);
	if (stream->intent.state != AN_INTENT_NONE)
		an_realloc_settle(replay, stream, true);
	if (is_held)
		an_annotation_lay(stream->process, record->addr, record->time);
	event.site = an_site_of(replay, stream->process, record->stack);
	thread->last_alloc = record->addr;
	thread->has_alloc = true;
	an_order_event(replay, &event);
}

static void apply_release(struct an_replay *replay, struct an_stream *stream,
			  const struct mt_record *record, enum an_event_kind kind)
{
	struct an_event event = event_of(replay, stream, record, kind);
	const struct an_thread_state *thread = &replay->threads.at[stream->thread];

	event.is_thread_last = thread->has_alloc && thread->last_alloc == record->addr;
	event.flags = record->op == MT_OP_FREE ? MT_DELETE_PLAIN_FREE : record->flags;
	event.align_log2 = record->align_log2;
	event.free_stack = stream->free_stack;
	stream->free_stack = 0;
	if (kind == AN_EVENT_INTENT) {
		an_realloc_begin(replay, &event);
		return;
	}
	if (stream->intent.state != AN_INTENT_NONE)
		an_realloc_undo(replay, stream);
	an_order_event(replay, &event);
}

static void apply_extended(struct an_replay *replay, struct an_stream *stream,
			   const struct mt_record *record)
{
	switch (record->kind) {
	case MT_KIND_ALLOC_ANY:
		apply_alloc(replay, stream, record);
		break;
	case MT_KIND_FREE_ANY:
		apply_release(replay, stream, record, AN_EVENT_FREE);
		break;
	case MT_KIND_REALLOC_ANY:
		apply_release(replay, stream, record, AN_EVENT_INTENT);
		break;
	default:
		if (an_kind_apply(replay, stream, record) < 0)
			replay->n_bad_records++;
	}
}

/* The records that open a stream come before its thread has a name; the clone that
 * writes a snapshot is no thread. */
static bool needs_no_thread(const struct mt_record *record)
{
	return record->kind == MT_KIND_FILL || record->kind == MT_KIND_THREAD ||
	       (record->kind >= MT_KIND_SNAPSHOT && record->kind <= MT_KIND_SNAPSHOT_END) ||
	       record->kind == MT_KIND_SNAPSHOT_PLAIN;
}

static void see(struct an_replay *replay, struct an_stream *stream,
		const struct mt_record *record)
{
	struct an_process_state *process = stream->process;

	replay->out.counts.n_records++;
	replay->out.counts.by_op[record->op]++;
	if (record->op == MT_OP_EXTENDED)
		replay->out.counts.by_kind[record->kind < 64 ? record->kind : 0]++;
	an_clock_see(&replay->clock, record->time);
	if (record->time < process->first_ticks)
		process->first_ticks = record->time;
	if (record->time > process->last_ticks)
		process->last_ticks = record->time;
	if (stream->thread == AN_NONE) {
		if (needs_no_thread(record))
			return;
		stream->thread = new_thread(replay, process, record->time);
	}
	struct an_thread_state *thread = &replay->threads.at[stream->thread];

	if (record->time > thread->last_ticks)
		thread->last_ticks = record->time;
}

static bool is_event(const struct mt_record *record)
{
	return record->op != MT_OP_EXTENDED || record->kind == MT_KIND_ALLOC_ANY ||
	       record->kind == MT_KIND_FREE_ANY || record->kind == MT_KIND_REALLOC_ANY ||
	       record->kind == MT_KIND_REALLOC_END;
}

void an_record_apply(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record)
{
	if (an_until_passes(replay, stream, record))
		return;
	see(replay, stream, record);
	if (replay->options.is_names_only && is_event(record))
		return;
	switch (record->op) {
	case MT_OP_ALLOC_SAME:
	case MT_OP_ALLOC:
	case MT_OP_ALLOC_SIZE:
		apply_alloc(replay, stream, record);
		break;
	case MT_OP_FREE:
	case MT_OP_DELETE_SIZED:
	case MT_OP_DELETE:
		apply_release(replay, stream, record, AN_EVENT_FREE);
		break;
	case MT_OP_REALLOC:
		apply_release(replay, stream, record, AN_EVENT_INTENT);
		break;
	case MT_OP_EXTENDED:
		apply_extended(replay, stream, record);
		break;
	}
}
