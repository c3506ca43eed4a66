/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weaken.c -- which edges must become weak so that nothing keeps itself alive?
 *
 * Put the members in a row: what leads back or stays in its place goes, the rest
 * goes round nowhere. The row with the fewest such edges is found by trying, for
 * each set of members, which of it could come last (2^12 sets, 12 members, is
 * cheap); of equal rows the one in the order of addresses, so that the way back
 * is weakened and not the way there. Programs make the same shape again and again:
 * rows are remembered by shape.
 *
 * Larger ones: the edges that lead back to where a depth first walk from the leader
 * is at that moment. For trees with parents and lists with both ways that is the
 * smallest choice too, but nothing promises it.
 */
#include "analyzer/graph/cycle.h"

#include <string.h>

/* Remembered at most: the memory of a hostile graph. */
enum { SHAPES_MAX = 4096 };

static bool is_same_shape(void *context, uint32_t index)
{
	const struct an_cycle_search *search = context;
	const struct an_cycle_shape *a = &search->shapes.at[index];
	const struct an_cycle_shape *b = &search->shapes.at[search->shapes.n - 1];

	return a->n == b->n && !memcmp(a->edges, b->edges, sizeof(a->edges));
}

static void describe(const struct an_cycle_search *search, const struct an_cycle *cycle,
		     struct an_cycle_shape *shape)
{
	const struct an_graph *graph = search->graph;

	memset(shape, 0, sizeof(*shape));
	shape->n = cycle->n_members;
	for (uint32_t i = 0; i < cycle->n_members; i++) {
		uint32_t node = search->members.at[cycle->first_member + i];
		uint32_t end = graph->first[node + 1];

		for (uint32_t edge = graph->first[node];
		     (edge = an_cycle_next(search, edge, end)) < end; edge++)
			shape->edges[i][search->place[graph->edges[edge].to]]++;
	}
}

/*
 * cost[set]: edges that lead back if the members in set are the last of the row,
 * in their best order. The first of them, i, has leading back to it what all of
 * the set hold of it; what it holds itself counts in every row alike.
 */
static void solve(struct an_cycle_shape *shape)
{
	uint32_t n = shape->n, all = (1u << n) - 1;
	uint64_t *cost = xmalloc(sizeof(*cost) << n);
	uint64_t(*back)[AN_CYCLE_EXACT_MAX] = xcalloc((size_t)1 << n, sizeof(*back));

	cost[0] = 0;
	for (uint32_t set = 1; set <= all; set++) {
		uint32_t low = (uint32_t)__builtin_ctz(set), rest = set & (set - 1);

		cost[set] = UINT64_MAX;
		for (uint32_t i = 0; i < n; i++) {
			back[set][i] = back[rest][i] + shape->edges[low][i];
			if (set >> i & 1 && cost[set ^ 1u << i] + back[set][i] < cost[set])
				cost[set] = cost[set ^ 1u << i] + back[set][i];
		}
	}
	for (uint32_t set = all, rank = 0; set; rank++) {
		uint32_t i = 0;

		while (!(set >> i & 1) || cost[set ^ 1u << i] + back[set][i] != cost[set])
			i++;
		shape->rank[i] = (uint8_t)rank;
		set ^= 1u << i;
	}
	free(cost);
	free(back);
}

static uint64_t hash_of(const struct an_cycle_shape *shape)
{
	return hash_bytes(shape->n, shape->edges, sizeof(shape->edges));
}

static struct an_cycle_shape solved(struct an_cycle_search *search, const struct an_cycle *cycle)
{
	struct an_cycle_shape shape, *known;
	uint32_t last = (uint32_t)search->shapes.n, index;

	describe(search, cycle, &shape);
	if (last == SHAPES_MAX) {
		solve(&shape);
		return shape;
	}
	known = VEC_PUSH(&search->shapes);
	*known = shape;
	index = indexset_intern(&search->shape_set, hash_of(&shape), last, is_same_shape, search);
	if (index == last)
		solve(&search->shapes.at[last]);
	else
		search->shapes.n--;
	return search->shapes.at[index];
}

static void weaken_exactly(struct an_cycle_search *search, struct an_cycle *cycle)
{
	const struct an_graph *graph = search->graph;
	struct an_cycle_shape shape = solved(search, cycle);

	for (uint32_t i = 0; i < cycle->n_members; i++) {
		uint32_t node = search->members.at[cycle->first_member + i];
		uint32_t end = graph->first[node + 1];

		for (uint32_t edge = graph->first[node];
		     (edge = an_cycle_next(search, edge, end)) < end; edge++)
			if (shape.rank[search->place[graph->edges[edge].to]] <= shape.rank[i])
				*VEC_PUSH(&search->edges) = edge;
	}
}

enum { UNSEEN, ON_THE_WAY, DONE };

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void weaken_greedily(struct an_cycle_search *search, struct an_cycle *cycle)
{
	const struct an_graph *graph = search->graph;
	const uint32_t *members = search->members.at + cycle->first_member;
	uint32_t *way = xmalloc(2 * (size_t)cycle->n_members * sizeof(*way)), depth = 1;
	uint32_t *cursors = way + cycle->n_members;
	uint8_t *state = xcalloc(cycle->n_members, 1);

	way[0] = 0;
	cursors[0] = graph->first[members[0]];
	state[0] = ON_THE_WAY;
	while (depth) {
		uint32_t at = way[depth - 1], end = graph->first[members[at] + 1];
		uint32_t edge = an_cycle_next(search, cursors[depth - 1], end), to;

		if (edge == end) {
			state[at] = DONE;
			depth--;
			continue;
		}
		cursors[depth - 1] = edge + 1;
		to = search->place[graph->edges[edge].to];
		if (state[to] == ON_THE_WAY)
			*VEC_PUSH(&search->edges) = edge;
		if (state[to] != UNSEEN)
			continue;
		state[to] = ON_THE_WAY;
		way[depth] = to;
		cursors[depth++] = graph->first[members[to]];
	}
	free(way);
	free(state);
}

void an_cycle_weaken(struct an_cycle_search *search, struct an_cycle *cycle)
{
	cycle->first_weaken = search->edges.n;
	cycle->weaken_is_smallest = cycle->n_members <= AN_CYCLE_EXACT_MAX;
	if (cycle->weaken_is_smallest)
		weaken_exactly(search, cycle);
	else
		weaken_greedily(search, cycle);
	cycle->n_weaken = (uint32_t)(search->edges.n - cycle->first_weaken);
	qsort(search->edges.at + cycle->first_weaken, cycle->n_weaken, sizeof(uint32_t),
	      by_number);
	/* None goes round without at least one. */
	cycle->weaken_is_smallest |= cycle->n_weaken == 1;
}

void an_cycle_search_release(struct an_cycle_search *search)
{
	indexset_release(&search->shape_set);
	VEC_RELEASE(&search->shapes);
}
