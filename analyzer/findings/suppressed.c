/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suppressed.c -- suppressions, and what the program said to ignore, met with a graph:
 * what matches is taken for a root, so that what hangs on it goes with it, in one
 * more pass.
 */
#include "analyzer/base/vec.h"
#include "analyzer/findings/leaks.h"

#include <string.h>

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

static void match_all(const struct an_objects *objects, const struct an_stack_names *names,
		      const struct an_suppressions *suppressions, uint32_t *by)
{
	struct asked asked = { .names = names, .suppressions = suppressions };
	size_t n_by = (size_t)names->session->n_stacks * AN_REACH_KINDS;

	asked.by = xcalloc(n_by, sizeof *asked.by);
	for (size_t i = 0; i < n_by; i++)
		asked.by[i] = NOT_ASKED;
	for (uint32_t i = 0; i < objects->graph.n_nodes; i++)
		by[i] = ask(&asked, objects->snapshot->live[i].stack, objects->reach.kind[i]);
	free(asked.by);
	free(asked.list.at);
}

/* What the program said goes first. False: it said nothing. */
static bool match_ignored(const struct an_objects *objects, uint32_t *by)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	bool is_any = false;

	for (uint64_t i = 0; i < snapshot->n_annotations; i++) {
		uint32_t node = snapshot->annotations[i].is_ignored
			? an_graph_find(&objects->graph, snapshot->annotations[i].addr)
			: AN_NO_NODE;

		if (node != AN_NO_NODE && objects->reach.kind[node] != AN_REACHABLE) {
			by[node] = AN_BY_PROGRAM;
			is_any = true;
		}
	}
	return is_any;
}

uint32_t *an_leaks_suppress(struct an_objects *objects, const struct an_stack_names *names,
			    const struct an_suppressions *suppressions)
{
	uint32_t n = objects->graph.n_nodes, *by = xmalloc((n + (size_t)1) * sizeof *by);
	VEC(uint32_t) nodes = { 0 };

	memset(by, 0xff, n * sizeof *by);
	if (suppressions)
		match_all(objects, names, suppressions, by);
	if (!match_ignored(objects, by) && !suppressions) {
		free(by);
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++)
		if (by[i] != AN_NONE)
			*VEC_PUSH(&nodes) = i;
	if (nodes.n)
		an_objects_suppress(objects, nodes.at, nodes.n);
	VEC_RELEASE(&nodes);
	return by;
}
