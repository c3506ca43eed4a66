/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cycle.h -- one root cycle after the other. Private to the two files that find
 * them and choose what to weaken.
 */
#ifndef ANALYZER_GRAPH_CYCLE_H
#define ANALYZER_GRAPH_CYCLE_H

#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"
#include "analyzer/graph/cycles.h"

/* Who holds whom how often, by place, and the order that was found for it. */
struct an_cycle_shape {
	uint32_t n;
	uint32_t edges[AN_CYCLE_EXACT_MAX][AN_CYCLE_EXACT_MAX];
	uint8_t rank[AN_CYCLE_EXACT_MAX];
};

struct an_cycle_search {
	const struct an_graph *graph;
	const struct an_reach *reach;
	uint32_t *place;       /* by node: its place among the members, or AN_NO_NODE */
	size_t first_member;   /* of the cycle at hand */
	VEC(uint32_t) members;
	VEC(uint32_t) edges;
	VEC(struct an_cycle) cycles;
	struct indexset shape_set;
	VEC(struct an_cycle_shape) shapes;
};

/* The first edge from this one on, before end, that leads to a member. */
uint32_t an_cycle_next(const struct an_cycle_search *search, uint32_t edge, uint32_t end);
/* Chooses the edges to weaken of the cycle whose members have their places. */
void an_cycle_weaken(struct an_cycle_search *search, struct an_cycle *cycle);
/* What is not part of the result. */
void an_cycle_search_release(struct an_cycle_search *search);

#endif
