/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dominators.h -- who has to let go before this memory can go.
 *
 * A vertex is a node of the graph, or a root: root r is vertex n_nodes + r. Of
 * lost memory the definite ones are what the roots are of live memory.
 */
#ifndef ANALYZER_GRAPH_DOMINATORS_H
#define ANALYZER_GRAPH_DOMINATORS_H

#include "analyzer/graph/reach.h"

#define AN_TOP UINT32_MAX                /* several roots hold it, or it is one */
#define AN_NOT_THERE (UINT32_MAX - 1)    /* not of this part of the graph */

struct an_dominators {
	uint32_t *up;          /* by vertex: its immediate dominator */
	uint64_t *retained;    /* by vertex: bytes that go when it goes, itself included */
	uint32_t n_nodes;
	uint32_t n_vertices;
};

/* Of what is reachable or possible, from the roots that count. root_is_off as in
 * an_reach_options. */
void an_dominators_live(const struct an_graph *graph, const struct an_reach *reach,
			const uint8_t *root_is_off, struct an_dominators *dominators);
/* Of what is lost, from the definite ones; roots are AN_NOT_THERE. */
void an_dominators_lost(const struct an_graph *graph, const struct an_reach *reach,
			struct an_dominators *dominators);
void an_dominators_release(struct an_dominators *dominators);

/*
 * Where what a vertex retains piles up: follows the greatest child while it
 * retains at least 0.7 of its parent, and returns the last one, below which the
 * memory is spread over many (Eclipse MAT's "big drop", and its ratio).
 */
struct an_accumulation {
	uint32_t vertex;
	uint32_t n_children;     /* it dominates directly */
};

/* One for each of n vertices, all in one pass; each must be there. */
void an_dominators_accumulate(const struct an_dominators *dominators, const uint32_t *vertices,
			      size_t n, struct an_accumulation *accumulations);

#endif
