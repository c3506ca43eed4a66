/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths.h -- why is this allocation still reachable? The shortest ways from a
 * root to it. (Who holds it directly is in the graph: holders and roots.)
 */
#ifndef ANALYZER_GRAPH_PATHS_H
#define ANALYZER_GRAPH_PATHS_H

#include "analyzer/graph/graph.h"

struct an_path {
	uint32_t root_edge;     /* into graph->roots: where it begins */
	uint32_t n_edges;
	uint64_t first_edge;    /* into edges: from the root edge's target to the node */
};

struct an_paths {
	struct an_path *at;     /* shortest first */
	size_t n;
	uint32_t *edges;
};

/*
 * At most max paths, each from another root edge, over edges whose kind is in
 * followed. Two may end alike. root_is_off as in an_reach_options.
 */
void an_paths_find(const struct an_graph *graph, uint32_t node, uint32_t followed,
		   const uint8_t *root_is_off, size_t max, struct an_paths *paths);
void an_paths_release(struct an_paths *paths);

#endif
