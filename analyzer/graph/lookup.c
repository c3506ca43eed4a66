/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.c -- from addresses to allocations: see lookup.h. */
#include "analyzer/graph/lookup.h"

enum {
	PAGE_SHIFT = 12,
	/* At most 16 table entries, 64 bytes, for an allocation. */
	GAP_PAGES = 16,
};

static void add_extents(struct an_lookup *lookup)
{
	struct an_lookup_extent *extent = NULL;
	size_t n_entries = 0;

	for (uint32_t i = 0; i < lookup->n_nodes; i++) {
		uint64_t page = lookup->nodes[i].addr >> PAGE_SHIFT;

		if (!extent || page - (extent->first_page + extent->n_pages - 1) > GAP_PAGES) {
			extent = VEC_PUSH(&lookup->extents);
			*extent = (struct an_lookup_extent){ page, 0, n_entries };
			n_entries++;
		}
		n_entries += page + 1 - extent->first_page - extent->n_pages;
		extent->n_pages = page + 1 - extent->first_page;
	}
	lookup->table = xmalloc(n_entries * sizeof(*lookup->table));
}

void an_lookup_init(struct an_lookup *lookup, const struct an_node *nodes, uint32_t n_nodes)
{
	uint32_t node = 0;

	*lookup = (struct an_lookup){ .nodes = nodes, .n_nodes = n_nodes };
	add_extents(lookup);
	for (size_t i = 0; i < lookup->extents.n; i++) {
		const struct an_lookup_extent *extent = &lookup->extents.at[i];
		uint32_t *table = &lookup->table[extent->table];

		for (uint64_t page = 0; page < extent->n_pages; page++) {
			table[page] = node;
			while (node < n_nodes && nodes[node].addr >> PAGE_SHIFT ==
							 extent->first_page + page)
				node++;
		}
		table[extent->n_pages] = node;
	}
}

void an_lookup_release(struct an_lookup *lookup)
{
	free(lookup->table);
	VEC_RELEASE(&lookup->extents);
	*lookup = (struct an_lookup){ 0 };
}

/* The last extent that begins at or before page; false if none does. */
static bool find_extent(struct an_lookup *lookup, uint64_t page)
{
	const struct an_lookup_extent *extents = lookup->extents.at;
	size_t low = 0, high = lookup->extents.n, hint = lookup->hint;

	if (hint < high && extents[hint].first_page <= page &&
	    (hint + 1 == high || page < extents[hint + 1].first_page))
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (extents[middle].first_page <= page)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return false;
	lookup->hint = low - 1;
	return true;
}

struct an_lookup_range an_lookup_begin(struct an_lookup *lookup, uint64_t addr)
{
	const struct an_lookup_extent *extent;
	uint64_t page = addr >> PAGE_SHIFT;
	const uint32_t *entry;

	if (!find_extent(lookup, page))
		return (struct an_lookup_range){ NULL, 0 };
	extent = &lookup->extents.at[lookup->hint];
	if (page - extent->first_page >= extent->n_pages)
		return (struct an_lookup_range){ NULL,
						 lookup->table[extent->table + extent->n_pages] };
	entry = &lookup->table[extent->table + (page - extent->first_page)];
	__builtin_prefetch(entry);
	return (struct an_lookup_range){ entry, 0 };
}

void an_lookup_fetch(const struct an_lookup *lookup, struct an_lookup_range range)
{
	if (range.page)
		__builtin_prefetch(&lookup->nodes[range.page[0] +
						  (range.page[1] - range.page[0]) / 2]);
}

uint32_t an_lookup_end(const struct an_lookup *lookup, struct an_lookup_range range,
		       uint64_t addr)
{
	uint32_t low = range.at, high = range.at;

	if (range.page) {
		low = range.page[0];
		high = range.page[1];
	}
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (lookup->nodes[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? low - 1 : AN_NO_NODE;
}

uint32_t an_lookup_before(struct an_lookup *lookup, uint64_t addr)
{
	return an_lookup_end(lookup, an_lookup_begin(lookup, addr), addr);
}
