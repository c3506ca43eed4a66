/* SPDX-License-Identifier: Apache-2.0 */
/* dump_meta.c -- what the runner wrote, and the names it put into the trace. */
#include "analyzer/base/vec.h"
#include "analyzer/cli/dump.h"
#include "analyzer/cli/record_names.h"
#include "formats/wire/symbols.h"

#include <inttypes.h>

static bool put_run(FILE *to, struct mt_in *in)
{
	struct mt_run run;

	if (mt_get_run(in, &run) < 0)
		return false;
	fprintf(to, " clock=%s started_realtime_ns=%" PRIu64 " started_ticks=%" PRIu64
		" started_monotonic_ns=%" PRIu64 " pid=%" PRIu64,
		run.clock == MT_CLOCK_TSC ? "tsc"
		: run.clock == MT_CLOCK_MONOTONIC ? "monotonic" : "?",
		run.started_realtime_ns, run.started_ticks, run.started_monotonic_ns, run.pid);
	dump_text(to, "tool_version", run.tool_version);
	dump_text(to, "host", run.host);
	dump_text(to, "cwd", run.cwd);
	dump_command(to, run.command);
	return true;
}

static bool put_ended(FILE *to, struct mt_in *in)
{
	struct mt_ended ended;

	if (mt_get_ended(in, &ended) < 0)
		return false;
	fprintf(to, " pid=%" PRIu64 " ticks=%" PRIu64 " how=%u status=%" PRIu32 "%s", ended.pid,
		ended.ticks, ended.how, ended.status, ended.is_core_dumped ? " core-dumped" : "");
	return true;
}

static bool put_note(FILE *to, struct mt_in *in)
{
	struct mt_meta_note note;

	if (mt_get_meta_note(in, &note) < 0)
		return false;
	fprintf(to, " process=%" PRIu32, note.process);
	dump_text(to, note.note.is_missing ? "missing" : "reason", note.note.reason);
	fprintf(to, " count=%" PRIu64, note.note.count);
	dump_text(to, "detail", note.note.detail);
	return true;
}

static bool put_numbers(FILE *to, uint32_t kind, struct mt_in *in)
{
	struct mt_clock_pair pair;
	struct mt_process_dropped dropped;
	struct mt_verified verified;
	const char *reason;

	switch (kind) {
	case MT_META_CLOCK:
		if (mt_get_clock_pair(in, &pair) < 0)
			return false;
		fprintf(to, " ticks=%" PRIu64 " monotonic_ns=%" PRIu64, pair.ticks,
			pair.monotonic_ns);
		return true;
	case MT_META_DROPPED:
		if (mt_get_process_dropped(in, &dropped) < 0)
			return false;
		reason = record_drop_name(dropped.dropped.reason);
		fprintf(to, " process=%" PRIu32 " reason=%s events=%" PRIu64, dropped.process,
			reason ? reason : "?", dropped.dropped.n_events);
		return true;
	case MT_META_VERIFIED:
		if (mt_get_verified(in, &verified) < 0)
			return false;
		fprintf(to, " equal=%" PRIu64 " different=%" PRIu64, verified.n_equal,
			verified.n_different);
		return true;
	case MT_META_STANDING:
		fprintf(to, " process=%" PRIu64, mt_get_uleb(in));
		return dump_standing(to, in);
	default:
		return false;
	}
}

void dump_meta(FILE *to, uint32_t kind, struct mt_in payload)
{
	const char *name = record_meta_name(kind);
	struct mt_in in = payload;
	bool is_known;

	if (name)
		fprintf(to, "meta %s", name);
	else
		fprintf(to, "meta kind-%" PRIu32, kind);
	is_known = kind == MT_META_RUN ? put_run(to, &in)
		   : kind == MT_META_ENDED ? put_ended(to, &in)
		   : kind == MT_META_NOTE ? put_note(to, &in) : put_numbers(to, kind, &in);
	if (!is_known)
		dump_hex(to, "payload", payload.at, (size_t)(payload.end - payload.at));
	fputc('\n', to);
}

/* The strings of a SYMBOLS block, by number. */
struct strings {
	struct mt_text *at;
	size_t n, room;
};

static void put_string(FILE *to, const struct strings *strings, const char *name, uint32_t i)
{
	if (i && i < strings->n)
		dump_text(to, name, strings->at[i]);
}

static int put_modules(FILE *to, struct mt_symbols_in *symbols)
{
	struct mt_symbol_module module;
	int status;

	for (uint32_t i = 0; (status = mt_symbols_next_module(symbols, &module)) > 0; i++) {
		fprintf(to, "symbols module=%" PRIu32, i);
		dump_text(to, "path", module.path);
		dump_hex(to, "build_id", (const uint8_t *)module.build_id.bytes,
			 module.build_id.n_bytes);
		fputc('\n', to);
	}
	return status;
}

static int put_places(FILE *to, struct mt_symbols_in *symbols, const struct strings *strings)
{
	struct mt_symbol_place_index place;
	int status;

	while ((status = mt_symbols_next_place(symbols, &place)) > 0) {
		fprintf(to, "symbols place module=%" PRIu32 " address=0x%" PRIx64, place.module,
			place.address);
		for (uint32_t i = 0; i < place.n_frames && i < MT_SYMBOL_FRAMES_MAX; i++) {
			put_string(to, strings, "function", place.frames[i].function);
			put_string(to, strings, "file", place.frames[i].file);
			if (place.frames[i].line)
				fprintf(to, " line=%" PRIu32, place.frames[i].line);
		}
		fputc('\n', to);
	}
	return status;
}

static int put_types(FILE *to, struct mt_symbols_in *symbols, const struct strings *strings)
{
	struct mt_symbol_typing_index typing;
	struct mt_symbol_type_index type;
	int status;

	for (uint32_t i = 0; (status = mt_symbols_next_type(symbols, &type)) > 0; i++) {
		fprintf(to, "symbols type=%" PRIu32 " size=%" PRIu64, i, type.size);
		put_string(to, strings, "name", type.name);
		for (uint32_t k = 0; k < type.n_fields; k++) {
			fprintf(to, " offset=%" PRIu64, type.fields[k].offset);
			put_string(to, strings, "field", type.fields[k].name);
		}
		fputc('\n', to);
	}
	while (status == 0 && (status = mt_symbols_next_typing(symbols, &typing)) > 0) {
		fprintf(to, "symbols typing module=%" PRIu32 " address=0x%" PRIx64 " types=",
			typing.module, typing.address);
		for (uint32_t i = 0; i < typing.n_candidates; i++)
			fprintf(to, "%s%" PRIu32, i ? "," : "", typing.candidates[i].type);
		fputc('\n', to);
		status = 0;
	}
	return status;
}

void dump_symbols(FILE *to, uint64_t offset, struct mt_in payload)
{
	struct mt_symbols_in symbols = { 0 };
	struct strings strings = { 0 };
	struct mt_text text;
	size_t n_bytes = (size_t)(payload.end - payload.at);
	int status = mt_symbols_open(&symbols, payload.at, n_bytes);

	fprintf(to, "symbols offset=%" PRIu64 " bytes=%zu\n", offset, n_bytes);
	while (status >= 0 && (status = mt_symbols_next_string(&symbols, &text)) > 0) {
		strings.at = vec_more(strings.at, &strings.room, strings.n + 1, sizeof *strings.at);
		strings.at[strings.n++] = text;
	}
	if (status >= 0)
		status = put_modules(to, &symbols);
	if (status >= 0)
		status = put_places(to, &symbols, &strings);
	if (status >= 0)
		status = put_types(to, &symbols, &strings);
	if (status < 0)
		fprintf(to, "damage offset=%" PRIu64 " in symbols: %s\n", offset,
			mt_status_text(status));
	free(strings.at);
}
