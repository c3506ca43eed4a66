/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup.h -- which allocation begins last at or before an address?
 *
 * Pages on which allocations begin lie in extents; an extent has a table that
 * says for each of its pages which node is the first to begin there or later.
 * What is left is a binary search in one page. A gap of more than a few pages
 * begins a new extent, so that the tables follow the nodes and not the
 * addresses, which may be anything.
 */
#ifndef ANALYZER_GRAPH_LOOKUP_H
#define ANALYZER_GRAPH_LOOKUP_H

#include "analyzer/base/vec.h"
#include "analyzer/graph/graph.h"

struct an_lookup_extent {
	uint64_t first_page;
	uint64_t n_pages;
	size_t table;          /* of n_pages + 1 entries */
};

struct an_lookup {
	const struct an_node *nodes;
	uint32_t n_nodes;
	uint32_t *table;
	VEC(struct an_lookup_extent) extents;
	size_t hint;           /* the extent of the last answer */
};

/* Between where to look and the answer, so that memory can be fetched meanwhile. */
struct an_lookup_range {
	const uint32_t *page;  /* NULL: the answer is at - 1 */
	uint32_t at;
};

void an_lookup_init(struct an_lookup *lookup, const struct an_node *nodes, uint32_t n_nodes);
void an_lookup_release(struct an_lookup *lookup);

/* The three steps of a look-up, to be done for many addresses at a time. */
struct an_lookup_range an_lookup_begin(struct an_lookup *lookup, uint64_t addr);
void an_lookup_fetch(const struct an_lookup *lookup, struct an_lookup_range range);
uint32_t an_lookup_end(const struct an_lookup *lookup, struct an_lookup_range range,
		       uint64_t addr);
/* All three. AN_NO_NODE: none begins before it. */
uint32_t an_lookup_before(struct an_lookup *lookup, uint64_t addr);

#endif
