/* SPDX-License-Identifier: Apache-2.0 */
/* shares.c -- see shares.h. Each leak's name flows from what it tells of along the
 * pointers of lost memory; where two names meet, the place is nobody's alone. A
 * place changes twice at most, so each pointer is followed twice at most. */
#include "analyzer/findings/shares.h"
#include "analyzer/base/xalloc.h"

#include <stdlib.h>

enum { NOT_YET = UINT32_MAX, SEVERAL = UINT32_MAX - 1 };

struct flow {
	const struct an_graph *graph;
	const struct an_reach *reach;
	uint32_t *owner;         /* of each node */
	bool *is_told;           /* it has its name from the start */
	uint32_t *waiting;       /* nodes whose name has yet to flow on; each once at a time */
	bool *is_waiting;
	uint32_t n_waiting;
};

static void queue(struct flow *flow, uint32_t node)
{
	if (flow->is_waiting[node])
		return;
	flow->is_waiting[node] = true;
	flow->waiting[flow->n_waiting++] = node;
}

static void begin(struct flow *flow, const struct an_objects *objects, const uint32_t *leak_of)
{
	uint32_t n_nodes = objects->graph.n_nodes;

	*flow = (struct flow){ .graph = &objects->graph, .reach = &objects->reach };
	flow->owner = xcalloc(n_nodes, sizeof *flow->owner);
	flow->is_told = xcalloc(n_nodes, sizeof *flow->is_told);
	flow->waiting = xcalloc(n_nodes, sizeof *flow->waiting);
	flow->is_waiting = xcalloc(n_nodes, sizeof *flow->is_waiting);
	for (uint32_t i = 0; i < n_nodes; i++) {
		flow->is_told[i] = leak_of[i] != AN_NONE;
		flow->owner[i] = flow->is_told[i] ? leak_of[i] : NOT_YET;
		if (flow->is_told[i] && an_reach_is_lost(flow->reach, i))
			queue(flow, i);
	}
}

static void flow_on(struct flow *flow)
{
	while (flow->n_waiting) {
		uint32_t from = flow->waiting[--flow->n_waiting];

		flow->is_waiting[from] = false;
		for (uint32_t i = flow->graph->first[from]; i < flow->graph->first[from + 1]; i++) {
			struct an_edge edge = flow->graph->edges[i];
			uint32_t *owner = &flow->owner[edge.to];

			if (!(AN_EDGE_BIT(an_edge_kind(edge)) & flow->reach->followed) ||
			    flow->is_told[edge.to] || !an_reach_is_lost(flow->reach, edge.to) ||
			    *owner == SEVERAL || *owner == flow->owner[from])
				continue;
			*owner = *owner == NOT_YET ? flow->owner[from] : SEVERAL;
			queue(flow, edge.to);
		}
	}
}

static void end(struct flow *flow)
{
	free(flow->owner);
	free(flow->is_told);
	free(flow->waiting);
	free(flow->is_waiting);
}

struct an_share an_shares_add(const struct an_objects *objects, const uint32_t *leak_of,
			      struct an_leak *leaks)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	struct an_share joint = { 0 };
	struct flow flow;

	begin(&flow, objects, leak_of);
	flow_on(&flow);
	for (uint32_t i = 0; i < objects->graph.n_nodes; i++) {
		bool is_definite = objects->reach.kind[i] == AN_DEFINITE;
		uint32_t leak = flow.owner[i];
		struct an_share *to = &joint;

		if (snapshot->live[i].is_freed || !an_reach_is_lost(&objects->reach, i))
			continue;
		if (leak != NOT_YET && leak != SEVERAL) {
			to = is_definite ? &leaks[leak].definite : &leaks[leak].indirect;
			leaks[leak].retained_bytes += snapshot->live[i].size;
		}
		to->n++;
		to->bytes += snapshot->live[i].size;
	}
	end(&flow);
	return joint;
}
