/* SPDX-License-Identifier: Apache-2.0 */
/* diff_json.c -- "diff --json". */
#include "analyzer/cli/diff.h"
#include "analyzer/cli/report.h"
#include "version.h"

static void put_side(struct json *json, const char *key, const char *name,
		     bool is_complete, const struct an_share *sum)
{
	out_json_open_object(json, key);
	out_json_text(json, "file", name);
	out_json_bool(json, "complete", is_complete);
	out_json_uint(json, "bytes", sum->bytes);
	out_json_uint(json, "allocations", sum->n);
	out_json_close_object(json);
}

static void put_share(struct json *json, const char *key, const struct an_share *share)
{
	out_json_open_object(json, key);
	out_json_uint(json, "bytes", share->bytes);
	out_json_uint(json, "allocations", share->n);
	out_json_close_object(json);
}

static void put_row(struct json *json, const struct an_diff_row *row)
{
	struct an_line_list list = { .at = (struct an_named_line *)row->lines,
				     .n = row->n_lines };

	out_json_open_object(json, NULL);
	out_json_text(json, "change", an_change_name(row->change));
	out_json_text(json, "id", row->finding ? row->id : NULL);
	out_json_text(json, "fingerprint", row->fingerprint);
	out_json_text(json, "kind", row->finding ? row->finding->kind : NULL);
	out_json_text(json, "cause", row->finding ? row->finding->cause : NULL);
	out_json_text(json, "reachability", row->finding ? row->finding->reachability : NULL);
	put_share(json, "old", &row->before);
	put_share(json, "new", &row->after);
	if (row->finding) {
		out_json_null(json, "objects_made");
		out_json_null(json, "objects_gone");
	} else {
		out_json_uint(json, "objects_made", row->n_made);
		out_json_uint(json, "objects_gone", row->n_gone);
	}
	out_json_text(json, "type", row->type);
	if (row->n_lines)
		report_json_responsible(json, &list, row->cwd);
	else
		out_json_null(json, "responsible");
	report_json_stack(json, "stack", &list, row->cwd, UINT64_MAX);
	out_json_close_object(json);
}

void diff_json(const struct an_diff *diff, const struct diff_sides *sides, FILE *to)
{
	struct json json = { .to = to };

	out_json_open_object(&json, NULL);
	out_json_text(&json, "schema", "memtrace-diff/1");
	out_json_text(&json, "tool_version", MT_TOOL_VERSION);
	out_json_text(&json, "by", diff->is_of_objects ? "object" : "fingerprint");
	put_side(&json, "old", sides->names[0], sides->is_complete[0], &diff->before);
	put_side(&json, "new", sides->names[1], sides->is_complete[1], &diff->after);
	out_json_open_object(&json, "changes");
	for (unsigned i = 0; i < AN_N_CHANGES; i++)
		out_json_uint(&json, an_change_name(i), diff->n_changes[i]);
	out_json_close_object(&json);
	out_json_open_array(&json, "rows");
	for (uint32_t i = 0; i < diff->n_rows; i++)
		put_row(&json, &diff->rows[i]);
	out_json_close_array(&json);
	out_json_close_object(&json);
}
