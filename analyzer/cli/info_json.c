/* SPDX-License-Identifier: Apache-2.0 */
/* info_json.c -- "info --json", a contract like the report's. */
#include "analyzer/cli/info.h"
#include "analyzer/cli/record_names.h"
#include "analyzer/cli/report.h"
#include "analyzer/cli/report_standing.h"
#include "analyzer/heap/snapshot.h"
#include "version.h"

#include <stdlib.h>

uint64_t info_n_frees(const struct an_totals *totals)
{
	return totals->n_frees + totals->n_inherited_frees + totals->n_unknown_frees;
}

static void put_events(struct json *json, const struct an_session *session)
{
	out_json_open_object(json, "events");
	out_json_uint(json, "allocations", session->totals.n_allocations);
	out_json_uint(json, "frees", info_n_frees(&session->totals));
	out_json_uint(json, "refs", 0);
	out_json_uint(json, "inherited_frees", session->totals.n_inherited_frees);
	out_json_uint(json, "unknown_frees", session->totals.n_unknown_frees);
	out_json_close_object(json);
}

static void put_records(struct json *json, const struct an_counts *counts)
{
	out_json_open_object(json, "records");
	out_json_uint(json, "all", counts->n_records);
	for (uint32_t i = 0; i < MT_OP_EXTENDED; i++)
		out_json_uint(json, record_op_name(i), counts->by_op[i]);
	for (uint32_t i = 1; i < 64; i++)
		if (record_kind_name(i))
			out_json_uint(json, record_kind_name(i), counts->by_kind[i]);
	out_json_close_object(json);
}

static void put_module(struct json *json, const struct an_session *session,
		       const struct an_module *module)
{
	char build_id[2 * 64 + 1] = "";

	for (uint32_t i = 0; i < module->n_build_id && i < 64; i++)
		snprintf(build_id + 2 * i, 3, "%02x", module->build_id[i]);
	out_json_open_object(json, NULL);
	out_json_text(json, "path", module->path);
	out_json_text(json, "build_id", module->n_build_id ? build_id : NULL);
	out_json_uint(json, "loaded_ns", module->loaded_ns);
	if (module->unloaded_ns == UINT64_MAX)
		out_json_null(json, "unloaded_ns");
	else
		out_json_uint(json, "unloaded_ns", module->unloaded_ns);
	out_json_uint(json, "process", session->processes[module->process].id);
	out_json_close_object(json);
}

static void put_thread(struct json *json, const struct an_session *session,
		       const struct an_thread *thread)
{
	out_json_open_object(json, NULL);
	out_json_uint(json, "id", thread->id);
	out_json_text(json, "name", thread->name);
	out_json_uint(json, "started_ns", thread->started_ns);
	out_json_uint(json, "ended_ns", thread->ended_ns);
	out_json_uint(json, "process", session->processes[thread->process].id);
	out_json_uint(json, "tid", thread->tid);
	out_json_close_object(json);
}

static void put_snapshot(struct json *json, const struct an_findings *findings, uint32_t index)
{
	const struct an_session *session = findings->session;
	const struct an_snapshot *snapshot = &session->snapshots[index];

	out_json_open_object(json, NULL);
	out_json_uint(json, "number", (uint64_t)(snapshot - session->snapshots) + 1);
	out_json_uint(json, "at_ns", snapshot->at_ns);
	out_json_text(json, "why", an_snapshot_why_name(snapshot->why));
	out_json_uint(json, "pause_ns", snapshot->pause_ns);
	out_json_uint(json, "process", session->processes[snapshot->process].id);
	out_json_text(json, "label", *snapshot->label ? snapshot->label : NULL);
	out_json_bool(json, "complete", snapshot->is_complete);
	report_json_standings(json, findings, snapshot->process, index);
	out_json_close_object(json);
}

static void put_mark(struct json *json, const struct an_session *session,
		     const struct an_mark_name *mark)
{
	out_json_open_object(json, NULL);
	out_json_text(json, "name", mark->name);
	out_json_uint(json, "count", mark->n);
	out_json_uint(json, "first_ns", mark->first_ns);
	out_json_uint(json, "last_ns", mark->last_ns);
	out_json_uint(json, "process", session->processes[mark->process].id);
	out_json_close_object(json);
}

static void put_verified(struct json *json, const struct an_counts *counts)
{
	if (!counts->n_verified_equal && !counts->n_verified_different) {
		out_json_null(json, "verified");
		return;
	}
	out_json_open_object(json, "verified");
	out_json_uint(json, "equal", counts->n_verified_equal);
	out_json_uint(json, "different", counts->n_verified_different);
	out_json_close_object(json);
}

static void put_lists(struct json *json, const struct an_findings *findings)
{
	const struct an_session *session = findings->session;

	out_json_open_array(json, "modules");
	for (uint32_t i = 0; i < session->n_modules; i++)
		put_module(json, session, &session->modules[i]);
	out_json_close_array(json);
	out_json_open_array(json, "threads");
	for (uint32_t i = 0; i < session->n_threads; i++)
		put_thread(json, session, &session->threads[i]);
	out_json_close_array(json);
	out_json_open_array(json, "snapshots");
	for (uint32_t i = 0; i < session->n_snapshots; i++)
		put_snapshot(json, findings, i);
	out_json_close_array(json);
	out_json_open_array(json, "marks");
	for (uint32_t i = 0; i < session->n_mark_names; i++)
		put_mark(json, session, &session->mark_names[i]);
	out_json_close_array(json);
	out_json_bool(json, "complete", findings->is_complete);
	report_json_notes(json, "missing", session, findings->notes, findings->n_notes, true);
	report_json_notes(json, "notes", session, findings->notes, findings->n_notes, false);
}

void info_json(const struct an_findings *findings, FILE *to)
{
	const struct an_session *session = findings->session;
	struct json json = { .to = to };

	out_json_open_object(&json, NULL);
	out_json_text(&json, "schema", "memtrace-info/1");
	out_json_text(&json, "tool_version", MT_TOOL_VERSION);
	report_json_trace(&json, session);
	put_events(&json, session);
	out_json_open_object(&json, "bytes");
	out_json_uint(&json, "file", session->counts.file_bytes);
	out_json_uint(&json, "uncompressed", session->counts.event_bytes);
	out_json_close_object(&json);
	/* Stack 0 stands for those whose definition was lost. */
	out_json_uint(&json, "stacks", session->n_stacks ? session->n_stacks - 1 : 0);
	out_json_uint(&json, "stack_nodes", session->counts.n_stack_nodes);
	put_records(&json, &session->counts);
	put_verified(&json, &session->counts);
	out_json_open_array(&json, "processes");
	for (uint32_t i = 0; i < session->n_processes; i++)
		report_json_process(&json, findings, i);
	out_json_close_array(&json);
	put_lists(&json, findings);
	out_json_close_object(&json);
}
