/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks_memtrace.c -- what tracer/memtrace.h calls: the program says something, and
 * it becomes a record in the stream of the thread that says it.
 */
#include "formats/wire/annotation.h"
#include "tracer/inside/channel.h"
#include "tracer/inside/declared.h"
#include "tracer/inside/hooks.h"
#include "tracer/inside/snapshot.h"

TR_HOOK void memtrace_call_type(const void *object, const char *type);
TR_HOOK void memtrace_call_mark(const char *name);
TR_HOOK void memtrace_call_ignore(const void *allocation);
TR_HOOK void memtrace_call_root(const void *start, size_t size);
TR_HOOK void memtrace_call_snapshot(const char *label);

static struct mt_text text_of(const char *string)
{
	if (!string)
		return (struct mt_text){ "", 0 };
	return (struct mt_text){ string, strnlen(string, MT_ANNOTATION_TEXT_BYTES_MAX) };
}

static void put(struct tr_context *context, uint32_t kind, const struct mt_out *out)
{
	if (!tr_stream_put_scratch(context, kind, out))
		tr_count_drop(MT_DROP_FULL, 1);
}

/* The way into a context, if anything is recorded at this moment. */
static inline __attribute__((always_inline)) struct tr_context *enter(void)
{
	tr_ready();
	return tr_should_record() ? tr_enter() : NULL;
}

static void put_annotation(struct tr_context *context, uint8_t what, const void *at, size_t size,
			   const char *text)
{
	struct mt_out out = tr_scratch(context);
	struct mt_annotation annotation = { what, (uintptr_t)at, size, text_of(text) };

	mt_put_annotation(&out, &annotation);
	put(context, MT_KIND_ANNOTATION, &out);
}

void memtrace_call_type(const void *object, const char *type)
{
	struct tr_context *context = object ? enter() : NULL;

	if (!context)
		return;
	put_annotation(context, MT_ANNOTATION_TYPE, object, 0, type);
	tr_leave();
}

void memtrace_call_ignore(const void *allocation)
{
	struct tr_context *context = allocation ? enter() : NULL;

	if (!context)
		return;
	put_annotation(context, MT_ANNOTATION_IGNORE, allocation, 0, NULL);
	tr_leave();
}

/* Past this no snapshot is sure to look at what is declared. */
static void note_full(struct tr_context *context)
{
	struct mt_out out = tr_scratch(context);
	struct mt_note note = { .is_missing = 1, .count = 1,
				.reason = { "roots-not-scanned", 17 },
				.detail = { "memtrace_root", 13 } };

	mt_put_note(&out, &note);
	put(context, MT_KIND_NOTE, &out);
}

void memtrace_call_root(const void *start, size_t size)
{
	uintptr_t from = (uintptr_t)start, to = from + size;
	struct tr_context *context = start && to > from ? enter() : NULL;

	if (!context)
		return;
	put_annotation(context, MT_ANNOTATION_ROOT, start, size, NULL);
	if (!tr_declared_add(from, to))
		note_full(context);
	tr_leave();
}

void memtrace_call_mark(const char *name)
{
	struct tr_context *context = enter();
	struct mt_mark mark = { text_of(name) };
	struct mt_out out;

	if (!context)
		return;
	out = tr_scratch(context);
	mt_put_mark(&out, &mark);
	put(context, MT_KIND_MARK, &out);
	tr_leave();
}

static void note_unanswered(struct tr_context *context)
{
	struct mt_out out = tr_scratch(context);
	struct mt_note note = { .count = 1, .reason = { "snapshot-refused", 16 },
				.detail = { "memtrace_snapshot: no memtrace run answered", 43 } };

	mt_put_note(&out, &note);
	put(context, MT_KIND_NOTE, &out);
}

/* The context is given back before the wait: threads are stopped outside of hooks. */
void memtrace_call_snapshot(const char *label)
{
	struct tr_context *context = enter();

	if (!context)
		return;
	tr_leave();
	if (tr_snapshot_call(label))
		return;
	context = enter();
	if (!context)
		return;
	note_unanswered(context);
	tr_leave();
}
