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
 * Eight numbers of 32 bits for a vertex at the peak; `number` lies where the
 * result will, the walk's stack where semi and label will. Time goes into waiting
 * for memory (tests/bench/graph.sh): what is read together lies together, and what
 * will be read soon is fetched ahead.
 */
#include "analyzer/graph/dominators.h"

#include "analyzer/base/xalloc.h"

#include <stdlib.h>

struct place {
	uint32_t up;             /* parent in the walk's tree, then dominator */
	uint32_t ancestor;       /* compressed */
	uint32_t semi;
	uint32_t label;          /* of least semi on the compressed way */
};

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
	uint32_t *vertex;        /* by number */
	struct place *places;    /* by number */
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

	flow->vertex = xmalloc(n * sizeof(*flow->vertex));
	flow->places = xmalloc(n * sizeof(*flow->places));
	flow->stack = xmalloc(n * sizeof(*flow->stack));
	flow->number = xcalloc(n, sizeof(*flow->number));
	if (!flow->is_lost)
		index_roots(flow);
}

static void give_number(struct flow *flow, uint32_t vertex, uint32_t parent)
{
	uint32_t number = ++flow->n;

	flow->number[vertex] = number;
	flow->vertex[number] = vertex;
	flow->places[number].up = parent;
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

/* places[depth]: semi is the vertex there, label where to go on with it. */
static void enter(struct flow *flow, uint32_t vertex, uint32_t depth)
{
	enum { EDGES_MAX = 16 };
	const struct an_graph *graph = flow->graph;
	uint32_t cursor = first_cursor(flow, vertex);

	flow->places[depth].semi = vertex;
	flow->places[depth].label = cursor;
	if (vertex >= graph->n_nodes)
		return;
	for (uint32_t n = 0; cursor < graph->first[vertex + 1] && n < EDGES_MAX; n++, cursor++) {
		__builtin_prefetch(&flow->number[graph->edges[cursor].to]);
		__builtin_prefetch(&graph->first[graph->edges[cursor].to]);
	}
}

static void walk_from(struct flow *flow, uint32_t entry)
{
	uint32_t depth = 1;

	give_number(flow, entry, 0);
	enter(flow, entry, 0);
	while (depth) {
		uint32_t vertex = flow->places[depth - 1].semi;
		uint32_t next = next_held(flow, vertex, &flow->places[depth - 1].label);

		if (next == AN_NO_NODE) {
			depth--;
			continue;
		}
		give_number(flow, next, flow->number[vertex]);
		enter(flow, next, depth++);
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
	struct place *places = flow->places;
	uint32_t n = 0;

	while (places[v].ancestor > last) {
		flow->stack[n++] = v;
		v = places[v].ancestor;
	}
	while (n) {
		uint32_t below = flow->stack[--n];

		if (places[places[v].label].semi < places[places[below].label].semi)
			places[below].label = places[v].label;
		places[below].ancestor = places[v].ancestor;
		v = below;
	}
	return places[v].label;
}

/* A way to number w comes from number v, 0 being none: what is w's semi then? */
static void come_from(struct flow *flow, uint32_t w, uint32_t v)
{
	uint32_t semi;

	if (!v)
		return;
	semi = v > w ? flow->places[least(flow, v, w)].semi : v;
	if (semi < flow->places[w].semi)
		flow->places[w].semi = semi;
}

static void come_from_holders(struct flow *flow, uint32_t w, uint32_t node)
{
	const struct an_graph *graph = flow->graph;
	/* An edge is far from its holder's entry: not asked if all count. */
	bool is_every_kind = flow->reach->followed == AN_EDGES_ALL;

	for (uint32_t i = graph->first_holder[node]; i < graph->first_holder[node + 1]; i++) {
		struct an_holder holder = graph->holders[i];

		if (is_every_kind || is_followed(flow, an_edge_kind(graph->edges[holder.edge])))
			come_from(flow, w, flow->number[holder.from]);
	}
	if (flow->is_lost)
		return;
	for (uint32_t i = flow->first_root[node]; i < flow->first_root[node + 1]; i++) {
		const struct an_root_edge *edge = &graph->roots[i];

		if (root_counts(flow, edge))
			come_from(flow, w,
				  flow->number[graph->n_nodes + an_root_edge_root(edge)]);
	}
}

/* What come_from_holders will read of vertices a little before number w. */
static void fetch_ahead(const struct flow *flow, uint32_t w)
{
	enum { ROW = 24, HOLDERS = 16, NUMBERS = 8, HOLDERS_MAX = 8 };
	const struct an_graph *graph = flow->graph;
	uint32_t node;

	if (w <= ROW)
		return;
	node = flow->vertex[w - ROW];
	if (node < graph->n_nodes) {
		__builtin_prefetch(&graph->first_holder[node]);
		if (flow->first_root)
			__builtin_prefetch(&flow->first_root[node]);
	}
	node = flow->vertex[w - HOLDERS];
	if (node < graph->n_nodes)
		__builtin_prefetch(&graph->holders[graph->first_holder[node]]);
	node = flow->vertex[w - NUMBERS];
	if (node >= graph->n_nodes)
		return;
	for (uint32_t i = graph->first_holder[node], n = 0;
	     i < graph->first_holder[node + 1] && n < HOLDERS_MAX; i++, n++)
		__builtin_prefetch(&flow->number[graph->holders[i].from]);
}

static void find_semi(struct flow *flow)
{
	for (uint32_t i = 0; i <= flow->n; i++) {
		struct place *place = &flow->places[i];

		place->semi = place->label = i;
		place->ancestor = i ? place->up : 0;
	}
	for (uint32_t w = flow->n; w > 0; w--) {
		fetch_ahead(flow, w);
		flow->places[w].semi = flow->places[w].up;
		if (flow->vertex[w] < flow->graph->n_nodes)
			come_from_holders(flow, w, flow->vertex[w]);
	}
}

static void find_dominators(struct flow *flow)
{
	for (uint32_t w = 1; w <= flow->n; w++) {
		uint32_t up = flow->places[w].up;

		while (up > flow->places[w].semi)
			up = flow->places[up].up;
		flow->places[w].up = up;
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

		up[vertex] = flow->places[w].up ? flow->vertex[flow->places[w].up] : AN_TOP;
		retained[vertex] += own_bytes(flow, vertex);
		if (flow->places[w].up)
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
	free(flow->stack);
	hand_out(flow, dominators);
	free(flow->vertex);
	free(flow->places);
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
