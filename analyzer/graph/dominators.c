/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dominators.c -- for each vertex, the last one that every way from the top must
 * cross.
 *
 * Semi-NCA (Georgiadis and Tarjan): vertices get numbers in the order of a depth
 * first walk, the top is number 0; semidominators by path compression, from the
 * last number to the first; then each one's dominator is its nearest ancestor in
 * the walk's tree, by dominators, that is not after its semidominator. Near
 * linear, where iterating to a fixed point takes minutes on a long list that is
 * linked both ways.
 *
 * Seven numbers of 32 bits for a vertex at the peak; `number` lies where the
 * result will, the walk's stack where semi and label will.
 */
#include "analyzer/graph/dominators.h"

#include "analyzer/base/xalloc.h"

#include <stdlib.h>

struct flow {
	const struct an_graph *graph;
	const struct an_reach *reach;
	const uint8_t *root_is_off;
	bool is_lost;            /* which part */
	uint32_t n_vertices;
	uint32_t n;              /* numbers given so far: 1 .. n */
	uint32_t *number;        /* by vertex; 0: none */
	uint32_t *first_root;    /* by node: where its root edges begin; NULL if lost */
	uint32_t *first_held;    /* by root: where what it holds begins in held */
	uint32_t *held;          /* root edges, by root */
	/* By number. */
	uint32_t *vertex;
	uint32_t *up;            /* parent in the walk's tree, then dominator */
	uint32_t *ancestor;      /* compressed */
	uint32_t *semi;
	uint32_t *label;         /* of least semi on the compressed way */
	uint32_t *stack;
};

static bool is_of_part(const struct flow *flow, uint32_t node)
{
	return flow->is_lost ? an_reach_is_lost(flow->reach, node)
			     : flow->reach->kind[node] <= AN_POSSIBLE;
}

static bool is_followed(const struct flow *flow, enum an_edge_kind kind)
{
	return flow->reach->followed & AN_EDGE_BIT(kind);
}

static bool root_counts(const struct flow *flow, const struct an_root_edge *edge)
{
	return is_followed(flow, an_root_edge_kind(edge)) &&
	       !(flow->root_is_off && flow->root_is_off[an_root_edge_root(edge)]);
}

/* Root edges by target are in the graph; here where each begins, and by root. */
static void index_roots(struct flow *flow)
{
	const struct an_graph *graph = flow->graph;
	uint32_t n = graph->n_root_edges, node = 0;

	flow->first_root = xmalloc(((size_t)graph->n_nodes + 1) * sizeof(uint32_t));
	flow->first_held = xcalloc((size_t)graph->n_roots + 2, sizeof(uint32_t));
	flow->held = xmalloc(n * sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++) {
		while (node <= graph->roots[i].to)
			flow->first_root[node++] = i;
		flow->first_held[an_root_edge_root(&graph->roots[i]) + 2]++;
	}
	while (node <= graph->n_nodes)
		flow->first_root[node++] = n;
	for (uint32_t i = 1; i <= graph->n_roots; i++)
		flow->first_held[i + 1] += flow->first_held[i];
	for (uint32_t i = 0; i < n; i++)
		flow->held[flow->first_held[an_root_edge_root(&graph->roots[i]) + 1]++] = i;
}

static void set_up(struct flow *flow)
{
	size_t n = (size_t)flow->n_vertices + 1;
	uint32_t **arrays[] = { &flow->vertex, &flow->up,    &flow->ancestor,
				&flow->semi,   &flow->label, &flow->stack };

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		*arrays[i] = xmalloc(n * sizeof(uint32_t));
	flow->number = xcalloc(n, sizeof(uint32_t));
	if (!flow->is_lost)
		index_roots(flow);
}

static void give_number(struct flow *flow, uint32_t vertex, uint32_t parent)
{
	uint32_t number = ++flow->n;

	flow->number[vertex] = number;
	flow->vertex[number] = vertex;
	flow->up[number] = parent;
}

/* What vertex leads to next, from *cursor on; AN_NO_NODE: nothing more. */
static uint32_t next_held(const struct flow *flow, uint32_t vertex, uint32_t *cursor)
{
	const struct an_graph *graph = flow->graph;

	if (vertex < graph->n_nodes) {
		for (; *cursor < graph->first[vertex + 1]; ++*cursor) {
			struct an_edge edge = graph->edges[*cursor];

			if (!flow->number[edge.to] && is_followed(flow, an_edge_kind(edge)) &&
			    is_of_part(flow, edge.to))
				return edge.to;
		}
		return AN_NO_NODE;
	}
	for (; *cursor < flow->first_held[vertex - graph->n_nodes + 1]; ++*cursor) {
		const struct an_root_edge *edge = &graph->roots[flow->held[*cursor]];

		if (!flow->number[edge->to] && root_counts(flow, edge) &&
		    is_of_part(flow, edge->to))
			return edge->to;
	}
	return AN_NO_NODE;
}

static uint32_t first_cursor(const struct flow *flow, uint32_t vertex)
{
	return vertex < flow->graph->n_nodes ? flow->graph->first[vertex]
					     : flow->first_held[vertex - flow->graph->n_nodes];
}

static void walk_from(struct flow *flow, uint32_t entry)
{
	uint32_t *way = flow->semi, *cursors = flow->label, depth = 1;

	give_number(flow, entry, 0);
	way[0] = entry;
	cursors[0] = first_cursor(flow, entry);
	while (depth) {
		uint32_t vertex = way[depth - 1];
		uint32_t next = next_held(flow, vertex, &cursors[depth - 1]);

		if (next == AN_NO_NODE) {
			depth--;
			continue;
		}
		give_number(flow, next, flow->number[vertex]);
		way[depth] = next;
		cursors[depth++] = first_cursor(flow, next);
	}
}

/* Roots and leaders are entered from the top, and from nowhere else first. */
static void walk(struct flow *flow)
{
	const struct an_graph *graph = flow->graph;

	if (flow->is_lost) {
		for (uint32_t node = 0; node < graph->n_nodes; node++)
			if (flow->reach->leader[node] == node)
				walk_from(flow, node);
		return;
	}
	for (uint32_t root = 0; root < graph->n_roots; root++)
		if (flow->first_held[root] < flow->first_held[root + 1] &&
		    !(flow->root_is_off && flow->root_is_off[root]))
			walk_from(flow, graph->n_nodes + root);
}

/* The one of least semidominator on the way from v up to, not including, the
 * first one that is not after last. Shortens that way. */
static uint32_t least(struct flow *flow, uint32_t v, uint32_t last)
{
	uint32_t *ancestor = flow->ancestor, *label = flow->label, *semi = flow->semi;
	uint32_t n = 0;

	while (ancestor[v] > last) {
		flow->stack[n++] = v;
		v = ancestor[v];
	}
	while (n) {
		uint32_t below = flow->stack[--n];

		if (semi[label[v]] < semi[label[below]])
			label[below] = label[v];
		ancestor[below] = ancestor[v];
		v = below;
	}
	return label[v];
}

/* A way to number w comes from number v, 0 being none: what is semi[w] then? */
static void come_from(struct flow *flow, uint32_t w, uint32_t v)
{
	uint32_t semi;

	if (!v)
		return;
	semi = v > w ? flow->semi[least(flow, v, w)] : v;
	if (semi < flow->semi[w])
		flow->semi[w] = semi;
}

static void find_semi(struct flow *flow)
{
	const struct an_graph *graph = flow->graph;

	for (uint32_t i = 0; i <= flow->n; i++) {
		flow->semi[i] = flow->label[i] = i;
		flow->ancestor[i] = i ? flow->up[i] : 0;
	}
	for (uint32_t w = flow->n; w > 0; w--) {
		uint32_t node = flow->vertex[w];

		flow->semi[w] = flow->up[w];
		if (node >= graph->n_nodes)
			continue;
		for (uint32_t i = graph->first_holder[node]; i < graph->first_holder[node + 1];
		     i++) {
			struct an_holder holder = graph->holders[i];

			if (is_followed(flow, an_edge_kind(graph->edges[holder.edge])))
				come_from(flow, w, flow->number[holder.from]);
		}
		if (flow->is_lost)
			continue;
		for (uint32_t i = flow->first_root[node]; i < flow->first_root[node + 1]; i++) {
			const struct an_root_edge *edge = &graph->roots[i];
			uint32_t root = graph->n_nodes + an_root_edge_root(edge);

			if (root_counts(flow, edge))
				come_from(flow, w, flow->number[root]);
		}
	}
}

static void find_dominators(struct flow *flow)
{
	for (uint32_t w = 1; w <= flow->n; w++) {
		uint32_t up = flow->up[w];

		while (up > flow->semi[w])
			up = flow->up[up];
		flow->up[w] = up;
	}
}

static uint64_t own_bytes(const struct flow *flow, uint32_t vertex)
{
	return vertex < flow->graph->n_nodes ? flow->graph->nodes[vertex].size : 0;
}

static void hand_out(struct flow *flow, struct an_dominators *dominators)
{
	uint32_t *up = flow->number;
	uint64_t *retained = xcalloc(flow->n_vertices, sizeof(*retained));

	for (uint32_t vertex = 0; vertex < flow->n_vertices; vertex++)
		up[vertex] = AN_NOT_THERE;
	for (uint32_t w = flow->n; w > 0; w--) {
		uint32_t vertex = flow->vertex[w];

		up[vertex] = flow->up[w] ? flow->vertex[flow->up[w]] : AN_TOP;
		retained[vertex] += own_bytes(flow, vertex);
		if (flow->up[w])
			retained[up[vertex]] += retained[vertex];
	}
	*dominators = (struct an_dominators){
		.up = up,
		.retained = retained,
		.n_nodes = flow->graph->n_nodes,
		.n_vertices = flow->n_vertices,
	};
}

static void find(struct flow *flow, struct an_dominators *dominators)
{
	flow->n_vertices = flow->graph->n_nodes + flow->graph->n_roots;
	set_up(flow);
	walk(flow);
	find_semi(flow);
	find_dominators(flow);
	free(flow->first_root);
	free(flow->first_held);
	free(flow->held);
	free(flow->ancestor);
	free(flow->semi);
	free(flow->label);
	free(flow->stack);
	hand_out(flow, dominators);
	free(flow->vertex);
	free(flow->up);
}

void an_dominators_live(const struct an_graph *graph, const struct an_reach *reach,
			const uint8_t *root_is_off, struct an_dominators *dominators)
{
	struct flow flow = { .graph = graph, .reach = reach, .root_is_off = root_is_off };

	find(&flow, dominators);
}

void an_dominators_lost(const struct an_graph *graph, const struct an_reach *reach,
			struct an_dominators *dominators)
{
	struct flow flow = { .graph = graph, .reach = reach, .is_lost = true };

	find(&flow, dominators);
}

void an_dominators_release(struct an_dominators *dominators)
{
	free(dominators->up);
	free(dominators->retained);
	*dominators = (struct an_dominators){ 0 };
}
