/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph_fixture.h -- small graphs by hand and at random. Words are kept as they
 * were given, so that a test can decide naively what they mean.
 */
#ifndef TESTS_UNIT_GRAPH_FIXTURE_H
#define TESTS_UNIT_GRAPH_FIXTURE_H

#include "analyzer/graph/reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_NODES = 64, FIXTURE_WORDS = 400 };

struct fixture_word {
	uint32_t root;
	struct an_graph_word word;
};

struct fixture {
	struct an_node nodes[FIXTURE_NODES];
	uint32_t sites[FIXTURE_NODES];
	struct fixture_word words[FIXTURE_WORDS];
	uint32_t n_nodes;
	uint32_t n_words;
	struct an_graph_input input;     /* what a test adds to it is used */
	struct an_graph graph;
};

static inline uint64_t fixture_draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* n nodes of size bytes each, 0x100 apart. */
static inline void fixture_init(struct fixture *f, uint32_t n, uint64_t size)
{
	memset(f, 0, sizeof(*f));
	f->n_nodes = n;
	for (uint32_t i = 0; i < n; i++)
		f->nodes[i] = (struct an_node){ 0x10000 + 0x100 * (uint64_t)i, size };
}

static inline void fixture_word(struct fixture *f, uint32_t root, uint64_t slot, uint64_t value)
{
	f->words[f->n_words++] = (struct fixture_word){ root, { slot, value } };
}

/* Node from holds, at offset, node to plus inside. */
static inline void fixture_edge(struct fixture *f, uint32_t from, uint64_t offset, uint32_t to,
				uint64_t inside)
{
	fixture_word(f, AN_NO_NODE, f->nodes[from].addr + offset, f->nodes[to].addr + inside);
}

static inline void fixture_root(struct fixture *f, uint32_t root, uint32_t to, uint64_t inside)
{
	fixture_word(f, root, 0x1000 + 8 * (uint64_t)f->n_words, f->nodes[to].addr + inside);
}

static inline void fixture_build(struct fixture *f)
{
	struct an_graph_builder *builder;

	f->input.nodes = f->nodes;
	f->input.n_nodes = f->n_nodes;
	builder = an_graph_builder_new(&f->input);
	for (uint32_t i = 0; i < f->n_words; i++)
		an_graph_add(builder, f->words[i].root, &f->words[i].word, 1);
	an_graph_finish(builder, &f->graph);
}

/*
 * A random graph: allocations of 0 (or 48) to 64 bytes, near and far apart, few or many
 * words, most of them to starts, from allocations and from three roots.
 */
static inline void fixture_random(struct fixture *f, uint64_t *seed)
{
	uint64_t at = 0x10000, density = 1 + fixture_draw(seed) % 8;
	uint64_t least = fixture_draw(seed) % 2 ? 48 : 0;

	memset(f, 0, sizeof(*f));
	f->n_nodes = (uint32_t)(1 + fixture_draw(seed) % 30);
	for (uint32_t i = 0; i < f->n_nodes; i++) {
		at += fixture_draw(seed) % 8 ? 16 * (fixture_draw(seed) % 3) : 0x50000;
		f->nodes[i] = (struct an_node){ at, least + fixture_draw(seed) % (65 - least) };
		at = (at + f->nodes[i].size + 16) & ~(uint64_t)15;
	}
	for (uint32_t i = 0; i < f->n_nodes * density; i++) {
		uint64_t from = fixture_draw(seed) % f->n_nodes;
		uint64_t to = fixture_draw(seed) % f->n_nodes;
		uint64_t inside = fixture_draw(seed) % 4 ? 0 : fixture_draw(seed) % 70;
		uint64_t slot = f->nodes[from].addr + 8 * (fixture_draw(seed) % 8);

		if (fixture_draw(seed) % 8 == 0)
			fixture_root(f, (uint32_t)(fixture_draw(seed) % 3), (uint32_t)to, inside);
		else
			fixture_word(f, AN_NO_NODE, slot, f->nodes[to].addr + inside);
	}
}

static inline void fixture_release(struct fixture *f)
{
	an_graph_release(&f->graph);
}

/* Which random graph a test is at: printed when it fails. */
#define FIXTURE_SAY(seed) \
	(snprintf(fixture_said, sizeof(fixture_said), "seed %llu", (unsigned long long)(seed)))
#define FIXTURE_EQUAL(a, b)                                                              \
	do {                                                                             \
		unsigned long long left_ = (unsigned long long)(a);                      \
		unsigned long long right_ = (unsigned long long)(b);                     \
		if (left_ != right_)                                                     \
			print_error("%s: %s is %llu, not %llu\n", fixture_said, #a, left_, \
				    right_);                                             \
		assert_true(left_ == right_);                                            \
	} while (0)

static char fixture_said[64];

#endif
