/* SPDX-License-Identifier: Apache-2.0 */
/* report_errors.c -- see report_errors.h. */
#include "analyzer/cli/report_errors.h"
#include "analyzer/cli/out_text.h"

#include <stdlib.h>

static void put_stack_of(struct out *out, const struct an_findings *findings, uint32_t stack,
			 const char *what, const struct report_stack_style *style)
{
	struct an_line_list list = { 0 };

	if (!stack)
		return;
	fprintf(out->to, "      %s\n", what);
	an_stack_names_lines(findings->names, stack, &list);
	report_text_stack(out, &list, style);
	free(list.at);
}

static void put_what(struct out *out, const struct an_session *session,
		     const struct an_error *error)
{
	char size[TEXT_BYTES], declared[TEXT_BYTES], at[TEXT_BYTES];
	FILE *to = out->to;

	fprintf(to, "      %s of 0x%llx at %s", an_release_name(error->release),
		(unsigned long long)error->addr, text_duration(at, error->time_ns));
	if (error->kind == AN_ERROR_INVALID_FREE && error->module != AN_NONE) {
		fputs(", which lies in ", to);
		text_put(to, session->modules[error->module].path);
	} else if (error->kind == AN_ERROR_INVALID_FREE && error->stack) {
		fprintf(to, ", which lies %llu into an allocation of %s",
			(unsigned long long)error->offset,
			text_bytes(size, error->size, out->is_exact));
	} else if (error->kind == AN_ERROR_WRONG_SIZE && error->is_align_wrong) {
		fprintf(to, ", declared to be aligned to %llu",
			1ull << (error->declared_align_log2 & 63));
	} else if (error->kind == AN_ERROR_WRONG_SIZE) {
		fprintf(to, ", declared to be %s, which is %s",
			text_bytes(declared, error->declared_size, out->is_exact),
			text_bytes(size, error->size, out->is_exact));
	}
	fputc('\n', to);
}

static void put_finding(struct out *out, const struct an_findings *findings,
			const struct an_error_finding *finding, unsigned number,
			const struct report_stack_style *style)
{
	const struct an_error *error = finding->error;
	const struct an_session *session = findings->session;
	char bytes[TEXT_BYTES], count[TEXT_BYTES];
	const char *api = mt_api_name(session->stacks[error->stack].api);
	char what[80];

	fprintf(out->to, "%2u  ", number);
	out_style(out, OUT_STRONG);
	fprintf(out->to, "%7s  %7s ×", text_bytes(bytes, finding->bytes, out->is_exact),
		text_count(count, finding->n));
	out_style(out, OUT_PLAIN);
	fprintf(out->to, "  %s", an_error_sentence(error));
	if (finding->n_processes == 1 && session->n_processes > 1)
		fprintf(out->to, ", process %u", session->processes[error->process].id);
	fprintf(out->to, "  %s\n", finding->id);
	put_what(out, session, error);
	snprintf(what, sizeof what, "allocated with %s by", api);
	put_stack_of(out, findings, error->stack, what, style);
	put_stack_of(out, findings, error->first_free_stack, "released the first time by", style);
	put_stack_of(out, findings, error->free_stack, "released here by", style);
}

void report_text_errors(struct out *out, const struct an_findings *findings,
			const struct report_options *options, uint64_t n_shown)
{
	struct report_stack_style style = { options->depth, options->is_full, 8,
					    report_cwd(findings->session) };
	struct an_error_list list;
	char count[TEXT_BYTES];

	an_error_list_init(&list, findings->names, findings->is_chosen);
	if (list.n) {
		fputc('\n', out->to);
		out_style(out, OUT_HEAD);
		fputs("ERRORS\n", out->to);
		out_style(out, OUT_PLAIN);
	}
	for (uint32_t i = 0; i < list.n && i < n_shown; i++) {
		if (i)
			fputc('\n', out->to);
		put_finding(out, findings, &list.at[i], i + 1, &style);
	}
	if (list.n > n_shown)
		fprintf(out->to, "     … and %s more (--top=N or --full)\n",
			text_count(count, list.n - n_shown));
	an_error_list_release(&list);
}

void report_json_error_counts(struct json *json, const uint64_t counts[AN_N_ERRORS])
{
	out_json_open_object(json, "errors");
	for (unsigned i = 0; i < AN_N_ERRORS; i++)
		out_json_uint(json, an_error_name(i), counts[i]);
	out_json_close_object(json);
}

static void put_free_stack(struct json *json, const char *key, const struct an_findings *findings,
			   uint32_t stack, struct an_line_list *list, uint64_t depth)
{
	if (!stack) {
		out_json_null(json, key);
		return;
	}
	an_stack_names_lines(findings->names, stack, list);
	report_json_stack(json, key, list, report_cwd(findings->session), depth);
}

/* What only errors have. */
static void put_details(struct json *json, const struct an_findings *findings,
			const struct an_error *error, struct an_line_list *list, uint64_t depth)
{
	bool is_size = error->kind == AN_ERROR_WRONG_SIZE;

	out_json_text(json, "release", an_release_name(error->release));
	out_json_address(json, "address", error->addr);
	out_json_uint(json, "time_ns", error->time_ns);
	if (is_size && !error->is_align_wrong)
		out_json_uint(json, "declared_size", error->declared_size);
	else
		out_json_null(json, "declared_size");
	if (is_size && error->is_align_wrong)
		out_json_uint(json, "declared_alignment",
			      1ull << (error->declared_align_log2 & 63));
	else
		out_json_null(json, "declared_alignment");
	put_free_stack(json, "free_stack", findings, error->free_stack, list, depth);
	put_free_stack(json, "first_free_stack", findings, error->first_free_stack, list, depth);
}

void report_json_error(struct json *json, const struct an_findings *findings,
		       const struct an_error_finding *finding, struct an_line_list *list,
		       uint64_t depth)
{
	const struct an_session *session = findings->session;
	const struct an_error *error = finding->error;
	const char *cwd = report_cwd(session);

	list->n = 0;
	if (error->stack)
		an_stack_names_lines(findings->names, error->stack, list);
	out_json_open_object(json, NULL);
	out_json_text(json, "id", finding->id);
	out_json_text(json, "fingerprint", finding->fingerprint);
	out_json_text(json, "kind", "error");
	out_json_text(json, "cause", an_error_name(error->kind));
	out_json_null(json, "reachability");
	out_json_text(json, "confidence", "high");
	out_json_uint(json, "bytes", finding->bytes);
	out_json_uint(json, "allocations", finding->n);
	out_json_null(json, "retained_bytes");
	if (finding->n_processes == 1)
		out_json_uint(json, "process", session->processes[error->process].id);
	else
		out_json_null(json, "process");
	out_json_open_array(json, "process_ids");
	for (uint32_t i = 0; i < finding->n_processes; i++)
		out_json_uint(json, NULL, session->processes[finding->processes[i]].id);
	out_json_close_array(json);
	out_json_text(json, "type", an_type_name_of_stack(findings->types, error->stack));
	if (list->n)
		report_json_responsible(json, list, cwd);
	else
		out_json_null(json, "responsible");
	report_json_stack(json, "stack", list, cwd, depth);
	out_json_null(json, "cycle");
	out_json_null(json, "suppressed_by");
	out_json_open_array(json, "evidence");
	out_json_close_array(json);
	put_details(json, findings, error, list, depth);
	out_json_close_object(json);
}
