/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach.c -- reachable, possible, suppressed, lost; and of what is lost, what
 * hangs on what.
 *
 * Every pass is one walk with a stack of its own, which a node enters when its
 * kind is settled, and so at most once. The lost part takes three:
 *
 *   1. ascending, as Valgrind does it: each still unmarked node marks what it
 *      leads to, short of what is marked. Those never marked are definite.
 *   2. the definite ones, descending: an earlier one leads to no later one, or
 *      that would have been marked; so one that no later one leads to is led to
 *      by nothing but its own ring. These are the leaders.
 *   3. the leaders, ascending: each takes what it leads to and no other took.
 */
#include "analyzer/graph/reach.h"

#include "analyzer/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { UNMARKED = AN_REACH_KINDS };

struct walk {
	const struct an_graph *graph;
	const struct an_reach_options *options;
	struct an_reach *reach;
	uint32_t *stack;
	uint32_t n;
};

static bool root_counts(const struct walk *walk, const struct an_root_edge *edge, uint32_t kinds)
{
	const uint8_t *is_off = walk->options->root_is_off;

	return (kinds & AN_EDGE_BIT(an_root_edge_kind(edge))) &&
	       !(is_off && is_off[an_root_edge_root(edge)]);
}

static void mark(struct walk *walk, uint32_t node, enum an_reach_kind kind)
{
	walk->reach->kind[node] = (uint8_t)kind;
	walk->stack[walk->n++] = node;
}

/* Marks as kind what node leads to directly and is not marked. */
static void mark_held(struct walk *walk, uint32_t node, uint32_t kinds, enum an_reach_kind kind)
{
	const struct an_graph *graph = walk->graph;

	for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
		struct an_edge edge = graph->edges[i];

		if ((kinds & AN_EDGE_BIT(an_edge_kind(edge))) &&
		    walk->reach->kind[edge.to] == UNMARKED)
			mark(walk, edge.to, kind);
	}
}

static void drain(struct walk *walk, uint32_t kinds, enum an_reach_kind kind)
{
	while (walk->n)
		mark_held(walk, walk->stack[--walk->n], kinds, kind);
}

static void mark_from_roots(struct walk *walk, uint32_t kinds, enum an_reach_kind kind)
{
	const struct an_graph *graph = walk->graph;

	for (uint32_t i = 0; i < graph->n_root_edges; i++)
		if (walk->reach->kind[graph->roots[i].to] == UNMARKED &&
		    root_counts(walk, &graph->roots[i], kinds))
			mark(walk, graph->roots[i].to, kind);
}

static void mark_suppressed(struct walk *walk)
{
	const struct an_reach_options *options = walk->options;

	for (size_t i = 0; i < options->n_suppressed; i++)
		if (walk->reach->kind[options->suppressed[i]] == UNMARKED)
			mark(walk, options->suppressed[i], AN_SUPPRESSED);
	drain(walk, options->strong & options->followed, AN_SUPPRESSED);
}

/* What roots lead to, and what hangs on suppressed ones. Those are roots too; but
 * what both lead to only weakly is possible. */
static void mark_live(struct walk *walk)
{
	const struct an_graph *graph = walk->graph;
	uint32_t strong = walk->options->strong & walk->options->followed;
	uint32_t followed = walk->options->followed;
	const uint8_t *kind = walk->reach->kind;

	mark_from_roots(walk, strong, AN_REACHABLE);
	drain(walk, strong, AN_REACHABLE);
	mark_suppressed(walk);
	mark_from_roots(walk, followed, AN_POSSIBLE);
	for (uint32_t node = 0; node < graph->n_nodes; node++) {
		if (kind[node] == AN_REACHABLE)
			mark_held(walk, node, followed, AN_POSSIBLE);
		drain(walk, followed, AN_POSSIBLE);
	}
	for (uint32_t node = 0; node < graph->n_nodes; node++) {
		if (kind[node] == AN_SUPPRESSED)
			mark_held(walk, node, followed, AN_SUPPRESSED);
		drain(walk, followed, AN_SUPPRESSED);
	}
}

static void mark_lost(struct walk *walk)
{
	const struct an_graph *graph = walk->graph;
	uint32_t followed = walk->options->followed;
	uint8_t *kind = walk->reach->kind;

	for (uint32_t node = 0; node < graph->n_nodes; node++) {
		if (kind[node] != UNMARKED)
			continue;
		/* Out of the way while it is the one that marks. */
		kind[node] = AN_DEFINITE;
		mark_held(walk, node, followed, AN_INDIRECT);
		drain(walk, followed, AN_INDIRECT);
		kind[node] = UNMARKED;
	}
	for (uint32_t node = 0; node < graph->n_nodes; node++)
		if (kind[node] == UNMARKED)
			kind[node] = AN_DEFINITE;
}

/* Gives all that leader leads to, and that has none, this leader. */
static void lead(struct walk *walk, uint32_t leader)
{
	const struct an_graph *graph = walk->graph;
	uint32_t *leaders = walk->reach->leader;

	leaders[leader] = leader;
	walk->stack[walk->n++] = leader;
	while (walk->n) {
		uint32_t node = walk->stack[--walk->n];

		for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
			struct an_edge edge = graph->edges[i];

			if (leaders[edge.to] != AN_NO_NODE ||
			    !an_reach_is_lost(walk->reach, edge.to) ||
			    !(walk->options->followed & AN_EDGE_BIT(an_edge_kind(edge))))
				continue;
			leaders[edge.to] = leader;
			walk->stack[walk->n++] = edge.to;
		}
	}
}

static void find_leaders(struct walk *walk)
{
	uint32_t n = walk->graph->n_nodes, *leaders = walk->reach->leader;
	uint8_t *is_leader = xcalloc(n / 8 + 1, 1);

	memset(leaders, 0xff, n * sizeof(*leaders));
	for (uint32_t node = n; node-- > 0;) {
		if (walk->reach->kind[node] != AN_DEFINITE || leaders[node] != AN_NO_NODE)
			continue;
		lead(walk, node);
		is_leader[node / 8] |= (uint8_t)(1 << node % 8);
	}
	memset(leaders, 0xff, n * sizeof(*leaders));
	for (uint32_t node = 0; node < n; node++)
		if (is_leader[node / 8] >> node % 8 & 1)
			lead(walk, node);
	free(is_leader);
}

void an_reach_find(const struct an_graph *graph, const struct an_reach_options *options,
		   struct an_reach *reach)
{
	struct walk walk = { .graph = graph, .options = options, .reach = reach };
	uint32_t n = graph->n_nodes;

	*reach = (struct an_reach){
		.kind = xmalloc(n),
		.leader = xmalloc(n * sizeof(*reach->leader)),
		.followed = options->followed,
	};
	walk.stack = xmalloc(n * sizeof(*walk.stack));
	memset(reach->kind, UNMARKED, n);
	mark_live(&walk);
	mark_lost(&walk);
	find_leaders(&walk);
	free(walk.stack);
	for (uint32_t i = 0; i < n; i++) {
		reach->sums[reach->kind[i]].n++;
		reach->sums[reach->kind[i]].bytes += graph->nodes[i].size;
	}
}

void an_reach_release(struct an_reach *reach)
{
	free(reach->kind);
	free(reach->leader);
	*reach = (struct an_reach){ 0 };
}
