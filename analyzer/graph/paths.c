/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths.c -- from a node back to its roots, breadth first, so that the first
 * root found is a nearest one. Each node on the way remembers the edge that it
 * was come upon by, and these edges are the paths.
 */
#include "analyzer/graph/paths.h"

#include "analyzer/base/vec.h"
#include "analyzer/graph/reach.h"


struct search {
	const struct an_graph *graph;
	uint32_t followed;
	const uint8_t *root_is_off;
	uint32_t node;         /* that is asked for */
	uint32_t *edge;        /* by node: the next edge on its way to that */
	uint8_t *is_seen;      /* a bit by node */
	uint32_t *queue;
	uint32_t n_queue;
	VEC(struct an_path) paths;
	VEC(uint32_t) edges;
};

static void come_upon(struct search *search, uint32_t node, uint32_t edge)
{
	if (search->is_seen[node / 8] >> node % 8 & 1)
		return;
	search->is_seen[node / 8] |= (uint8_t)(1 << node % 8);
	search->edge[node] = edge;
	search->queue[search->n_queue++] = node;
}

static void add_path(struct search *search, uint32_t root_edge, uint32_t node)
{
	struct an_path *path = VEC_PUSH(&search->paths);

	*path = (struct an_path){ .root_edge = root_edge, .first_edge = search->edges.n };
	while (node != search->node) {
		*VEC_PUSH(&search->edges) = search->edge[node];
		node = search->graph->edges[search->edge[node]].to;
	}
	path->n_edges = (uint32_t)(search->edges.n - path->first_edge);
}

static void add_roots(struct search *search, uint32_t node, size_t max)
{
	const struct an_graph *graph = search->graph;

	for (uint32_t i = an_graph_first_root(graph, node);
	     i < graph->n_root_edges && graph->roots[i].to == node && search->paths.n < max; i++) {
		const struct an_root_edge *edge = &graph->roots[i];

		if ((search->followed & AN_EDGE_BIT(an_root_edge_kind(edge))) &&
		    !(search->root_is_off && search->root_is_off[an_root_edge_root(edge)]))
			add_path(search, i, node);
	}
}

void an_paths_find(const struct an_graph *graph, uint32_t node, uint32_t followed,
		   const uint8_t *root_is_off, size_t max, struct an_paths *paths)
{
	struct search search = {
		.graph = graph, .followed = followed, .root_is_off = root_is_off, .node = node
	};

	search.edge = xmalloc(graph->n_nodes * sizeof(*search.edge));
	search.queue = xmalloc(graph->n_nodes * sizeof(*search.queue));
	search.is_seen = xcalloc(graph->n_nodes / 8 + 1, 1);
	come_upon(&search, node, 0);
	for (uint32_t at = 0; at < search.n_queue && search.paths.n < max; at++) {
		uint32_t from = search.queue[at];

		add_roots(&search, from, max);
		for (uint32_t i = graph->first_holder[from]; i < graph->first_holder[from + 1];
		     i++) {
			struct an_holder holder = graph->holders[i];

			if (followed & AN_EDGE_BIT(an_edge_kind(graph->edges[holder.edge])))
				come_upon(&search, holder.from, holder.edge);
		}
	}
	free(search.edge);
	free(search.queue);
	free(search.is_seen);
	*paths = (struct an_paths){ search.paths.at, search.paths.n, search.edges.at };
}

void an_paths_release(struct an_paths *paths)
{
	free(paths->at);
	free(paths->edges);
	*paths = (struct an_paths){ 0 };
}
