/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.c -- see findings.h.
 *
 *   sites of the session   (process, stack)
 *     -> costs             equal stacks of all processes; filtered for display
 *   sites and snapshots
 *     -> leaks             what is live, told apart: leaks.c
 *     -> findings          leaks with one fingerprint: groups.c
 */
#include "analyzer/findings/findings.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"
#include "analyzer/findings/filter.h"
#include "analyzer/findings/groups.h"
#include "analyzer/findings/notes.h"

#include <string.h>

struct internal {
	struct arena arena;
};

struct builder {
	struct an_findings *to;
	const struct an_session *session;
	const struct an_stack_names *names;
	struct indexset set;
	VEC(struct an_cost) costs;       /* by first appearance */
	bool *is_shown;                  /* of each cost */
	uint32_t wanted_stack;
	bool *is_leak_shown;             /* of each leak */
};

static bool is_equal_stack(void *context, uint32_t index)
{
	const struct builder *builder = context;

	return an_stack_names_equal(builder->names, builder->costs.at[index].stack,
				    builder->wanted_stack);
}

static uint32_t intern_stack(struct builder *builder, uint32_t stack)
{
	const struct an_stack_names *names = builder->names;
	uint64_t first = names->first_frame[stack];
	uint64_t n_bytes = (names->first_frame[stack + 1] - first) * sizeof *names->frames;
	uint64_t hash = hash_bytes(1, names->frames + first, n_bytes);
	uint32_t candidate = (uint32_t)builder->costs.n, index;

	builder->wanted_stack = stack;
	index = indexset_intern(&builder->set, hash, candidate, is_equal_stack, builder);
	if (index == candidate)
		*VEC_PUSH(&builder->costs) = (struct an_cost){ .stack = stack };
	return index;
}

static void add_site(struct an_cost *cost, const struct an_site *site)
{
	cost->n_allocations += site->n_allocations;
	cost->allocated_bytes += site->allocated_bytes;
	cost->n_live += site->n_live;
	cost->live_bytes += site->live_bytes;
	cost->n_peak += site->n_peak;
	cost->peak_bytes += site->peak_bytes;
	cost->n_temporary += site->n_temporary;
	cost->n_freed += site->n_freed;
	cost->lifetime_ns += site->lifetime_ns;
}

static void join_sites(struct builder *builder)
{
	const struct an_session *session = builder->session;

	for (uint32_t i = 0; i < session->n_sites; i++) {
		uint32_t cost = intern_stack(builder, session->sites[i].stack);

		if (builder->to->is_chosen[session->sites[i].process])
			add_site(&builder->costs.at[cost], &session->sites[i]);
	}
	indexset_release(&builder->set);
	builder->set = (struct indexset){ 0 };
}

static void take_costs(struct builder *builder)
{
	struct an_findings *to = builder->to;

	to->costs = builder->costs.at;
	for (size_t i = 0; i < builder->costs.n; i++)
		if (builder->is_shown[i] && builder->costs.at[i].n_allocations)
			to->costs[to->n_costs++] = builder->costs.at[i];
	an_findings_sort(to, AN_BY_LIVE);
}

static bool is_stack_shown(const struct builder *builder, uint32_t stack, const bool *focus,
			   const bool *ignore)
{
	return (!focus || an_filter_has_place(builder->names, stack, focus)) &&
	       (!ignore || !an_filter_has_place(builder->names, stack, ignore));
}

static void choose_stacks(struct builder *builder, const struct an_findings_options *options)
{
	const struct an_leaks *leaks = &builder->to->leaks;
	bool *focus = options->focus ? an_filter_places(builder->names, options->focus) : NULL;
	bool *ignore = options->ignore ? an_filter_places(builder->names, options->ignore) : NULL;

	builder->is_shown = xcalloc(builder->costs.n, sizeof *builder->is_shown);
	for (size_t i = 0; i < builder->costs.n; i++)
		builder->is_shown[i] = is_stack_shown(builder, builder->costs.at[i].stack, focus,
						      ignore);
	builder->is_leak_shown = xcalloc(leaks->n, sizeof *builder->is_leak_shown);
	for (size_t i = 0; i < leaks->n; i++)
		builder->is_leak_shown[i] =
			builder->to->is_chosen[leaks->at[i].process] &&
			is_stack_shown(builder, leaks->at[i].stack, focus, ignore);
	free(focus);
	free(ignore);
}

static void choose_processes(struct an_findings *to, const char *wanted)
{
	const struct an_session *session = to->session;

	to->is_chosen = xcalloc(session->n_processes, sizeof *to->is_chosen);
	/* Of one snapshot, its process. */
	uint32_t only = session->at_snapshot < session->n_snapshots && !wanted
			? session->snapshots[session->at_snapshot].process : AN_NONE;

	for (uint32_t i = 0; i < session->n_processes; i++) {
		to->is_chosen[i] = (only == AN_NONE || i == only) &&
				   (!wanted ||
				    an_filter_is_process(&session->processes[i], wanted));
		to->n_chosen += to->is_chosen[i];
	}
}

static void add_totals(struct an_totals *to, const struct an_totals *from)
{
	to->n_allocations += from->n_allocations;
	to->n_frees += from->n_frees;
	to->allocated_bytes += from->allocated_bytes;
	to->freed_bytes += from->freed_bytes;
	to->live_bytes += from->live_bytes;
	to->n_live += from->n_live;
	to->n_temporary += from->n_temporary;
	to->n_inherited_frees += from->n_inherited_frees;
	to->n_unknown_frees += from->n_unknown_frees;
}

static void sum_totals(struct an_findings *to)
{
	const struct an_session *session = to->session;

	to->is_peak_known = true;
	if (to->n_chosen == session->n_processes) {
		to->totals = session->totals;
		return;
	}
	for (uint32_t i = 0; i < session->n_processes; i++) {
		if (to->is_chosen[i] && to->n_chosen == 1)
			to->totals = session->processes[i].totals;
		else if (to->is_chosen[i])
			add_totals(&to->totals, &session->processes[i].totals);
	}
	to->is_peak_known = to->n_chosen == 1;
}

static bool has_errors(const struct an_findings *to)
{
	for (uint32_t i = 0; i < to->session->n_errors; i++)
		if (to->is_chosen[to->session->errors[i].process])
			return true;
	return false;
}

static void sum_leaks(struct an_findings *to)
{
	for (uint32_t i = 0; i < to->session->n_processes; i++)
		for (unsigned k = 0; to->is_chosen[i] && k < AN_N_CLASSES; k++) {
			to->sums.at[k].n += to->leaks.sums[i].at[k].n;
			to->sums.at[k].bytes += to->leaks.sums[i].at[k].bytes;
		}
}

static bool is_affected(const struct an_findings *to)
{
	for (uint32_t i = 0; i < to->n_notes; i++)
		if (to->notes[i].affects_verdict)
			return true;
	return false;
}

/* Only what is lost is a leak. Of what was not freed where nobody could tell it
 * from what is still held, the certificate says so. */
static enum an_verdict judge(const struct an_findings *to)
{
	if (to->sums.at[AN_CLASS_DEFINITE].n || to->sums.at[AN_CLASS_INDIRECT].n ||
	    has_errors(to))
		return AN_FINDINGS;
	return to->is_complete ? AN_CLEAN : AN_INCONCLUSIVE;
}

struct an_findings *an_findings_new(const struct an_session *session,
				    const struct an_findings_options *options)
{
	struct an_leaks_options leaks = { options->suppressions, options->masks,
					  options->n_masks, options->want_history,
					  options->see, options->see_context };
	struct an_findings *to = xcalloc(1, sizeof *to);
	struct internal *internal = xcalloc(1, sizeof *internal);
	struct builder builder = { .to = to, .session = session };

	to->session = session;
	to->internal = internal;
	to->names = an_stack_names_new(session);
	to->types = an_type_names_new(session);
	builder.names = to->names;
	choose_processes(to, options->process);
	sum_totals(to);
	an_leaks_find(session, to->names, &leaks, &to->leaks);
	sum_leaks(to);
	join_sites(&builder);
	choose_stacks(&builder, options);
	to->findings = an_groups_make(to->names, &to->leaks, builder.is_leak_shown,
				      &internal->arena, &to->n_findings);
	take_costs(&builder);
	to->notes = an_notes_collect(to->names, &to->leaks, &internal->arena, &to->n_notes);
	to->is_complete = session->is_complete && !is_affected(to);
	to->verdict = judge(to);
	free(builder.is_shown);
	free(builder.is_leak_shown);
	return to;
}

void an_findings_free(struct an_findings *findings)
{
	if (!findings)
		return;
	arena_release(&((struct internal *)findings->internal)->arena);
	free(findings->internal);
	an_leaks_release(&findings->leaks);
	an_stack_names_free(findings->names);
	an_type_names_free(findings->types);
	free(findings->is_chosen);
	free(findings->costs);
	free(findings);
}
