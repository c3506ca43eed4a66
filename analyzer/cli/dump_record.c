/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_record.c -- the records of a stream as words. A payload that does not
 * decode, and a kind that is not known, are shown as bytes: dump is for looking
 * at traces that are wrong.
 */
#include "analyzer/cli/dump.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/record_names.h"
#include "formats/wire/annotation.h"

#include <inttypes.h>
#include <string.h>

enum { HEX_BYTES_MAX = 256 };

void dump_text(FILE *to, const char *name, struct mt_text text)
{
	fprintf(to, " %s=\"", name);
	text_put_bytes(to, text.bytes, text.n_bytes);
	fputc('"', to);
}

void dump_command(FILE *to, struct mt_text text)
{
	const char *at = text.bytes, *end = text.bytes + text.n_bytes;

	fputs(" command=", to);
	while (at < end) {
		size_t n = strnlen(at, (size_t)(end - at));

		fputs(at == text.bytes ? "\"" : " \"", to);
		text_put_bytes(to, at, n);
		fputc('"', to);
		at += n + 1;
	}
}

void dump_hex(FILE *to, const char *name, const uint8_t *bytes, size_t n_bytes)
{
	fprintf(to, " %s=", name);
	for (size_t i = 0; i < n_bytes && i < HEX_BYTES_MAX; i++)
		fprintf(to, "%02x", bytes[i]);
	if (n_bytes > HEX_BYTES_MAX)
		fprintf(to, "... (%zu bytes)", n_bytes);
}

static bool put_stack(FILE *to, struct mt_stream_state *state, const struct mt_record *record)
{
	static const char *const ends[] = { "root", "no-rule", "unreadable", "loader-busy",
					    "too-deep" };
	struct mt_stack stack;

	if (mt_get_stack(state, record, &stack) < 0)
		return false;
	fprintf(to, " id=%" PRIu32 " api=\"%s\" generation=%" PRIu32 " end=%s", stack.id,
		mt_api_name(stack.api), stack.generation,
		stack.end < sizeof ends / sizeof *ends ? ends[stack.end] : "?");
	if (stack.align_log2)
		fprintf(to, " align_log2=%u", stack.align_log2);
	if (stack.n_omitted)
		fprintf(to, " omitted=%" PRIu32, stack.n_omitted);
	fputs(" frames=", to);
	for (uint32_t i = 0; i < stack.n_frames; i++)
		fprintf(to, "%s0x%" PRIx64 "%s%s", i ? "," : "", stack.frames[i],
			stack.is_exact[i / 64] >> (i % 64) & 1 ? "!" : "",
			i >= stack.n_guessed_from ? "?" : "");
	return true;
}

static bool put_module(FILE *to, const struct mt_record *record)
{
	struct mt_module module;

	if (mt_get_module(record, &module) < 0)
		return false;
	fprintf(to, " id=%" PRIu32 " generation=%" PRIu32 " bias=0x%" PRIx64 " at=0x%" PRIx64
		"-0x%" PRIx64, module.id, module.generation, module.bias, module.start, module.end);
	dump_text(to, "path", module.path);
	dump_hex(to, "build_id", (const uint8_t *)module.build_id.bytes, module.build_id.n_bytes);
	return true;
}

static bool put_process(FILE *to, const struct mt_record *record)
{
	static const char *const origins[] = { "first", "fork", "exec" };
	struct mt_process process;

	if (mt_get_process(record, &process) < 0)
		return false;
	fprintf(to, " id=%" PRIu32 " parent=%" PRIu32 " origin=%s token=%" PRIu64 " pid=%" PRIu64
		" ppid=%" PRIu64 " stacks=%" PRIu64 " page=%" PRIu32, process.id, process.parent,
		process.origin < 3 ? origins[process.origin] : "?", process.token, process.pid,
		process.ppid, process.n_stacks, process.page_bytes);
	dump_text(to, "exe", process.exe);
	dump_text(to, "cwd", process.cwd);
	dump_command(to, process.command);
	if (process.is_command_cut)
		fputs(" (cut)", to);
	return true;
}

static bool put_differs(FILE *to, const struct mt_record *record)
{
	struct mt_stack_differs differs;

	if (mt_get_stack_differs(record, &differs) < 0)
		return false;
	fputs(" ours=", to);
	for (uint64_t i = 0; i < differs.n_ours && i < MT_STACK_FRAMES_MAX; i++)
		fprintf(to, "%s0x%" PRIx64, i ? "," : "", differs.ours[i]);
	fputs(" theirs=", to);
	for (uint64_t i = 0; i < differs.n_theirs && i < MT_STACK_FRAMES_MAX; i++)
		fprintf(to, "%s0x%" PRIx64, i ? "," : "", differs.theirs[i]);
	return true;
}

static bool put_thread(FILE *to, const struct mt_record *record)
{
	struct mt_thread thread;
	struct mt_thread_name name;

	if (record->kind == MT_KIND_THREAD) {
		if (mt_get_thread(record, &thread) < 0)
			return false;
		fprintf(to, " id=%" PRIu32 " tid=%" PRIu64 "%s", thread.id, thread.tid,
			thread.is_nested ? " nested" : "");
		dump_text(to, "name", thread.name);
		return true;
	}
	if (mt_get_thread_name(record, &name) < 0)
		return false;
	fprintf(to, " tid=%" PRIu64, name.tid);
	dump_text(to, "name", name.name);
	return true;
}

static bool put_start(FILE *to, const struct mt_record *record)
{
	struct mt_exec exec;
	struct mt_exec_failed failed;
	struct mt_fork fork_record;

	switch (record->kind) {
	case MT_KIND_EXEC:
		if (mt_get_exec(record, &exec) < 0)
			return false;
		fprintf(to, " token=%" PRIu64 "%s%s%s", exec.token,
			exec.flags & MT_EXEC_SPAWN ? " spawn" : "",
			exec.flags & MT_EXEC_SEARCH ? " search" : "",
			exec.flags & MT_EXEC_DETACHED ? " detached" : "");
		dump_text(to, "path", exec.path);
		return true;
	case MT_KIND_EXEC_FAILED:
		if (mt_get_exec_failed(record, &failed) < 0)
			return false;
		fprintf(to, " token=%" PRIu64 " errno=%" PRIu32, failed.token, failed.error);
		return true;
	default:
		if (mt_get_fork(record, &fork_record) < 0)
			return false;
		fprintf(to, " token=%" PRIu64 " pid=%" PRIu64, fork_record.token, fork_record.pid);
		return true;
	}
}

static bool put_loss(FILE *to, const struct mt_record *record)
{
	struct mt_dropped dropped;
	struct mt_note note;
	const char *reason;

	if (record->kind == MT_KIND_DROPPED) {
		if (mt_get_dropped(record, &dropped) < 0)
			return false;
		reason = record_drop_name(dropped.reason);
		fprintf(to, " reason=%s events=%" PRIu64, reason ? reason : "?", dropped.n_events);
		return true;
	}
	if (mt_get_note(record, &note) < 0)
		return false;
	dump_text(to, note.is_missing ? "missing" : "reason", note.reason);
	fprintf(to, " count=%" PRIu64, note.count);
	dump_text(to, "detail", note.detail);
	return true;
}

static bool put_small(FILE *to, const struct mt_record *record)
{
	struct mt_fill fill;
	struct mt_module_gone gone;
	struct mt_realloc_end realloc_end;
	struct mt_free_stack free_stack;
	struct mt_end end;

	switch (record->kind) {
	case MT_KIND_FILL:
		if (mt_get_fill(record, &fill) < 0)
			return false;
		fprintf(to, " monotonic_ns=%" PRIu64, fill.monotonic_ns);
		return true;
	case MT_KIND_MODULE_GONE:
		if (mt_get_module_gone(record, &gone) < 0)
			return false;
		fprintf(to, " id=%" PRIu32 " generation=%" PRIu32, gone.id, gone.generation);
		return true;
	case MT_KIND_REALLOC_END:
		if (mt_get_realloc_end(record, &realloc_end) < 0)
			return false;
		fputs(realloc_end.is_freed ? " freed" : " failed", to);
		return true;
	case MT_KIND_FREE_STACK:
		if (mt_get_free_stack(record, &free_stack) < 0)
			return false;
		fprintf(to, " stack=%" PRIu32, free_stack.stack);
		return true;
	default:
		if (mt_get_end(record, &end) < 0)
			return false;
		fprintf(to, " how=%u status=%" PRIu32, end.how, end.status);
		return true;
	}
}

static bool put_annotation(FILE *to, const struct mt_record *record)
{
	static const char *const whats[MT_N_ANNOTATIONS] = { "?", "type", "ignore", "root" };
	struct mt_annotation annotation;
	struct mt_mark mark;

	if (record->kind == MT_KIND_MARK) {
		if (mt_get_mark(record, &mark) < 0)
			return false;
		dump_text(to, "name", mark.name);
		return true;
	}
	if (mt_get_annotation(record, &annotation) < 0)
		return false;
	fprintf(to, " %s at=0x%" PRIx64,
		whats[annotation.what < MT_N_ANNOTATIONS ? annotation.what : 0], annotation.addr);
	if (annotation.what == MT_ANNOTATION_ROOT)
		fprintf(to, " size=%" PRIu64, annotation.size);
	if (annotation.what == MT_ANNOTATION_TYPE)
		dump_text(to, "type", annotation.text);
	return true;
}

/* false: not understood. */
static bool put_extended(FILE *to, struct mt_stream_state *state, const struct mt_record *record)
{
	switch (record->kind) {
	case MT_KIND_STACK:
		return put_stack(to, state, record);
	case MT_KIND_MODULE:
		return put_module(to, record);
	case MT_KIND_PROCESS:
		return put_process(to, record);
	case MT_KIND_STACK_DIFFERS:
		return put_differs(to, record);
	case MT_KIND_THREAD:
	case MT_KIND_THREAD_NAME:
		return put_thread(to, record);
	case MT_KIND_EXEC:
	case MT_KIND_EXEC_FAILED:
	case MT_KIND_FORK:
		return put_start(to, record);
	case MT_KIND_DROPPED:
	case MT_KIND_NOTE:
		return put_loss(to, record);
	case MT_KIND_MARK:
	case MT_KIND_ANNOTATION:
		return put_annotation(to, record);
	case MT_KIND_FILL:
	case MT_KIND_MODULE_GONE:
	case MT_KIND_REALLOC_END:
	case MT_KIND_FREE_STACK:
	case MT_KIND_END:
		return put_small(to, record);
	default:
		return dump_snapshot(to, record);
	}
}

static void put_event(FILE *to, const struct mt_record *record)
{
	bool is_allocation = record->op <= MT_OP_ALLOC_SIZE || record->kind == MT_KIND_ALLOC_ANY;

	fprintf(to, " 0x%" PRIx64, record->addr);
	if (is_allocation)
		fprintf(to, " size=%" PRIu64 " stack=%" PRIu32, record->size, record->stack);
	else if (record->flags & MT_DELETE_SIZED || record->op == MT_OP_DELETE_SIZED)
		fprintf(to, " size=%" PRIu64, record->size);
	if (record->flags)
		fprintf(to, " flags=%s%s%s%s%s", record->flags & MT_DELETE_ARRAY ? "a" : "",
			record->flags & MT_DELETE_SIZED ? "s" : "",
			record->flags & MT_DELETE_ALIGNED ? "l" : "",
			record->flags & MT_DELETE_NOTHROW ? "n" : "",
			record->flags & MT_DELETE_PLAIN_FREE ? "f" : "");
	if (record->flags & MT_DELETE_ALIGNED)
		fprintf(to, " align_log2=%u", record->align_log2);
}

void dump_record(FILE *to, struct mt_stream_state *state, const struct mt_record *record)
{
	bool is_any = record->kind == MT_KIND_ALLOC_ANY || record->kind == MT_KIND_FREE_ANY ||
		      record->kind == MT_KIND_REALLOC_ANY;
	const char *name = record->op == MT_OP_EXTENDED ? record_kind_name(record->kind)
							: record_op_name(record->op);

	if (name)
		fprintf(to, " %s", name);
	else
		fprintf(to, " kind-%" PRIu32, record->kind);
	if (record->op != MT_OP_EXTENDED || is_any)
		put_event(to, record);
	else if (!put_extended(to, state, record))
		dump_hex(to, "payload", record->payload, record->payload_bytes);
	fputc('\n', to);
}
