/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.c -- from words to a graph.
 *
 * Words come by ascending slot, nearly always, and then edges are in order as
 * they are added; only if one was not are they sorted, in place. What points
 * where is looked up for many words at a time, so that memory is fetched for
 * one while another is decided.
 *
 * Peak: an edge is 12 bytes until its holder is known from its row, 16 with the
 * way back.
 */
#include "analyzer/graph/build.h"

#include <string.h>

enum { BATCH = 32 };

struct an_graph_builder *an_graph_builder_new(const struct an_graph_input *input)
{
	struct an_graph_builder *builder = xcalloc(1, sizeof(*builder));

	builder->input = *input;
	an_lookup_init(&builder->lookup, input->nodes, input->n_nodes);
	if (input->sites)
		builder->is_held = xcalloc(input->n_nodes / 8 + 1, 1);
	return builder;
}

/* The node that begins last at or before slot: mostly that of the last one, or
 * the next. */
static uint32_t holder_before(struct an_graph_builder *builder, uint64_t slot)
{
	const struct an_node *nodes = builder->input.nodes;
	uint32_t n = builder->input.n_nodes;

	for (uint32_t i = builder->holder; i < n && i < builder->holder + 2; i++)
		if (slot >= nodes[i].addr && (i + 1 == n || slot < nodes[i + 1].addr))
			return builder->holder = i;
	n = an_lookup_before(&builder->lookup, slot);
	if (n != AN_NO_NODE)
		builder->holder = n;
	return n;
}

static void note_held(struct an_graph_builder *builder, const struct an_target *target,
		      uint32_t edge, bool is_root)
{
	struct an_inside inside = { edge, target->node, (uint32_t)target->offset };

	if (!builder->is_held || target->kind == AN_EDGE_END)
		return;
	builder->is_held[target->node / 8] |= 1 << target->node % 8;
	if ((target->kind != AN_EDGE_INTERIOR && target->kind != AN_EDGE_LOW_TAG) ||
	    target->offset > UINT32_MAX)
		return;
	if (is_root)
		*VEC_PUSH(&builder->root_insides) = inside;
	else
		*VEC_PUSH(&builder->insides) = inside;
}

static void add_root_edge(struct an_graph_builder *builder, uint32_t root, uint64_t slot,
			  const struct an_target *target)
{
	if (root >= AN_ROOTS_MAX || builder->roots.n == UINT32_MAX) {
		builder->n_not_kept++;
		return;
	}
	if (root >= builder->n_roots)
		builder->n_roots = root + 1;
	note_held(builder, target, (uint32_t)builder->roots.n, true);
	*VEC_PUSH(&builder->roots) = (struct an_root_edge){
		.slot = slot, .to = target->node, .root_and_kind = root << 4 | target->kind
	};
}

static void add_edge(struct an_graph_builder *builder, uint32_t from, uint64_t offset,
		     const struct an_target *target)
{
	uint64_t words = offset / 8 < AN_EDGE_WORDS_MAX ? offset / 8 : AN_EDGE_WORDS_MAX;
	size_t n = builder->edges.n;

	if (n == UINT32_MAX) {
		builder->n_not_kept++;
		return;
	}
	if (n && (from < builder->froms.at[n - 1] ||
		  (from == builder->froms.at[n - 1] &&
		   words <= builder->edges.at[n - 1].words_and_kind >> 4)))
		builder->is_unsorted = true;
	if (from != target->node)
		note_held(builder, target, (uint32_t)n, false);
	*VEC_PUSH(&builder->edges) =
		(struct an_edge){ target->node, (uint32_t)words << 4 | target->kind };
	*VEC_PUSH(&builder->froms) = from;
}

static void add_word(struct an_graph_builder *builder, uint32_t root, uint64_t slot,
		     const struct an_target *target)
{
	uint32_t from = holder_before(builder, slot);
	const struct an_node *holder;

	if (from != AN_NO_NODE) {
		holder = &builder->input.nodes[from];
		if (slot - holder->addr < holder->size) {
			/* A word that is only in part inside is nobody's. */
			if (holder->size - (slot - holder->addr) >= 8)
				add_edge(builder, from, slot - holder->addr, target);
			return;
		}
	}
	if (root != AN_NO_NODE)
		add_root_edge(builder, root, slot, target);
}

/* What n values, at most BATCH, point to. */
static void resolve(struct an_graph_builder *builder, const uint64_t *values, size_t n,
		    struct an_target *targets)
{
	struct an_lookup_range ranges[BATCH];

	for (size_t i = 0; i < n; i++)
		ranges[i] = an_lookup_begin(&builder->lookup, values[i]);
	for (size_t i = 0; i < n; i++)
		an_lookup_fetch(&builder->lookup, ranges[i]);
	for (size_t i = 0; i < n; i++)
		targets[i] = an_classify(builder, values[i],
					 an_lookup_end(&builder->lookup, ranges[i], values[i]));
}

void an_graph_add(struct an_graph_builder *builder, uint32_t root,
		  const struct an_graph_word *words, size_t n_words)
{
	struct an_target targets[BATCH];
	uint64_t values[BATCH];

	for (size_t at = 0; at < n_words; at += BATCH) {
		size_t n = n_words - at < BATCH ? n_words - at : BATCH;

		for (size_t i = 0; i < n; i++)
			values[i] = words[at + i].value;
		resolve(builder, values, n, targets);
		for (size_t i = 0; i < n; i++)
			if (targets[i].node != AN_NO_NODE)
				add_word(builder, root, words[at + i].slot, &targets[i]);
	}
}

void an_graph_add_roots(struct an_graph_builder *builder, uint32_t root,
			const struct an_graph_word *words, size_t n_words)
{
	struct an_target target;

	for (size_t i = 0; i < n_words; i++) {
		resolve(builder, &words[i].value, 1, &target);
		if (target.node != AN_NO_NODE)
			add_root_edge(builder, root, words[i].slot, &target);
	}
}

void an_graph_add_values(struct an_graph_builder *builder, uint32_t root, const uint64_t *values,
			 size_t n_values)
{
	struct an_target targets[BATCH];

	for (size_t at = 0; at < n_values; at += BATCH) {
		size_t n = n_values - at < BATCH ? n_values - at : BATCH;

		resolve(builder, values + at, n, targets);
		for (size_t i = 0; i < n; i++)
			if (targets[i].node != AN_NO_NODE)
				add_root_edge(builder, root, at + i, &targets[i]);
	}
}

/* first[n] .. first[n + 1]: the edges from n, if they are in order. */
static uint32_t *rows(const uint32_t *froms, size_t n_edges, uint32_t n_nodes)
{
	uint32_t *first = xcalloc((size_t)n_nodes + 1, sizeof(*first));

	for (size_t i = 0; i < n_edges; i++)
		first[froms[i] + 1]++;
	for (uint32_t i = 0; i < n_nodes; i++)
		first[i + 1] += first[i];
	return first;
}

/*
 * Puts each edge into its row: takes the edge at the first place of a row that is
 * not settled, and swaps it to where it belongs until one belongs here.
 */
static void sort_into_rows(struct an_graph_builder *builder, const uint32_t *first)
{
	uint32_t n = builder->input.n_nodes, *next = xmalloc(((size_t)n + 1) * sizeof(*next));
	struct an_edge *edges = builder->edges.at;
	uint32_t *froms = builder->froms.at;

	memcpy(next, first, ((size_t)n + 1) * sizeof(*next));
	for (uint32_t row = 0; row < n; row++) {
		while (next[row] < first[row + 1]) {
			uint32_t at = next[row], to = next[froms[at]]++;
			struct an_edge edge = edges[at];
			uint32_t from = froms[at];

			edges[at] = edges[to];
			froms[at] = froms[to];
			edges[to] = edge;
			froms[to] = from;
		}
	}
	free(next);
}

static int by_place(const void *a, const void *b)
{
	const struct an_edge *x = a, *y = b;

	if (x->words_and_kind != y->words_and_kind)
		return x->words_and_kind < y->words_and_kind ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* Each row by place; of one slot seen twice the first is kept. */
static size_t sort_rows(struct an_edge *edges, uint32_t *first, uint32_t n_nodes)
{
	size_t n = 0, from = 0;

	for (uint32_t row = 0; row < n_nodes; row++) {
		size_t to = first[row + 1], begin = n;

		qsort(edges + from, to - from, sizeof(*edges), by_place);
		for (; from < to; from++) {
			uint32_t words = edges[from].words_and_kind >> 4;

			if (n == begin || words == AN_EDGE_WORDS_MAX ||
			    words != edges[n - 1].words_and_kind >> 4)
				edges[n++] = edges[from];
		}
		first[row + 1] = (uint32_t)n;
	}
	return n;
}

static void finish_edges(struct an_graph_builder *builder, struct an_graph *graph)
{
	size_t n = builder->edges.n;

	graph->first = rows(builder->froms.at, n, graph->n_nodes);
	if (builder->is_unsorted) {
		sort_into_rows(builder, graph->first);
		n = sort_rows(builder->edges.at, graph->first, graph->n_nodes);
	}
	VEC_RELEASE(&builder->froms);
	graph->n_edges = (uint32_t)n;
	graph->edges = xreallocarray(builder->edges.at, n ? n : 1, sizeof(*graph->edges));
}

static void find_holders(struct an_graph *graph)
{
	uint32_t *next = xcalloc((size_t)graph->n_nodes + 2, sizeof(*next));

	graph->holders = xmalloc((graph->n_edges + (size_t)1) * sizeof(*graph->holders));
	for (uint32_t i = 0; i < graph->n_edges; i++)
		next[graph->edges[i].to + 2]++;
	for (uint32_t i = 1; i <= graph->n_nodes; i++)
		next[i + 1] += next[i];
	/* next[to + 1] is where the next one goes, and in the end where they end. */
	for (uint32_t from = 0; from < graph->n_nodes; from++)
		for (uint32_t i = graph->first[from]; i < graph->first[from + 1]; i++)
			graph->holders[next[graph->edges[i].to + 1]++] =
				(struct an_holder){ from, i };
	graph->first_holder = next;
}

static int by_target(const void *a, const void *b)
{
	const struct an_root_edge *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	return (x->root_and_kind > y->root_and_kind) - (x->root_and_kind < y->root_and_kind);
}

void an_graph_finish(struct an_graph_builder *builder, struct an_graph *graph)
{
	*graph = (struct an_graph){
		.nodes = builder->input.nodes,
		.n_nodes = builder->input.n_nodes,
		.n_roots = builder->n_roots,
		.n_not_kept = builder->n_not_kept,
	};
	an_lookup_release(&builder->lookup);
	if (builder->input.sites)
		an_learn(builder);
	VEC_RELEASE(&builder->insides);
	VEC_RELEASE(&builder->root_insides);
	free(builder->is_held);
	finish_edges(builder, graph);
	find_holders(graph);
	graph->n_root_edges = (uint32_t)builder->roots.n;
	graph->roots = xreallocarray(builder->roots.at, builder->roots.n + 1,
				     sizeof(*graph->roots));
	qsort(graph->roots, graph->n_root_edges, sizeof(*graph->roots), by_target);
	free(builder);
}
