/* SPDX-License-Identifier: Apache-2.0 */
/* gate_values.c -- what a limit is held against that is not a sum of findings. */
#include "analyzer/findings/gate_state.h"

#include <fnmatch.h>

/* The greatest of the processes', where the peak of some of them together is not
 * known. */
static uint64_t peak_of(const struct an_findings *findings, enum an_measure measure)
{
	const struct an_session *session = findings->session;
	uint64_t most = 0;

	if (findings->is_peak_known)
		return measure == AN_MEASURE_COUNT ? findings->totals.n_peak
						   : findings->totals.peak_bytes;
	for (uint32_t i = 0; i < session->n_processes; i++) {
		const struct an_totals *totals = &session->processes[i].totals;
		uint64_t own = measure == AN_MEASURE_COUNT ? totals->n_peak : totals->peak_bytes;

		if (findings->is_chosen[i] && own > most)
			most = own;
	}
	return most;
}

static bool is_of_site(const struct an_line_list *list, const char *pattern)
{
	const struct an_named_line *line;
	char name[1024];

	if (!list->n)
		return false;
	line = &list->at[an_lines_responsible(list)];
	if (!line->function)
		return false;
	an_normalise_function(name, sizeof name, line->function);
	return !fnmatch(pattern, name, 0) || !fnmatch(pattern, line->function, 0);
}

static struct an_gate_value site_of(const struct an_limit *limit,
				    const struct an_findings *findings)
{
	struct an_gate_value value = { 0 };
	struct an_line_list list = { 0 };

	for (uint32_t i = 0; i < findings->n_costs; i++) {
		const struct an_cost *cost = &findings->costs[i];

		an_stack_names_lines(findings->names, cost->stack, &list);
		if (!is_of_site(&list, limit->pattern))
			continue;
		value.is_matched = true;
		value.amount += limit->measure == AN_MEASURE_COUNT ? cost->n_live
								   : cost->live_bytes;
	}
	free(list.at);
	return value;
}

struct an_gate_value an_gate_measure(const struct an_limit *limit,
				     const struct an_findings *findings)
{
	const struct an_totals *totals = &findings->totals;
	bool is_count = limit->measure == AN_MEASURE_COUNT;
	struct an_gate_value value = { .is_matched = findings->n_chosen > 0 };

	switch (limit->what) {
	case AN_LIMIT_CLASS:
		value.amount = is_count ? findings->sums.at[limit->which].n
					: findings->sums.at[limit->which].bytes;
		return value;
	case AN_LIMIT_LIVE:
		value.amount = is_count ? totals->n_live : totals->live_bytes;
		return value;
	case AN_LIMIT_PEAK:
		value.amount = peak_of(findings, limit->measure);
		return value;
	case AN_LIMIT_ALLOCATED:
		value.amount = totals->allocated_bytes;
		return value;
	case AN_LIMIT_ALLOCATIONS:
		value.amount = totals->n_allocations;
		return value;
	default:
		return site_of(limit, findings);
	}
}
