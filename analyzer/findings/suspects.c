/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suspects.c -- see suspects.h. A root of the graph is a whole range of memory; here
 * it is told apart by the variables in it: an allocation that a range dominates
 * directly, and that one variable in it points to, is that variable's. What several
 * of them lead to is the range's own.
 */
#include "analyzer/findings/suspects.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/u64map.h"
#include "analyzer/base/vec.h"
#include "analyzer/findings/roots.h"
#include "analyzer/graph/dominators.h"

enum { LOOKED_UP_MAX = 200000 };     /* names of variables cost time */

struct group {
	uint32_t root;                   /* AN_NO_NODE: several */
	const char *variable;
	struct an_root_edge edge;
	uint64_t retained, n, greatest_retained;
	uint32_t greatest;
};

struct search {
	const struct an_objects *objects;
	struct an_dominators dominators;
	struct indexset set;
	VEC(struct group) groups;
	uint32_t *group_of;              /* by node: of those on top, else AN_NO_NODE */
	uint32_t n_looked_up;
	struct group wanted;
};

/* A count of one group and stack. */
struct tally {
	uint64_t key;
	uint64_t n, retained;
};

static bool is_group(void *context, uint32_t index)
{
	const struct search *search = context;

	return search->groups.at[index].root == search->wanted.root &&
	       search->groups.at[index].variable == search->wanted.variable;
}

/* The root edge that node hangs on, and in wanted the variable if it is one alone. */
static void find_variable(struct search *search, uint32_t node)
{
	const struct an_graph *graph = &search->objects->graph;
	uint32_t end = an_graph_first_root(graph, node + 1), n = 0;
	struct group *wanted = &search->wanted;

	for (uint32_t i = an_graph_first_root(graph, node); i < end; i++) {
		const struct an_root_edge *edge = &graph->roots[i];
		const char *variable;

		if (an_root_edge_root(edge) != wanted->root)
			continue;
		wanted->edge = *edge;
		if (search->n_looked_up >= LOOKED_UP_MAX)
			return;
		search->n_looked_up++;
		variable = an_root_variable(search->objects, edge);
		if (n++ && variable != wanted->variable) {
			wanted->variable = NULL;
			return;
		}
		wanted->variable = variable;
	}
}

static void add_node(struct search *search, uint32_t node)
{
	uint32_t up = search->dominators.up[node];
	uint32_t n_nodes = search->dominators.n_nodes;
	uint32_t candidate = (uint32_t)search->groups.n, index;
	struct group *group;

	search->wanted = (struct group){ .root = up == AN_TOP ? AN_NO_NODE : up - n_nodes };
	if (up != AN_TOP) {
		search->wanted.edge.root_and_kind = (up - n_nodes) << 4;
		find_variable(search, node);
	}
	index = indexset_intern(&search->set,
				hash_u64((uintptr_t)search->wanted.variable,
					 search->wanted.root),
				candidate, is_group, search);
	if (index == candidate)
		*VEC_PUSH(&search->groups) = search->wanted;
	group = &search->groups.at[index];
	group->n++;
	group->retained += search->dominators.retained[node];
	if (search->dominators.retained[node] > group->greatest_retained) {
		group->greatest_retained = search->dominators.retained[node];
		group->greatest = node;
	}
	search->group_of[node] = index;
}

static int compare_groups(const void *left, const void *right, void *context)
{
	const struct search *search = context;
	const struct group *a = &search->groups.at[*(const uint32_t *)left];
	const struct group *b = &search->groups.at[*(const uint32_t *)right];

	if (a->retained != b->retained)
		return a->retained > b->retained ? -1 : 1;
	return (*(const uint32_t *)left > *(const uint32_t *)right) -
	       (*(const uint32_t *)left < *(const uint32_t *)right);
}

static void set_point(struct search *search, const struct group *group,
		      struct an_suspect *suspect, uint32_t *vertex)
{
	const struct an_held *held;
	struct an_accumulation point;

	*vertex = AN_NO_NODE;
	if (group->greatest_retained < group->retained / 10 * 7)
		return;
	an_dominators_accumulate(&search->dominators, &group->greatest, 1, &point);
	held = &search->objects->snapshot->live[point.vertex];
	*vertex = point.vertex;
	suspect->has_point = true;
	suspect->point_addr = held->addr;
	suspect->point_bytes = held->size;
	suspect->point_stack = held->stack;
	suspect->point_retained = search->dominators.retained[point.vertex];
}

/* What each suspect's point, or the suspect itself, holds: who made most of it. */
static void tally_held(struct search *search, struct an_suspect *suspects, const uint32_t *groups,
		       const uint32_t *vertices, uint32_t n)
{
	const struct an_dominators *dominators = &search->dominators;
	struct u64map tallies;

	u64map_init(&tallies, sizeof(struct tally));
	for (uint32_t i = 0; i < dominators->n_nodes; i++) {
		uint32_t stack = search->objects->snapshot->live[i].stack;

		for (uint32_t k = 0; k < n; k++) {
			struct tally *tally;

			if (vertices[k] == AN_NO_NODE ? search->group_of[i] != groups[k]
						      : dominators->up[i] != vertices[k])
				continue;
			tally = u64map_put(&tallies, (uint64_t)(k + 1) << 32 | stack, NULL);
			tally->n++;
			tally->retained += dominators->retained[i];
			suspects[k].n_held++;
			if (tally->retained > suspects[k].of_stack_retained ||
			    stack == suspects[k].held_stack) {
				suspects[k].held_stack = stack;
				suspects[k].n_of_stack = tally->n;
				suspects[k].of_stack_retained = tally->retained;
			}
		}
	}
	u64map_release(&tallies);
}

static void tell(struct search *search, const uint32_t *groups, uint32_t n,
		 struct an_suspects *to)
{
	struct an_suspect *suspects;
	uint32_t vertices[AN_SUSPECTS_MAX];

	to->at = vec_more(to->at, &to->room, to->n + n, sizeof *to->at);
	suspects = to->at + to->n;
	to->n += n;
	for (uint32_t i = 0; i < n; i++) {
		const struct group *group = &search->groups.at[groups[i]];

		suspects[i] = (struct an_suspect){
			.process = search->objects->snapshot->process,
			.is_shared = group->root == AN_NO_NODE, .root = group->edge,
			.retained_bytes = group->retained, .n_direct = group->n,
			.held_stack = AN_NONE,
		};
		set_point(search, group, &suspects[i], &vertices[i]);
	}
	tally_held(search, suspects, groups, vertices, n);
}

void an_suspects_find(const struct an_objects *objects, struct an_suspects *suspects)
{
	struct search search = { .objects = objects };
	uint32_t n_nodes = objects->graph.n_nodes, n;
	uint32_t *order;

	an_dominators_live(&objects->graph, &objects->reach, objects->root_is_off,
			   &search.dominators);
	search.group_of = xcalloc(n_nodes, sizeof *search.group_of);
	for (uint32_t i = 0; i < n_nodes; i++) {
		uint32_t up = search.dominators.up[i];

		search.group_of[i] = AN_NO_NODE;
		if (up != AN_NOT_THERE && (up == AN_TOP || up >= n_nodes))
			add_node(&search, i);
	}
	n = (uint32_t)search.groups.n;
	order = xcalloc(n, sizeof *order);
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	if (n)
		qsort_r(order, n, sizeof *order, compare_groups, &search);
	tell(&search, order, n < AN_SUSPECTS_MAX ? n : AN_SUSPECTS_MAX, suspects);
	free(order);
	free(search.group_of);
	indexset_release(&search.set);
	VEC_RELEASE(&search.groups);
	an_dominators_release(&search.dominators);
}

void an_suspects_release(struct an_suspects *suspects)
{
	for (uint32_t i = 0; i < suspects->n; i++)
		free(suspects->at[i].name);
	free(suspects->at);
	*suspects = (struct an_suspects){ 0 };
}
