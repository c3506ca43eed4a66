/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges.c -- nested address ranges, and the innermost one at an address.
 *
 * Sorted so that an outer range comes before what it contains, the ranges are
 * swept once with a stack of those that are open; whenever the top changes, the
 * stretch that ends there becomes a piece. n ranges give at most 2n pieces.
 */
#include "analyzer/symbols/ranges.h"

#include <stdlib.h>

void an_ranges_add(struct an_ranges *ranges, uint64_t low, uint64_t high, uint32_t number)
{
	if (low < high)
		*VEC_PUSH(&ranges->all) = (struct an_range){ low, high, number };
}

static int compare(const void *left, const void *right)
{
	const struct an_range *a = left, *b = right;

	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	if (a->high != b->high)
		return a->high > b->high ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* The open ranges, innermost on top, and how far the pieces reach. */
struct sweep {
	const struct an_range **open;
	size_t n_open;
	uint64_t at;
	struct an_ranges pieces;
};

/* Writes the pieces up to address, closing what ends before it. */
static void advance(struct sweep *sweep, uint64_t address)
{
	while (sweep->n_open && sweep->at < address) {
		const struct an_range *top = sweep->open[sweep->n_open - 1];
		uint64_t high = top->high < address ? top->high : address;

		if (high > sweep->at) {
			an_ranges_add(&sweep->pieces, sweep->at, high, top->number);
			sweep->at = high;
		}
		if (top->high <= address)
			sweep->n_open--;
	}
	sweep->at = address;
}

void an_ranges_seal(struct an_ranges *ranges)
{
	struct sweep sweep = { 0 };

	if (!ranges->all.n)
		return;
	qsort(ranges->all.at, ranges->all.n, sizeof(*ranges->all.at), compare);
	sweep.open = xreallocarray(NULL, ranges->all.n, sizeof(*sweep.open));
	for (size_t i = 0; i < ranges->all.n; i++) {
		advance(&sweep, ranges->all.at[i].low);
		sweep.open[sweep.n_open++] = &ranges->all.at[i];
	}
	advance(&sweep, UINT64_MAX);
	free(sweep.open);
	free(ranges->all.at);
	*ranges = sweep.pieces;
}

uint32_t an_ranges_find(const struct an_ranges *ranges, uint64_t address)
{
	size_t low = 0, high = ranges->all.n;

	/* The first piece that begins after address is at high in the end. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->all.at[middle].low <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!high || address >= ranges->all.at[high - 1].high)
		return AN_RANGE_NONE;
	return ranges->all.at[high - 1].number;
}

void an_ranges_release(struct an_ranges *ranges)
{
	VEC_RELEASE(&ranges->all);
}
