/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_json.c -- "report --json": the contract that scripts stand on. Every
 * key is always there; what nobody knows yet is null.
 */
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report_errors.h"
#include "analyzer/cli/report_holders.h"
#include "analyzer/cli/report_leaks.h"
#include "analyzer/cli/report_limits.h"
#include "analyzer/cli/report_standing.h"
#include "analyzer/findings/roots.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>

static void put_line(struct json *json, const struct an_named_line *line, const char *cwd)
{
	out_json_open_object(json, NULL);
	out_json_text(json, "function", line->function);
	out_json_text(json, "file", text_relative(line->file, cwd));
	if (line->line)
		out_json_uint(json, "line", line->line);
	else
		out_json_null(json, "line");
	out_json_text(json, "module", line->module);
	if (line->is_cut)
		out_json_null(json, "address");
	else
		out_json_address(json, "address", line->address);
	out_json_bool(json, "inlined", line->is_inlined);
	if (line->is_cut && line->n_cut)
		out_json_uint(json, "cut", line->n_cut);
	else if (line->is_cut)
		out_json_null(json, "cut");
	out_json_close_object(json);
}

void report_json_stack(struct json *json, const char *key, const struct an_line_list *list,
		       const char *cwd, uint64_t depth)
{
	out_json_open_array(json, key);
	for (size_t i = 0; i < list->n && i < depth; i++)
		put_line(json, &list->at[i], cwd);
	if (depth < list->n) {
		struct an_named_line cut = { .is_cut = true,
					     .n_cut = (uint32_t)(list->n - depth) };

		put_line(json, &cut, cwd);
	}
	out_json_close_array(json);
}

static void put_totals(struct json *json, const struct an_totals *totals, bool is_peak_known)
{
	out_json_open_object(json, "totals");
	out_json_uint(json, "allocations", totals->n_allocations);
	out_json_uint(json, "frees", totals->n_frees);
	out_json_uint(json, "allocated_bytes", totals->allocated_bytes);
	out_json_uint(json, "freed_bytes", totals->freed_bytes);
	if (is_peak_known) {
		out_json_uint(json, "peak_bytes", totals->peak_bytes);
		out_json_uint(json, "peak_allocations", totals->n_peak);
		out_json_uint(json, "peak_ns", totals->peak_ns);
	} else {
		out_json_null(json, "peak_bytes");
		out_json_null(json, "peak_allocations");
		out_json_null(json, "peak_ns");
	}
	out_json_uint(json, "live_bytes", totals->live_bytes);
	out_json_uint(json, "live_allocations", totals->n_live);
	out_json_uint(json, "temporary_allocations", totals->n_temporary);
	out_json_uint(json, "inherited_frees", totals->n_inherited_frees);
	out_json_close_object(json);
}

static void put_command(struct json *json, const char *const *argv, uint32_t n_argv)
{
	out_json_open_array(json, "command");
	for (uint32_t i = 0; i < n_argv; i++)
		out_json_text(json, NULL, argv[i]);
	out_json_close_array(json);
}

static void put_end(struct json *json, const struct an_process *process)
{
	bool has_status = process->end_how == MT_END_EXIT || process->end_how == MT_END__EXIT;

	out_json_open_object(json, "end");
	out_json_text(json, "how", an_end_name(process->end_how));
	if (has_status)
		out_json_uint(json, "status", process->end_status);
	else
		out_json_null(json, "status");
	if (process->end_how == MT_END_SIGNAL)
		out_json_uint(json, "signal", process->end_status);
	else
		out_json_null(json, "signal");
	out_json_close_object(json);
}

void report_json_process(struct json *json, const struct an_findings *findings,
			 uint32_t index)
{
	const struct an_session *session = findings->session;
	const struct an_process *process = &session->processes[index];
	const struct an_snapshot *snapshot = process->snapshot < session->n_snapshots
					     ? &session->snapshots[process->snapshot] : NULL;

	out_json_open_object(json, NULL);
	out_json_uint(json, "id", process->id);
	out_json_uint(json, "pid", process->pid);
	if (process->parent < session->n_processes)
		out_json_uint(json, "parent_id", session->processes[process->parent].id);
	else
		out_json_null(json, "parent_id");
	out_json_text(json, "exe", process->exe);
	put_command(json, process->argv, process->n_argv);
	out_json_uint(json, "start_ns", process->start_ns);
	out_json_uint(json, "end_ns", process->end_ns);
	put_end(json, process);
	report_json_standings(json, findings, index, AN_NONE);
	out_json_text(json, "snapshot", snapshot ? an_snapshot_why_name(snapshot->why) : NULL);
	put_totals(json, &process->totals, true);
	report_json_leaks(json, &findings->leaks.sums[index]);
	report_json_error_counts(json, process->n_errors);
	out_json_close_object(json);
}

void report_json_trace(struct json *json, const struct an_session *session)
{
	const char *const *argv;
	uint32_t n_argv = report_command(session, &argv);
	char started[TEXT_BYTES];

	out_json_open_object(json, "trace");
	out_json_text(json, "file", session->path);
	if (session->at_snapshot < session->n_snapshots)
		out_json_uint(json, "at_snapshot", session->at_snapshot + 1);
	else
		out_json_null(json, "at_snapshot");
	out_json_uint(json, "format_version", session->format_version);
	put_command(json, argv, n_argv);
	out_json_text(json, "cwd", report_cwd(session));
	out_json_text(json, "started", text_utc_time(started, session->started_realtime_ns));
	out_json_uint(json, "duration_ns", session->duration_ns);
	out_json_bool(json, "cut", session->is_cut);
	out_json_text(json, "cut_reason", session->is_cut ? session->cut_reason : NULL);
	out_json_close_object(json);
}

void report_json_notes(struct json *json, const char *key, const struct an_session *session,
		       const struct an_note *notes, uint32_t n_notes, bool is_missing)
{
	out_json_open_array(json, key);
	for (uint32_t i = 0; i < n_notes; i++) {
		const struct an_note *note = &notes[i];

		if (note->is_missing != is_missing)
			continue;
		out_json_open_object(json, NULL);
		out_json_text(json, "reason", note->reason);
		out_json_uint(json, "count", note->count);
		if (note->process < session->n_processes)
			out_json_uint(json, "process", session->processes[note->process].id);
		else
			out_json_null(json, "process");
		out_json_text(json, "detail", note->detail);
		if (is_missing)
			out_json_bool(json, "affects_verdict", note->affects_verdict);
		out_json_close_object(json);
	}
	out_json_close_array(json);
}

void report_json_responsible(struct json *json, const struct an_line_list *list, const char *cwd)
{
	const struct an_named_line *line = &list->at[an_lines_responsible(list)];

	out_json_open_object(json, "responsible");
	out_json_text(json, "function", line->function);
	out_json_text(json, "file", text_relative(line->file, cwd));
	if (line->line)
		out_json_uint(json, "line", line->line);
	else
		out_json_null(json, "line");
	out_json_close_object(json);
}

/* Of what nobody could ask about, nothing but its size is known. */
static void put_verdict(struct json *json, const struct an_finding *finding)
{
	bool is_known = finding->class != AN_CLASS_UNCLASSIFIED;

	out_json_text(json, "kind", is_known ? "leak" : "not-freed");
	out_json_text(json, "cause", an_cause_name(finding->cause));
	out_json_text(json, "reachability", is_known ? an_class_name(finding->class) : NULL);
	out_json_text(json, "confidence",
		      is_known ? an_confidence_name(finding->confidence) : NULL);
	out_json_uint(json, "bytes", finding->bytes);
	out_json_uint(json, "allocations", finding->n_allocations);
	if (is_known)
		out_json_uint(json, "retained_bytes", finding->retained_bytes);
	else
		out_json_null(json, "retained_bytes");
}

static const char *suppression_of(const struct an_finding *finding,
				  const struct report_options *options)
{
	const char *file;
	unsigned line;

	if (finding->suppressed_by == AN_BY_PROGRAM)
		return "memtrace_ignore";
	return options->suppressions && finding->suppressed_by != AN_NONE
		? an_suppression_name(options->suppressions, finding->suppressed_by, &file, &line)
		: NULL;
}

static void put_lost_between(struct json *json, const struct an_finding *finding)
{
	if (!finding->has_lost_between) {
		out_json_null(json, "lost_between_ns");
		return;
	}
	out_json_open_array(json, "lost_between_ns");
	out_json_uint(json, NULL, finding->held_ns);
	out_json_uint(json, NULL, finding->lost_ns);
	out_json_close_array(json);
}

/* What is known besides of how it was lost. */
static void put_evidence(struct json *json, const struct an_session *session,
			 const struct an_finding *finding)
{
	const struct an_unloaded *unloaded = finding->unloaded;

	out_json_open_array(json, "evidence");
	if (finding->cause == AN_CAUSE_MODULE_UNLOADED && unloaded) {
		out_json_open_object(json, NULL);
		out_json_text(json, "kind", "held-by-unloaded-module");
		out_json_text(json, "module", session->modules[unloaded->module].path);
		out_json_text(json, "variable", an_unloaded_variable(session, unloaded));
		out_json_uint(json, "unloaded_ns", unloaded->at_ns);
		out_json_close_object(json);
	}
	out_json_close_array(json);
}

static void put_finding(struct json *json, const struct an_findings *findings,
			const struct an_finding *finding, struct an_line_list *list,
			const struct report_options *options)
{
	const struct an_session *session = findings->session;

	an_stack_names_lines(findings->names, finding->stack, list);
	out_json_open_object(json, NULL);
	out_json_text(json, "id", finding->id);
	out_json_text(json, "fingerprint", finding->fingerprint);
	put_verdict(json, finding);
	if (finding->n_processes == 1)
		out_json_uint(json, "process", session->processes[finding->processes[0]].id);
	else
		out_json_null(json, "process");
	out_json_open_array(json, "process_ids");
	for (uint32_t i = 0; i < finding->n_processes; i++)
		out_json_uint(json, NULL, session->processes[finding->processes[i]].id);
	out_json_close_array(json);
	out_json_text(json, "type", an_type_name_of_stack(findings->types, finding->stack));
	report_json_responsible(json, list, report_cwd(session));
	report_json_stack(json, "stack", list, report_cwd(session), options->depth);
	report_json_cycle(json, findings, finding, options->depth);
	out_json_text(json, "suppressed_by", suppression_of(finding, options));
	put_lost_between(json, finding);
	put_evidence(json, session, finding);
	out_json_close_object(json);
}

static void put_site(struct json *json, const struct an_findings *findings,
		     const struct an_cost *cost, struct an_line_list *list, uint64_t depth)
{
	an_stack_names_lines(findings->names, cost->stack, list);
	out_json_open_object(json, NULL);
	report_json_stack(json, "stack", list, report_cwd(findings->session), depth);
	out_json_uint(json, "allocations", cost->n_allocations);
	out_json_uint(json, "allocated_bytes", cost->allocated_bytes);
	out_json_uint(json, "live_allocations", cost->n_live);
	out_json_uint(json, "live_bytes", cost->live_bytes);
	out_json_uint(json, "peak_bytes", cost->peak_bytes);
	out_json_uint(json, "temporary_allocations", cost->n_temporary);
	out_json_close_object(json);
}

/* Is the error's turn among the findings, all by bytes, then id? */
static bool is_error_next(const struct an_findings *findings, uint32_t finding,
			  const struct an_error_list *errors, uint32_t error)
{
	if (error == errors->n || finding == findings->n_findings)
		return error < errors->n;
	if (errors->at[error].bytes != findings->findings[finding].bytes)
		return errors->at[error].bytes > findings->findings[finding].bytes;
	return strcmp(errors->at[error].id, findings->findings[finding].id) < 0;
}

static void put_findings(struct json *json, const struct an_findings *findings,
			 const struct an_error_list *errors,
			 const struct report_options *options, struct an_line_list *list)
{
	uint64_t n_all = (uint64_t)findings->n_findings + errors->n;
	uint32_t finding = 0, error = 0;

	out_json_open_array(json, "findings");
	for (uint64_t i = 0; i < n_all && i < options->n_top; i++) {
		if (is_error_next(findings, finding, errors, error))
			report_json_error(json, findings, &errors->at[error++], list,
					  options->depth);
		else
			put_finding(json, findings, &findings->findings[finding++], list, options);
	}
	out_json_close_array(json);
}

static void put_lists(struct json *json, struct an_findings *findings,
		      const struct an_error_list *errors,
		      const struct report_options *options)
{
	struct an_line_list list = { 0 };

	put_findings(json, findings, errors, options, &list);
	an_findings_sort(findings, options->has_order ? options->order : AN_BY_LIVE);
	out_json_open_array(json, "sites");
	for (uint32_t i = 0; i < findings->n_costs && i < options->n_top; i++)
		put_site(json, findings, &findings->costs[i], &list, options->depth);
	out_json_close_array(json);
	free(list.at);
}

void report_json(struct an_findings *findings, const struct report_options *options, FILE *to)
{
	const struct an_session *session = findings->session;
	struct json json = { .to = to };
	struct an_error_list errors;

	out_json_open_object(&json, NULL);
	out_json_text(&json, "schema", "memtrace-report/1");
	out_json_text(&json, "tool_version", MT_TOOL_VERSION);
	report_json_trace(&json, session);
	out_json_text(&json, "verdict", an_verdict_name(findings->verdict));
	out_json_bool(&json, "complete", findings->is_complete);
	report_json_notes(&json, "missing", session, findings->notes, findings->n_notes, true);
	report_json_notes(&json, "notes", session, findings->notes, findings->n_notes, false);
	out_json_open_array(&json, "processes");
	for (uint32_t i = 0; i < session->n_processes; i++)
		if (findings->is_chosen[i])
			report_json_process(&json, findings, i);
	out_json_close_array(&json);
	put_totals(&json, &findings->totals, findings->is_peak_known);
	report_json_leaks(&json, &findings->sums);
	an_error_list_init(&errors, findings->names, findings->is_chosen);
	report_json_error_counts(&json, errors.sums);
	report_json_limits(&json, findings, errors.sums);
	put_lists(&json, findings, &errors, options);
	report_json_holders(&json, findings, options->suspects, options->depth);
	report_json_suppressions(&json, findings, options->suppressions);
	an_error_list_release(&errors);
	out_json_close_object(&json);
}
