/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_table.c -- which unit an address is in, and the chain of inlined calls
 * there, taken from its nodes.
 */
#include "analyzer/symbols/dwarf_table.h"

#include <string.h>

static void add_unit(struct an_dwarf_table *table, Dwarf_Die *die)
{
	/* Type units, partial units and units of data have no code. */
	if (!an_dwarf_add_ranges(&table->ranges, die, (uint32_t)table->units.n))
		return;
	*VEC_PUSH(&table->units) = (struct an_dwarf_unit){ .die = *die };
}

void an_dwarf_table_init(struct an_dwarf_table *table, Dwarf *dwarf, struct strpool *names)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;

	memset(table, 0, sizeof(*table));
	table->names = names;
	memset(&die, 0, sizeof(die));
	while (dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0)
		if (die.addr)
			add_unit(table, &die);
	an_ranges_seal(&table->ranges);
}

void an_dwarf_table_release(struct an_dwarf_table *table)
{
	for (size_t i = 0; i < table->units.n; i++)
		an_dwarf_unit_release(&table->units.at[i]);
	VEC_RELEASE(&table->units);
	an_ranges_release(&table->ranges);
	memset(table, 0, sizeof(*table));
}

size_t an_dwarf_table_find(struct an_dwarf_table *table, uint64_t address,
			   struct an_line *lines, size_t n_room, uint64_t *entry)
{
	uint32_t at = an_ranges_find(&table->ranges, address), number;
	struct an_dwarf_unit *unit;
	struct an_line line = { 0 };
	size_t n = 0;

	*entry = 0;
	if (at == AN_RANGE_NONE)
		return 0;
	unit = &table->units.at[at];
	an_dwarf_unit_walk(unit);
	line.file = an_dwarf_unit_line(unit, address, table->names, &line.line);
	number = an_ranges_find(&unit->ranges, address);
	while (number != AN_DWARF_NO_NODE) {
		const struct an_dwarf_node *node = an_dwarf_unit_node(unit, number,
								      table->names);

		line.function = node->function;
		line.linkage = node->linkage;
		line.is_inlined = node->parent != AN_DWARF_NO_NODE;
		lines[n < n_room ? n++ : n_room - 1] = line;
		/* Where it was inlined is the line of what it was inlined into. */
		line.file = node->call_file;
		line.line = node->call_line;
		*entry = node->entry;
		number = node->parent;
	}
	if (!n && line.file)
		lines[n++] = line;
	return n;
}
