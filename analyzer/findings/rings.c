/* SPDX-License-Identifier: Apache-2.0 */
/* rings.c -- see rings.h. A shape is the set of stacks that made what is on the
 * ring: the same list with more members is the same mistake. */
#include "analyzer/findings/rings.h"
#include "analyzer/base/vec.h"

#include <string.h>

bool an_rings_is_ring(const struct an_cycle *cycle)
{
	return cycle->n_members > 1;
}

uint8_t *an_rings_members(const struct an_graph *graph, const struct an_cycles *cycles)
{
	uint8_t *is_member = xcalloc(graph->n_nodes, sizeof *is_member);

	for (size_t i = 0; i < cycles->n; i++)
		for (uint32_t k = 0; an_rings_is_ring(&cycles->at[i]) &&
				     k < cycles->at[i].n_members; k++)
			is_member[cycles->members[cycles->at[i].first_member + k]] = 1;
	return is_member;
}

static int compare_u32(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static bool is_wanted(void *context, uint32_t index)
{
	const struct an_rings *rings = context;
	const struct an_shape *shape = &rings->shapes[index], *wanted = &rings->wanted;

	return shape->n_stacks == wanted->n_stacks &&
	       !memcmp(shape->stacks, wanted->stacks, shape->n_stacks * sizeof *shape->stacks);
}

/* The stacks of those on the ring, ascending, each once. */
static uint32_t list_stacks(const struct an_objects *objects, const struct an_cycles *cycles,
			    const struct an_cycle *cycle, uint32_t *to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < cycle->n_ring; i++) {
		uint32_t node = an_graph_holder_of(&objects->graph,
						   cycles->edges[cycle->first_ring + i]);

		to[i] = objects->snapshot->live[node].stack;
	}
	qsort(to, cycle->n_ring, sizeof *to, compare_u32);
	for (uint32_t i = 0; i < cycle->n_ring; i++)
		if (!n || to[n - 1] != to[i])
			to[n++] = to[i];
	return n;
}

/* The number of a node in the example; it becomes a member if it is none. */
static uint32_t member_of(const struct an_objects *objects, struct an_ring *ring, uint32_t node)
{
	const struct an_held *held = &objects->snapshot->live[node];

	for (uint32_t i = 0; i < ring->n_members; i++)
		if (ring->members[i].addr == held->addr)
			return i;
	ring->members[ring->n_members] = (struct an_ring_member){ held->stack, held->addr,
								  held->size, held };
	return ring->n_members++;
}

static uint32_t add_edge(const struct an_objects *objects, struct an_ring *ring, uint32_t edge)
{
	const struct an_graph *graph = &objects->graph;
	struct an_ring_edge made = {
		member_of(objects, ring, an_graph_holder_of(graph, edge)),
		member_of(objects, ring, graph->edges[edge].to),
		an_edge_offset(graph->edges[edge]),
	};

	for (uint32_t i = 0; i < ring->n_edges; i++)
		if (ring->edges[i].from == made.from && ring->edges[i].to == made.to &&
		    ring->edges[i].offset == made.offset)
			return i;
	ring->edges[ring->n_edges] = made;
	return ring->n_edges++;
}

static uint32_t at_most(uint32_t n)
{
	return n < AN_RING_EDGES_MAX ? n : AN_RING_EDGES_MAX;
}

static const struct an_ring *make_ring(const struct an_objects *objects,
				       const struct an_cycles *cycles,
				       const struct an_cycle *cycle, struct arena *arena)
{
	struct an_ring *ring = arena_alloc(arena, 1, sizeof *ring);
	uint32_t n_ring = at_most(cycle->n_ring), n_weaken = at_most(cycle->n_weaken);

	ring->members = arena_alloc(arena, 2 * (n_ring + n_weaken) + 1, sizeof *ring->members);
	ring->edges = arena_alloc(arena, n_ring + n_weaken, sizeof *ring->edges);
	ring->weaken = arena_alloc(arena, n_weaken, sizeof *ring->weaken);
	ring->snapshot = objects->snapshot;
	ring->length = cycle->n_ring;
	ring->is_smallest = cycle->weaken_is_smallest;
	ring->n_hanging = cycle->n_hanging;
	ring->hanging_bytes = cycle->hanging_bytes;
	for (uint32_t i = 0; i < n_ring; i++)
		add_edge(objects, ring, cycles->edges[cycle->first_ring + i]);
	for (uint32_t i = 0; i < n_weaken; i++)
		ring->weaken[ring->n_weaken++] =
			add_edge(objects, ring, cycles->edges[cycle->first_weaken + i]);
	return ring;
}

uint32_t an_rings_leak(struct an_rings *rings, const struct an_objects *objects,
		       const struct an_cycles *cycles, const struct an_cycle *cycle,
		       struct arena *arena, struct an_leak *leak)
{
	uint32_t *stacks = xcalloc(cycle->n_ring, sizeof *stacks);
	uint32_t n = list_stacks(objects, cycles, cycle, stacks);
	uint32_t candidate = (uint32_t)rings->n_shapes, index;

	rings->wanted = (struct an_shape){ stacks, n };
	index = indexset_intern(&rings->set, hash_bytes(1, stacks, n * sizeof *stacks), candidate,
				is_wanted, rings);
	if (index == candidate) {
		uint32_t *kept = arena_alloc(arena, n, sizeof *kept);

		memcpy(kept, stacks, n * sizeof *kept);
		rings->shapes = vec_more(rings->shapes, &rings->room, rings->n_shapes + 1,
					 sizeof *rings->shapes);
		rings->shapes[rings->n_shapes++] = (struct an_shape){ kept, n };
		leak->ring = make_ring(objects, cycles, cycle, arena);
		leak->stack = objects->snapshot->live[cycle->leader].stack;
		leak->example = objects->snapshot->live[cycle->leader].addr;
		leak->stacks = kept;
		leak->n_stacks = n;
	}
	free(stacks);
	return index;
}

void an_rings_release(struct an_rings *rings)
{
	indexset_release(&rings->set);
	free(rings->shapes);
}
