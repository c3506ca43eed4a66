/* SPDX-License-Identifier: Apache-2.0 */
/* order.c -- the orders of sites, and the words of the contract. */
#include "analyzer/findings/findings.h"

#include <stdlib.h>

struct sorting {
	const struct an_stack_names *names;
	enum an_order order;
};

static uint64_t key_of(const struct an_cost *cost, enum an_order order)
{
	switch (order) {
	case AN_BY_ALLOCATED:
		return cost->allocated_bytes;
	case AN_BY_COUNT:
		return cost->n_allocations;
	case AN_BY_TEMPORARY:
		return cost->n_temporary;
	case AN_BY_PEAK:
		return cost->peak_bytes;
	default:
		return cost->live_bytes;
	}
}

static int compare_costs(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	const struct an_cost *a = left, *b = right;
	const enum an_order keys[] = { sorting->order, AN_BY_LIVE, AN_BY_ALLOCATED };

	for (unsigned i = 0; i < 3; i++) {
		uint64_t key_a = key_of(a, keys[i]), key_b = key_of(b, keys[i]);

		if (key_a != key_b)
			return key_a > key_b ? -1 : 1;
	}
	return an_stack_names_compare(sorting->names, a->stack, b->stack);
}

void an_findings_sort(struct an_findings *findings, enum an_order order)
{
	struct sorting sorting = { findings->names, order };

	if (findings->n_costs > 1)
		qsort_r(findings->costs, findings->n_costs, sizeof *findings->costs,
			compare_costs, &sorting);
}

const char *an_verdict_name(enum an_verdict verdict)
{
	static const char *const names[] = { "clean", "findings", "inconclusive" };

	return names[verdict];
}

const char *an_end_name(uint8_t how)
{
	static const char *const names[MT_N_ENDS] = {
		[MT_END_UNKNOWN] = "unknown", [MT_END_EXIT] = "exit", [MT_END__EXIT] = "_exit",
		[MT_END_SIGNAL] = "signal", [MT_END_EXEC] = "exec", [MT_END_RUNNING] = "running",
	};

	return how < MT_N_ENDS ? names[how] : "unknown";
}
