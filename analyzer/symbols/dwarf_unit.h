/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_unit.h -- the functions of one compilation unit, and what was inlined
 * into them, as nodes that know their caller.
 *
 *   main          0x1140-0x11a0            node 0
 *     parse         0x1150-0x1180          node 1, parent 0, called in main.c:12
 *       peek          0x1158-0x1160        node 2, parent 1, called in parse.c:7
 */
#ifndef ANALYZER_SYMBOLS_DWARF_UNIT_H
#define ANALYZER_SYMBOLS_DWARF_UNIT_H

#include "analyzer/base/strpool.h"
#include "analyzer/symbols/ranges.h"

#include <elfutils/libdw.h>
#include <stdbool.h>

enum { AN_DWARF_NO_NODE = AN_RANGE_NONE };

struct an_dwarf_node {
	Dwarf_Die die;
	uint64_t entry;          /* its first address, as DWARF lists them */
	uint32_t parent;         /* what it is inlined into, or AN_DWARF_NO_NODE */
	bool is_named;           /* what follows is filled in */
	const char *function;
	const char *linkage;     /* NULL: DWARF has none */
	const char *call_file;
	uint32_t call_line;
};

/* Valid when zeroed but for die. */
struct an_dwarf_unit {
	Dwarf_Die die;
	bool is_walked;
	Dwarf_Die code;          /* where the functions are: die, or that of the .dwo */
	VEC(struct an_dwarf_node) nodes;
	struct an_ranges ranges; /* numbers are indexes into nodes */
};

/* Once; a second call does nothing. */
void an_dwarf_unit_walk(struct an_dwarf_unit *unit);
/* The node, with its names. */
const struct an_dwarf_node *an_dwarf_unit_node(struct an_dwarf_unit *unit, uint32_t number,
					       struct strpool *names);
/* File and line of address; NULL and 0 if the line table has none. */
const char *an_dwarf_unit_line(struct an_dwarf_unit *unit, uint64_t address,
			       struct strpool *names, uint32_t *line);
/* Adds the ranges of die under that number; false if it has none. */
bool an_dwarf_add_ranges(struct an_ranges *ranges, Dwarf_Die *die, uint32_t number);
void an_dwarf_unit_release(struct an_dwarf_unit *unit);

#endif
