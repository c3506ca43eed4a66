/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reach.c -- analyzer/graph's reach: by hand, and against a reading of
 * Valgrind's rules that repeats itself until nothing changes.
 */
#include "tests/unit/unit.h"

#include "tests/unit/graph_fixture.h"

static struct an_reach reach_of(struct fixture *f)
{
	const struct an_reach_options options = AN_REACH_DEFAULTS;
	struct an_reach reach;

	fixture_build(f);
	an_reach_find(&f->graph, &options, &reach);
	return reach;
}

static void release(struct fixture *f, struct an_reach *reach)
{
	an_reach_release(reach);
	fixture_release(f);
}

static void assert_kinds(struct fixture *f, const char *want)
{
	struct an_reach reach = reach_of(f);
	char got[FIXTURE_NODES + 1] = "";

	for (uint32_t i = 0; i < f->n_nodes; i++)
		got[i] = "rpdis"[reach.kind[i]];
	assert_string_equal(got, want);
	release(f, &reach);
}

static void test_what_only_an_inside_leads_to_is_possible_and_all_behind_it(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 6, 64);
	fixture_root(&f, 0, 0, 0);
	fixture_edge(&f, 0, 0, 1, 0);
	fixture_edge(&f, 1, 8, 2, 32);
	fixture_edge(&f, 2, 0, 3, 0);
	fixture_root(&f, 0, 4, 64);
	assert_kinds(&f, "rrpppd");
}

static void test_a_lost_list_is_one_definite_and_the_rest_indirect(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 4, 64);
	fixture_edge(&f, 2, 0, 1, 0);
	fixture_edge(&f, 1, 0, 3, 0);
	fixture_edge(&f, 3, 0, 0, 0);
	assert_kinds(&f, "iidi");
}

static void test_of_a_ring_the_lowest_is_definite(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 3, 64);
	fixture_edge(&f, 1, 0, 2, 0);
	fixture_edge(&f, 2, 0, 0, 16);
	fixture_edge(&f, 0, 0, 1, 0);
	assert_kinds(&f, "dii");
}

static void test_what_holds_itself_is_definite(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 1, 64);
	fixture_edge(&f, 0, 8, 0, 8);
	assert_kinds(&f, "d");
}

static void test_a_ring_entered_elsewhere_counts_as_in_valgrind_and_hangs_on_its_entry(
	void **state)
{
	struct an_reach reach;
	struct fixture f;

	(void)state;
	fixture_init(&f, 3, 64);
	fixture_edge(&f, 0, 0, 1, 0);
	fixture_edge(&f, 1, 0, 0, 0);
	fixture_edge(&f, 2, 0, 1, 0);
	reach = reach_of(&f);
	assert_int_equal(reach.sums[AN_DEFINITE].n, 2);
	assert_int_equal(reach.kind[0], AN_DEFINITE);
	assert_int_equal(reach.kind[2], AN_DEFINITE);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(reach.leader[i], 2);
	release(&f, &reach);
}

static void test_what_hangs_on_a_suppressed_one_is_suppressed(void **state)
{
	static const uint32_t suppressed[] = { 1 };
	struct an_reach_options options = AN_REACH_DEFAULTS;
	struct an_reach reach;
	struct fixture f;

	(void)state;
	fixture_init(&f, 6, 64);
	fixture_root(&f, 0, 0, 0);
	fixture_edge(&f, 1, 0, 2, 0);
	fixture_edge(&f, 1, 8, 3, 16);
	fixture_edge(&f, 1, 16, 0, 0);
	fixture_edge(&f, 4, 0, 1, 0);
	fixture_edge(&f, 4, 8, 5, 0);
	options.suppressed = suppressed;
	options.n_suppressed = 1;
	fixture_build(&f);
	an_reach_find(&f.graph, &options, &reach);
	assert_int_equal(reach.kind[0], AN_REACHABLE);
	assert_int_equal(reach.sums[AN_SUPPRESSED].n, 3);
	assert_int_equal(reach.sums[AN_SUPPRESSED].bytes, 192);
	assert_int_equal(reach.kind[4], AN_DEFINITE);
	assert_int_equal(reach.kind[5], AN_INDIRECT);
	release(&f, &reach);
}

static void test_a_root_that_is_off_and_a_kind_that_is_not_followed_lead_nowhere(void **state)
{
	static const uint8_t is_off[] = { 0, 1 };
	struct an_reach_options options = AN_REACH_DEFAULTS;
	struct an_reach reach;
	struct fixture f;

	(void)state;
	fixture_init(&f, 3, 64);
	fixture_root(&f, 0, 0, 0);
	fixture_root(&f, 1, 1, 0);
	fixture_root(&f, 0, 2, 64);
	options.root_is_off = is_off;
	options.followed &= ~AN_EDGE_BIT(AN_EDGE_END);
	fixture_build(&f);
	an_reach_find(&f.graph, &options, &reach);
	assert_int_equal(reach.sums[AN_REACHABLE].n, 1);
	assert_int_equal(reach.sums[AN_DEFINITE].n, 2);
	release(&f, &reach);
}

/* ---- against a naive version ---- */

struct naive {
	const struct an_graph *graph;
	uint8_t kind[FIXTURE_NODES];
	bool leads[FIXTURE_NODES][FIXTURE_NODES];    /* among the lost */
};

enum { NOTHING = 99 };

static bool is_strong(enum an_edge_kind kind)
{
	return kind <= AN_EDGE_MASKED;
}

/* Until nothing changes: what a kind of node leads to, by these edges, is of it. */
static void spread(struct naive *naive, uint8_t kind, bool is_weak)
{
	const struct an_graph *graph = naive->graph;

	for (bool is_new = true; is_new;) {
		is_new = false;
		for (uint32_t i = 0; i < graph->n_edges; i++) {
			uint32_t from = an_graph_holder_of(graph, i), to = graph->edges[i].to;

			if ((naive->kind[from] == kind ||
			     (is_weak && naive->kind[from] == AN_REACHABLE)) &&
			    naive->kind[to] == NOTHING &&
			    (is_weak || is_strong(an_edge_kind(graph->edges[i])))) {
				naive->kind[to] = kind;
				is_new = true;
			}
		}
	}
}

static void naive_live(struct naive *naive)
{
	const struct an_graph *graph = naive->graph;

	for (uint32_t i = 0; i < graph->n_root_edges; i++)
		if (is_strong(an_root_edge_kind(&graph->roots[i])))
			naive->kind[graph->roots[i].to] = AN_REACHABLE;
	spread(naive, AN_REACHABLE, false);
	for (uint32_t i = 0; i < graph->n_root_edges; i++)
		if (naive->kind[graph->roots[i].to] == NOTHING)
			naive->kind[graph->roots[i].to] = AN_POSSIBLE;
	spread(naive, AN_POSSIBLE, true);
}

/* Valgrind's clique leaders. */
static void naive_clique(struct naive *naive, uint32_t node, uint32_t leader)
{
	const struct an_graph *graph = naive->graph;

	for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
		uint32_t to = graph->edges[i].to;

		if (naive->kind[to] == NOTHING && to != leader) {
			naive->kind[to] = AN_INDIRECT;
			naive_clique(naive, to, leader);
		}
	}
}

static void naive_lost(struct naive *naive)
{
	uint32_t n = naive->graph->n_nodes;

	for (uint32_t i = 0; i < n; i++)
		if (naive->kind[i] == NOTHING)
			naive_clique(naive, i, i);
	for (uint32_t i = 0; i < n; i++)
		if (naive->kind[i] == NOTHING)
			naive->kind[i] = AN_DEFINITE;
	for (uint32_t i = 0; i < naive->graph->n_edges; i++) {
		uint32_t from = an_graph_holder_of(naive->graph, i);
		uint32_t to = naive->graph->edges[i].to;

		naive->leads[from][to] = naive->kind[from] >= AN_DEFINITE &&
					 naive->kind[to] >= AN_DEFINITE;
	}
	for (uint32_t k = 0; k < n; k++)
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++)
				naive->leads[i][j] |= naive->leads[i][k] && naive->leads[k][j];
}

/* Nothing leads to it that it does not lead to, and of those it is the lowest. */
static bool naive_is_leader(const struct naive *naive, uint32_t node)
{
	if (naive->kind[node] < AN_DEFINITE)
		return false;
	for (uint32_t i = 0; i < naive->graph->n_nodes; i++)
		if (i != node && naive->leads[i][node] && (!naive->leads[node][i] || i < node))
			return false;
	return true;
}

static uint32_t naive_leader(const struct naive *naive, uint32_t node)
{
	for (uint32_t i = 0; i < naive->graph->n_nodes; i++)
		if ((i == node || naive->leads[i][node]) && naive_is_leader(naive, i))
			return i;
	return AN_NO_NODE;
}

static void test_random_graphs_are_told_apart_as_valgrind_does(void **state)
{
	(void)state;
	for (uint64_t start = 1; start <= 5000; start++) {
		uint64_t seed = start, sums[AN_REACH_KINDS] = { 0 };
		struct naive naive = { 0 };
		struct an_reach reach;
		struct fixture f;

		FIXTURE_SAY(start);
		fixture_random(&f, &seed);
		reach = reach_of(&f);
		naive.graph = &f.graph;
		memset(naive.kind, NOTHING, sizeof(naive.kind));
		naive_live(&naive);
		naive_lost(&naive);
		for (uint32_t i = 0; i < f.n_nodes; i++) {
			FIXTURE_EQUAL(reach.kind[i], naive.kind[i]);
			FIXTURE_EQUAL(reach.leader[i], naive_leader(&naive, i));
			sums[naive.kind[i]] += f.nodes[i].size;
		}
		for (int i = 0; i < AN_REACH_KINDS; i++)
			FIXTURE_EQUAL(reach.sums[i].bytes, sums[i]);
		release(&f, &reach);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_only_an_inside_leads_to_is_possible_and_all_behind_it),
		cmocka_unit_test(test_a_lost_list_is_one_definite_and_the_rest_indirect),
		cmocka_unit_test(test_of_a_ring_the_lowest_is_definite),
		cmocka_unit_test(test_what_holds_itself_is_definite),
		cmocka_unit_test(
			test_a_ring_entered_elsewhere_counts_as_in_valgrind_and_hangs_on_its_entry),
		cmocka_unit_test(test_what_hangs_on_a_suppressed_one_is_suppressed),
		cmocka_unit_test(
			test_a_root_that_is_off_and_a_kind_that_is_not_followed_lead_nowhere),
		cmocka_unit_test(test_random_graphs_are_told_apart_as_valgrind_does),
	};

	return RUN_UNIT_TESTS(tests);
}
