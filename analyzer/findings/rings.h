/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rings.h -- cycles as findings: a thousand rings of the same stacks are one
 * shape, of which the first ring is the example.
 */
#ifndef ANALYZER_FINDINGS_RINGS_H
#define ANALYZER_FINDINGS_RINGS_H

#include "analyzer/base/indexset.h"
#include "analyzer/findings/leaks.h"
#include "analyzer/graph/cycles.h"

enum { AN_RING_EDGES_MAX = 64 };     /* of an example; length tells the rest */

struct an_shape {
	const uint32_t *stacks;
	uint32_t n_stacks;
};

/* The shapes of one process. Zeroed is empty. */
struct an_rings {
	struct indexset set;
	struct an_shape *shapes;
	size_t n_shapes, room;
	struct an_shape wanted;
};

/* One that holds nothing but itself is no cycle: its last pointer was lost. */
bool an_rings_is_ring(const struct an_cycle *cycle);
/* The shape's index; when that is new, leak gets its ring, stack and example. */
uint32_t an_rings_leak(struct an_rings *rings, const struct an_objects *objects,
		       const struct an_cycles *cycles, const struct an_cycle *cycle,
		       struct arena *arena, struct an_leak *leak);
void an_rings_release(struct an_rings *rings);
/* Of each node: is it a member of a cycle? To be freed. */
uint8_t *an_rings_members(const struct an_graph *graph, const struct an_cycles *cycles);

#endif
