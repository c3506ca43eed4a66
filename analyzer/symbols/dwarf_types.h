/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_types.h -- what type an allocation has, as far as the function that made
 * it says so without doubt.
 */
#ifndef ANALYZER_SYMBOLS_DWARF_TYPES_H
#define ANALYZER_SYMBOLS_DWARF_TYPES_H

#include "analyzer/symbols/dwarf_table.h"
#include "analyzer/symbols/symbols.h"
#include "analyzer/symbols/type_store.h"

/* Appends the functions that address is in, as far as one hands on to the next, with
 * their candidates. Returns how many. */
uint32_t an_dwarf_type_functions(struct an_type_store *store, struct an_dwarf_table *table,
				 uint64_t address);

enum { AN_FIELD_BYTES_MAX = 512 };   /* of a name with all that it is nested in */
/* die: of a structure or class. See an_symbols_field. */
const char *an_dwarf_field(const Dwarf_Die *die, uint64_t offset, struct strpool *names);
/* die without typedefs and qualifiers; false at the end of a chain too long. */
bool an_dwarf_peel(Dwarf_Die *die);
/* To the next entry beside it; false at the end, and where damaged DWARF leads back. */
bool an_dwarf_next(Dwarf_Die *die);
/* The type that die has; false: none, as of what points to void. */
bool an_dwarf_type_of(Dwarf_Die *die, Dwarf_Die *type);

#endif
