/* SPDX-License-Identifier: Apache-2.0 */
/* shares.c -- see shares.h. The dominators are walked up to the first node that is
 * told of; what was found is noted on the whole way, so that each node is passed
 * twice at most, however long the lists of a program are. */
#include "analyzer/findings/shares.h"
#include "analyzer/base/xalloc.h"

#include <stdlib.h>

static bool is_dominated(const struct an_dominators *dominators, uint32_t node)
{
	uint32_t up = dominators->up[node];

	return up != AN_TOP && up != AN_NOT_THERE && up < dominators->n_nodes;
}

/* owner: of each node the leak, AN_NONE when there is none, AN_NONE - 1 while nobody
 * knows. */
static uint32_t find_owner(const struct an_dominators *dominators, uint32_t *owner,
			   uint32_t node)
{
	uint32_t at = node, found;

	while (owner[at] == AN_NONE - 1 && is_dominated(dominators, at))
		at = dominators->up[at];
	found = owner[at] == AN_NONE - 1 ? AN_NONE : owner[at];
	while (owner[node] == AN_NONE - 1) {
		owner[node] = found;
		if (node == at)
			break;
		node = dominators->up[node];
	}
	return found;
}

struct an_share an_shares_add(const struct an_objects *objects,
			      const struct an_dominators *dominators, const uint32_t *leak_of,
			      struct an_leak *leaks)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	uint32_t n_nodes = objects->graph.n_nodes;
	uint32_t *owner = xcalloc(n_nodes, sizeof *owner);
	struct an_share joint = { 0 };

	for (uint32_t i = 0; i < n_nodes; i++)
		owner[i] = leak_of[i] == AN_NONE ? AN_NONE - 1 : leak_of[i];
	for (uint32_t i = 0; i < n_nodes; i++) {
		bool is_definite = objects->reach.kind[i] == AN_DEFINITE;
		struct an_share *to;
		uint32_t leak;

		if (snapshot->live[i].is_freed || !an_reach_is_lost(&objects->reach, i))
			continue;
		leak = find_owner(dominators, owner, i);
		if (leak == AN_NONE)
			to = &joint;
		else
			to = is_definite ? &leaks[leak].definite : &leaks[leak].indirect;
		to->n++;
		to->bytes += snapshot->live[i].size;
	}
	free(owner);
	return joint;
}
