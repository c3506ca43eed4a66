/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate_judge.c -- see gate.h: rows against the baseline, sums against the limits.
 *
 * A known row counts nothing; of one that grew counts, under its own kind, what the
 * baseline does not cover. What hangs on several leaks and on none of them alone
 * counts as long as any leak of the trace does. Of several traces (the parts of one
 * suite) leaks add up, and of several runs of one command the worst counts.
 */
#include "analyzer/findings/gate_state.h"

#include <string.h>

const char *an_gate_status_name(enum an_gate_status status)
{
	static const char *const names[] = { "new", "grew", "known", "elsewhere" };

	return names[status];
}

static uint64_t above(uint64_t value, uint64_t covered)
{
	return value > covered ? value - covered : 0;
}

/* What the baseline does not cover of one part. */
static struct an_share excess(const struct an_gate_row *row, const struct an_gate_part *part)
{
	struct an_share weight = an_gate_weight(row, part);

	if (!row->entry || row->entry->is_expired)
		return weight;
	return (struct an_share){
		.n = above(weight.n, row->entry->n),
		.bytes = above(weight.bytes, row->entry->bytes),
	};
}

/* Is the limit about what the row is? */
static bool is_about(const struct an_limit *limit, const struct an_gate_row *row)
{
	bool is_leak = !row->is_error && row->class != AN_CLASS_SUPPRESSED;

	switch (limit->what) {
	case AN_LIMIT_ERRORS:
		return row->is_error;
	case AN_LIMIT_ERROR:
		return row->is_error && row->cause_number == limit->which;
	case AN_LIMIT_CAUSE:
		return is_leak && row->cause_number == limit->which;
	case AN_LIMIT_TOTAL:
		return is_leak && row->class != AN_CLASS_UNCLASSIFIED;
	case AN_LIMIT_CLASS:
		return is_leak && (row->class == limit->which ||
				   (limit->which == AN_CLASS_INDIRECT &&
				    row->class == AN_CLASS_DEFINITE));
	default:
		return false;
	}
}

static void set_status(const struct an_gate_state *state, struct an_gate_row_state *from)
{
	struct an_baseline *baseline = state->options.baseline;
	struct an_gate_row *row = &from->out;

	row->parts = from->parts.at;
	row->n_parts = (uint32_t)from->parts.n;
	row->entry = NULL;
	row->is_over = row->is_watched = false;
	for (uint32_t i = 0; i < state->options.limits->n; i++)
		row->is_watched |= is_about(&state->options.limits->at[i], row);
	row->status = row->is_ours ? AN_GATE_NEW : AN_GATE_ELSEWHERE;
	if (baseline) {
		struct an_baseline_entry *entry = an_baseline_find(baseline, row->id,
								   row->fingerprint);

		row->entry = entry;
		if (entry)
			entry->is_used = true;
	}
	if (!row->entry || row->entry->is_expired || !row->is_ours)
		return;
	row->status = AN_GATE_KNOWN;
	for (uint32_t i = 0; i < row->n_parts; i++) {
		struct an_share more = excess(row, &row->parts[i]);

		if (more.n || more.bytes)
			row->status = AN_GATE_GREW;
	}
}

static bool is_counted(const struct an_gate_state *state, const struct an_limit *limit,
		       const struct an_gate_row *row)
{
	if (!is_about(limit, row) || row->status == AN_GATE_KNOWN ||
	    row->status == AN_GATE_ELSEWHERE)
		return false;
	if (limit->is_every_run && row->n_parts < state->traces.n)
		return false;
	return !limit->is_high_only || (!row->is_error &&
					row->confidence_level == AN_CONFIDENCE_HIGH);
}

/* What a row adds to a limit that is about it by one of its parts. */
static struct an_share amount(const struct an_limit *limit, const struct an_gate_row *row,
			      const struct an_gate_part *part)
{
	bool is_grown = row->status == AN_GATE_GREW;

	if (limit->what != AN_LIMIT_CLASS || row->class != AN_CLASS_DEFINITE)
		return excess(row, part);
	if (limit->which == AN_CLASS_DEFINITE)
		return is_grown ? excess(row, part) : part->definite;
	return is_grown ? (struct an_share){ 0 } : part->indirect;
}

static bool counts_joint(const struct an_limit *limit)
{
	return limit->what == AN_LIMIT_TOTAL ||
	       (limit->what == AN_LIMIT_CLASS && limit->which == AN_CLASS_INDIRECT);
}

struct sum {
	struct an_share all;         /* over traces, or of the worst run */
	uint64_t n_findings;
};

/* Of each trace the sum of what counts. */
static struct sum add_up(const struct an_gate_state *state, const struct an_gate_scope *scope,
			 const struct an_limit *limit)
{
	size_t n_traces = state->traces.n;
	struct an_share *of_trace = xcalloc(n_traces, sizeof *of_trace);
	bool *has_leak = xcalloc(n_traces, sizeof *has_leak);
	struct sum sum = { 0 };

	for (size_t i = 0; i < scope->rows.n; i++) {
		const struct an_gate_row *row = &scope->rows.at[i].out;
		bool is_any = false;

		for (uint32_t k = 0; is_counted(state, limit, row) && k < row->n_parts; k++) {
			struct an_share more = amount(limit, row, &row->parts[k]);

			of_trace[row->parts[k].trace].n += more.n;
			of_trace[row->parts[k].trace].bytes += more.bytes;
			is_any |= more.n || more.bytes;
			if (!row->is_error && row->class == AN_CLASS_DEFINITE)
				has_leak[row->parts[k].trace] = true;
		}
		sum.n_findings += is_any;
	}
	for (size_t i = 0; i < n_traces; i++) {
		bool is_joint = counts_joint(limit) && has_leak[i];
		uint64_t n = of_trace[i].n + (is_joint ? scope->joint.at[i].n : 0);
		uint64_t bytes = of_trace[i].bytes + (is_joint ? scope->joint.at[i].bytes : 0);

		if (!state->options.are_runs) {
			sum.all.n += n;
			sum.all.bytes += bytes;
			continue;
		}
		sum.all.n = n > sum.all.n ? n : sum.all.n;
		sum.all.bytes = bytes > sum.all.bytes ? bytes : sum.all.bytes;
	}
	free(of_trace);
	free(has_leak);
	return sum;
}

/* Rows of the tree that an exceeded limit counts: in a program's scope they have the
 * same fingerprint. */
static void mark_rows(struct an_gate_state *state, const struct an_gate_scope *scope,
		      const struct an_limit *limit)
{
	for (size_t i = 0; i < scope->rows.n; i++) {
		const struct an_gate_row *row = &scope->rows.at[i].out;
		bool is_any = false;

		for (uint32_t k = 0; is_counted(state, limit, row) && k < row->n_parts; k++) {
			struct an_share more = amount(limit, row, &row->parts[k]);

			is_any |= more.n || more.bytes;
		}
		for (size_t k = 0; is_any && k < state->scopes[0].rows.n; k++) {
			struct an_gate_row *to = &state->scopes[0].rows.at[k].out;

			to->is_over |= !strcmp(to->fingerprint, row->fingerprint);
		}
	}
}

static void judge_rows(struct an_gate_state *state, const struct an_gate_scope *scope,
		       struct an_gate_limit *to)
{
	const struct an_limit *limit = to->limit;
	struct sum sum = add_up(state, scope, limit);

	to->is_matched = scope->is_matched;
	to->actual_n = limit->measure == AN_MEASURE_FINDINGS ? sum.n_findings : sum.all.n;
	to->actual = limit->measure == AN_MEASURE_BYTES ? sum.all.bytes : to->actual_n;
	to->is_over = to->actual > limit->most || (!limit->most && to->actual_n);
	if (to->is_over)
		mark_rows(state, scope, limit);
}

static void judge_values(const struct an_gate_state *state, uint32_t index,
			 struct an_gate_limit *to)
{
	const struct an_limit *limit = to->limit;
	bool is_worst = state->options.are_runs || limit->what == AN_LIMIT_PEAK;

	for (size_t i = 0; i < state->traces.n; i++) {
		const struct an_gate_value *value =
			&state->values.at[i * state->options.limits->n + index];

		to->is_matched |= value->is_matched;
		if (!is_worst)
			to->actual += value->amount;
		else if (value->amount > to->actual)
			to->actual = value->amount;
	}
	to->actual_n = limit->measure == AN_MEASURE_COUNT ? to->actual : 0;
	to->is_over = to->actual > limit->most;
}

static void judge_limits(struct an_gate_state *state)
{
	const struct an_limits *limits = state->options.limits;
	struct an_gate *gate = state->gate;

	gate->limits = xcalloc(limits->n, sizeof *gate->limits);
	gate->n_limits = limits->n;
	for (uint32_t i = 0; i < limits->n; i++) {
		gate->limits[i].limit = &limits->at[i];
		if (an_limit_is_of_rows(&limits->at[i]))
			judge_rows(state, &state->scopes[state->scope_of[i]], &gate->limits[i]);
		else
			judge_values(state, i, &gate->limits[i]);
	}
}

static int compare_fingerprints(const void *left, const void *right)
{
	const struct an_gate_row *a = left, *b = right;
	int order = strncmp(a->id, b->id, 2);

	return order ? order : strcmp(a->fingerprint, b->fingerprint);
}

static size_t n_common(const struct an_gate_row *a, const struct an_gate_row *b)
{
	size_t n = 0;

	if (strncmp(a->id, b->id, 2) != 0)
		return 0;
	while (a->fingerprint[n] && a->fingerprint[n] == b->fingerprint[n])
		n++;
	return n;
}

/* As many digits as tell it from its neighbours. */
static void name_rows(struct an_gate *gate)
{
	qsort(gate->rows, gate->n_rows, sizeof *gate->rows, compare_fingerprints);
	for (uint32_t i = 0; i < gate->n_rows; i++) {
		struct an_gate_row *row = &gate->rows[i];
		size_t n_before = i ? n_common(row - 1, row) + 1 : 0;
		size_t n_after = i + 1 < gate->n_rows ? n_common(row, row + 1) + 1 : 0;
		size_t n = n_before > n_after ? n_before : n_after;

		n = n < 6 ? 6 : n;
		memcpy(row->id + 2, row->fingerprint, n);
		row->id[2 + n] = 0;
	}
}

static int compare_rows(const void *left, const void *right)
{
	const struct an_gate_row *a = left, *b = right;

	if (a->is_watched != b->is_watched)
		return a->is_watched ? -1 : 1;
	if (a->is_over != b->is_over)
		return a->is_over ? -1 : 1;
	if (a->status != b->status)
		return a->status < b->status ? -1 : 1;
	if (a->retained_bytes != b->retained_bytes)
		return a->retained_bytes > b->retained_bytes ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void take_rows(struct an_gate_state *state)
{
	struct an_gate_scope *tree = &state->scopes[0];
	struct an_gate *gate = state->gate;

	gate->rows = xcalloc(tree->rows.n, sizeof *gate->rows);
	gate->n_rows = (uint32_t)tree->rows.n;
	memset(gate->n_status, 0, sizeof gate->n_status);
	for (uint32_t i = 0; i < gate->n_rows; i++) {
		gate->rows[i] = tree->rows.at[i].out;
		if (gate->rows[i].is_watched)
			gate->n_status[gate->rows[i].status]++;
	}
	if (!gate->n_rows)
		return;
	name_rows(gate);
	qsort(gate->rows, gate->n_rows, sizeof *gate->rows, compare_rows);
}

static void take_gone(struct an_gate_state *state)
{
	struct an_baseline *baseline = state->options.baseline;
	struct an_gate *gate = state->gate;

	gate->gone = xcalloc(baseline ? baseline->n : 0, sizeof *gate->gone);
	gate->n_gone = 0;
	for (uint32_t i = 0; baseline && i < baseline->n; i++)
		if (!baseline->at[i].is_used)
			gate->gone[gate->n_gone++] = &baseline->at[i];
}

static void take_traces(struct an_gate_state *state)
{
	struct an_gate *gate = state->gate;

	gate->traces = state->traces.at;
	gate->n_traces = (uint32_t)state->traces.n;
	gate->missing = state->missing.at;
	gate->n_missing = (uint32_t)state->missing.n;
	gate->is_complete = gate->is_every_missing_allowed = true;
	gate->is_program_known = gate->n_traces > 0;
	gate->program = 0;
	for (uint32_t i = 0; i < gate->n_traces; i++) {
		gate->is_complete &= gate->traces[i].is_complete;
		gate->is_program_known &= gate->traces[i].is_ended;
		if (gate->traces[i].program > gate->program)
			gate->program = gate->traces[i].program;
	}
	if (state->is_program_told) {
		gate->is_program_known = true;
		gate->program = state->program;
	}
	for (uint32_t i = 0; i < gate->n_missing; i++)
		if (gate->missing[i].affects_verdict && !gate->missing[i].is_allowed)
			gate->is_every_missing_allowed = false;
}

void an_gate_judge(struct an_gate *gate)
{
	static const struct an_limit definite = { .which = AN_CLASS_DEFINITE };
	static const struct an_limit possible = { .which = AN_CLASS_POSSIBLE };
	struct an_gate_state *state = gate->internal;
	bool is_over = false;

	free(gate->rows);
	free(gate->gone);
	free(gate->limits);
	for (uint32_t i = 0; i < state->n_scopes; i++)
		for (size_t k = 0; k < state->scopes[i].rows.n; k++)
			set_status(state, &state->scopes[i].rows.at[k]);
	judge_limits(state);
	take_rows(state);
	take_gone(state);
	take_traces(state);
	gate->definite = add_up(state, &state->scopes[0], &definite).all;
	gate->possible = add_up(state, &state->scopes[0], &possible).all;
	for (uint32_t i = 0; i < gate->n_limits; i++)
		is_over |= gate->limits[i].is_over;
	gate->verdict = is_over ? AN_FINDINGS
		: gate->is_every_missing_allowed ? AN_CLEAN : AN_INCONCLUSIVE;
}
