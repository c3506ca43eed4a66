/* SPDX-License-Identifier: Apache-2.0 */
/* report_holders.c -- see report_holders.h. */
#include "analyzer/cli/report_holders.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/why.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_suspects(const void *left, const void *right)
{
	const struct an_suspect *a = left, *b = right;

	if (a->retained_bytes != b->retained_bytes)
		return a->retained_bytes > b->retained_bytes ? -1 : 1;
	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	return strcmp(a->name ? a->name : "", b->name ? b->name : "");
}

void report_see_holders(void *context, const struct an_objects *objects)
{
	struct an_suspects *suspects = context;

	an_suspects_find(objects, suspects);
	for (uint32_t i = 0; i < suspects->n; i++) {
		struct an_suspect *suspect = &suspects->at[i];
		size_t n_bytes;
		FILE *to;

		if (suspect->name || suspect->process != objects->snapshot->process)
			continue;
		to = open_memstream(&suspect->name, &n_bytes);
		if (!to)
			continue;
		if (suspect->is_shared)
			fputs("several places together", to);
		else
			subject_put_root_name(to, objects, &suspect->root);
		fclose(to);
	}
	if (suspects->n)
		qsort(suspects->at, suspects->n, sizeof *suspects->at, compare_suspects);
}

static uint64_t reachable_bytes(const struct an_findings *findings)
{
	return findings->sums.at[AN_CLASS_REACHABLE].bytes +
	       findings->sums.at[AN_CLASS_POSSIBLE].bytes;
}

static void put_maker(struct out *out, const struct an_findings *findings, uint32_t stack,
		      uint64_t size, unsigned column, struct an_line_list *list)
{
	const char *type = size ? an_type_name_of_size(findings->types, stack, size, NULL)
				: an_type_name_of_stack(findings->types, stack);

	if (type) {
		text_put(out->to, type);
		fputs("  ", out->to);
		column += text_width(type) + 2;
	}
	an_stack_names_lines(findings->names, stack, list);
	report_text_site(out, list, column, report_cwd(findings->session));
}

static void put_holder(struct out *out, const struct an_findings *findings,
		       const struct an_suspect *suspect, struct an_line_list *list)
{
	char part[TEXT_BYTES], bytes[TEXT_BYTES], count[TEXT_BYTES];

	fprintf(out->to, "  %5s  %8s  ",
		text_percent(part, suspect->retained_bytes, reachable_bytes(findings)),
		text_bytes(bytes, suspect->retained_bytes, out->is_exact));
	fputs(suspect->name ? suspect->name : "?", out->to);
	fprintf(out->to, ", through %s",
		text_plural(count, suspect->n_direct, "allocation", "allocations"));
	if (findings->session->n_processes > 1)
		fprintf(out->to, ", process %u",
			findings->session->processes[suspect->process].id);
	fputc('\n', out->to);
	if (suspect->has_point && suspect->n_held) {
		fprintf(out->to, "%19s%s hang on  ", "",
			text_bytes(bytes, suspect->point_retained, out->is_exact));
		put_maker(out, findings, suspect->point_stack, suspect->point_bytes, 38, list);
	}
	if (suspect->n_held && suspect->held_stack != AN_NONE) {
		fprintf(out->to, "%19s%s of it in %s ×  ", "",
			text_bytes(bytes, suspect->of_stack_retained, out->is_exact),
			text_count(count, suspect->n_of_stack));
		put_maker(out, findings, suspect->held_stack, 0, 46, list);
	}
}

void report_text_holders(struct out *out, const struct an_findings *findings,
			 const struct an_suspects *suspects, uint64_t n_most)
{
	uint64_t all = reachable_bytes(findings), n = 0;
	struct an_line_list list = { 0 };
	char bytes[TEXT_BYTES];

	for (uint32_t i = 0; suspects && i < suspects->n && n < n_most; i++) {
		const struct an_suspect *suspect = &suspects->at[i];

		/* A hundredth is not worth a line. */
		if (!findings->is_chosen[suspect->process] ||
		    suspect->retained_bytes < all / 100 || !suspect->retained_bytes)
			continue;
		if (!n++) {
			fputc('\n', out->to);
			out_style(out, OUT_HEAD);
			fputs("REACHABLE", out->to);
			out_style(out, OUT_PLAIN);
			fprintf(out->to, "  %s, by what holds it\n",
				text_bytes(bytes, all, out->is_exact));
		}
		put_holder(out, findings, suspect, &list);
	}
	free(list.at);
}

static void put_stack(struct json *json, const char *key, const struct an_findings *findings,
		      uint32_t stack, uint64_t depth, struct an_line_list *list)
{
	an_stack_names_lines(findings->names, stack, list);
	report_json_stack(json, key, list, report_cwd(findings->session), depth);
}

static void put_point(struct json *json, const struct an_findings *findings,
		      const struct an_suspect *suspect, uint64_t depth,
		      struct an_line_list *list)
{
	if (!suspect->has_point) {
		out_json_null(json, "point");
		return;
	}
	out_json_open_object(json, "point");
	out_json_address(json, "address", suspect->point_addr);
	out_json_uint(json, "bytes", suspect->point_bytes);
	out_json_uint(json, "retained_bytes", suspect->point_retained);
	out_json_text(json, "type", an_type_name_of_size(findings->types, suspect->point_stack,
							 suspect->point_bytes, NULL));
	put_stack(json, "stack", findings, suspect->point_stack, depth, list);
	out_json_close_object(json);
}

void report_json_holders(struct json *json, const struct an_findings *findings,
			 const struct an_suspects *suspects, uint64_t depth)
{
	struct an_line_list list = { 0 };

	out_json_open_array(json, "holders");
	for (uint32_t i = 0; suspects && i < suspects->n; i++) {
		const struct an_suspect *suspect = &suspects->at[i];

		if (!findings->is_chosen[suspect->process])
			continue;
		out_json_open_object(json, NULL);
		out_json_uint(json, "process", findings->session->processes[suspect->process].id);
		out_json_text(json, "root", suspect->name);
		out_json_uint(json, "retained_bytes", suspect->retained_bytes);
		out_json_uint(json, "allocations", suspect->n_direct);
		put_point(json, findings, suspect, depth, &list);
		out_json_uint(json, "held", suspect->n_held);
		if (suspect->held_stack == AN_NONE) {
			out_json_null(json, "most");
		} else {
			out_json_open_object(json, "most");
			out_json_uint(json, "allocations", suspect->n_of_stack);
			out_json_uint(json, "retained_bytes", suspect->of_stack_retained);
			put_stack(json, "stack", findings, suspect->held_stack, depth, &list);
			out_json_close_object(json);
		}
		out_json_close_object(json);
	}
	out_json_close_array(json);
	free(list.at);
}
