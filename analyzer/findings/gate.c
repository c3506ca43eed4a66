/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c -- see gate.h: how a gate is fed. gate_judge.c holds what came together
 * against limits and baseline. */
#include "analyzer/findings/gate_state.h"

#include <string.h>

static uint32_t find_scope(struct an_gate_state *state, const char *program)
{
	for (uint32_t i = 0; i < state->n_scopes; i++) {
		const char *own = state->scopes[i].program;

		if (own == program || (own && program && !strcmp(own, program)))
			return i;
	}
	state->scopes[state->n_scopes].program = program;
	return state->n_scopes++;
}

struct an_gate *an_gate_new(const struct an_gate_options *options)
{
	const struct an_limits *limits = options->limits;
	struct an_gate *gate = xcalloc(1, sizeof *gate);
	struct an_gate_state *state = xcalloc(1, sizeof *state);

	gate->internal = state;
	gate->are_runs = options->are_runs;
	state->gate = gate;
	state->options = *options;
	state->scopes = xcalloc(limits->n + 1, sizeof *state->scopes);
	state->scope_of = xcalloc(limits->n, sizeof *state->scope_of);
	find_scope(state, NULL);
	for (uint32_t i = 0; i < limits->n; i++)
		state->scope_of[i] = find_scope(state, limits->at[i].program);
	return gate;
}

void an_gate_free(struct an_gate *gate)
{
	struct an_gate_state *state = gate ? gate->internal : NULL;

	if (!gate)
		return;
	for (uint32_t i = 0; i < state->n_scopes; i++) {
		struct an_gate_scope *scope = &state->scopes[i];

		for (size_t k = 0; k < scope->rows.n; k++)
			VEC_RELEASE(&scope->rows.at[k].parts);
		VEC_RELEASE(&scope->rows);
		VEC_RELEASE(&scope->joint);
		indexset_release(&scope->set);
	}
	free(state->scopes);
	free(state->scope_of);
	VEC_RELEASE(&state->traces);
	VEC_RELEASE(&state->missing);
	VEC_RELEASE(&state->values);
	strpool_release(&state->strings);
	arena_release(&state->arena);
	free(gate->rows);
	free(gate->gone);
	free(gate->limits);
	free(state);
	free(gate);
}

static const char *keep(struct an_gate_state *state, const char *text)
{
	return text ? strpool_intern_text(&state->strings, text) : NULL;
}

static const char *keep_command(struct an_gate_state *state, const struct an_session *session)
{
	const char *const *argv = session->command;
	uint32_t n = session->n_command;
	char *text = NULL;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);
	const char *kept;

	if (!to)
		return "";
	if (!n && session->n_processes) {
		argv = session->processes[0].argv;
		n = session->processes[0].n_argv;
	}
	for (uint32_t i = 0; i < n; i++)
		fprintf(to, "%s%s", i ? " " : "", argv[i]);
	fclose(to);
	kept = keep(state, text);
	free(text);
	return kept;
}

/* The image that the command's process ended as. */
static const struct an_process *last_image(const struct an_session *session)
{
	const struct an_process *last = session->n_processes ? &session->processes[0] : NULL;

	for (uint32_t i = 1; i < session->n_processes; i++)
		if (session->processes[i].is_image_of_parent &&
		    session->processes[i].parent == (uint32_t)(last - session->processes))
			last = &session->processes[i];
	return last;
}

static void add_end(struct an_gate_trace *trace, const struct an_session *session)
{
	const struct an_process *process = last_image(session);

	if (!process)
		return;
	trace->is_ended = process->end_how == MT_END_EXIT || process->end_how == MT_END__EXIT ||
			  process->end_how == MT_END_SIGNAL;
	if (trace->is_ended)
		trace->program = process->end_status +
				 (process->end_how == MT_END_SIGNAL ? 128 : 0);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void add_missing(struct an_gate_state *state, const struct an_session *session,
			const struct an_note *note, uint32_t trace)
{
	const struct an_process *process = note->process < session->n_processes
					   ? &session->processes[note->process] : NULL;
	struct an_gate_missing *to = VEC_PUSH(&state->missing);

	*to = (struct an_gate_missing){
		.reason = keep(state, note->reason), .detail = keep(state, note->detail),
		.program = keep(state, process ? base_name(process->exe) : ""),
		.pid = process ? process->pid : 0,
		.count = note->count, .trace = trace, .affects_verdict = note->affects_verdict,
	};
	to->is_allowed = to->affects_verdict &&
			 an_allowances_match(state->options.allowances, to->reason, to->detail,
					     to->program);
}

static void add_notes(struct an_gate_state *state, const struct an_findings *findings,
		      bool is_broken, uint32_t trace)
{
	const struct an_session *session = findings->session;
	bool is_told = false;

	for (uint32_t i = 0; i < findings->n_notes; i++) {
		if (!findings->notes[i].is_missing)
			continue;
		add_missing(state, session, &findings->notes[i], trace);
		is_told |= !strcmp(findings->notes[i].reason, "trace-damaged");
	}
	if (is_broken && !is_told)
		add_missing(state, session, &(struct an_note){
			.affects_verdict = true, .reason = "trace-damaged", .count = 1,
			.process = AN_NONE, .detail = "",
		}, trace);
}

static void add_scope(struct an_gate_state *state, struct an_gate_scope *scope,
		      const struct an_session *session, bool is_broken, uint32_t trace)
{
	struct an_findings_options wanted = state->options.findings;
	const struct an_limits *limits = state->options.limits;
	struct an_findings *findings;

	wanted.process = scope->program;
	findings = an_findings_new(session, &wanted);
	scope->is_matched |= findings->n_chosen > 0;
	*VEC_PUSH(&scope->joint) = (struct an_share){ 0 };
	an_gate_add_rows(state, scope, findings, trace);
	for (uint32_t i = 0; i < limits->n; i++)
		if (&state->scopes[state->scope_of[i]] == scope &&
		    !an_limit_is_of_rows(&limits->at[i]))
			state->values.at[trace * limits->n + i] =
				an_gate_measure(&limits->at[i], findings);
	if (!scope->program) {
		state->traces.at[trace].is_complete = findings->is_complete && !is_broken;
		add_notes(state, findings, is_broken, trace);
	}
	an_findings_free(findings);
}

void an_gate_add(struct an_gate *gate, const struct an_session *session, bool is_broken)
{
	struct an_gate_state *state = gate->internal;
	uint32_t trace = (uint32_t)state->traces.n;
	struct an_gate_trace *to = VEC_PUSH(&state->traces);

	*to = (struct an_gate_trace){
		.path = keep(state, session->path),
		.command = keep_command(state, session),
		.cwd = keep(state, session->cwd && *session->cwd ? session->cwd
				   : session->n_processes ? session->processes[0].cwd : NULL),
		.n_processes = session->n_processes,
		.duration_ns = session->duration_ns,
	};
	add_end(to, session);
	VEC_RESERVE(&state->values, state->values.n + state->options.limits->n);
	for (uint32_t i = 0; i < state->options.limits->n; i++)
		state->values.at[state->values.n++] = (struct an_gate_value){ 0 };
	for (uint32_t i = 0; i < state->n_scopes; i++)
		add_scope(state, &state->scopes[i], session, is_broken, trace);
}

void an_gate_add_unseen(struct an_gate *gate, const char *path, const char *reason,
			const char *detail)
{
	struct an_gate_state *state = gate->internal;
	uint32_t n_limits = state->options.limits->n;

	VEC_RESERVE(&state->values, state->values.n + n_limits);
	for (uint32_t i = 0; i < n_limits; i++)
		state->values.at[state->values.n++] = (struct an_gate_value){ 0 };
	for (uint32_t i = 0; i < state->n_scopes; i++)
		*VEC_PUSH(&state->scopes[i].joint) = (struct an_share){ 0 };
	*VEC_PUSH(&state->traces) = (struct an_gate_trace){ .path = keep(state, path),
							    .command = "" };
	*VEC_PUSH(&state->missing) = (struct an_gate_missing){
		.reason = reason, .detail = keep(state, detail), .program = "", .count = 1,
		.trace = (uint32_t)state->traces.n - 1, .affects_verdict = true,
		.is_allowed = an_allowances_match(state->options.allowances, reason, detail, ""),
	};
}

void an_gate_set_baseline(struct an_gate *gate, struct an_baseline *baseline)
{
	struct an_gate_state *state = gate->internal;

	state->options.baseline = baseline;
}

void an_gate_set_program(struct an_gate *gate, uint32_t status)
{
	struct an_gate_state *state = gate->internal;

	state->is_program_told = true;
	state->program = status;
}
