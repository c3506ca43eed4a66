/* SPDX-License-Identifier: Apache-2.0 */
/* retained.c -- see retained.h. Each vertex is asked once: the way up is walked to
 * the first one whose answer is known, and all on it get the same. */
#include "analyzer/findings/retained.h"
#include "analyzer/base/u64map.h"
#include "analyzer/base/vec.h"

enum answer { UNKNOWN, BELOW, NOT_BELOW };

struct slot {
	uint64_t key;
	uint64_t index;
};

static uint8_t ask(const struct an_dominators *dominators, uint32_t node, uint8_t *answers)
{
	uint32_t at = node;
	uint8_t answer;

	while (at != AN_TOP && at != AN_NOT_THERE && answers[at] == UNKNOWN)
		at = dominators->up[at];
	answer = at == AN_TOP || at == AN_NOT_THERE ? NOT_BELOW : answers[at];
	for (at = node; at != AN_TOP && at != AN_NOT_THERE && answers[at] == UNKNOWN;
	     at = dominators->up[at])
		answers[at] = answer;
	return answer;
}

static int compare_parts(const void *left, const void *right)
{
	const struct an_part *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return (a->stack > b->stack) - (a->stack < b->stack);
}

void an_parts_find(const struct an_objects *objects, const struct an_dominators *dominators,
		   uint32_t node, struct an_parts *parts)
{
	uint8_t *answers = xcalloc(dominators->n_vertices, sizeof *answers);
	VEC(struct an_part) all = { 0 };
	struct u64map of_stack;

	u64map_init(&of_stack, sizeof(struct slot));
	answers[node] = BELOW;
	for (uint32_t i = 0; i < objects->graph.n_nodes; i++) {
		const struct an_held *held = &objects->snapshot->live[i];
		struct slot *slot;
		bool is_new;

		if (i == node || held->is_inherited || ask(dominators, i, answers) != BELOW)
			continue;
		slot = u64map_put(&of_stack, held->stack, &is_new);
		if (is_new) {
			slot->index = all.n;
			*VEC_PUSH(&all) = (struct an_part){ .stack = held->stack };
		}
		all.at[slot->index].n++;
		all.at[slot->index].bytes += held->size;
	}
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, compare_parts);
	*parts = (struct an_parts){ all.at, (uint32_t)all.n };
	u64map_release(&of_stack);
	free(answers);
}

void an_parts_release(struct an_parts *parts)
{
	free(parts->at);
	*parts = (struct an_parts){ 0 };
}
