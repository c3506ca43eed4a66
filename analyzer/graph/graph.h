/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph.h -- who points at whom, as flat arrays.
 *
 * A node is an allocation, an edge a word inside one that points into another,
 * a root edge a word outside all of them. Ids are 32 bits: nodes by address,
 * edges by holder and place in it, root edges by target and place. Nothing here
 * knows of traces, and no depth of the input becomes depth of our stack.
 *
 *   nodes    0 ─────────▶ 1 ───▶ 2      edges[first[n] .. first[n + 1]): what n
 *            ▲ root edges ▲             holds; holders[first_holder[n] .. ): who
 *            global       stack         holds n, each with its edge
 */
#ifndef ANALYZER_GRAPH_GRAPH_H
#define ANALYZER_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AN_NO_NODE UINT32_MAX

struct an_node {
	uint64_t addr;
	uint64_t size;
};

/* How a word points. All but the last three mean the start of the allocation. */
enum an_edge_kind {
	AN_EDGE_START,        /* its address */
	AN_EDGE_STDSTRING,    /* the four of Valgrind, same names and conditions */
	AN_EDGE_LENGTH64,
	AN_EDGE_NEWARRAY,
	AN_EDGE_INHERITANCE,
	AN_EDGE_TYPED,        /* an_graph_input.is_start says so */
	AN_EDGE_LEARNED,      /* where nearly all of its site are held */
	AN_EDGE_MASKED,       /* its address after one of the masks */
	AN_EDGE_LOW_TAG,      /* its address plus 1 to 7 */
	AN_EDGE_HIGH_TAG,     /* its address but for the top 16 bits */
	AN_EDGE_INTERIOR,     /* inside */
	AN_EDGE_END,          /* one past its end, and in no other allocation */
	AN_EDGE_KINDS,
	AN_EDGE_SEVERED = AN_EDGE_KINDS,   /* an_graph_sever: leads nowhere */
};

enum an_confidence { AN_CONFIDENCE_LOW, AN_CONFIDENCE_MEDIUM, AN_CONFIDENCE_HIGH };

/* Offsets in the holder are counted in words of 8 bytes; what lies deeper than
 * this is said to lie here. */
#define AN_EDGE_WORDS_MAX ((1u << 28) - 1)

struct an_edge {
	uint32_t to;
	uint32_t words_and_kind;
};

struct an_holder {
	uint32_t from;
	uint32_t edge;     /* index into edges */
};

struct an_root_edge {
	uint64_t slot;     /* address, or number of the value where there is none */
	uint32_t to;
	uint32_t root_and_kind;
};

#define AN_ROOTS_MAX (1u << 28)

struct an_graph {
	const struct an_node *nodes;    /* the caller's, ascending, no two overlap */
	uint32_t *first;                /* n_nodes + 1 */
	struct an_edge *edges;
	uint32_t *first_holder;         /* n_nodes + 1 */
	struct an_holder *holders;      /* n_edges, by target, then holder */
	struct an_root_edge *roots;
	uint32_t n_nodes;
	uint32_t n_edges;
	uint32_t n_root_edges;
	uint32_t n_roots;               /* greatest root number + 1 */
	uint64_t n_not_kept;            /* words that found no room in 32 bits */
};

struct an_graph_word {
	uint64_t slot;
	uint64_t value;
};

/* What the heuristics ask. Each may be NULL, and then nothing is found by it. */
struct an_graph_input {
	const struct an_node *nodes;    /* must outlive the graph */
	uint32_t n_nodes;
	const uint32_t *sites;          /* per node: what made it; learns offsets */
	const uint64_t *masks;          /* --pointer-mask: value & mask */
	size_t n_masks;
	/* The word at an address; false if it is not known. */
	bool (*word)(void *context, uint64_t addr, uint64_t *value);
	bool (*is_vtable)(void *context, uint64_t value);
	/* Does this offset stand for the start of the node (make_shared)? */
	bool (*is_start)(void *context, uint32_t node, uint64_t offset);
	void *context;
};

struct an_graph_builder;

/* input is copied, what it points to is borrowed until _finish. */
struct an_graph_builder *an_graph_builder_new(const struct an_graph_input *input);
/*
 * Words of a scanned range: one inside a node is an edge, one outside is a root
 * edge of number root, or nothing when root is AN_NO_NODE. Fastest when slots
 * ascend over all calls; any order gives the same graph.
 */
void an_graph_add(struct an_graph_builder *builder, uint32_t root,
		  const struct an_graph_word *words, size_t n_words);
/* Words that are roots wherever they lie, inside of nodes, too; that they may be
 * edges as well is said by an_graph_add. */
void an_graph_add_roots(struct an_graph_builder *builder, uint32_t root,
			const struct an_graph_word *words, size_t n_words);
/* Roots without an address: registers. Slots become 0, 1, 2... per call. */
void an_graph_add_values(struct an_graph_builder *builder, uint32_t root,
			 const uint64_t *values, size_t n_values);
/* Frees the builder. *graph is the caller's to release. */
void an_graph_finish(struct an_graph_builder *builder, struct an_graph *graph);
void an_graph_release(struct an_graph *graph);

/* Lets all that node holds lead nowhere; it is still named as a holder. */
void an_graph_sever(struct an_graph *graph, uint32_t node);

/* The node that holds this address, or AN_NO_NODE. */
uint32_t an_graph_find(const struct an_graph *graph, uint64_t addr);
/* The node that holds this edge. */
uint32_t an_graph_holder_of(const struct an_graph *graph, uint32_t edge);
/* The first root edge to node or to one after it: they end where _first_root of
 * the next node begins. */
uint32_t an_graph_first_root(const struct an_graph *graph, uint32_t node);
enum an_confidence an_edge_confidence(enum an_edge_kind kind);
/* "start", "newarray"... */
const char *an_edge_kind_name(enum an_edge_kind kind);

static inline enum an_edge_kind an_edge_kind(struct an_edge edge)
{
	return (enum an_edge_kind)(edge.words_and_kind & 15);
}

/* In bytes, in the holder. */
static inline uint64_t an_edge_offset(struct an_edge edge)
{
	return (uint64_t)(edge.words_and_kind >> 4) * 8;
}

static inline enum an_edge_kind an_root_edge_kind(const struct an_root_edge *edge)
{
	return (enum an_edge_kind)(edge->root_and_kind & 15);
}

static inline uint32_t an_root_edge_root(const struct an_root_edge *edge)
{
	return edge->root_and_kind >> 4;
}

#endif
