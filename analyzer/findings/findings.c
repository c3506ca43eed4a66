/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.c -- see findings.h.
 *
 *   sites of the session   (process, stack)
 *     -> costs             equal stacks of all processes; filtered for display
 *     -> groups            live costs with one fingerprint; all of them, so that
 *                          names are unambiguous whatever is filtered
 *     -> findings          groups of which something is left
 */
#include "analyzer/findings/findings.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"
#include "analyzer/findings/filter.h"
#include "analyzer/findings/notes.h"

#include <string.h>

struct group {
	struct an_finding finding;
	uint64_t best_bytes;         /* of the site that finding.stack is from */
	VEC(uint32_t) processes;
};

struct internal {
	struct arena arena;
};

struct builder {
	struct an_findings *to;
	const struct an_session *session;
	const struct an_stack_names *names;
	struct indexset set;
	VEC(struct an_cost) costs;       /* by first appearance */
	uint32_t *cost_of_site;
	VEC(struct group) groups;
	uint32_t *group_of_cost;         /* AN_NONE: nothing live anywhere */
	bool *is_shown;                  /* of each cost */
	uint32_t wanted_stack;
	const char *wanted_fingerprint;
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

	builder->cost_of_site = xcalloc(session->n_sites, sizeof *builder->cost_of_site);
	for (uint32_t i = 0; i < session->n_sites; i++) {
		uint32_t cost = intern_stack(builder, session->sites[i].stack);

		builder->cost_of_site[i] = cost;
		if (builder->to->is_chosen[session->sites[i].process])
			add_site(&builder->costs.at[cost], &session->sites[i]);
	}
	indexset_release(&builder->set);
	builder->set = (struct indexset){ 0 };
}

static bool is_equal_fingerprint(void *context, uint32_t index)
{
	const struct builder *builder = context;

	return !strcmp(builder->groups.at[index].finding.fingerprint,
		       builder->wanted_fingerprint);
}

static uint32_t intern_group(struct builder *builder, uint32_t stack, struct an_line_list *list)
{
	char fingerprint[AN_FINGERPRINT_DIGITS + 1];
	uint32_t candidate = (uint32_t)builder->groups.n, index;

	an_stack_names_lines(builder->names, stack, list);
	an_fingerprint(fingerprint, list);
	builder->wanted_fingerprint = fingerprint;
	index = indexset_intern(&builder->set, hash_bytes(1, fingerprint, AN_FINGERPRINT_DIGITS),
				candidate, is_equal_fingerprint, builder);
	if (index == candidate) {
		struct group *group = VEC_PUSH(&builder->groups);

		*group = (struct group){ .finding.stack = stack };
		memcpy(group->finding.fingerprint, fingerprint, sizeof fingerprint);
	}
	return index;
}

/* Gives every cost that is live in any process its group. */
static void group_costs(struct builder *builder)
{
	const struct an_session *session = builder->session;
	struct an_line_list list = { 0 };

	builder->group_of_cost = xcalloc(builder->costs.n, sizeof *builder->group_of_cost);
	for (size_t i = 0; i < builder->costs.n; i++)
		builder->group_of_cost[i] = AN_NONE;
	for (uint32_t i = 0; i < session->n_sites; i++) {
		uint32_t *group = &builder->group_of_cost[builder->cost_of_site[i]];

		if (session->sites[i].n_live && *group == AN_NONE)
			*group = intern_group(builder, session->sites[i].stack, &list);
	}
	indexset_release(&builder->set);
	free(list.at);
}

static int compare_fingerprints(const void *left, const void *right)
{
	const struct group *const *a = left, *const *b = right;

	return strcmp((*a)->finding.fingerprint, (*b)->finding.fingerprint);
}

static size_t n_common(const struct group *a, const struct group *b)
{
	size_t n = 0;

	while (n < AN_FINGERPRINT_DIGITS && a->finding.fingerprint[n] == b->finding.fingerprint[n])
		n++;
	return n;
}

/* As many digits as tell it from its neighbours in the sorted list. */
static void name_groups(struct builder *builder)
{
	size_t n = builder->groups.n;
	struct group **sorted = xcalloc(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &builder->groups.at[i];
	qsort(sorted, n, sizeof *sorted, compare_fingerprints);
	for (size_t i = 0; i < n; i++) {
		struct an_finding *finding = &sorted[i]->finding;
		size_t n_digits = 6, n_before = i ? n_common(sorted[i - 1], sorted[i]) + 1 : 0;
		size_t n_after = i + 1 < n ? n_common(sorted[i], sorted[i + 1]) + 1 : 0;

		n_digits = n_before > n_digits ? n_before : n_digits;
		n_digits = n_after > n_digits ? n_after : n_digits;
		memcpy(finding->id, "L-", 2);
		memcpy(finding->id + 2, finding->fingerprint, n_digits);
		finding->id[2 + n_digits] = 0;
	}
	free(sorted);
}

static void fill_groups(struct builder *builder)
{
	const struct an_session *session = builder->session;

	for (uint32_t i = 0; i < session->n_sites; i++) {
		const struct an_site *site = &session->sites[i];
		uint32_t cost = builder->cost_of_site[i];
		struct group *group;

		if (!site->n_live || !builder->is_shown[cost] ||
		    !builder->to->is_chosen[site->process])
			continue;
		group = &builder->groups.at[builder->group_of_cost[cost]];
		group->finding.bytes += site->live_bytes;
		group->finding.n_allocations += site->n_live;
		if (!group->processes.n ||
		    group->processes.at[group->processes.n - 1] != site->process)
			*VEC_PUSH(&group->processes) = site->process;
	}
	for (size_t i = 0; i < builder->costs.n; i++) {
		const struct an_cost *cost = &builder->costs.at[i];
		struct group *group;

		if (!cost->n_live || !builder->is_shown[i])
			continue;
		group = &builder->groups.at[builder->group_of_cost[i]];
		if (!group->finding.n_sites++ || cost->live_bytes > group->best_bytes ||
		    (cost->live_bytes == group->best_bytes &&
		     an_stack_names_compare(builder->names, cost->stack,
					    group->finding.stack) < 0)) {
			group->best_bytes = cost->live_bytes;
			group->finding.stack = cost->stack;
		}
	}
}

static int compare_findings(const void *left, const void *right)
{
	const struct an_finding *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void take_findings(struct builder *builder, struct arena *arena)
{
	struct an_findings *to = builder->to;

	to->findings = arena_alloc(arena, builder->groups.n, sizeof *to->findings);
	for (size_t i = 0; i < builder->groups.n; i++) {
		struct group *group = &builder->groups.at[i];
		size_t n = group->processes.n;

		if (n) {
			uint32_t *processes = arena_alloc(arena, n, sizeof *processes);

			memcpy(processes, group->processes.at, n * sizeof *processes);
			group->finding.processes = processes;
			group->finding.n_processes = (uint32_t)n;
			to->findings[to->n_findings++] = group->finding;
		}
		VEC_RELEASE(&group->processes);
	}
	VEC_RELEASE(&builder->groups);
	qsort(to->findings, to->n_findings, sizeof *to->findings, compare_findings);
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

static void choose_stacks(struct builder *builder, const struct an_findings_options *options)
{
	bool *focus = options->focus ? an_filter_places(builder->names, options->focus) : NULL;
	bool *ignore = options->ignore ? an_filter_places(builder->names, options->ignore) : NULL;

	builder->is_shown = xcalloc(builder->costs.n, sizeof *builder->is_shown);
	for (size_t i = 0; i < builder->costs.n; i++) {
		uint32_t stack = builder->costs.at[i].stack;

		builder->is_shown[i] =
			(!focus || an_filter_has_place(builder->names, stack, focus)) &&
			(!ignore || !an_filter_has_place(builder->names, stack, ignore));
	}
	free(focus);
	free(ignore);
}

static void choose_processes(struct an_findings *to, const char *wanted)
{
	const struct an_session *session = to->session;

	to->is_chosen = xcalloc(session->n_processes, sizeof *to->is_chosen);
	for (uint32_t i = 0; i < session->n_processes; i++) {
		to->is_chosen[i] = !wanted || an_filter_is_process(&session->processes[i], wanted);
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

struct an_findings *an_findings_new(const struct an_session *session,
				    const struct an_findings_options *options)
{
	struct an_findings *to = xcalloc(1, sizeof *to);
	struct internal *internal = xcalloc(1, sizeof *internal);
	struct builder builder = { .to = to, .session = session };

	to->session = session;
	to->internal = internal;
	to->names = an_stack_names_new(session);
	builder.names = to->names;
	choose_processes(to, options->process);
	sum_totals(to);
	join_sites(&builder);
	group_costs(&builder);
	name_groups(&builder);
	choose_stacks(&builder, options);
	fill_groups(&builder);
	take_findings(&builder, &internal->arena);
	take_costs(&builder);
	to->notes = an_notes_collect(to->names, &internal->arena, &to->n_notes);
	/* What was not freed stays a finding when something was missed, too. */
	to->verdict = to->totals.n_live || has_errors(to) ? AN_FINDINGS
		      : session->is_complete ? AN_CLEAN : AN_INCONCLUSIVE;
	free(builder.cost_of_site);
	free(builder.group_of_cost);
	free(builder.is_shown);
	return to;
}

void an_findings_free(struct an_findings *findings)
{
	if (!findings)
		return;
	arena_release(&((struct internal *)findings->internal)->arena);
	free(findings->internal);
	an_stack_names_free(findings->names);
	free(findings->is_chosen);
	free(findings->costs);
	free(findings);
}
