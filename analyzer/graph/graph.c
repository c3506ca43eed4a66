/* SPDX-License-Identifier: Apache-2.0 */
/* graph.c -- what a finished graph is asked. */
#include "analyzer/graph/graph.h"

#include <stdlib.h>

void an_graph_release(struct an_graph *graph)
{
	free(graph->first);
	free(graph->edges);
	free(graph->first_holder);
	free(graph->holders);
	free(graph->roots);
	*graph = (struct an_graph){ 0 };
}

uint32_t an_graph_find(const struct an_graph *graph, uint64_t addr)
{
	uint32_t low = 0, high = graph->n_nodes;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (graph->nodes[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || addr - graph->nodes[low - 1].addr >=
			    (graph->nodes[low - 1].size ? graph->nodes[low - 1].size : 1))
		return AN_NO_NODE;
	return low - 1;
}

uint32_t an_graph_holder_of(const struct an_graph *graph, uint32_t edge)
{
	uint32_t low = 0, high = graph->n_nodes;

	/* The last row that begins at or before edge; empty rows before it begin
	 * where it does. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (graph->first[middle] <= edge)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

uint32_t an_graph_first_root(const struct an_graph *graph, uint32_t node)
{
	uint32_t low = 0, high = graph->n_root_edges;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (graph->roots[middle].to < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum an_confidence an_edge_confidence(enum an_edge_kind kind)
{
	switch (kind) {
	case AN_EDGE_START:
	case AN_EDGE_TYPED:
	case AN_EDGE_MASKED:
		return AN_CONFIDENCE_HIGH;
	case AN_EDGE_STDSTRING:
	case AN_EDGE_LENGTH64:
	case AN_EDGE_NEWARRAY:
	case AN_EDGE_INHERITANCE:
	case AN_EDGE_LEARNED:
	case AN_EDGE_HIGH_TAG:
		return AN_CONFIDENCE_MEDIUM;
	default:
		return AN_CONFIDENCE_LOW;
	}
}

const char *an_edge_kind_name(enum an_edge_kind kind)
{
	static const char *const names[AN_EDGE_KINDS + 1] = {
		[AN_EDGE_SEVERED] = "lost",
		[AN_EDGE_START] = "start",
		[AN_EDGE_STDSTRING] = "stdstring",
		[AN_EDGE_LENGTH64] = "length64",
		[AN_EDGE_NEWARRAY] = "newarray",
		[AN_EDGE_INHERITANCE] = "multipleinheritance",
		[AN_EDGE_TYPED] = "typed",
		[AN_EDGE_LEARNED] = "learned",
		[AN_EDGE_MASKED] = "masked",
		[AN_EDGE_LOW_TAG] = "low-tag",
		[AN_EDGE_HIGH_TAG] = "high-tag",
		[AN_EDGE_INTERIOR] = "interior",
		[AN_EDGE_END] = "end",
	};

	return kind <= AN_EDGE_SEVERED ? names[kind] : "unknown";
}

void an_graph_sever(struct an_graph *graph, uint32_t node)
{
	for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++)
		graph->edges[i].words_and_kind =
			(graph->edges[i].words_and_kind & ~15u) | AN_EDGE_SEVERED;
}
