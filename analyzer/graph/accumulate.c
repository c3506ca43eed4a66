/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accumulate.c -- where retained memory piles up: down the dominator tree by the
 * greatest child, until it is much less than its parent.
 */
#include "analyzer/graph/dominators.h"

#include "analyzer/base/xalloc.h"

#include <stdlib.h>

struct child {
	uint32_t greatest;
	uint32_t n;
};

/* By vertex: its greatest child, the lowest of equal ones, and how many it has. */
static struct child *children(const struct an_dominators *dominators)
{
	struct child *all = xmalloc(dominators->n_vertices * sizeof(*all));

	for (uint32_t i = 0; i < dominators->n_vertices; i++)
		all[i] = (struct child){ AN_NO_NODE, 0 };
	for (uint32_t i = 0; i < dominators->n_vertices; i++) {
		struct child *of;

		if (dominators->up[i] >= AN_NOT_THERE)
			continue;
		of = &all[dominators->up[i]];
		of->n++;
		if (of->greatest == AN_NO_NODE ||
		    dominators->retained[i] > dominators->retained[of->greatest])
			of->greatest = i;
	}
	return all;
}

static bool is_big_drop(uint64_t whole, uint64_t part)
{
	return (unsigned __int128)part * 10 < (unsigned __int128)whole * 7;
}

void an_dominators_accumulate(const struct an_dominators *dominators, const uint32_t *vertices,
			      size_t n, struct an_accumulation *accumulations)
{
	const uint64_t *retained = dominators->retained;
	struct child *all = children(dominators);

	for (size_t i = 0; i < n; i++) {
		uint32_t at = vertices[i], next = all[at].greatest;

		while (next != AN_NO_NODE && !is_big_drop(retained[at], retained[next])) {
			at = next;
			next = all[at].greatest;
		}
		accumulations[i] = (struct an_accumulation){ at, all[at].n };
	}
	free(all);
}
