/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_text.h -- everything a reader gives, one line per item and record, so
 * that two readings can be compared: of golden traces with what they read as
 * when they were made, of the document's example with the document.
 */
#ifndef TESTS_UNIT_TRACE_TEXT_H
#define TESTS_UNIT_TRACE_TEXT_H

#include "formats/io/reader.h"
#include "formats/wire/annotation.h"
#include "formats/wire/snapshot.h"
#include "formats/wire/standing.h"
#include "formats/wire/symbols.h"

#include <inttypes.h>
#include <stdio.h>

static inline void text_put(FILE *to, const char *name, struct mt_text text)
{
	fprintf(to, " %s=\"", name);
	for (size_t i = 0; i < text.n_bytes; i++) {
		unsigned char c = (unsigned char)text.bytes[i];

		fprintf(to, c < 32 || c > 126 || c == '"' || c == '\\' ? "\\x%02x" : "%c", c);
	}
	fputc('"', to);
}

#define TEXT_U(value) fprintf(to, " " #value "=%" PRIu64, (uint64_t)(r.value))
#define TEXT_X(value) fprintf(to, " " #value "=0x%" PRIx64, (uint64_t)(r.value))
#define TEXT_S(value) text_put(to, #value, r.value)

static inline int text_stack(FILE *to, struct mt_stream_state *state,
			     const struct mt_record *record)
{
	struct mt_stack r;
	int status = mt_get_stack(state, record, &r);

	if (status < 0)
		return status;
	TEXT_U(id), TEXT_U(api), TEXT_U(align_log2), TEXT_U(end), TEXT_U(generation);
	TEXT_U(n_omitted), TEXT_U(n_guessed_from);
	for (uint32_t i = 0; i < r.n_frames; i++)
		fprintf(to, " 0x%" PRIx64 "%s", r.frames[i],
			r.is_exact[i / 64] >> (i % 64) & 1 ? "!" : "");
	return MT_OK;
}

static inline int text_differs(FILE *to, const struct mt_record *record)
{
	static struct mt_stack_differs r;
	int status = mt_get_stack_differs(record, &r);

	if (status < 0)
		return status;
	TEXT_U(n_ours), TEXT_U(n_theirs);
	for (uint64_t i = 0; i < r.n_ours; i++)
		fprintf(to, " 0x%" PRIx64, r.ours[i]);
	for (uint64_t i = 0; i < r.n_theirs; i++)
		fprintf(to, " 0x%" PRIx64, r.theirs[i]);
	return MT_OK;
}

static inline int text_snapshot_cut(FILE *to, const struct mt_record *record)
{
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_cut r;
	int status;

	while ((status = mt_get_snapshot_cut(&in, &r)) == 1) {
		TEXT_U(stream), TEXT_U(fill), TEXT_U(n_bytes), TEXT_U(pending);
		TEXT_X(addr), TEXT_U(size);
	}
	return status;
}

static inline int text_snapshot_thread(FILE *to, const struct mt_record *record)
{
	struct mt_snapshot_thread r;
	int status = mt_get_snapshot_thread(record, &r);

	if (status < 0)
		return status;
	TEXT_U(tid), TEXT_U(hold), TEXT_U(error), TEXT_X(pc), TEXT_X(sp), TEXT_X(fp);
	TEXT_X(thread_pointer), TEXT_U(n_registers);
	for (uint32_t i = 0; i < r.n_registers; i++)
		fprintf(to, " 0x%" PRIx64, r.registers[i]);
	return MT_OK;
}

static inline int text_words_of(FILE *to, const struct mt_record *record, const char *what)
{
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_words r;
	uint64_t slot, value;
	int status = mt_get_snapshot_words(&in, &r);

	if (status < 0)
		return status;
	fprintf(to, " %s=%" PRIu32, what, r.range);
	while ((status = mt_get_snapshot_word(&in, &r, &slot, &value)) == 1)
		fprintf(to, " 0x%" PRIx64 "=0x%" PRIx64, slot, value);
	return status;
}

static inline int text_standing(FILE *to, struct mt_in *in)
{
	uint64_t frames[MT_STACK_FRAMES_MAX];
	struct mt_standing r;
	int status = mt_get_standing(in, &r, frames);

	if (status < 0)
		return status;
	TEXT_U(number), TEXT_U(tid), TEXT_U(signal);
	fprintf(to, " code=%" PRId32, r.code);
	TEXT_X(address);
	fprintf(to, " generation=%" PRIu32 " end=%u n_omitted=%" PRIu32 " n_frames=%" PRIu32,
		r.stack.generation, r.stack.end, r.stack.n_omitted, r.stack.n_frames);
	for (uint32_t i = 0; i < r.stack.n_frames; i++)
		fprintf(to, " 0x%" PRIx64 "%s", frames[i],
			r.stack.is_exact[i / 64] >> (i % 64) & 1 ? "!" : "");
	return MT_OK;
}

/* A case of the switch below: decodes struct mt_NAME from source into r. */
#define TEXT_CASE(kind, name, source, ...) \
	case kind: { \
		struct mt_##name r; \
		int status = mt_get_##name(source, &r); \
		if (status < 0) \
			return status; \
		fputs(" " #name, to); \
		__VA_ARGS__; \
		return MT_OK; \
	}

static inline int text_extended(FILE *to, struct mt_stream_state *state,
				const struct mt_record *record)
{
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };

	switch (record->kind) {
	TEXT_CASE(MT_KIND_FILL, fill, record, TEXT_U(monotonic_ns))
	TEXT_CASE(MT_KIND_THREAD, thread, record, TEXT_U(id), TEXT_U(tid), TEXT_U(is_nested),
		  TEXT_S(name))
	TEXT_CASE(MT_KIND_THREAD_NAME, thread_name, record, TEXT_U(tid), TEXT_S(name))
	TEXT_CASE(MT_KIND_PROCESS, process, record, TEXT_U(id), TEXT_U(parent), TEXT_U(origin),
		  TEXT_U(token), TEXT_U(pid), TEXT_U(ppid), TEXT_U(realtime_ns), TEXT_U(n_stacks),
		  TEXT_U(page_bytes), TEXT_S(exe), TEXT_S(cwd), TEXT_S(command),
		  TEXT_U(is_command_cut))
	TEXT_CASE(MT_KIND_MODULE, module, record, TEXT_U(id), TEXT_U(generation), TEXT_X(bias),
		  TEXT_X(start), TEXT_X(end), TEXT_S(path), TEXT_S(build_id))
	TEXT_CASE(MT_KIND_MODULE_GONE, module_gone, record, TEXT_U(id), TEXT_U(generation))
	TEXT_CASE(MT_KIND_REALLOC_END, realloc_end, record, TEXT_U(is_freed))
	TEXT_CASE(MT_KIND_EXEC, exec, record, TEXT_U(token), TEXT_U(flags), TEXT_S(path))
	TEXT_CASE(MT_KIND_EXEC_FAILED, exec_failed, record, TEXT_U(token), TEXT_U(error))
	TEXT_CASE(MT_KIND_FREE_STACK, free_stack, record, TEXT_U(stack))
	TEXT_CASE(MT_KIND_FORK, fork, record, TEXT_U(token), TEXT_U(pid))
	TEXT_CASE(MT_KIND_END, end, record, TEXT_U(how), TEXT_U(status))
	TEXT_CASE(MT_KIND_DROPPED, dropped, record, TEXT_U(reason), TEXT_U(n_events))
	TEXT_CASE(MT_KIND_NOTE, note, record, TEXT_U(is_missing), TEXT_U(count), TEXT_S(reason),
		  TEXT_S(detail))
	TEXT_CASE(MT_KIND_MARK, mark, record, TEXT_S(name))
	TEXT_CASE(MT_KIND_ANNOTATION, annotation, record, TEXT_U(what), TEXT_X(addr), TEXT_U(size),
		  TEXT_S(text))
	TEXT_CASE(MT_KIND_SNAPSHOT, snapshot, record, TEXT_U(number), TEXT_U(why), TEXT_U(flags),
		  TEXT_U(n_streams), TEXT_U(tid), TEXT_S(label))
	TEXT_CASE(MT_KIND_SNAPSHOT_RANGE, snapshot_range, record, TEXT_U(number), TEXT_U(kind),
		  TEXT_U(flags), TEXT_X(start), TEXT_X(end), TEXT_U(tid), TEXT_S(name))
	TEXT_CASE(MT_KIND_SNAPSHOT_END, snapshot_end, record, TEXT_U(pause_ns),
		  TEXT_U(scanned_bytes), TEXT_U(n_words), TEXT_U(is_complete), TEXT_S(reason))
	case MT_KIND_SNAPSHOT_CUT:
		fputs(" snapshot_cut", to);
		return text_snapshot_cut(to, record);
	case MT_KIND_SNAPSHOT_THREAD:
		fputs(" snapshot_thread", to);
		return text_snapshot_thread(to, record);
	case MT_KIND_SNAPSHOT_WORDS:
		fputs(" snapshot_words", to);
		return text_words_of(to, record, "range");
	case MT_KIND_MODULE_GLOBALS:
		fputs(" module_globals", to);
		return text_words_of(to, record, "module");
	case MT_KIND_SNAPSHOT_PLAIN:
		fputs(" snapshot_plain", to);
		return text_words_of(to, record, "range");
	case MT_KIND_STANDING:
		fputs(" standing", to);
		return text_standing(to, &in);
	case MT_KIND_STACK:
		fputs(" stack", to);
		return text_stack(to, state, record);
	case MT_KIND_STACK_DIFFERS:
		fputs(" stack_differs", to);
		return text_differs(to, record);
	default:
		fprintf(to, " kind=%" PRIu32 " n_bytes=%zu", record->kind, record->payload_bytes);
		return MT_OK;
	}
}

static inline int text_event(FILE *to, const struct mt_record *record)
{
	static const char *const names[8] = { "alloc", "alloc", "alloc", "free", "delete",
					      "realloc", "delete", "" };
	const struct mt_record r = *record;

	fprintf(to, " %s", names[r.op]);
	TEXT_X(addr);
	if (r.op <= MT_OP_ALLOC_SIZE)
		TEXT_U(size), TEXT_U(stack);
	if (r.op == MT_OP_DELETE || r.op == MT_OP_DELETE_SIZED)
		TEXT_U(flags), TEXT_U(size), TEXT_U(align_log2);
	return MT_OK;
}

static inline int text_record(FILE *to, struct mt_stream_state *state,
			      const struct mt_record *record)
{
	struct mt_record event = *record;

	fprintf(to, "  %" PRIu64, record->time);
	if (record->op != MT_OP_EXTENDED)
		return text_event(to, record);
	switch (record->kind) {
	case MT_KIND_ALLOC_ANY:
		event.op = MT_OP_ALLOC;
		return text_event(to, &event);
	case MT_KIND_FREE_ANY:
		event.op = MT_OP_DELETE;
		return text_event(to, &event);
	case MT_KIND_REALLOC_ANY:
		event.op = MT_OP_REALLOC;
		return text_event(to, &event);
	default:
		return text_extended(to, state, record);
	}
}

/* The number of records; a bad one ends its fill. */
static inline uint64_t text_span(FILE *to, struct mt_reader *reader, struct mt_item *item)
{
	struct mt_in in = { item->span.bytes, item->span.bytes + item->span.n_bytes, false };
	struct mt_record record;
	uint64_t n_records = 0;
	int status = 0;

	fprintf(to, "span process=%" PRIu32 " stream=%" PRIu32 " fill=%" PRIu64 " offset=%" PRIu32
		" n_bytes=%" PRIu32 " epoch=%" PRIu32 "%s\n", item->span.process,
		item->span.stream, item->span.fill, item->span.offset, item->span.n_bytes,
		item->epoch, item->is_gap ? " gap" : "");
	while (!item->is_gap && (status = mt_get_record(item->state, &in, &record)) == 1) {
		n_records++;
		status = text_record(to, item->state, &record);
		fputs(status < 0 ? " bad\n" : "\n", to);
		if (status < 0)
			break;
	}
	if (status < 0) {
		fputs("  bad\n", to);
		mt_reader_skip_fill(reader, item);
	}
	return n_records;
}

static inline int text_meta(FILE *to, struct mt_item *item)
{
	struct mt_in *in = &item->payload;

	switch (item->meta) {
	TEXT_CASE(MT_META_RUN, run, in, TEXT_U(clock), TEXT_U(started_realtime_ns),
		  TEXT_U(started_ticks), TEXT_U(started_monotonic_ns), TEXT_U(pid),
		  TEXT_S(tool_version), TEXT_S(host), TEXT_S(cwd), TEXT_S(command))
	TEXT_CASE(MT_META_CLOCK, clock_pair, in, TEXT_U(ticks), TEXT_U(monotonic_ns))
	TEXT_CASE(MT_META_ENDED, ended, in, TEXT_U(pid), TEXT_U(ticks), TEXT_U(how),
		  TEXT_U(status), TEXT_U(is_core_dumped))
	TEXT_CASE(MT_META_NOTE, meta_note, in, TEXT_U(process), TEXT_U(note.is_missing),
		  TEXT_U(note.count), TEXT_S(note.reason), TEXT_S(note.detail))
	TEXT_CASE(MT_META_DROPPED, process_dropped, in, TEXT_U(process), TEXT_U(dropped.reason),
		  TEXT_U(dropped.n_events))
	TEXT_CASE(MT_META_VERIFIED, verified, in, TEXT_U(n_equal), TEXT_U(n_different))
	case MT_META_STANDING:
		fprintf(to, " standing process=%" PRIu64, mt_get_uleb(in));
		return text_standing(to, in);
	default:
		fprintf(to, " meta=%" PRIu32 " n_bytes=%td", item->meta, in->end - in->at);
		return MT_OK;
	}
}

static inline int text_symbols(FILE *to, const struct mt_item *item)
{
	struct mt_symbols_in in;
	struct mt_symbol_module r;
	struct mt_symbol_place_index place;
	struct mt_text text;
	int status = mt_symbols_open(&in, item->payload.at,
				     (size_t)(item->payload.end - item->payload.at));

	while (status == MT_OK && (status = mt_symbols_next_string(&in, &text)) == 1)
		text_put(to, "string", text), status = MT_OK;
	while (status == MT_OK && (status = mt_symbols_next_module(&in, &r)) == 1)
		TEXT_S(path), TEXT_S(build_id), status = MT_OK;
	while (status == MT_OK && (status = mt_symbols_next_place(&in, &place)) == 1) {
		fprintf(to, "\n  %" PRIu32 "+0x%" PRIx64, place.module, place.address);
		for (uint32_t i = 0; i < place.n_frames; i++)
			fprintf(to, " %" PRIu32 "@%" PRIu32 ":%" PRIu32, place.frames[i].function,
				place.frames[i].file, place.frames[i].line);
		status = MT_OK;
	}
	return status;
}

static inline uint64_t text_item(FILE *to, struct mt_reader *reader, struct mt_item *item)
{
	switch (item->kind) {
	case MT_ITEM_SPAN:
		return text_span(to, reader, item);
	case MT_ITEM_META:
		fputs("meta", to);
		fputs(text_meta(to, item) < 0 ? " bad\n" : "\n", to);
		return 0;
	case MT_ITEM_SYMBOLS:
		fputs("symbols", to);
		fputs(text_symbols(to, item) < 0 ? " bad\n" : "\n", to);
		return 0;
	case MT_ITEM_END:
		fputs("end\n", to);
		return 0;
	case MT_ITEM_LIVE:
		fputs("live\n", to);
		return 0;
	case MT_ITEM_DAMAGE:
		fprintf(to, "damage at=%" PRIu64 " n_skipped=%" PRIu64 " %s\n", item->offset,
			item->n_skipped, mt_status_text(item->status));
		return 0;
	}
	return 0;
}

/* Reads to the end. Returns the number of records, writes all of it as text. */
static inline uint64_t text_trace(FILE *to, struct mt_reader *reader)
{
	const struct mt_file_header *header = mt_reader_header(reader);
	struct mt_item item;
	uint64_t n_records = 0;
	int status;

	fprintf(to, "trace version=%" PRIu32 " started=%" PRIu64 " id=0x%" PRIx64 "\n",
		header->version, header->started_realtime_ns, header->trace_id);
	while ((status = mt_reader_next(reader, &item)) == 1)
		n_records += text_item(to, reader, &item);
	fprintf(to, "%s cut=%d blocks=%" PRIu32 " whole_to=%" PRIu64 "\n", mt_status_text(status),
		mt_reader_is_cut(reader), mt_reader_next_number(reader),
		mt_reader_end_offset(reader));
	return n_records;
}

#endif
