/* SPDX-License-Identifier: Apache-2.0 */
/* of_type.c -- see of_type.h. Roots that hold nothing up count for nobody here. */
#include "analyzer/findings/of_type.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"
#include "analyzer/findings/roots.h"
#include "analyzer/graph/dominators.h"

#include <string.h>

enum answer { UNKNOWN, INSIDE, OUTSIDE };

struct key {
	const char *name;            /* variable of a root, or a field; NULL: not known */
	uint64_t offset;
	uint32_t stack, root;
};

struct search {
	const struct an_objects *objects;
	struct an_of_type *found;
	struct an_type_names *types;
	uint8_t *is_one;             /* by node: of the type */
	struct indexset set;
	VEC(struct key) keys;
	VEC(struct an_holders) holders;
	VEC(uint32_t) last;          /* by group: the node that was counted last, + 1 */
	struct key wanted;
};

static bool is_key(void *context, uint32_t index)
{
	const struct search *search = context;
	const struct key *key = &search->keys.at[index], *wanted = &search->wanted;

	return key->name == wanted->name && key->offset == wanted->offset &&
	       key->stack == wanted->stack && key->root == wanted->root;
}

/* A node counts once for each group that holds it. */
static void count(struct search *search, uint32_t node, const struct key *key,
		  const struct an_holders *holders)
{
	uint32_t candidate = (uint32_t)search->keys.n, index;
	uint64_t hash = hash_u64(hash_u64((uintptr_t)key->name, key->offset),
				 (uint64_t)key->stack << 32 | key->root);

	search->wanted = *key;
	index = indexset_intern(&search->set, hash, candidate, is_key, search);
	if (index == candidate) {
		*VEC_PUSH(&search->keys) = *key;
		*VEC_PUSH(&search->holders) = *holders;
		*VEC_PUSH(&search->last) = 0;
	}
	if (search->last.at[index] == node + 1)
		return;
	search->last.at[index] = node + 1;
	search->holders.at[index].n++;
}

static bool add_roots(struct search *search, uint32_t node)
{
	const struct an_graph *graph = &search->objects->graph;
	uint32_t end = an_graph_first_root(graph, node + 1);
	bool is_held = false;

	for (uint32_t i = an_graph_first_root(graph, node); i < end; i++) {
		const struct an_root_edge *edge = &graph->roots[i];
		uint32_t root = an_root_edge_root(edge);
		const char *variable;

		if (search->objects->root_is_off[root])
			continue;
		variable = an_root_variable(search->objects, edge);
		is_held = true;
		count(search, node, &(struct key){ variable, 0, AN_NONE, root },
		      &(struct an_holders){ .stack = AN_NONE, .root = *edge });
	}
	return is_held;
}

/* "table.buckets[]": what an index is does not matter. */
static const char *field_of(struct search *search, const struct an_held *held, uint64_t offset)
{
	const struct an_snapshot *snapshot = search->objects->snapshot;
	const char *type = an_type_name_of_held(search->types, snapshot, held);
	const char *field = an_field_name_of_held(search->types, snapshot, held, offset);
	char text[256];
	size_t n = 0;

	if (!type || !field)
		return NULL;
	for (const char *part = type; *part && n < sizeof text - 2; part++)
		text[n++] = *part;
	text[n++] = '.';
	for (; *field && n < sizeof text - 1; field++) {
		text[n++] = *field;
		if (*field == '[')
			while (field[1] >= '0' && field[1] <= '9')
				field++;
	}
	return strpool_intern(&search->found->texts, text, n);
}

static void add_holders(struct search *search, uint32_t node)
{
	const struct an_graph *graph = &search->objects->graph;
	bool is_held = add_roots(search, node);

	for (uint32_t i = graph->first_holder[node]; i < graph->first_holder[node + 1]; i++) {
		const struct an_holder *holder = &graph->holders[i];
		const struct an_held *held = &search->objects->snapshot->live[holder->from];
		uint64_t offset = an_edge_offset(graph->edges[holder->edge]);
		const char *field = field_of(search, held, offset);
		struct key key = { field, field ? 0 : offset, field ? 0 : held->stack, 0 };

		is_held = true;
		count(search, node, &key, &(struct an_holders){ .field = field,
								.stack = held->stack,
								.offset = offset });
	}
	search->found->n_unheld += !is_held;
}

/* Is something of the type on the way up? */
static bool is_inside(const struct search *search, const struct an_dominators *dominators,
		      uint32_t node, uint8_t *answers)
{
	uint32_t first = dominators->up[node], at = first;
	uint8_t answer;

	while (at < dominators->n_nodes && answers[at] == UNKNOWN && !search->is_one[at])
		at = dominators->up[at];
	if (at >= dominators->n_nodes)
		answer = OUTSIDE;
	else
		answer = search->is_one[at] ? INSIDE : answers[at];
	for (at = first; at < dominators->n_nodes && answers[at] == UNKNOWN &&
			 !search->is_one[at]; at = dominators->up[at])
		answers[at] = answer;
	return answer == INSIDE;
}

static void add_retained(struct search *search, const struct an_dominators *dominators,
			 uint64_t *most)
{
	uint32_t n = search->objects->graph.n_nodes;
	uint8_t *answers = xcalloc(n, sizeof *answers);

	for (uint32_t i = 0; i < n; i++) {
		if (!search->is_one[i] || dominators->up[i] == AN_NOT_THERE)
			continue;
		if (dominators->retained[i] > *most) {
			*most = dominators->retained[i];
			search->found->greatest = i;
		}
		if (!is_inside(search, dominators, i, answers))
			search->found->retained_bytes += dominators->retained[i];
	}
	free(answers);
}

static void find_retained(struct search *search)
{
	const struct an_objects *objects = search->objects;
	struct an_dominators dominators;
	uint64_t most = 0;

	an_dominators_live(&objects->graph, &objects->reach, objects->root_is_off, &dominators);
	add_retained(search, &dominators, &most);
	an_dominators_release(&dominators);
	an_dominators_lost(&objects->graph, &objects->reach, &dominators);
	add_retained(search, &dominators, &most);
	an_dominators_release(&dominators);
}

static int compare_holders(const void *left, const void *right)
{
	const struct an_holders *a = left, *b = right;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	if (a->stack != b->stack)
		return a->stack < b->stack ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return (a->root.slot > b->root.slot) - (a->root.slot < b->root.slot);
}

static void find_ones(struct search *search, struct an_type_names *types, const char *type)
{
	const struct an_snapshot *snapshot = search->objects->snapshot;
	struct an_of_type *found = search->found;

	for (uint32_t i = 0; i < search->objects->graph.n_nodes; i++) {
		const struct an_held *held = &snapshot->live[i];
		const char *name = an_type_name_of_held(types, snapshot, held);
		uint8_t kind = search->objects->reach.kind[i];

		if (held->is_inherited || !name || strcmp(name, type))
			continue;
		search->is_one[i] = 1;
		if (!found->n++)
			found->greatest = i;
		found->bytes += held->size;
		found->by_kind[kind].n++;
		found->by_kind[kind].bytes += held->size;
	}
}

void an_of_type_find(const struct an_objects *objects, struct an_type_names *types,
		     const char *type, struct an_of_type *found)
{
	struct search search = { .objects = objects, .found = found, .types = types };

	*found = (struct an_of_type){ .greatest = AN_NO_NODE };
	search.is_one = xcalloc(objects->graph.n_nodes, sizeof *search.is_one);
	find_ones(&search, types, type);
	for (uint32_t i = 0; found->n && i < objects->graph.n_nodes; i++)
		if (search.is_one[i])
			add_holders(&search, i);
	if (found->n)
		find_retained(&search);
	if (search.holders.n)
		qsort(search.holders.at, search.holders.n, sizeof *search.holders.at,
		      compare_holders);
	found->holders = search.holders.at;
	found->n_holders = (uint32_t)search.holders.n;
	indexset_release(&search.set);
	VEC_RELEASE(&search.keys);
	VEC_RELEASE(&search.last);
	free(search.is_one);
}

void an_of_type_release(struct an_of_type *found)
{
	free(found->holders);
	strpool_release(&found->texts);
	*found = (struct an_of_type){ 0 };
}
