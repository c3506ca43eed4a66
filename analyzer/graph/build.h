/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.h -- a graph while words come in. Private to the builder's files.
 */
#ifndef ANALYZER_GRAPH_BUILD_H
#define ANALYZER_GRAPH_BUILD_H

#include "analyzer/graph/lookup.h"

/* An edge to the inside of a node: where. */
struct an_inside {
	uint32_t edge;         /* or root edge */
	uint32_t to;
	uint32_t offset;
};


struct an_graph_builder {
	struct an_graph_input input;
	struct an_lookup lookup;
	VEC(struct an_edge) edges;
	VEC(uint32_t) froms;               /* by edge */
	VEC(struct an_root_edge) roots;
	VEC(struct an_inside) insides;     /* what offsets are learned from */
	VEC(struct an_inside) root_insides;
	uint8_t *is_held;                  /* a bit by node: by another, or a root */
	uint32_t holder;                   /* of the last slot */
	uint32_t n_roots;
	uint64_t n_not_kept;
	bool is_unsorted;
};

/* What a value points to. offset is that of the target. */
struct an_target {
	uint32_t node;         /* AN_NO_NODE: none */
	enum an_edge_kind kind;
	uint64_t offset;
};

/* before: the node that begins last at or before value. */
struct an_target an_classify(struct an_graph_builder *builder, uint64_t value, uint32_t before);
/* Makes of the edges that go where nearly all of a site are held learned ones. */
void an_learn(struct an_graph_builder *builder);

#endif
