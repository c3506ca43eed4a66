/* SPDX-License-Identifier: Apache-2.0 */
/* gate_rows.c -- from the findings of one trace to rows that outlive it. */
#include "analyzer/findings/gate_state.h"

#include <string.h>

struct an_share an_gate_weight(const struct an_gate_row *row, const struct an_gate_part *part)
{
	if (row->is_error || row->class != AN_CLASS_DEFINITE)
		return (struct an_share){ .n = part->n, .bytes = part->bytes };
	return (struct an_share){
		.n = part->definite.n + part->indirect.n,
		.bytes = part->definite.bytes + part->indirect.bytes,
	};
}

static const char *keep(struct an_gate_state *state, const char *text)
{
	return text ? strpool_intern_text(&state->strings, text) : NULL;
}

static bool is_wanted(void *context, uint32_t index)
{
	const struct an_gate_state *state = context;

	return !strcmp(state->scope->rows.at[index].out.fingerprint, state->wanted);
}

static struct an_gate_row_state *intern(struct an_gate_state *state, struct an_gate_scope *scope,
					const char *fingerprint)
{
	uint32_t candidate = (uint32_t)scope->rows.n, index;
	struct an_gate_row_state *row;

	state->scope = scope;
	state->wanted = fingerprint;
	index = indexset_intern(&scope->set, hash_bytes(1, fingerprint, AN_FINGERPRINT_DIGITS),
				candidate, is_wanted, state);
	if (index != candidate)
		return &scope->rows.at[index];
	row = VEC_PUSH(&scope->rows);
	*row = (struct an_gate_row_state){ 0 };
	memcpy(row->out.fingerprint, fingerprint, AN_FINGERPRINT_DIGITS + 1);
	return row;
}

static void keep_lines(struct an_gate_state *state, struct an_gate_row *row,
		       const struct an_line_list *list)
{
	struct an_named_line *lines = arena_alloc(&state->arena, list->n, sizeof *lines);

	for (size_t i = 0; i < list->n; i++) {
		lines[i] = list->at[i];
		lines[i].function = keep(state, lines[i].function);
		lines[i].linkage = keep(state, lines[i].linkage);
		lines[i].file = keep(state, lines[i].file);
		lines[i].module = keep(state, lines[i].module);
		lines[i].path = keep(state, lines[i].path);
	}
	row->lines = lines;
	row->n_lines = (uint32_t)list->n;
	row->responsible = list->n ? (uint32_t)an_lines_responsible(list) : 0;
}

/* Without lines the file that was run says whose code it is. */
static bool is_ours(const struct an_gate_state *state, const struct an_gate_row *row,
		    const char *cwd)
{
	const struct an_named_line *line = &row->lines[row->responsible];
	const char *path = row->n_lines ? (line->file ? line->file : line->path) : NULL;
	bool is_found = !state->options.n_only_from;
	char *whole = path ? an_whole_path(path, cwd) : NULL;

	for (size_t i = 0; i < state->options.n_only_from && whole && !is_found; i++)
		is_found = an_is_below(whole, state->options.only_from[i]);
	free(whole);
	return is_found;
}

static void describe(struct an_gate_state *state, struct an_gate_row *row,
		     const struct an_line_list *list, uint32_t trace)
{
	const struct an_changes *changes = state->options.changes;
	const char *cwd = state->traces.at[trace].cwd;
	const struct an_named_line *line;

	keep_lines(state, row, list);
	row->is_ours = is_ours(state, row, cwd);
	line = &row->lines[row->responsible];
	row->is_changed = changes && row->n_lines && line->file &&
			  an_changes_has(changes, line->file, cwd, line->line);
}

static void add_part(struct an_gate_row_state *row, const struct an_gate_part *part)
{
	*VEC_PUSH(&row->parts) = *part;
	row->out.bytes += part->bytes;
	row->out.n += part->n;
	row->out.retained_bytes += part->retained_bytes;
}

static void add_finding(struct an_gate_state *state, struct an_gate_scope *scope,
			const struct an_findings *findings, const struct an_finding *finding,
			struct an_line_list *list, uint32_t trace)
{
	struct an_gate_row_state *row = intern(state, scope, finding->fingerprint);
	bool is_known = finding->class != AN_CLASS_UNCLASSIFIED;
	bool is_new = !row->parts.n;

	add_part(row, &(struct an_gate_part){
		trace, finding->n_processes, finding->bytes, finding->n_allocations,
		is_known ? finding->retained_bytes : finding->bytes, finding->definite,
		finding->indirect,
	});
	row->out.n_rings += finding->n_rings;
	if (is_new || finding->confidence < row->out.confidence_level)
		row->out.confidence_level = finding->confidence;
	row->out.confidence = is_known ? an_confidence_name(row->out.confidence_level) : NULL;
	if (!is_new && finding->bytes <= row->best_bytes)
		return;
	row->best_bytes = finding->bytes;
	memcpy(row->out.id, finding->id, 3);
	row->out.class = finding->class;
	row->out.cause_number = finding->cause;
	row->out.kind = is_known ? "leak" : "not-freed";
	row->out.cause = an_cause_name(finding->cause);
	row->out.reachability = is_known ? an_class_name(finding->class) : NULL;
	row->out.ring_length = finding->ring ? finding->ring->length : 0;
	row->out.type = keep(state, an_type_name_of_stack(findings->types, finding->stack));
	an_stack_names_lines(findings->names, finding->stack, list);
	describe(state, &row->out, list, trace);
}

static void add_error(struct an_gate_state *state, struct an_gate_scope *scope,
		      const struct an_findings *findings,
		      const struct an_error_finding *finding, struct an_line_list *list,
		      uint32_t trace)
{
	struct an_gate_row_state *row = intern(state, scope, finding->fingerprint);
	uint32_t stack = finding->error->stack ? finding->error->stack
					       : finding->error->free_stack;
	bool is_new = !row->parts.n;

	add_part(row, &(struct an_gate_part){
		.trace = trace, .n_processes = finding->n_processes,
		.bytes = finding->bytes, .n = finding->n, .retained_bytes = finding->bytes,
	});
	if (!is_new)
		return;
	memcpy(row->out.id, finding->id, 3);
	row->out.is_error = true;
	row->out.cause_number = finding->error->kind;
	row->out.kind = "error";
	row->out.cause = an_error_name(finding->error->kind);
	row->out.sentence = an_error_sentence(finding->error);
	list->n = 0;
	if (stack)
		an_stack_names_lines(findings->names, stack, list);
	describe(state, &row->out, list, trace);
}

void an_gate_add_rows(struct an_gate_state *state, struct an_gate_scope *scope,
		      const struct an_findings *findings, uint32_t trace)
{
	struct an_line_list list = { 0 };
	struct an_error_list errors;

	for (uint32_t i = 0; i < findings->n_findings; i++)
		add_finding(state, scope, findings, &findings->findings[i], &list, trace);
	an_error_list_init(&errors, findings->names, findings->is_chosen);
	for (uint32_t i = 0; i < errors.n; i++)
		add_error(state, scope, findings, &errors.at[i], &list, trace);
	an_error_list_release(&errors);
	for (uint32_t i = 0; i < findings->session->n_processes; i++) {
		if (!findings->is_chosen[i])
			continue;
		scope->joint.at[trace].n += findings->leaks.joint[i].n;
		scope->joint.at[trace].bytes += findings->leaks.joint[i].bytes;
	}
	free(list.at);
}
