/* SPDX-License-Identifier: Apache-2.0 */
/* check_json.c -- "check --json": the verdict with everything that led to it. */
#include "analyzer/cli/check.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report.h"
#include "version.h"

static void put_traces(struct json *json, const struct an_gate *gate)
{
	out_json_open_array(json, "traces");
	for (uint32_t i = 0; i < gate->n_traces; i++) {
		const struct an_gate_trace *trace = &gate->traces[i];

		out_json_open_object(json, NULL);
		out_json_text(json, "file", trace->path);
		out_json_text(json, "command", trace->command);
		out_json_uint(json, "processes", trace->n_processes);
		out_json_bool(json, "complete", trace->is_complete);
		if (trace->is_ended)
			out_json_uint(json, "program", trace->program);
		else
			out_json_null(json, "program");
		out_json_uint(json, "duration_ns", trace->duration_ns);
		out_json_close_object(json);
	}
	out_json_close_array(json);
}

void check_json_limit(struct json *json, const struct an_gate_limit *from)
{
	const struct an_limit *limit = from->limit;

	out_json_open_object(json, NULL);
	out_json_text(json, "limit", limit->key);
	out_json_text(json, "measure", an_measure_name(limit->measure));
	out_json_text(json, "program", limit->program);
	out_json_uint(json, "allowed", limit->most);
	out_json_uint(json, "actual", from->actual);
	if (limit->measure == AN_MEASURE_BYTES && an_limit_is_of_rows(limit))
		out_json_uint(json, "allocations", from->actual_n);
	else
		out_json_null(json, "allocations");
	out_json_bool(json, "exceeded", from->is_over);
	out_json_bool(json, "matched", from->is_matched);
	out_json_bool(json, "every_run", limit->is_every_run);
	out_json_bool(json, "default", limit->is_default);
	out_json_close_object(json);
}

static void put_missing(struct json *json, const struct an_gate *gate)
{
	out_json_open_array(json, "missing");
	for (uint32_t i = 0; i < gate->n_missing; i++) {
		const struct an_gate_missing *missing = &gate->missing[i];

		out_json_open_object(json, NULL);
		out_json_text(json, "reason", missing->reason);
		out_json_uint(json, "count", missing->count);
		out_json_uint(json, "trace", missing->trace);
		out_json_text(json, "program", *missing->program ? missing->program : NULL);
		out_json_text(json, "detail", missing->detail);
		out_json_bool(json, "affects_verdict", missing->affects_verdict);
		out_json_bool(json, "allowed", missing->is_allowed);
		out_json_close_object(json);
	}
	out_json_close_array(json);
}

static void put_entry(struct json *json, const char *key, const struct an_baseline_entry *entry)
{
	if (!entry) {
		out_json_null(json, key);
		return;
	}
	out_json_open_object(json, key);
	out_json_text(json, "name", entry->name);
	out_json_uint(json, "bytes", entry->bytes);
	out_json_uint(json, "allocations", entry->n);
	out_json_text(json, "kind", *entry->kind ? entry->kind : NULL);
	out_json_text(json, "function", *entry->function ? entry->function : NULL);
	out_json_text(json, "owner", *entry->owner ? entry->owner : NULL);
	out_json_text(json, "reason", *entry->reason ? entry->reason : NULL);
	out_json_text(json, "expires", *entry->expires ? entry->expires : NULL);
	out_json_bool(json, "expired", entry->is_expired);
	out_json_close_object(json);
}

static void put_parts(struct json *json, const struct an_gate_row *row)
{
	out_json_open_array(json, "traces");
	for (uint32_t i = 0; i < row->n_parts; i++) {
		const struct an_gate_part *part = &row->parts[i];

		out_json_open_object(json, NULL);
		out_json_uint(json, "trace", part->trace);
		out_json_uint(json, "bytes", part->bytes);
		out_json_uint(json, "allocations", part->n);
		out_json_uint(json, "processes", part->n_processes);
		out_json_close_object(json);
	}
	out_json_close_array(json);
}

static void put_stack(struct json *json, const struct an_gate_row *row, const char *cwd)
{
	struct an_line_list list = { .at = (struct an_named_line *)row->lines,
				     .n = row->n_lines };

	if (row->n_lines)
		report_json_responsible(json, &list, cwd);
	else
		out_json_null(json, "responsible");
	report_json_stack(json, "stack", &list, cwd, UINT64_MAX);
}

static void put_row(struct json *json, const struct an_gate *gate, const struct an_gate_row *row)
{
	char sentence[128];

	out_json_open_object(json, NULL);
	out_json_text(json, "id", row->id);
	out_json_text(json, "fingerprint", row->fingerprint);
	out_json_text(json, "status", an_gate_status_name(row->status));
	out_json_bool(json, "limited", row->is_watched);
	out_json_bool(json, "exceeds", row->is_over);
	out_json_text(json, "kind", row->kind);
	out_json_text(json, "cause", row->cause);
	out_json_text(json, "sentence", check_sentence(sentence, row));
	out_json_text(json, "reachability", row->reachability);
	out_json_text(json, "confidence", row->confidence);
	out_json_uint(json, "bytes", row->bytes);
	out_json_uint(json, "allocations", row->n);
	out_json_uint(json, "retained_bytes", row->retained_bytes);
	out_json_text(json, "type", row->type);
	out_json_bool(json, "changed", row->is_changed);
	put_entry(json, "baseline", row->entry);
	put_parts(json, row);
	put_stack(json, row, gate->traces[row->parts[0].trace].cwd);
	out_json_close_object(json);
}

void check_json(const struct check *check, FILE *to)
{
	const struct an_gate *gate = check->gate;
	struct json json = { .to = to };

	out_json_open_object(&json, NULL);
	out_json_text(&json, "schema", "memtrace-check/1");
	out_json_text(&json, "tool_version", MT_TOOL_VERSION);
	out_json_text(&json, "verdict", an_verdict_name(gate->verdict));
	out_json_bool(&json, "complete", gate->is_complete);
	out_json_text(&json, "config", check->config);
	out_json_text(&json, "baseline", check->baseline_path);
	out_json_bool(&json, "runs", gate->are_runs);
	put_traces(&json, gate);
	out_json_open_array(&json, "limits");
	for (uint32_t i = 0; i < gate->n_limits; i++)
		check_json_limit(&json, &gate->limits[i]);
	out_json_close_array(&json);
	put_missing(&json, gate);
	out_json_open_array(&json, "findings");
	for (uint32_t i = 0; i < gate->n_rows; i++)
		put_row(&json, gate, &gate->rows[i]);
	out_json_close_array(&json);
	out_json_open_array(&json, "gone");
	for (uint32_t i = 0; i < gate->n_gone; i++)
		put_entry(&json, NULL, gate->gone[i]);
	out_json_close_array(&json);
	out_json_close_object(&json);
}
