/* SPDX-License-Identifier: Apache-2.0 */
/* test_paths.c -- analyzer/graph's paths: by hand, and by length against a naive search. */
#include "tests/unit/unit.h"

#include "analyzer/graph/paths.h"
#include "tests/unit/graph_fixture.h"

static void test_the_shortest_paths_come_first(void **state)
{
	struct an_paths paths;
	struct fixture f;

	(void)state;
	/* root 0 -> 0 -> 1 -> 2 -> 3, root 1 -> 2; root 2 holds what leads nowhere. */
	fixture_init(&f, 5, 64);
	fixture_root(&f, 0, 0, 0);
	fixture_root(&f, 1, 2, 0);
	fixture_root(&f, 2, 4, 0);
	for (uint32_t i = 0; i < 3; i++)
		fixture_edge(&f, i, 16, i + 1, 0);
	fixture_build(&f);
	an_paths_find(&f.graph, 3, AN_EDGES_ALL, NULL, 9, &paths);
	assert_int_equal(paths.n, 2);
	assert_int_equal(paths.at[0].n_edges, 1);
	assert_int_equal(an_root_edge_root(&f.graph.roots[paths.at[0].root_edge]), 1);
	assert_int_equal(paths.at[1].n_edges, 3);
	assert_int_equal(an_root_edge_root(&f.graph.roots[paths.at[1].root_edge]), 0);
	assert_int_equal(an_graph_holder_of(&f.graph, paths.edges[paths.at[1].first_edge]), 0);
	an_paths_release(&paths);
	an_paths_find(&f.graph, 3, AN_EDGES_ALL, NULL, 1, &paths);
	assert_int_equal(paths.n, 1);
	an_paths_release(&paths);
	fixture_release(&f);
}

static void test_there_are_no_more_paths_than_asked_for(void **state)
{
	struct an_paths paths;
	struct fixture f;

	(void)state;
	fixture_init(&f, 1, 64);
	for (uint32_t i = 0; i < 5; i++)
		fixture_root(&f, i, 0, 0);
	fixture_build(&f);
	an_paths_find(&f.graph, 0, AN_EDGES_ALL, NULL, 3, &paths);
	assert_int_equal(paths.n, 3);
	assert_int_equal(paths.at[2].n_edges, 0);
	an_paths_release(&paths);
	fixture_release(&f);
}

static void test_what_is_lost_has_no_path(void **state)
{
	static const uint8_t is_off[] = { 1 };
	struct an_paths paths;
	struct fixture f;

	(void)state;
	fixture_init(&f, 2, 64);
	fixture_root(&f, 0, 0, 0);
	fixture_edge(&f, 1, 0, 1, 0);
	fixture_build(&f);
	an_paths_find(&f.graph, 1, AN_EDGES_ALL, NULL, 9, &paths);
	assert_int_equal(paths.n, 0);
	an_paths_release(&paths);
	an_paths_find(&f.graph, 0, AN_EDGES_ALL, is_off, 9, &paths);
	assert_int_equal(paths.n, 0);
	an_paths_release(&paths);
	fixture_release(&f);
}

/* Edges from the nearest root edge to each node, until nothing changes. */
static void naive_lengths(const struct an_graph *graph, uint32_t followed, uint32_t *length)
{
	for (uint32_t i = 0; i < graph->n_nodes; i++)
		length[i] = UINT32_MAX;
	for (uint32_t i = 0; i < graph->n_root_edges; i++)
		if (followed & AN_EDGE_BIT(an_root_edge_kind(&graph->roots[i])))
			length[graph->roots[i].to] = 0;
	for (uint32_t round = 0; round < graph->n_nodes; round++) {
		for (uint32_t i = 0; i < graph->n_edges; i++) {
			uint32_t from = an_graph_holder_of(graph, i), to = graph->edges[i].to;

			if ((followed & AN_EDGE_BIT(an_edge_kind(graph->edges[i]))) &&
			    length[from] != UINT32_MAX && length[from] + 1 < length[to])
				length[to] = length[from] + 1;
		}
	}
}

static void check_path(const struct an_graph *graph, const struct an_paths *paths, size_t number,
		       uint32_t node)
{
	const struct an_path *path = &paths->at[number];
	uint32_t at = graph->roots[path->root_edge].to;

	for (uint32_t i = 0; i < path->n_edges; i++) {
		uint32_t edge = paths->edges[path->first_edge + i];

		FIXTURE_EQUAL(an_graph_holder_of(graph, edge), at);
		at = graph->edges[edge].to;
	}
	FIXTURE_EQUAL(at, node);
	for (size_t i = 0; i < number; i++) {
		assert_true(paths->at[i].n_edges <= path->n_edges);
		assert_true(paths->at[i].root_edge != path->root_edge);
	}
}

static void test_random_graphs_have_paths_as_short_as_a_naive_search_finds(void **state)
{
	(void)state;
	for (uint64_t start = 1; start <= 1000; start++) {
		uint64_t seed = start;
		uint32_t followed = start % 2 ? AN_EDGES_ALL : AN_EDGES_STRONG;
		uint32_t length[FIXTURE_NODES];
		struct fixture f;

		FIXTURE_SAY(start);
		fixture_random(&f, &seed);
		fixture_build(&f);
		naive_lengths(&f.graph, followed, length);
		for (uint32_t node = 0; node < f.n_nodes; node++) {
			struct an_paths paths;

			an_paths_find(&f.graph, node, followed, NULL, 5, &paths);
			FIXTURE_EQUAL(paths.n ? paths.at[0].n_edges : UINT32_MAX, length[node]);
			for (size_t i = 0; i < paths.n; i++)
				check_path(&f.graph, &paths, i, node);
			an_paths_release(&paths);
		}
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_shortest_paths_come_first),
		cmocka_unit_test(test_there_are_no_more_paths_than_asked_for),
		cmocka_unit_test(test_what_is_lost_has_no_path),
		cmocka_unit_test(test_random_graphs_have_paths_as_short_as_a_naive_search_finds),
	};

	return RUN_UNIT_TESTS(tests);
}
