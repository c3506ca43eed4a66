/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_table.h -- functions, inlined calls and lines out of DWARF 2 to 5.
 *
 * libdw can be asked for an address, but walks the whole compilation unit for
 * each answer. Here the units' address ranges are listed when the table is
 * made, and a unit is walked once, at the first look-up in it: from then on a
 * look-up is a binary search.
 */
#ifndef ANALYZER_SYMBOLS_DWARF_TABLE_H
#define ANALYZER_SYMBOLS_DWARF_TABLE_H

#include "analyzer/base/strpool.h"
#include "analyzer/symbols/dwarf_unit.h"
#include "analyzer/symbols/ranges.h"
#include "analyzer/symbols/symbols.h"

#include <elfutils/libdw.h>

/* Valid when zeroed. */
struct an_dwarf_table {
	VEC(struct an_dwarf_unit) units;
	struct an_ranges ranges;         /* numbers are indexes into units */
	struct strpool *names;
};

/* Lists the units of dwarf, which must stay open as long as the table. */
void an_dwarf_table_init(struct an_dwarf_table *table, Dwarf *dwarf, struct strpool *names);
void an_dwarf_table_release(struct an_dwarf_table *table);

/* What DWARF knows about address: at most n_room lines (at least 2), innermost
 * first; of a deeper chain the outermost is kept. Returns how many; 0: nothing.
 * The last one's linkage is NULL if DWARF has none, its function if DWARF has
 * but a line. *entry is where the outermost function begins, or 0. */
size_t an_dwarf_table_find(struct an_dwarf_table *table, uint64_t address,
			   struct an_line *lines, size_t n_room, uint64_t *entry);

#endif
