/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cycles.h -- lost memory that keeps itself alive.
 *
 * A strongly connected component of the lost part that nothing lost outside it
 * leads into is a root cycle. Edges are named by their index in the graph.
 */
#ifndef ANALYZER_GRAPH_CYCLES_H
#define ANALYZER_GRAPH_CYCLES_H

#include "analyzer/graph/reach.h"

/* Above this, the edges to weaken are chosen greedily. */
#define AN_CYCLE_EXACT_MAX 12

struct an_cycle {
	uint32_t leader;            /* its lowest member, the definite one */
	uint32_t n_members;
	uint32_t n_ring;
	uint32_t n_weaken;
	uint64_t first_member;      /* into members, ascending */
	uint64_t first_ring;        /* into edges: a shortest cycle through the leader */
	uint64_t first_weaken;      /* into edges: without them nothing goes round */
	bool weaken_is_smallest;    /* false: a greedy choice, there may be a smaller one */
	uint64_t bytes;             /* of the members */
	uint64_t n_hanging;         /* what the leader leads to besides */
	uint64_t hanging_bytes;
};

struct an_cycles {
	struct an_cycle *at;        /* by leader, ascending */
	size_t n;
	uint32_t *members;
	uint32_t *edges;
};

void an_cycles_find(const struct an_graph *graph, const struct an_reach *reach,
		    struct an_cycles *cycles);
void an_cycles_release(struct an_cycles *cycles);

#endif
