/* SPDX-License-Identifier: Apache-2.0 */
/* dump_snapshot.c -- the records of a snapshot as words. */
#include "analyzer/cli/dump.h"
#include "formats/wire/snapshot.h"
#include "formats/wire/standing.h"
#include "formats/wire/status.h"

#include <inttypes.h>

#define NAME_IN(table, i) ((i) < sizeof(table) / sizeof(*(table)) && (table)[i] ? (table)[i] : "?")

static bool put_begin(FILE *to, const struct mt_record *record)
{
	static const char *const whys[] = { NULL, "exit", "demand", "interval", "peak", "call",
					    "post-mortem" };
	struct mt_snapshot snapshot;

	if (mt_get_snapshot(record, &snapshot) < 0)
		return false;
	fprintf(to, " number=%" PRIu32 " why=%s streams=%" PRIu32 " tid=%" PRIu64 "%s%s%s",
		snapshot.number, NAME_IN(whys, snapshot.why), snapshot.n_streams, snapshot.tid,
		snapshot.flags & MT_SNAPSHOT_OTHER_MALLOC ? " other-malloc" : "",
		snapshot.flags & MT_SNAPSHOT__EXIT ? " _exit" : "",
		snapshot.flags & MT_SNAPSHOT_FATAL ? " fatal" : "");
	if (snapshot.label.n_bytes)
		dump_text(to, "label", snapshot.label);
	return true;
}

static bool put_cut(FILE *to, const struct mt_record *record)
{
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_cut cut;
	int status;

	while ((status = mt_get_snapshot_cut(&in, &cut)) == 1) {
		fprintf(to, " s%" PRIu32 "=%" PRIu64 ":%" PRIu32, cut.stream, cut.fill,
			cut.n_bytes);
		if (cut.pending)
			fprintf(to, "+0x%" PRIx64 "(%" PRIu64 ")", cut.addr, cut.size);
	}
	return status == 0;
}

static bool put_thread(FILE *to, const struct mt_record *record)
{
	static const char *const holds[] = { "self", "held", "running" };
	struct mt_snapshot_thread thread;

	if (mt_get_snapshot_thread(record, &thread) < 0)
		return false;
	fprintf(to, " tid=%" PRIu64 " %s", thread.tid, NAME_IN(holds, thread.hold));
	if (thread.error)
		fprintf(to, " errno=%" PRIu32, thread.error);
	fprintf(to, " pc=0x%" PRIx64 " sp=0x%" PRIx64 " fp=0x%" PRIx64 " tp=0x%" PRIx64,
		thread.pc, thread.sp, thread.fp, thread.thread_pointer);
	for (uint32_t i = 0; i < thread.n_registers; i++)
		fprintf(to, "%s0x%" PRIx64, i ? "," : " registers=", thread.registers[i]);
	return true;
}

static bool put_range(FILE *to, const struct mt_record *record)
{
	static const char *const kinds[] = { NULL, "module", "stack", "tls", "heap", "anonymous",
					     "file", "shared", "dead-stack", "kernel" };
	struct mt_snapshot_range range;

	if (mt_get_snapshot_range(record, &range) < 0)
		return false;
	fprintf(to, " number=%" PRIu32 " %s at=0x%" PRIx64 "-0x%" PRIx64, range.number,
		NAME_IN(kinds, range.kind), range.start, range.end);
	if (range.tid)
		fprintf(to, " tid=%" PRIu64, range.tid);
	fprintf(to, "%s%s", range.flags & MT_RANGE_UNREADABLE ? " unreadable" : "",
		range.flags & MT_RANGE_WHOLE_STACK ? " whole-stack" : "");
	if (range.name.n_bytes)
		dump_text(to, "name", range.name);
	return true;
}

static bool put_words(FILE *to, const struct mt_record *record)
{
	const char *of = record->kind == MT_KIND_MODULE_GLOBALS ? "module" : "range";
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_words words;
	uint64_t slot, value;
	int status;

	if (mt_get_snapshot_words(&in, &words) < 0)
		return false;
	fprintf(to, " %s=%" PRIu32, of, words.range);
	while ((status = mt_get_snapshot_word(&in, &words, &slot, &value)) == 1)
		fprintf(to, " 0x%" PRIx64 "=0x%" PRIx64, slot, value);
	return status == 0;
}

static bool put_end(FILE *to, const struct mt_record *record)
{
	struct mt_snapshot_end end;

	if (mt_get_snapshot_end(record, &end) < 0)
		return false;
	fprintf(to, " pause_ns=%" PRIu64 " scanned=%" PRIu64 " words=%" PRIu64 "%s", end.pause_ns,
		end.scanned_bytes, end.n_words, end.is_complete ? "" : " incomplete");
	if (end.reason.n_bytes)
		dump_text(to, "reason", end.reason);
	return true;
}

bool dump_standing(FILE *to, struct mt_in *in)
{
	static uint64_t frames[MT_STACK_FRAMES_MAX];
	struct mt_standing standing;

	if (mt_get_standing(in, &standing, frames) < 0)
		return false;
	fprintf(to, " snapshot=%" PRIu32 " tid=%" PRIu64, standing.number, standing.tid);
	if (standing.signal)
		fprintf(to, " signal=%u code=%" PRId32 " address=0x%" PRIx64, standing.signal,
			standing.code, standing.address);
	fprintf(to, " generation=%" PRIu32 " end=%u omitted=%" PRIu32 " frames=",
		standing.stack.generation, standing.stack.end, standing.stack.n_omitted);
	for (uint32_t i = 0; i < standing.stack.n_frames; i++)
		fprintf(to, "%s%s0x%" PRIx64, i ? "," : "",
			standing.stack.is_exact[i / 64] >> i % 64 & 1 ? "!" : "", frames[i]);
	return true;
}

bool dump_snapshot(FILE *to, const struct mt_record *record)
{
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };

	switch (record->kind) {
	case MT_KIND_STANDING:
		return dump_standing(to, &in);
	case MT_KIND_SNAPSHOT:
		return put_begin(to, record);
	case MT_KIND_SNAPSHOT_CUT:
		return put_cut(to, record);
	case MT_KIND_SNAPSHOT_THREAD:
		return put_thread(to, record);
	case MT_KIND_SNAPSHOT_RANGE:
		return put_range(to, record);
	case MT_KIND_SNAPSHOT_WORDS:
	case MT_KIND_SNAPSHOT_PLAIN:
	case MT_KIND_MODULE_GLOBALS:
		return put_words(to, record);
	case MT_KIND_SNAPSHOT_END:
		return put_end(to, record);
	default:
		return false;
	}
}
