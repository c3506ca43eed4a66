/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cycles.c -- analyzer/graph's cycles: by hand, and against components by
 * who leads to whom, rings by length, and the smallest choice by trying all rows.
 */
#include "tests/unit/unit.h"

#include "analyzer/graph/cycles.h"
#include "tests/unit/graph_fixture.h"

struct lost {
	struct fixture f;
	struct an_reach reach;
	struct an_cycles cycles;
};

static void find(struct lost *lost)
{
	const struct an_reach_options options = AN_REACH_DEFAULTS;

	fixture_build(&lost->f);
	an_reach_find(&lost->f.graph, &options, &lost->reach);
	an_cycles_find(&lost->f.graph, &lost->reach, &lost->cycles);
}

static void release(struct lost *lost)
{
	an_cycles_release(&lost->cycles);
	an_reach_release(&lost->reach);
	fixture_release(&lost->f);
}

static void test_a_ring_of_two_is_weakened_on_the_way_back(void **state)
{
	struct lost p;
	const struct an_cycle *cycle;

	(void)state;
	/* 0 <-> 1, and 2 hangs on 1. */
	fixture_init(&p.f, 3, 64);
	fixture_edge(&p.f, 0, 0, 1, 0);
	fixture_edge(&p.f, 1, 8, 0, 0);
	fixture_edge(&p.f, 1, 16, 2, 0);
	find(&p);
	assert_int_equal(p.cycles.n, 1);
	cycle = p.cycles.at;
	assert_int_equal(cycle->leader, 0);
	assert_int_equal(cycle->n_members, 2);
	assert_int_equal(cycle->bytes, 128);
	assert_int_equal(cycle->n_hanging, 1);
	assert_int_equal(cycle->hanging_bytes, 64);
	assert_int_equal(cycle->n_ring, 2);
	assert_int_equal(p.cycles.edges[cycle->first_ring], 0);
	assert_int_equal(p.cycles.edges[cycle->first_ring + 1], 1);
	assert_int_equal(cycle->n_weaken, 1);
	assert_true(cycle->weaken_is_smallest);
	assert_int_equal(p.cycles.edges[cycle->first_weaken], 1);
	release(&p);
}

static void test_a_ring_that_is_entered_or_reachable_is_no_root_cycle(void **state)
{
	struct lost p;

	(void)state;
	fixture_init(&p.f, 6, 64);
	for (uint32_t i = 0; i < 4; i++)
		fixture_edge(&p.f, i, 0, i ^ 1, 0);
	fixture_edge(&p.f, 4, 0, 1, 0);
	fixture_root(&p.f, 0, 2, 0);
	fixture_edge(&p.f, 5, 0, 4, 0);
	find(&p);
	assert_int_equal(p.cycles.n, 0);
	release(&p);
}

static void test_what_holds_itself_is_a_ring_of_one(void **state)
{
	struct lost p;

	(void)state;
	fixture_init(&p.f, 1, 64);
	fixture_edge(&p.f, 0, 16, 0, 16);
	find(&p);
	assert_int_equal(p.cycles.n, 1);
	assert_int_equal(p.cycles.at->n_ring, 1);
	assert_int_equal(p.cycles.at->n_weaken, 1);
	release(&p);
}

/* A list of n, linked both ways, round or not. */
static void list(struct lost *p, uint32_t n, bool is_round)
{
	fixture_init(&p->f, n, 64);
	for (uint32_t i = 0; i + !is_round < n; i++) {
		fixture_edge(&p->f, i, 0, (i + 1) % n, 0);
		fixture_edge(&p->f, (i + 1) % n, 8, i, 0);
	}
	find(p);
}

static void test_up_to_twelve_the_choice_is_the_smallest_and_says_so(void **state)
{
	struct lost p;

	(void)state;
	list(&p, 12, false);
	assert_int_equal(p.cycles.at->n_weaken, 11);
	assert_true(p.cycles.at->weaken_is_smallest);
	/* The ones back: offset 8. */
	for (uint32_t i = 0; i < 11; i++)
		assert_int_equal(an_edge_offset(p.f.graph.edges[p.cycles.edges
					[p.cycles.at->first_weaken + i]]), 8);
	release(&p);
	list(&p, 12, true);
	assert_int_equal(p.cycles.at->n_weaken, 12);
	release(&p);
	list(&p, 13, false);
	assert_int_equal(p.cycles.at->n_weaken, 12);
	assert_false(p.cycles.at->weaken_is_smallest);
	release(&p);
}

static void test_one_edge_is_the_smallest_choice_whatever_the_size(void **state)
{
	struct lost p;

	(void)state;
	fixture_init(&p.f, 40, 64);
	for (uint32_t i = 0; i < 40; i++)
		fixture_edge(&p.f, i, 0, (i + 1) % 40, 0);
	find(&p);
	assert_int_equal(p.cycles.at->n_ring, 40);
	assert_int_equal(p.cycles.at->n_weaken, 1);
	assert_true(p.cycles.at->weaken_is_smallest);
	release(&p);
}

/* ---- against a naive version ---- */

enum { FAR = 1000 };

struct naive {
	const struct lost *lost;
	uint32_t n;
	uint32_t far[FIXTURE_NODES][FIXTURE_NODES];    /* edges from one to another */
	bool is_weak[FIXTURE_WORDS];
};

static bool is_between_lost(const struct naive *naive, uint32_t edge)
{
	const struct an_graph *graph = &naive->lost->f.graph;

	return an_reach_is_lost(&naive->lost->reach, an_graph_holder_of(graph, edge)) &&
	       an_reach_is_lost(&naive->lost->reach, graph->edges[edge].to);
}

/* Lengths of shortest ways of at least one edge, without those that are weak. */
static void measure(struct naive *naive)
{
	const struct an_graph *graph = &naive->lost->f.graph;
	uint32_t n = naive->n = graph->n_nodes;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			naive->far[i][k] = FAR;
	for (uint32_t i = 0; i < graph->n_edges; i++)
		if (is_between_lost(naive, i) && !naive->is_weak[i])
			naive->far[an_graph_holder_of(graph, i)][graph->edges[i].to] = 1;
	for (uint32_t k = 0; k < n; k++)
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++)
				if (naive->far[i][k] + naive->far[k][j] < naive->far[i][j])
					naive->far[i][j] = naive->far[i][k] + naive->far[k][j];
}

static bool is_together(const struct naive *naive, uint32_t a, uint32_t b)
{
	return naive->far[a][b] < FAR && naive->far[b][a] < FAR;
}

/* The lowest of a component that goes round and that nothing else leads to. */
static bool is_root_cycle(const struct naive *naive, uint32_t node)
{
	if (naive->far[node][node] >= FAR)
		return false;
	for (uint32_t i = 0; i < naive->n; i++)
		if (naive->far[i][node] < FAR && (naive->far[node][i] >= FAR || i < node))
			return false;
	return true;
}

static void check_members(const struct naive *naive, const struct an_cycle *cycle)
{
	const uint32_t *members = naive->lost->cycles.members + cycle->first_member;
	uint32_t n = 0;

	for (uint32_t i = 0; i < naive->n; i++)
		if (is_together(naive, cycle->leader, i))
			FIXTURE_EQUAL(members[n++], i);
	FIXTURE_EQUAL(cycle->n_members, n);
}

static void check_ring(const struct naive *naive, const struct an_cycle *cycle)
{
	const struct an_graph *graph = &naive->lost->f.graph;
	uint32_t at = cycle->leader;

	FIXTURE_EQUAL(cycle->n_ring, naive->far[at][at]);
	for (uint32_t i = 0; i < cycle->n_ring; i++) {
		uint32_t edge = naive->lost->cycles.edges[cycle->first_ring + i];

		FIXTURE_EQUAL(an_graph_holder_of(graph, edge), at);
		at = graph->edges[edge].to;
	}
	FIXTURE_EQUAL(at, cycle->leader);
}

/* Edges back in this row of members. */
static uint32_t n_back(const struct naive *naive, const uint32_t *row, uint32_t n)
{
	const struct an_graph *graph = &naive->lost->f.graph;
	uint32_t rank[FIXTURE_NODES], n_edges = 0;

	memset(rank, 0xff, sizeof(rank));
	for (uint32_t i = 0; i < n; i++)
		rank[row[i]] = i;
	for (uint32_t i = 0; i < graph->n_edges; i++) {
		uint32_t from = rank[an_graph_holder_of(graph, i)];
		uint32_t to = rank[graph->edges[i].to];

		n_edges += from != UINT32_MAX && to != UINT32_MAX && to <= from;
	}
	return n_edges;
}

/* The fewest, over all rows. */
static uint32_t fewest_back(const struct naive *naive, uint32_t *row, uint32_t at, uint32_t n)
{
	uint32_t fewest = UINT32_MAX;

	if (at == n)
		return n_back(naive, row, n);
	for (uint32_t i = at; i < n; i++) {
		uint32_t was = row[at], found;

		row[at] = row[i];
		row[i] = was;
		found = fewest_back(naive, row, at + 1, n);
		fewest = found < fewest ? found : fewest;
		row[i] = row[at];
		row[at] = was;
	}
	return fewest;
}

static void check_weaken(struct naive *naive, const struct an_cycle *cycle)
{
	const uint32_t *weaken = naive->lost->cycles.edges + cycle->first_weaken;
	uint32_t row[FIXTURE_NODES];

	for (uint32_t i = 0; i < cycle->n_members; i++)
		row[i] = naive->lost->cycles.members[cycle->first_member + i];
	if (cycle->n_members <= 6) {
		assert_true(cycle->weaken_is_smallest);
		FIXTURE_EQUAL(cycle->n_weaken, fewest_back(naive, row, 0, cycle->n_members));
	}
	for (uint32_t i = 0; i < cycle->n_weaken; i++)
		naive->is_weak[weaken[i]] = true;
}

static void check(struct lost *lost)
{
	struct naive naive = { .lost = lost };
	uint32_t n_cycles = 0;

	measure(&naive);
	for (uint32_t i = 0; i < naive.n; i++) {
		const struct an_cycle *cycle = &lost->cycles.at[n_cycles];

		if (!is_root_cycle(&naive, i))
			continue;
		FIXTURE_EQUAL(n_cycles < lost->cycles.n, true);
		n_cycles++;
		FIXTURE_EQUAL(cycle->leader, i);
		check_members(&naive, cycle);
		check_ring(&naive, cycle);
		check_weaken(&naive, cycle);
	}
	FIXTURE_EQUAL(lost->cycles.n, n_cycles);
	/* Nothing of them goes round any more. */
	measure(&naive);
	for (size_t i = 0; i < lost->cycles.n; i++)
		for (uint32_t k = 0; k < lost->cycles.at[i].n_members; k++) {
			uint32_t node = lost->cycles.members[lost->cycles.at[i].first_member + k];

			FIXTURE_EQUAL(naive.far[node][node] >= FAR, true);
		}
}

static void test_random_graphs_have_the_root_cycles_that_a_naive_search_finds(void **state)
{
	uint32_t n_large = 0, n_small = 0;

	(void)state;
	for (uint64_t start = 1; start <= 3000; start++) {
		uint64_t seed = start;
		struct lost p;

		FIXTURE_SAY(start);
		fixture_random(&p.f, &seed);
		for (uint32_t i = 0; i < p.f.n_words; i++)
			p.f.words[i].root = start % 3 ? AN_NO_NODE : p.f.words[i].root;
		find(&p);
		for (size_t i = 0; i < p.cycles.n; i++) {
			n_large += p.cycles.at[i].n_members > AN_CYCLE_EXACT_MAX;
			n_small += p.cycles.at[i].n_members > 1;
		}
		check(&p);
		release(&p);
	}
	assert_true(n_large > 50);
	assert_true(n_small > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_ring_of_two_is_weakened_on_the_way_back),
		cmocka_unit_test(test_a_ring_that_is_entered_or_reachable_is_no_root_cycle),
		cmocka_unit_test(test_what_holds_itself_is_a_ring_of_one),
		cmocka_unit_test(test_up_to_twelve_the_choice_is_the_smallest_and_says_so),
		cmocka_unit_test(test_one_edge_is_the_smallest_choice_whatever_the_size),
		cmocka_unit_test(
			test_random_graphs_have_the_root_cycles_that_a_naive_search_finds),
	};

	return RUN_UNIT_TESTS(tests);
}
