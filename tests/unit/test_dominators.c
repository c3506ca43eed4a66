/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dominators.c -- analyzer/graph's dominators: by hand, and against taking
 * each vertex away and looking what can no longer be reached.
 */
#include "tests/unit/unit.h"

#include "analyzer/graph/cycles.h"
#include "analyzer/graph/dominators.h"
#include "analyzer/graph/paths.h"
#include "tests/unit/graph_fixture.h"

enum { ROOTS = 3, VERTICES = FIXTURE_NODES + ROOTS };

struct part {
	struct fixture f;
	struct an_reach reach;
	struct an_dominators dominators;
};

static void find_reach(struct part *part)
{
	const struct an_reach_options options = AN_REACH_DEFAULTS;

	fixture_build(&part->f);
	an_reach_find(&part->f.graph, &options, &part->reach);
}

static void release(struct part *part)
{
	an_dominators_release(&part->dominators);
	an_reach_release(&part->reach);
	fixture_release(&part->f);
}

static void test_a_global_retains_what_it_alone_leads_to(void **state)
{
	struct part p;

	(void)state;
	/* root 0 -> 0 -> 1 -> 2, 0 -> 2; root 1 -> 3, 2 -> 3; 4 is lost. */
	fixture_init(&p.f, 5, 64);
	fixture_root(&p.f, 0, 0, 0);
	fixture_root(&p.f, 1, 3, 0);
	fixture_edge(&p.f, 0, 0, 1, 0);
	fixture_edge(&p.f, 0, 8, 2, 0);
	fixture_edge(&p.f, 1, 0, 2, 0);
	fixture_edge(&p.f, 2, 0, 3, 0);
	find_reach(&p);
	an_dominators_live(&p.f.graph, &p.reach, NULL, &p.dominators);
	assert_int_equal(p.dominators.up[0], 5);
	assert_int_equal(p.dominators.up[1], 0);
	assert_int_equal(p.dominators.up[2], 0);
	assert_int_equal(p.dominators.up[3], AN_TOP);
	assert_int_equal(p.dominators.up[4], AN_NOT_THERE);
	assert_int_equal(p.dominators.up[5], AN_TOP);
	assert_int_equal(p.dominators.retained[5], 192);
	assert_int_equal(p.dominators.retained[6], 0);
	assert_int_equal(p.dominators.retained[0], 192);
	release(&p);
}

static void test_a_root_that_is_off_retains_nothing(void **state)
{
	static const uint8_t is_off[] = { 0, 1 };
	struct part p;

	(void)state;
	fixture_init(&p.f, 1, 64);
	fixture_root(&p.f, 0, 0, 0);
	fixture_root(&p.f, 1, 0, 0);
	find_reach(&p);
	an_dominators_live(&p.f.graph, &p.reach, is_off, &p.dominators);
	assert_int_equal(p.dominators.up[0], 1);
	assert_int_equal(p.dominators.up[2], AN_NOT_THERE);
	release(&p);
}

/* ---- against a naive version ---- */

struct naive {
	const struct part *part;
	bool is_lost;
	uint32_t n;
	bool dominates[VERTICES][VERTICES];
	bool is_there[VERTICES];
};

static bool is_of_part(const struct naive *naive, uint32_t node)
{
	return naive->is_lost == (naive->part->reach.kind[node] >= AN_DEFINITE);
}

/* Which vertices are reached from the top when one is taken away? */
static void reached_without(const struct naive *naive, uint32_t taken, bool *is_reached)
{
	const struct an_graph *graph = &naive->part->f.graph;
	bool is_new = true;

	memset(is_reached, 0, VERTICES);
	for (uint32_t i = 0; naive->is_lost && i < graph->n_nodes; i++)
		is_reached[i] = naive->part->reach.leader[i] == i && i != taken;
	for (uint32_t i = 0; !naive->is_lost && i < graph->n_root_edges; i++) {
		uint32_t root = graph->n_nodes + an_root_edge_root(&graph->roots[i]);

		is_reached[root] = root != taken;
		if (is_reached[root] && graph->roots[i].to != taken)
			is_reached[graph->roots[i].to] = true;
	}
	while (is_new) {
		is_new = false;
		for (uint32_t i = 0; i < graph->n_edges; i++) {
			uint32_t from = an_graph_holder_of(graph, i), to = graph->edges[i].to;

			if (is_reached[from] && to != taken && is_of_part(naive, to) &&
			    !is_reached[to])
				is_reached[to] = is_new = true;
		}
	}
}

static void find_naively(struct naive *naive)
{
	bool is_reached[VERTICES];

	naive->n = naive->part->f.graph.n_nodes + naive->part->f.graph.n_roots;
	reached_without(naive, AN_TOP, naive->is_there);
	for (uint32_t i = 0; i < naive->n; i++) {
		reached_without(naive, i, is_reached);
		for (uint32_t k = 0; k < naive->n; k++)
			naive->dominates[i][k] = naive->is_there[k] && !is_reached[k];
	}
}

/* The dominator that all others dominate. */
static uint32_t naive_up(const struct naive *naive, uint32_t vertex)
{
	uint32_t best = AN_TOP;

	if (!naive->is_there[vertex])
		return AN_NOT_THERE;
	for (uint32_t i = 0; i < naive->n; i++)
		if (i != vertex && naive->dominates[i][vertex] &&
		    (best == AN_TOP || naive->dominates[best][i]))
			best = i;
	return best;
}

static void check(struct part *part, bool is_lost)
{
	struct naive naive = { .part = part, .is_lost = is_lost };

	find_naively(&naive);
	FIXTURE_EQUAL(part->dominators.n_vertices, naive.n);
	for (uint32_t i = 0; i < naive.n; i++) {
		uint64_t retained = 0;

		for (uint32_t k = 0; k < part->f.n_nodes; k++)
			retained += naive.dominates[i][k] ? part->f.nodes[k].size : 0;
		FIXTURE_EQUAL(part->dominators.up[i], naive_up(&naive, i));
		FIXTURE_EQUAL(part->dominators.retained[i], retained);
	}
}

static void test_random_graphs_have_the_dominators_that_taking_away_shows(void **state)
{
	(void)state;
	for (uint64_t start = 1; start <= 2000; start++) {
		uint64_t seed = start;
		struct part p;

		FIXTURE_SAY(start);
		fixture_random(&p.f, &seed);
		find_reach(&p);
		an_dominators_live(&p.f.graph, &p.reach, NULL, &p.dominators);
		check(&p, false);
		an_dominators_release(&p.dominators);
		an_dominators_lost(&p.f.graph, &p.reach, &p.dominators);
		check(&p, true);
		release(&p);
	}
}

static void test_memory_piles_up_where_the_greatest_child_is_much_smaller(void **state)
{
	static const uint32_t asked[] = { 8, 0, 2 };
	struct an_accumulation found[3];
	struct part p;

	(void)state;
	/* root -> 0 -> 1 -> 2..6, each of 100 bytes, 7 hangs on 2. */
	fixture_init(&p.f, 8, 100);
	fixture_root(&p.f, 0, 0, 0);
	fixture_edge(&p.f, 0, 0, 1, 0);
	for (uint32_t i = 2; i < 7; i++)
		fixture_edge(&p.f, 1, 8 * i, i, 0);
	fixture_edge(&p.f, 2, 0, 7, 0);
	find_reach(&p);
	an_dominators_live(&p.f.graph, &p.reach, NULL, &p.dominators);
	an_dominators_accumulate(&p.dominators, asked, 3, found);
	assert_int_equal(found[0].vertex, 1);
	assert_int_equal(found[0].n_children, 5);
	assert_int_equal(found[1].vertex, 1);
	assert_int_equal(found[2].vertex, 2);
	assert_int_equal(found[2].n_children, 1);
	release(&p);
}

static void test_seven_tenths_is_not_yet_a_drop(void **state)
{
	static const uint32_t asked[] = { 0 };
	struct an_accumulation found;
	struct part p;

	(void)state;
	fixture_init(&p.f, 2, 70);
	p.f.nodes[0].size = 30;
	fixture_root(&p.f, 0, 0, 0);
	fixture_edge(&p.f, 0, 0, 1, 0);
	find_reach(&p);
	an_dominators_live(&p.f.graph, &p.reach, NULL, &p.dominators);
	an_dominators_accumulate(&p.dominators, asked, 1, &found);
	assert_int_equal(found.vertex, 1);
	release(&p);
}

/* One list through all, linked both ways, from root 0; or round, from none. */
static void make_list(uint32_t n, bool is_round, struct an_node *nodes, struct an_graph *graph)
{
	const struct an_graph_input input = { .nodes = nodes, .n_nodes = n };
	struct an_graph_builder *builder;
	struct an_graph_word root;

	for (uint32_t i = 0; i < n; i++)
		nodes[i] = (struct an_node){ 0x100000 + 32 * (uint64_t)i, 16 };
	root = (struct an_graph_word){ 0x1000, nodes[0].addr };
	builder = an_graph_builder_new(&input);
	for (uint32_t i = 0; i < n; i++) {
		const struct an_graph_word next = { nodes[i].addr, nodes[(i + 1) % n].addr };
		const struct an_graph_word last = { nodes[i].addr + 8,
						    nodes[(i + n - 1) % n].addr };

		an_graph_add(builder, AN_NO_NODE, &next, i + 1 < n || is_round);
		an_graph_add(builder, AN_NO_NODE, &last, i > 0 || is_round);
	}
	if (!is_round)
		an_graph_add(builder, 0, &root, 1);
	an_graph_finish(builder, graph);
}

/* A walk that called itself would need ten times the stack there is. With ten
 * million: tests/bench/graph.sh. */
static void test_a_list_of_a_million_needs_no_stack(void **state)
{
	enum { N = 1000000 };
	const struct an_reach_options options = AN_REACH_DEFAULTS;
	struct an_node *nodes = malloc(N * sizeof(*nodes));
	struct an_dominators dominators;
	struct an_cycles cycles;
	struct an_paths paths;
	struct an_graph graph;
	struct an_reach reach;

	(void)state;
	make_list(N, false, nodes, &graph);
	an_reach_find(&graph, &options, &reach);
	assert_int_equal(reach.sums[AN_REACHABLE].n, N);
	an_dominators_live(&graph, &reach, NULL, &dominators);
	assert_int_equal(dominators.retained[N], 16ull * N);
	assert_int_equal(dominators.up[N - 1], N - 2);
	an_dominators_release(&dominators);
	an_reach_release(&reach);
	an_paths_find(&graph, N - 1, AN_EDGES_ALL, NULL, 1, &paths);
	assert_int_equal(paths.at[0].n_edges, N - 1);
	an_paths_release(&paths);
	an_graph_release(&graph);

	make_list(N, true, nodes, &graph);
	an_reach_find(&graph, &options, &reach);
	assert_int_equal(reach.sums[AN_DEFINITE].n, 1);
	an_cycles_find(&graph, &reach, &cycles);
	assert_int_equal(cycles.n, 1);
	assert_int_equal(cycles.at->n_members, N);
	assert_int_equal(cycles.at->n_ring, 2);
	an_cycles_release(&cycles);
	an_dominators_lost(&graph, &reach, &dominators);
	assert_int_equal(dominators.retained[0], 16ull * N);
	an_dominators_release(&dominators);
	an_reach_release(&reach);
	an_graph_release(&graph);
	free(nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_global_retains_what_it_alone_leads_to),
		cmocka_unit_test(test_a_root_that_is_off_retains_nothing),
		cmocka_unit_test(test_random_graphs_have_the_dominators_that_taking_away_shows),
		cmocka_unit_test(test_memory_piles_up_where_the_greatest_child_is_much_smaller),
		cmocka_unit_test(test_seven_tenths_is_not_yet_a_drop),
		cmocka_unit_test(test_a_list_of_a_million_needs_no_stack),
	};

	return RUN_UNIT_TESTS(tests);
}
