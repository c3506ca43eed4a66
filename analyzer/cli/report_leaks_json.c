/* SPDX-License-Identifier: Apache-2.0 */
/* report_leaks_json.c -- the parts of "report --json" that need the graph. */
#include "analyzer/cli/report_leaks.h"

#include <stdlib.h>

void report_json_leaks(struct json *json, const struct an_class_sums *sums)
{
	out_json_open_object(json, "leaks");
	for (unsigned i = 0; i < AN_N_CLASSES; i++) {
		out_json_open_object(json, an_class_name(i));
		out_json_uint(json, "bytes", sums->at[i].bytes);
		out_json_uint(json, "allocations", sums->at[i].n);
		out_json_close_object(json);
	}
	out_json_close_object(json);
}

static void put_edges(struct json *json, const struct an_findings *findings,
		      const struct an_ring *ring)
{
	out_json_open_array(json, "edges");
	for (uint32_t i = 0; i < ring->n_edges; i++) {
		const struct an_ring_member *from = &ring->members[ring->edges[i].from];

		out_json_open_object(json, NULL);
		out_json_uint(json, "from", ring->edges[i].from);
		out_json_uint(json, "to", ring->edges[i].to);
		out_json_uint(json, "offset", ring->edges[i].offset);
		out_json_text(json, "field",
			      an_field_name_of_held(findings->types, ring->snapshot, from->held,
						    ring->edges[i].offset));
		out_json_close_object(json);
	}
	out_json_close_array(json);
	out_json_open_array(json, "weaken");
	for (uint32_t i = 0; i < ring->n_weaken; i++)
		out_json_uint(json, NULL, ring->weaken[i]);
	out_json_close_array(json);
	out_json_bool(json, "weaken_is_smallest", ring->is_smallest);
}

void report_json_cycle(struct json *json, const struct an_findings *findings,
		       const struct an_finding *finding, uint64_t depth)
{
	const struct an_ring *ring = finding->ring;
	struct an_line_list list = { 0 };

	if (!ring) {
		out_json_null(json, "cycle");
		return;
	}
	out_json_open_object(json, "cycle");
	out_json_uint(json, "length", ring->length);
	out_json_uint(json, "rings", finding->n_rings);
	put_edges(json, findings, ring);
	out_json_open_array(json, "members");
	for (uint32_t i = 0; i < ring->n_members; i++) {
		out_json_open_object(json, NULL);
		an_stack_names_lines(findings->names, ring->members[i].stack, &list);
		report_json_stack(json, "stack", &list, report_cwd(findings->session), depth);
		out_json_text(json, "type",
			      an_type_name_of_held(findings->types, ring->snapshot,
						   ring->members[i].held));
		out_json_uint(json, "bytes", ring->members[i].bytes);
		out_json_close_object(json);
	}
	out_json_close_array(json);
	out_json_close_object(json);
	free(list.at);
}

void report_json_suppressions(struct json *json, const struct an_findings *findings,
			      const struct an_suppressions *suppressions)
{
	out_json_open_array(json, "suppressions");
	for (uint32_t i = 0; suppressions && i < an_suppressions_count(suppressions); i++) {
		const char *file;
		unsigned line;
		const char *name = an_suppression_name(suppressions, i, &file, &line);

		out_json_open_object(json, NULL);
		out_json_text(json, "name", name);
		out_json_text(json, "file", file);
		out_json_uint(json, "line", line);
		out_json_uint(json, "allocations", findings->leaks.n_used[i]);
		out_json_close_object(json);
	}
	out_json_close_array(json);
}
