/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_types.h -- what type an allocation has, as far as the function that made
 * it says so without doubt.
 */
#ifndef ANALYZER_SYMBOLS_DWARF_TYPES_H
#define ANALYZER_SYMBOLS_DWARF_TYPES_H

#include "analyzer/symbols/dwarf_table.h"
#include "analyzer/symbols/symbols.h"

/* A type that was named; for its fields. */
struct an_dwarf_type {
	const char *name;        /* interned */
	Dwarf_Die die;
};

/* Valid when zeroed. */
struct an_dwarf_types {
	VEC(struct an_dwarf_type) named;
};

/* See an_symbols_type_at. */
enum an_type_answer an_dwarf_type_at(struct an_dwarf_types *types, struct an_dwarf_table *table,
				     const struct an_type_query *query, const char **name);

/* die: of a structure or class. See an_symbols_field. */
const char *an_dwarf_field(const Dwarf_Die *die, uint64_t offset, struct strpool *names);
/* die without typedefs and qualifiers; false at the end of a chain too long. */
bool an_dwarf_peel(Dwarf_Die *die);
/* To the next entry beside it; false at the end, and where damaged DWARF leads back. */
bool an_dwarf_next(Dwarf_Die *die);
/* The type that die has; false: none, as of what points to void. */
bool an_dwarf_type_of(Dwarf_Die *die, Dwarf_Die *type);

#endif
