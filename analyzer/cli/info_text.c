/* SPDX-License-Identifier: Apache-2.0 */
/* info_text.c -- "info" for a person: what ran and how it ended, what the trace
 * holds, and what it does not. */
#include "analyzer/cli/info.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/record_names.h"
#include "analyzer/cli/report.h"
#include "analyzer/cli/report_tree.h"

#include <string.h>

enum { LABEL_COLUMNS = 12 };

static void put_label(struct out *out, const char *label)
{
	out_style(out, OUT_HEAD);
	fprintf(out->to, "%-*s", LABEL_COLUMNS, label);
	out_style(out, OUT_PLAIN);
}

static void put_origin(const struct an_session *session, struct out *out)
{
	char text[TEXT_BYTES], time[TEXT_BYTES];

	put_label(out, "command");
	report_text_command(out, session);
	fputc('\n', out->to);
	put_label(out, "in");
	text_put(out->to, report_cwd(session));
	fputc('\n', out->to);
	put_label(out, "on");
	text_put(out->to, session->host);
	fputc('\n', out->to);
	put_label(out, "started");
	fprintf(out->to, "%s, %s long", text_local_time(text, session->started_realtime_ns),
		text_duration(time, session->duration_ns));
	if (session->n_processes)
		fprintf(out->to, ", %s", report_end_text(text, &session->processes[0]));
	fputc('\n', out->to);
	put_label(out, "trace");
	fprintf(out->to, "%s, format %u, written by memtrace ",
		text_bytes(text, session->counts.file_bytes, out->is_exact),
		session->format_version);
	text_put(out->to, session->tool_version);
	if (session->has_live)
		fputs(", with the .live file beside it", out->to);
	if (session->is_cut) {
		fputs(", cut: ", out->to);
		text_put(out->to, session->cut_reason);
	}
	fputc('\n', out->to);
}

static void put_events(const struct an_session *session, struct out *out)
{
	const struct an_counts *counts = &session->counts;
	uint64_t n_frees = info_n_frees(&session->totals);
	uint64_t n_events = session->totals.n_allocations + n_frees;
	uint64_t dropped = 0;
	char n[TEXT_BYTES], frees[TEXT_BYTES], bytes[TEXT_BYTES];

	for (uint32_t i = 0; i < session->n_notes; i++)
		if (!strcmp(session->notes[i].reason, "events-dropped"))
			dropped += session->notes[i].count;
	put_label(out, "events");
	fprintf(out->to, "%s, %s", text_plural(n, session->totals.n_allocations, "allocation",
					       "allocations"),
		text_plural(frees, n_frees, "free", "frees"));
	fprintf(out->to, ", %s dropped\n", dropped ? text_count(n, dropped) : "none");
	put_label(out, "bytes");
	fprintf(out->to, "%s of records", text_bytes(bytes, counts->event_bytes, out->is_exact));
	if (n_events) {
		uint64_t hundredths = counts->event_bytes * 100 / n_events;

		fprintf(out->to, ", %llu.%02u per event", (unsigned long long)(hundredths / 100),
			(unsigned)(hundredths % 100));
	}
	fputc('\n', out->to);
	put_label(out, "stacks");
	fprintf(out->to, "%s, %s\n",
		text_plural(n, session->n_stacks ? session->n_stacks - 1 : 0, "stack", "stacks"),
		text_plural(frees, counts->n_stack_nodes, "node in their tree",
			    "nodes in their tree"));
	if (counts->n_verified_equal || counts->n_verified_different) {
		put_label(out, "verified");
		fprintf(out->to, "%s equal to the oracle's, %s different\n",
			text_count(n, counts->n_verified_equal),
			text_count(frees, counts->n_verified_different));
	}
}

static void put_record_count(struct out *out, const char *name, uint64_t count)
{
	char text[TEXT_BYTES];

	if (count)
		fprintf(out->to, "  %-16s %14s\n", name, text_count(text, count));
}

static void put_records(const struct an_counts *counts, struct out *out)
{
	fputc('\n', out->to);
	put_label(out, "RECORDS");
	fputc('\n', out->to);
	for (uint32_t i = 0; i < MT_OP_EXTENDED; i++)
		put_record_count(out, record_op_name(i), counts->by_op[i]);
	for (uint32_t i = 1; i < 64; i++)
		put_record_count(out, record_kind_name(i) ? record_kind_name(i) : "unknown kind",
				 counts->by_kind[i]);
	put_record_count(out, "unknown kind", counts->by_kind[0]);
}

static void put_threads(const struct an_session *session, struct out *out)
{
	fputc('\n', out->to);
	put_label(out, "THREADS");
	fputs("\n  process  thread       tid    from        to          name\n", out->to);
	for (uint32_t i = 0; i < session->n_threads; i++) {
		const struct an_thread *thread = &session->threads[i];
		char from[TEXT_BYTES], to[TEXT_BYTES];

		fprintf(out->to, "  %7u %7u  %8llu    %-10s  %-10s  ",
			session->processes[thread->process].id, thread->id,
			(unsigned long long)thread->tid, text_duration(from, thread->started_ns),
			text_duration(to, thread->ended_ns));
		text_put(out->to, thread->name);
		fputc('\n', out->to);
	}
}

static void put_modules(const struct an_session *session, struct out *out)
{
	fputc('\n', out->to);
	put_label(out, "MODULES");
	fputs("\n  process  build-id              path\n", out->to);
	for (uint32_t i = 0; i < session->n_modules; i++) {
		const struct an_module *module = &session->modules[i];
		char build_id[48] = "-", time[TEXT_BYTES];

		for (uint32_t j = 0; j < module->n_build_id && j < 20; j++)
			snprintf(build_id + 2 * j, 3, "%02x", module->build_id[j]);
		if (!out->is_exact && strlen(build_id) > 20)
			build_id[20] = 0;
		fprintf(out->to, "  %7u  %-20s  ", session->processes[module->process].id,
			build_id);
		text_put(out->to, module->path);
		if (module->unloaded_ns != UINT64_MAX)
			fprintf(out->to, "  (unloaded at %s)",
				text_duration(time, module->unloaded_ns));
		fputc('\n', out->to);
	}
}

static void put_marks(const struct an_session *session, struct out *out)
{
	if (!session->n_mark_names)
		return;
	fputc('\n', out->to);
	put_label(out, "MARKS");
	fputs("\n  process         count    first       last        name\n", out->to);
	for (uint32_t i = 0; i < session->n_mark_names; i++) {
		const struct an_mark_name *mark = &session->mark_names[i];
		char count[TEXT_BYTES], first[TEXT_BYTES], last[TEXT_BYTES];

		fprintf(out->to, "  %7u %13s    %-10s  %-10s  ",
			session->processes[mark->process].id, text_count(count, mark->n),
			text_duration(first, mark->first_ns), text_duration(last, mark->last_ns));
		text_put(out->to, mark->name);
		fputc('\n', out->to);
	}
}

/* Their numbers are what FILE@N names. */
static void put_snapshots(const struct an_session *session, struct out *out)
{
	if (!session->n_snapshots)
		return;
	fputc('\n', out->to);
	put_label(out, "SNAPSHOTS");
	fputs("\n   number  process  at          pause       why\n", out->to);
	for (uint32_t i = 0; i < session->n_snapshots; i++) {
		const struct an_snapshot *snapshot = &session->snapshots[i];
		const char *why = an_snapshot_why_name(snapshot->why);
		char at[TEXT_BYTES], pause[TEXT_BYTES];

		fprintf(out->to, "  %7u  %7u  %-10s  %-10s  %s", i + 1,
			session->processes[snapshot->process].id,
			text_duration(at, snapshot->at_ns),
			snapshot->is_cut ? "?" : text_duration(pause, snapshot->pause_ns),
			why ? why : "?");
		if (*snapshot->label) {
			fputs(" \"", out->to);
			text_put(out->to, snapshot->label);
			fputc('"', out->to);
		}
		if (snapshot->is_cut)
			fputs(", cut short", out->to);
		else if (!snapshot->is_complete)
			fputs(", not complete: ", out->to);
		if (!snapshot->is_cut && !snapshot->is_complete)
			text_put(out->to, snapshot->reason);
		fputc('\n', out->to);
	}
}

void info_text(const struct an_findings *findings, struct out *out)
{
	const struct an_session *session = findings->session;

	put_origin(session, out);
	put_events(session, out);
	fputc('\n', out->to);
	put_label(out, "PROCESSES");
	fputc('\n', out->to);
	report_text_tree(out, findings, UINT64_MAX);
	put_threads(session, out);
	put_modules(session, out);
	put_snapshots(session, out);
	put_marks(session, out);
	put_records(&session->counts, out);
	fputc('\n', out->to);
	report_text_notes(out, session, findings->notes, findings->n_notes);
}
