/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_dump.c -- "memtrace dump": every record of a trace as one line, in the
 * order of the file, straight from the reader; and --self-check, which replays
 * the trace and holds the invariants.
 */
#include "analyzer/base/u64map.h"
#include "analyzer/cli/dump.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/trace_file.h"
#include "formats/wire/status.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static bool is_self_check;

/* Whose a stream is; its THREAD record stands in its first fill only. */
struct stream_thread {
	uint64_t stream;
	uint32_t thread;
};

struct dumping {
	FILE *to;
	struct u64map threads;       /* of struct stream_thread */
	uint64_t n_damaged;
};

static uint32_t thread_of(struct dumping *dumping, const struct mt_span *span,
			  const struct mt_record *record)
{
	uint64_t key = (uint64_t)span->process << 32 | span->stream;
	struct stream_thread *entry = u64map_get(&dumping->threads, key);
	struct mt_thread thread;

	if (record->kind == MT_KIND_THREAD && mt_get_thread(record, &thread) == MT_OK) {
		entry = u64map_put(&dumping->threads, key, NULL);
		entry->thread = thread.id;
	}
	return entry ? entry->thread : 0;
}

static void dump_damage(struct dumping *dumping, uint64_t offset, int status,
			uint64_t n_skipped)
{
	dumping->n_damaged += status != MT_ERR_CUT;
	fprintf(dumping->to, "damage offset=%" PRIu64 " skipped=%" PRIu64 ": %s\n", offset,
		n_skipped, mt_status_text(status));
}

static void dump_span(struct dumping *dumping, const struct mt_item *item)
{
	const struct mt_span *span = &item->span;
	struct mt_in in = { span->bytes, span->bytes + span->n_bytes, false };
	struct mt_record record;
	int status = 1;

	fprintf(dumping->to, "span offset=%" PRIu64 " epoch=%" PRIu32 " process=%" PRIu32
		" stream=%" PRIu32 " fill=%" PRIu64 " at=%" PRIu32 " bytes=%" PRIu32 "%s\n",
		item->offset, item->epoch, span->process, span->stream, span->fill, span->offset,
		span->n_bytes, item->is_gap ? " gap" : "");
	if (item->is_gap)
		dump_damage(dumping, item->offset, MT_ERR_RECORD, 0);
	while (span->n_bytes && (status = mt_get_record(item->state, &in, &record)) > 0) {
		fprintf(dumping->to, "p%" PRIu32 " s%" PRIu32 " t%" PRIu32 " %" PRIu64,
			span->process, span->stream, thread_of(dumping, span, &record),
			record.time);
		dump_record(dumping->to, item->state, &record);
	}
	if (status < 0)
		dump_damage(dumping, item->offset, status, (uint64_t)(in.end - in.at));
}

static void dump_item(struct dumping *dumping, const struct mt_item *item)
{
	switch (item->kind) {
	case MT_ITEM_SPAN:
		dump_span(dumping, item);
		break;
	case MT_ITEM_META:
		dump_meta(dumping->to, item->meta, item->payload);
		break;
	case MT_ITEM_SYMBOLS:
		dump_symbols(dumping->to, item->offset, item->payload);
		break;
	case MT_ITEM_DAMAGE:
		dump_damage(dumping, item->offset, item->status, item->n_skipped);
		break;
	case MT_ITEM_LIVE:
		fprintf(dumping->to, "live offset=%" PRIu64 "\n", item->offset);
		break;
	case MT_ITEM_END:
		fprintf(dumping->to, "end offset=%" PRIu64 "\n", item->offset);
		break;
	}
}

static int finish_dump(const struct cmd_call *call, const struct dumping *dumping, int status,
		       bool is_cut)
{
	char count[TEXT_BYTES];

	/* The lines first, also on a terminal, where both streams meet. */
	out_flush(call->out);
	if (status < 0) {
		out_message(call->file, "%s; what could be read before that was printed",
			    status == MT_ERR_SYSTEM ? strerror(errno) : mt_status_text(status));
		return EXIT_BAD_TRACE;
	}
	if (dumping->n_damaged) {
		out_message(call->file, "%s could not be read; the lines that begin with "
			    "\"damage\" say where",
			    text_plural(count, dumping->n_damaged, "piece", "pieces"));
		return EXIT_BAD_TRACE;
	}
	if (is_cut)
		out_message(call->file, "the trace is cut: its end is missing%s",
			    cmd_settings.is_strict ? " (refused because of --strict)"
						   : " (--strict refuses it)");
	return is_cut && cmd_settings.is_strict ? EXIT_BAD_TRACE : EXIT_DONE;
}

static int dump(struct cmd_call *call)
{
	struct dumping dumping = { .to = call->out->to };
	struct mt_reader *reader = NULL;
	const struct mt_file_header *header;
	struct mt_item item;
	int status, exit_code;

	errno = 0;
	status = mt_reader_open_file(&reader, call->file);
	if (status < 0)
		return trace_file_refuse(call->file, status, errno);
	u64map_init(&dumping.threads, sizeof(struct stream_thread));
	header = mt_reader_header(reader);
	fprintf(dumping.to, "trace version=%" PRIu32 " id=%016" PRIx64 " started_realtime_ns=%"
		PRIu64 "\n", header->version, header->trace_id, header->started_realtime_ns);
	while ((status = mt_reader_next(reader, &item)) > 0 && !ferror(dumping.to))
		dump_item(&dumping, &item);
	/* main says what is wrong with the output; nothing is known of the rest. */
	exit_code = EXIT_DONE;
	if (!ferror(dumping.to))
		exit_code = finish_dump(call, &dumping, status < 0 ? status : 0,
					mt_reader_is_cut(reader));
	u64map_release(&dumping.threads);
	mt_reader_close(reader);
	return exit_code;
}

static int self_check(struct cmd_call *call)
{
	const char *failure;
	char records[TEXT_BYTES], live[TEXT_BYTES];
	int status, exit_code = trace_file_open(call, true, &status);

	if (exit_code)
		return exit_code;
	failure = an_session_self_check_failure(call->session);
	if (failure) {
		out_message(call->file, "self-check failed: %s", failure);
		return EXIT_BAD_TRACE;
	}
	fprintf(call->out->to, "self-check: %s hold, allocated - freed = live = %s B\n",
		text_plural(records, call->session->counts.n_records, "record", "records"),
		text_count(live, call->session->totals.live_bytes));
	out_flush(call->out);
	return trace_file_judge(call, status, EXIT_DONE);
}

static int run_dump(struct cmd_call *call)
{
	return is_self_check ? self_check(call) : dump(call);
}

static const struct opt dump_options[] = {
	{ "self-check", 0, OPT_FLAG, NULL, "replay the trace instead, and check its invariants",
	  &is_self_check, NULL },
	{ "strict", 0, OPT_FLAG, NULL, "end with 4 if the trace is cut short",
	  &cmd_settings.is_strict, NULL },
	{ .kind = OPT_GROUP, .target = (void *)cmd_output_options },
	{ 0 },
};

const struct cmd cmd_dump = {
	.name = "dump",
	.summary = "print every record of a trace as one line",
	.synopsis = "[OPTIONS] [FILE]",
	.description = "FILE is trace.bin unless named, else the newest trace in the folder.\n",
	.options = dump_options,
	.needs = CMD_NEEDS_FILE,
	.has_pager = true,
	.usage_exit = EXIT_USAGE,
	.run = run_dump,
};
