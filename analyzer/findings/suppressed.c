/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suppressed.c -- suppressions met with a graph: what matches is taken for a root,
 * so that what hangs on it goes with it, in one more pass.
 */
#include "analyzer/base/vec.h"
#include "analyzer/findings/leaks.h"

enum { NOT_ASKED = UINT32_MAX - 1 };

static unsigned kind_bit(uint8_t kind)
{
	switch (kind) {
	case AN_DEFINITE:
		return AN_KIND_DEFINITE;
	case AN_INDIRECT:
		return AN_KIND_INDIRECT;
	case AN_POSSIBLE:
		return AN_KIND_POSSIBLE;
	default:
		return AN_KIND_REACHABLE;
	}
}

/* A stack is asked once for each kind. */
struct asked {
	const struct an_stack_names *names;
	const struct an_suppressions *suppressions;
	struct an_line_list list;
	uint32_t *by;                /* of each stack and kind */
};

static uint32_t ask(struct asked *asked, uint32_t stack, uint8_t kind)
{
	uint32_t *by = &asked->by[(size_t)stack * AN_REACH_KINDS + kind];

	if (*by != NOT_ASKED)
		return *by;
	an_stack_names_lines(asked->names, stack, &asked->list);
	*by = an_suppressions_match(asked->suppressions, &asked->list,
				    asked->names->session->stacks[stack].api, kind_bit(kind));
	return *by;
}

uint32_t *an_leaks_suppress(struct an_objects *objects, const struct an_stack_names *names,
			    const struct an_suppressions *suppressions)
{
	struct asked asked = { .names = names, .suppressions = suppressions };
	size_t n_by = (size_t)names->session->n_stacks * AN_REACH_KINDS;
	uint32_t n = objects->graph.n_nodes;
	uint32_t *by = xcalloc(n, sizeof *by);
	VEC(uint32_t) nodes = { 0 };

	asked.by = xcalloc(n_by, sizeof *asked.by);
	for (size_t i = 0; i < n_by; i++)
		asked.by[i] = NOT_ASKED;
	for (uint32_t i = 0; i < n; i++) {
		by[i] = ask(&asked, objects->snapshot->live[i].stack, objects->reach.kind[i]);
		if (by[i] != AN_NONE)
			*VEC_PUSH(&nodes) = i;
	}
	if (nodes.n)
		an_objects_suppress(objects, nodes.at, nodes.n);
	VEC_RELEASE(&nodes);
	free(asked.by);
	free(asked.list.at);
	return by;
}
