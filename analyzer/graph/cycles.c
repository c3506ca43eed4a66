/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cycles.c -- root cycles, their rings, and what else hangs on them.
 *
 * No search for all strongly connected components is needed: nothing lost leads
 * into a root cycle, so it is exactly what its leader is led to by, walked
 * backwards; and a leader that nothing lost leads to is none. Each lost node is
 * in at most one such walk.
 */
#include "analyzer/graph/cycle.h"

#include <string.h>

static bool is_kept(const struct an_cycle_search *search, uint32_t edge)
{
	return search->reach->followed & AN_EDGE_BIT(an_edge_kind(search->graph->edges[edge]));
}

static void add_member(struct an_cycle_search *search, uint32_t node)
{
	search->place[node] = 0;
	*VEC_PUSH(&search->members) = node;
}

/* The members that lead to leader, from search->first_member on; none: no cycle. */
static void collect(struct an_cycle_search *search, uint32_t leader)
{
	const struct an_graph *graph = search->graph;
	size_t at = search->first_member;
	uint32_t node = leader;

	for (;;) {
		for (uint32_t i = graph->first_holder[node]; i < graph->first_holder[node + 1];
		     i++) {
			uint32_t from = graph->holders[i].from;

			if (search->place[from] == AN_NO_NODE &&
			    is_kept(search, graph->holders[i].edge) &&
			    an_reach_is_lost(search->reach, from))
				add_member(search, from);
		}
		if (at == search->members.n)
			return;
		node = search->members.at[at++];
	}
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t an_cycle_next(const struct an_cycle_search *search, uint32_t edge, uint32_t end)
{
	while (edge < end && (search->place[search->graph->edges[edge].to] == AN_NO_NODE ||
			      !is_kept(search, edge)))
		edge++;
	return edge;
}

/* Breadth first from the leader until an edge closes the ring. by: the edge that a
 * place was come upon by; from: the place it came from. */
static void find_ring(struct an_cycle_search *search, uint32_t n, struct an_cycle *cycle)
{
	const struct an_graph *graph = search->graph;
	const uint32_t *members = search->members.at + search->first_member;
	uint32_t *by = xmalloc(3 * (size_t)n * sizeof(*by)), *from = by + n, *queue = from + n;
	uint32_t n_queue = 1, last = AN_NO_NODE, at = 0;

	memset(by, 0xff, n * sizeof(*by));
	queue[0] = 0;
	for (; last == AN_NO_NODE; at++) {
		uint32_t end = graph->first[members[queue[at]] + 1];
		uint32_t edge = graph->first[members[queue[at]]];

		while (last == AN_NO_NODE && (edge = an_cycle_next(search, edge, end)) < end) {
			uint32_t place = search->place[graph->edges[edge].to];

			if (place == 0) {
				last = edge;
			} else if (by[place] == AN_NO_NODE) {
				by[place] = edge;
				from[place] = queue[at];
				queue[n_queue++] = place;
			}
			edge++;
		}
	}
	cycle->first_ring = search->edges.n;
	*VEC_PUSH(&search->edges) = last;
	for (uint32_t place = queue[at - 1]; place; place = from[place])
		*VEC_PUSH(&search->edges) = by[place];
	cycle->n_ring = (uint32_t)(search->edges.n - cycle->first_ring);
	for (uint32_t i = 0, *ring = search->edges.at + cycle->first_ring; i < cycle->n_ring / 2;
	     i++) {
		uint32_t edge = ring[i];

		ring[i] = ring[cycle->n_ring - 1 - i];
		ring[cycle->n_ring - 1 - i] = edge;
	}
	free(by);
}

static void add_cycle(struct an_cycle_search *search, uint32_t leader)
{
	struct an_cycle cycle = { .leader = leader, .first_member = search->first_member };
	uint32_t *members;

	collect(search, leader);
	cycle.n_members = (uint32_t)(search->members.n - search->first_member);
	if (!cycle.n_members)
		return;
	members = search->members.at + search->first_member;
	qsort(members, cycle.n_members, sizeof(*members), by_number);
	for (uint32_t i = 0; i < cycle.n_members; i++) {
		search->place[members[i]] = i;
		cycle.bytes += search->graph->nodes[members[i]].size;
	}
	find_ring(search, cycle.n_members, &cycle);
	an_cycle_weaken(search, &cycle);
	search->first_member = search->members.n;
	*VEC_PUSH(&search->cycles) = cycle;
}

/* Lost nodes whose leader is in a cycle, and that are not. */
static void count_hanging(struct an_cycle_search *search)
{
	const struct an_graph *graph = search->graph;
	const uint32_t *leaders = search->reach->leader;
	uint32_t *cycle_of = search->place;

	memset(cycle_of, 0xff, graph->n_nodes * sizeof(*cycle_of));
	for (size_t i = 0; i < search->cycles.n; i++)
		cycle_of[search->cycles.at[i].leader] = (uint32_t)i;
	for (uint32_t node = 0; node < graph->n_nodes; node++) {
		struct an_cycle *cycle;

		if (leaders[node] == AN_NO_NODE || cycle_of[leaders[node]] == AN_NO_NODE)
			continue;
		cycle = &search->cycles.at[cycle_of[leaders[node]]];
		cycle->n_hanging++;
		cycle->hanging_bytes += graph->nodes[node].size;
	}
	for (size_t i = 0; i < search->cycles.n; i++) {
		search->cycles.at[i].n_hanging -= search->cycles.at[i].n_members;
		search->cycles.at[i].hanging_bytes -= search->cycles.at[i].bytes;
	}
}

void an_cycles_find(const struct an_graph *graph, const struct an_reach *reach,
		    struct an_cycles *cycles)
{
	struct an_cycle_search search = { .graph = graph, .reach = reach };

	search.place = xmalloc(graph->n_nodes * sizeof(*search.place));
	memset(search.place, 0xff, graph->n_nodes * sizeof(*search.place));
	for (uint32_t node = 0; node < graph->n_nodes; node++)
		if (reach->leader[node] == node)
			add_cycle(&search, node);
	count_hanging(&search);
	free(search.place);
	an_cycle_search_release(&search);
	*cycles = (struct an_cycles){ search.cycles.at, search.cycles.n, search.members.at,
				      search.edges.at };
}

void an_cycles_release(struct an_cycles *cycles)
{
	free(cycles->at);
	free(cycles->members);
	free(cycles->edges);
	*cycles = (struct an_cycles){ 0 };
}
