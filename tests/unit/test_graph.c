/* SPDX-License-Identifier: Apache-2.0 */
/* test_graph.c -- analyzer/graph's builder: what words mean, and where they lie. */
#include "tests/unit/unit.h"

#include "tests/unit/graph_fixture.h"

static enum an_edge_kind kind_of_only_edge(struct fixture *f)
{
	enum an_edge_kind kind = AN_EDGE_KINDS;

	fixture_build(f);
	assert_true(f->graph.n_edges + f->graph.n_root_edges <= 1);
	if (f->graph.n_edges)
		kind = an_edge_kind(f->graph.edges[0]);
	if (f->graph.n_root_edges)
		kind = an_root_edge_kind(&f->graph.roots[0]);
	fixture_release(f);
	return kind;
}

/* What one value means to a graph of two nodes of 64 bytes. */
static enum an_edge_kind kind_of(uint64_t value, const uint64_t *masks, size_t n_masks)
{
	struct fixture f;

	fixture_init(&f, 2, 64);
	f.input.masks = masks;
	f.input.n_masks = n_masks;
	fixture_word(&f, 0, 0x1000, value);
	return kind_of_only_edge(&f);
}

static void test_a_word_is_told_by_where_it_points(void **state)
{
	static const uint64_t masks[] = { ~7ull, 0xffffffffull };

	(void)state;
	assert_int_equal(kind_of(0x10000, NULL, 0), AN_EDGE_START);
	assert_int_equal(kind_of(0x10003, NULL, 0), AN_EDGE_LOW_TAG);
	assert_int_equal(kind_of(0x10008, NULL, 0), AN_EDGE_INTERIOR);
	assert_int_equal(kind_of(0x1003f, NULL, 0), AN_EDGE_INTERIOR);
	assert_int_equal(kind_of(0x10040, NULL, 0), AN_EDGE_END);
	assert_int_equal(kind_of(0x10041, NULL, 0), AN_EDGE_KINDS);
	assert_int_equal(kind_of(0xffff, NULL, 0), AN_EDGE_KINDS);
	assert_int_equal(kind_of(0, NULL, 0), AN_EDGE_KINDS);
	assert_int_equal(kind_of(UINT64_MAX, NULL, 0), AN_EDGE_KINDS);
	assert_int_equal(kind_of(0xabcd000000010100, NULL, 0), AN_EDGE_HIGH_TAG);
	assert_int_equal(kind_of(0xabcd000000010108, NULL, 0), AN_EDGE_KINDS);
	assert_int_equal(kind_of(0x10003, masks, 1), AN_EDGE_MASKED);
	assert_int_equal(kind_of(0x1000b, masks, 1), AN_EDGE_INTERIOR);
	assert_int_equal(kind_of(0x700010100, masks, 2), AN_EDGE_MASKED);
	assert_int_equal(kind_of(0x10000, masks, 2), AN_EDGE_START);
}

static void test_the_end_of_one_that_is_the_start_of_the_next_is_the_start(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 2, 0x100);
	fixture_root(&f, 0, 0, 0x100);
	fixture_build(&f);
	assert_int_equal(f.graph.roots[0].to, 1);
	assert_int_equal(an_root_edge_kind(&f.graph.roots[0]), AN_EDGE_START);
	fixture_release(&f);
}

static void test_an_allocation_of_no_bytes_is_pointed_at_and_holds_nothing(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 2, 0);
	fixture_edge(&f, 0, 0, 1, 0);
	fixture_root(&f, 0, 1, 0);
	fixture_root(&f, 0, 1, 1);
	fixture_build(&f);
	assert_int_equal(f.graph.n_edges, 0);
	assert_int_equal(f.graph.n_root_edges, 1);
	assert_int_equal(an_graph_find(&f.graph, f.nodes[1].addr), 1);
	assert_int_equal(an_graph_find(&f.graph, f.nodes[1].addr + 1), AN_NO_NODE);
	fixture_release(&f);
}

/* Contents of node 0, for the heuristics. */
struct contents {
	uint64_t words[8];
};

static bool content(void *context, uint64_t addr, uint64_t *value)
{
	const struct contents *contents = context;

	if (addr < 0x10000 || addr > 0x10038 || addr % 8)
		return false;
	*value = contents->words[(addr - 0x10000) / 8];
	return true;
}

static bool vtable_below_0x6000(void *context, uint64_t value)
{
	(void)context;
	return value < 0x6000;
}

static bool start_at_16(void *context, uint32_t node, uint64_t offset)
{
	(void)context;
	return node == 0 && offset == 16;
}

static enum an_edge_kind kind_inside(uint64_t size, uint64_t offset, struct contents contents)
{
	struct fixture f;

	fixture_init(&f, 1, size);
	f.input.word = content;
	f.input.is_vtable = vtable_below_0x6000;
	f.input.is_start = start_at_16;
	f.input.context = &contents;
	fixture_root(&f, 0, 0, offset);
	return kind_of_only_edge(&f);
}

#define CONTENTS(...) (struct contents){ { __VA_ARGS__ } }

static void test_a_string_is_held_at_its_characters(void **state)
{
	(void)state;
	assert_int_equal(kind_inside(24 + 31, 24, CONTENTS(5, 30, 0)), AN_EDGE_STDSTRING);
	assert_int_equal(kind_inside(24 + 31, 24, CONTENTS(30, 30, 0)), AN_EDGE_STDSTRING);
	/* Longer than its capacity; a capacity that does not fill it; elsewhere. */
	assert_int_equal(kind_inside(24 + 31, 24, CONTENTS(31, 30, 0)), AN_EDGE_INTERIOR);
	assert_int_equal(kind_inside(24 + 32, 24, CONTENTS(5, 30, 0)), AN_EDGE_INTERIOR);
	assert_int_equal(kind_inside(24 + 31, 32, CONTENTS(5, 30, 0)), AN_EDGE_INTERIOR);
}

static void test_a_length_of_64_bits_is_followed_by_what_is_held(void **state)
{
	(void)state;
	assert_int_equal(kind_inside(48, 8, CONTENTS(40)), AN_EDGE_LENGTH64);
	assert_int_equal(kind_inside(48, 8, CONTENTS(0)), AN_EDGE_INTERIOR);
	assert_int_equal(kind_inside(48, 16 + 8, CONTENTS(40)), AN_EDGE_INTERIOR);
}

static void test_an_array_of_objects_is_held_after_their_number(void **state)
{
	(void)state;
	assert_int_equal(kind_inside(48, 8, CONTENTS(4)), AN_EDGE_NEWARRAY);
	assert_int_equal(kind_inside(48, 8, CONTENTS(3)), AN_EDGE_INTERIOR);
	assert_int_equal(kind_inside(48, 8, CONTENTS(41)), AN_EDGE_INTERIOR);
}

static void test_a_second_vtable_is_a_base_class(void **state)
{
	(void)state;
	assert_int_equal(kind_inside(48, 24, CONTENTS(0x5000, 0, 0, 0x5010)), AN_EDGE_INHERITANCE);
	assert_int_equal(kind_inside(48, 24, CONTENTS(0, 0, 0, 0x5010)), AN_EDGE_INTERIOR);
	assert_int_equal(kind_inside(48, 24, CONTENTS(0x5000, 0, 0, 0x5011)), AN_EDGE_INTERIOR);
	assert_int_equal(kind_inside(48, 24, CONTENTS(0x5000, 0, 0, 0x800)), AN_EDGE_INTERIOR);
	assert_int_equal(kind_inside(48, 24, CONTENTS(0x5000, 0, 0, 0x7000)), AN_EDGE_INTERIOR);
}

static void test_the_caller_knows_other_starts(void **state)
{
	(void)state;
	assert_int_equal(kind_inside(48, 16, CONTENTS(0)), AN_EDGE_TYPED);
	assert_int_equal(kind_inside(48, 32, CONTENTS(0)), AN_EDGE_INTERIOR);
}

/* n of a site, n_at of them held at offset 16 by a root, n_other at 24. */
static uint32_t n_learned(uint32_t n, uint32_t n_at, uint32_t n_other)
{
	uint32_t n_learned = 0;
	struct fixture f;

	fixture_init(&f, n, 64);
	f.input.sites = f.sites;
	for (uint32_t i = 0; i < n; i++) {
		if (i < n_at)
			fixture_root(&f, 0, i, 16);
		else if (i < n_at + n_other)
			fixture_edge(&f, i - 1, 8, i, 24);
		/* A list head that is empty points to itself. */
		fixture_edge(&f, i, 32, i, 32);
	}
	fixture_build(&f);
	for (uint32_t i = 0; i < f.graph.n_root_edges; i++)
		n_learned += an_root_edge_kind(&f.graph.roots[i]) == AN_EDGE_LEARNED;
	for (uint32_t i = 0; i < f.graph.n_edges; i++)
		assert_int_equal(an_edge_kind(f.graph.edges[i]), AN_EDGE_INTERIOR);
	fixture_release(&f);
	return n_learned;
}

static void test_an_offset_is_learned_from_nearly_all_of_twenty(void **state)
{
	(void)state;
	assert_int_equal(n_learned(20, 20, 0), 20);
	assert_int_equal(n_learned(20, 19, 0), 19);
	assert_int_equal(n_learned(20, 19, 1), 19);
	assert_int_equal(n_learned(40, 38, 2), 38);
	assert_int_equal(n_learned(40, 37, 3), 0);
	assert_int_equal(n_learned(19, 19, 0), 0);
	assert_int_equal(n_learned(30, 18, 0), 0);
}

static void test_one_that_is_held_twice_is_one_of_the_twenty(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 20, 64);
	f.input.sites = f.sites;
	for (uint32_t i = 0; i < 10; i++) {
		fixture_root(&f, 0, i, 16);
		fixture_root(&f, 0, i, 16);
	}
	fixture_build(&f);
	for (uint32_t i = 0; i < 20; i++)
		assert_int_equal(an_root_edge_kind(&f.graph.roots[i]), AN_EDGE_INTERIOR);
	fixture_release(&f);
}

static void test_an_offset_is_learned_for_its_site_alone(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 40, 64);
	f.input.sites = f.sites;
	for (uint32_t i = 0; i < 40; i++) {
		f.sites[i] = i % 2;
		fixture_root(&f, 0, i, i % 2 ? 16 : 8 * (i / 2 % 4 + 1));
	}
	fixture_build(&f);
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(an_root_edge_kind(&f.graph.roots[i]),
				 i % 2 ? AN_EDGE_LEARNED : AN_EDGE_INTERIOR);
	fixture_release(&f);
}

static void test_registers_are_roots_without_an_address(void **state)
{
	static const uint64_t values[] = { 1, 0x10000, 2, 0x10110 };
	struct an_graph_builder *builder;
	struct fixture f;

	(void)state;
	fixture_init(&f, 2, 64);
	f.input.nodes = f.nodes;
	f.input.n_nodes = 2;
	builder = an_graph_builder_new(&f.input);
	an_graph_add_values(builder, 7, values, 4);
	an_graph_finish(builder, &f.graph);
	assert_int_equal(f.graph.n_root_edges, 2);
	assert_int_equal(f.graph.n_roots, 8);
	assert_int_equal(f.graph.roots[1].slot, 3);
	assert_int_equal(f.graph.roots[1].to, 1);
	assert_int_equal(an_root_edge_root(&f.graph.roots[1]), 7);
	fixture_release(&f);
}

static void test_a_word_that_is_half_inside_is_nobodys(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 2, 20);
	fixture_word(&f, 0, f.nodes[0].addr + 16, f.nodes[1].addr);
	assert_int_equal(kind_of_only_edge(&f), AN_EDGE_KINDS);
	fixture_init(&f, 2, 24);
	fixture_word(&f, 0, f.nodes[0].addr + 16, f.nodes[1].addr);
	assert_int_equal(kind_of_only_edge(&f), AN_EDGE_START);
}

static void test_a_graph_without_anything_is_a_graph(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 0, 0);
	fixture_word(&f, 0, 8, 0x10000);
	fixture_build(&f);
	assert_int_equal(f.graph.n_edges, 0);
	assert_int_equal(f.graph.n_root_edges, 0);
	assert_int_equal(an_graph_find(&f.graph, 0x10000), AN_NO_NODE);
	fixture_release(&f);
}

/* The node of a value by asking each, and how; AN_NO_NODE. */
static uint32_t naive_target(const struct fixture *f, uint64_t value, enum an_edge_kind *kind)
{
	uint32_t best = AN_NO_NODE;

	*kind = AN_EDGE_KINDS;
	for (uint32_t i = 0; i < f->n_nodes; i++) {
		uint64_t offset = value - f->nodes[i].addr, size = f->nodes[i].size;
		enum an_edge_kind this = offset == 0        ? AN_EDGE_START
					 : offset > size    ? AN_EDGE_KINDS
					 : offset == size   ? AN_EDGE_END
					 : offset < 8       ? AN_EDGE_LOW_TAG
							    : AN_EDGE_INTERIOR;

		if (this < *kind) {
			*kind = this;
			best = i;
		}
	}
	return best;
}

static const struct an_edge *edge_at(const struct an_graph *graph, uint32_t from, uint64_t offset)
{
	for (uint32_t i = graph->first[from]; i < graph->first[from + 1]; i++)
		if (an_edge_offset(graph->edges[i]) == offset)
			return &graph->edges[i];
	return NULL;
}

/* Each word is an edge where it lies; returns how many edges that makes. */
static uint32_t check_words(const struct fixture *f, uint32_t *n_roots)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->n_words; i++) {
		const struct an_graph_word *word = &f->words[i].word;
		enum an_edge_kind kind;
		uint32_t to = naive_target(f, word->value, &kind), from = AN_NO_NODE;
		const struct an_edge *edge;
		bool is_again = false;

		for (uint32_t k = 0; k < f->n_nodes; k++)
			if (word->slot >= f->nodes[k].addr &&
			    word->slot + 8 <= f->nodes[k].addr + f->nodes[k].size)
				from = k;
		for (uint32_t k = 0; k < i; k++)
			is_again |= f->words[k].word.slot == word->slot;
		*n_roots += to != AN_NO_NODE && f->words[i].root != AN_NO_NODE;
		if (to == AN_NO_NODE || from == AN_NO_NODE || is_again)
			continue;
		edge = edge_at(&f->graph, from, word->slot - f->nodes[from].addr);
		assert_non_null(edge);
		FIXTURE_EQUAL(edge->to, to);
		FIXTURE_EQUAL(an_edge_kind(*edge), kind);
		FIXTURE_EQUAL(an_graph_holder_of(&f->graph, (uint32_t)(edge - f->graph.edges)),
			      from);
		n++;
	}
	return n;
}

/* The way back says the same as the way there, and both are in order. */
static void check_holders(const struct an_graph *graph)
{
	FIXTURE_EQUAL(graph->first[graph->n_nodes], graph->n_edges);
	FIXTURE_EQUAL(graph->first_holder[graph->n_nodes], graph->n_edges);
	for (uint32_t to = 0; to < graph->n_nodes; to++) {
		for (uint32_t i = graph->first_holder[to]; i < graph->first_holder[to + 1]; i++) {
			const struct an_holder *holder = &graph->holders[i];

			FIXTURE_EQUAL(graph->edges[holder->edge].to, to);
			FIXTURE_EQUAL(an_graph_holder_of(graph, holder->edge), holder->from);
			if (i > graph->first_holder[to])
				assert_true(holder[-1].edge < holder->edge);
		}
	}
	for (uint32_t i = 1; i < graph->n_root_edges; i++)
		assert_true(graph->roots[i - 1].to <= graph->roots[i].to);
}

/* One slot has one word, as in a process. */
static void keep_first_of_each_slot(struct fixture *f)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->n_words; i++) {
		bool is_again = false;

		for (uint32_t k = 0; k < n; k++)
			is_again |= f->words[k].word.slot == f->words[i].word.slot;
		if (!is_again)
			f->words[n++] = f->words[i];
	}
	f->n_words = n;
}

static void test_random_words_mean_what_a_naive_reading_says(void **state)
{
	(void)state;
	for (uint64_t start = 1; start <= 4000; start++) {
		uint64_t seed = start;
		uint32_t n_roots = 0;
		struct fixture f;

		FIXTURE_SAY(start);
		fixture_random(&f, &seed);
		keep_first_of_each_slot(&f);
		fixture_build(&f);
		FIXTURE_EQUAL(f.graph.n_edges, check_words(&f, &n_roots));
		FIXTURE_EQUAL(f.graph.n_root_edges, n_roots);
		check_holders(&f.graph);
		fixture_release(&f);
	}
}

static int by_slot(const void *a, const void *b)
{
	const struct fixture_word *x = a, *y = b;

	return (x->word.slot > y->word.slot) - (x->word.slot < y->word.slot);
}

static void test_the_order_of_words_changes_nothing(void **state)
{
	(void)state;
	for (uint64_t start = 1; start <= 1000; start++) {
		uint64_t seed = start;
		struct fixture f, g;

		FIXTURE_SAY(start);
		fixture_random(&f, &seed);
		keep_first_of_each_slot(&f);
		g = f;
		qsort(g.words, g.n_words, sizeof(*g.words), by_slot);
		fixture_build(&f);
		fixture_build(&g);
		FIXTURE_EQUAL(f.graph.n_edges, g.graph.n_edges);
		assert_memory_equal(f.graph.first, g.graph.first, 4 * (f.n_nodes + 1));
		assert_memory_equal(f.graph.edges, g.graph.edges, 8 * f.graph.n_edges);
		assert_memory_equal(f.graph.holders, g.graph.holders, 8 * f.graph.n_edges);
		assert_memory_equal(f.graph.roots, g.graph.roots, 16 * f.graph.n_root_edges);
		fixture_release(&f);
		fixture_release(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_word_is_told_by_where_it_points),
		cmocka_unit_test(test_the_end_of_one_that_is_the_start_of_the_next_is_the_start),
		cmocka_unit_test(test_an_allocation_of_no_bytes_is_pointed_at_and_holds_nothing),
		cmocka_unit_test(test_a_string_is_held_at_its_characters),
		cmocka_unit_test(test_a_length_of_64_bits_is_followed_by_what_is_held),
		cmocka_unit_test(test_an_array_of_objects_is_held_after_their_number),
		cmocka_unit_test(test_a_second_vtable_is_a_base_class),
		cmocka_unit_test(test_the_caller_knows_other_starts),
		cmocka_unit_test(test_an_offset_is_learned_from_nearly_all_of_twenty),
		cmocka_unit_test(test_one_that_is_held_twice_is_one_of_the_twenty),
		cmocka_unit_test(test_an_offset_is_learned_for_its_site_alone),
		cmocka_unit_test(test_registers_are_roots_without_an_address),
		cmocka_unit_test(test_a_word_that_is_half_inside_is_nobodys),
		cmocka_unit_test(test_a_graph_without_anything_is_a_graph),
		cmocka_unit_test(test_random_words_mean_what_a_naive_reading_says),
		cmocka_unit_test(test_the_order_of_words_changes_nothing),
	};

	return RUN_UNIT_TESTS(tests);
}
