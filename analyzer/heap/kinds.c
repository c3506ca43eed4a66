/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds.c -- the extended records that are no events: one small function each,
 * in a table by kind. Unknown kinds are counted and passed over.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

enum { DIFFERS_MAX = 1000 };

static int on_fill(struct an_replay *replay, struct an_stream *stream,
		   const struct mt_record *record)
{
	struct mt_fill fill;
	int status = mt_get_fill(record, &fill);

	(void)stream;
	if (status == MT_OK)
		an_clock_pair(&replay->clock, record->time, fill.monotonic_ns);
	return status;
}

static const char *intern(struct an_replay *replay, struct mt_text text)
{
	return strpool_intern(&replay->strings, text.bytes, text.n_bytes);
}

static int on_thread(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record)
{
	struct mt_thread thread;
	struct an_process_state *process = stream->process;

	if (mt_get_thread(record, &thread) < 0)
		return MT_ERR_RECORD;
	if (stream->thread != AN_NONE)
		return MT_OK;
	stream->thread = an_thread_by_id(replay, process, thread.id, record->time);
	struct an_thread_state *state = &replay->threads.at[stream->thread];
	struct an_link *by_tid = u64map_put(&process->thread_of_tid, thread.tid, NULL);

	by_tid->value = stream->thread;
	state->tid = thread.tid;
	if (thread.name.n_bytes)
		state->name = intern(replay, thread.name);
	return MT_OK;
}

static int on_thread_name(struct an_replay *replay, struct an_stream *stream,
			  const struct mt_record *record)
{
	struct mt_thread_name name;
	const struct an_link *by_tid;
	uint32_t thread = stream->thread;

	if (mt_get_thread_name(record, &name) < 0)
		return MT_ERR_RECORD;
	if (name.tid) {
		by_tid = u64map_get(&stream->process->thread_of_tid, name.tid);
		if (!by_tid)
			return MT_OK;
		thread = (uint32_t)by_tid->value;
	}
	replay->threads.at[thread].name = intern(replay, name.name);
	return MT_OK;
}

static int on_module(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record)
{
	struct mt_module module;

	if (mt_get_module(record, &module) < 0)
		return MT_ERR_RECORD;
	an_module_define(replay, stream->process, &module, record->time);
	return MT_OK;
}

static int on_module_gone(struct an_replay *replay, struct an_stream *stream,
			  const struct mt_record *record)
{
	struct mt_module_gone gone;

	(void)replay;
	if (mt_get_module_gone(record, &gone) < 0)
		return MT_ERR_RECORD;
	an_module_gone(stream->process, &gone, record->time);
	return MT_OK;
}

static int on_stack(struct an_replay *replay, struct an_stream *stream,
		    const struct mt_record *record)
{
	struct mt_stack stack;

	if (mt_get_stack(stream->state, record, &stack) < 0)
		return MT_ERR_RECORD;
	an_stack_define(replay, stream->process, &stack);
	/* A stack is kept for the site that has it; without events, for its name. */
	if (replay->options.is_names_only)
		an_site_of(replay, stream->process, stack.id);
	return MT_OK;
}

static int on_realloc_end(struct an_replay *replay, struct an_stream *stream,
			  const struct mt_record *record)
{
	struct mt_realloc_end end;

	if (mt_get_realloc_end(record, &end) < 0)
		return MT_ERR_RECORD;
	an_realloc_settle(replay, stream, end.is_freed);
	return MT_OK;
}

static int on_free_stack(struct an_replay *replay, struct an_stream *stream,
			 const struct mt_record *record)
{
	struct mt_free_stack told;

	(void)replay;
	if (mt_get_free_stack(record, &told) < 0)
		return MT_ERR_RECORD;
	stream->free_stack = told.stack;
	return MT_OK;
}

static int on_dropped(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct mt_dropped dropped;

	if (mt_get_dropped(record, &dropped) < 0)
		return MT_ERR_RECORD;
	an_note_dropped(replay, stream->process->index, dropped.reason, dropped.n_events);
	/* The outcome is among what was dropped; only what a signal handler did
	 * can be lost without it. */
	if (dropped.reason != MT_DROP_NESTED)
		an_realloc_undo(replay, stream);
	return MT_OK;
}

static int on_note(struct an_replay *replay, struct an_stream *stream,
		   const struct mt_record *record)
{
	struct mt_note note;

	if (mt_get_note(record, &note) < 0)
		return MT_ERR_RECORD;
	an_note_told(replay, stream->process->index, &note);
	return MT_OK;
}

static int on_differs(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct an_differs *differs;

	if (replay->differs.n == DIFFERS_MAX)
		return MT_OK;
	differs = VEC_PUSH(&replay->differs);
	memset(differs, 0, sizeof(*differs));
	differs->process = stream->process->index;
	if (mt_get_stack_differs(record, &differs->differs) == MT_OK)
		return MT_OK;
	replay->differs.n--;
	return MT_ERR_RECORD;
}

typedef int kind_fn(struct an_replay *, struct an_stream *, const struct mt_record *);

static kind_fn *const on_kind[] = {
	[MT_KIND_FILL] = on_fill,
	[MT_KIND_THREAD] = on_thread,
	[MT_KIND_THREAD_NAME] = on_thread_name,
	[MT_KIND_PROCESS] = an_image_begin,
	[MT_KIND_MODULE] = on_module,
	[MT_KIND_MODULE_GONE] = on_module_gone,
	[MT_KIND_STACK] = on_stack,
	[MT_KIND_REALLOC_END] = on_realloc_end,
	[MT_KIND_FREE_STACK] = on_free_stack,
	[MT_KIND_EXEC] = an_image_exec,
	[MT_KIND_EXEC_FAILED] = an_image_exec_failed,
	[MT_KIND_END] = an_image_end,
	[MT_KIND_DROPPED] = on_dropped,
	[MT_KIND_NOTE] = on_note,
	[MT_KIND_STACK_DIFFERS] = on_differs,
	[MT_KIND_FORK] = an_image_fork,
	[MT_KIND_SNAPSHOT] = an_snapshot_begin,
	[MT_KIND_SNAPSHOT_CUT] = an_snapshot_cut,
	[MT_KIND_SNAPSHOT_THREAD] = an_snapshot_thread,
	[MT_KIND_SNAPSHOT_RANGE] = an_snapshot_range,
	[MT_KIND_SNAPSHOT_WORDS] = an_snapshot_words,
	[MT_KIND_MODULE_GLOBALS] = an_module_globals,
	[MT_KIND_SNAPSHOT_PLAIN] = an_snapshot_plain,
	[MT_KIND_SNAPSHOT_END] = an_snapshot_end,
	[MT_KIND_MARK] = an_mark,
	[MT_KIND_ANNOTATION] = an_annotation,
	[MT_KIND_STANDING] = an_standing_self,
};

int an_kind_apply(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record)
{
	if (record->kind >= sizeof(on_kind) / sizeof(on_kind[0]) || !on_kind[record->kind])
		return MT_OK;
	return on_kind[record->kind](replay, stream, record);
}
