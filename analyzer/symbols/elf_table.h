/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_table.h -- the functions of a module as its symbol tables have them.
 *
 * All of .symtab and .dynsym, of the file and of its debug file, in one sorted
 * table; of several names for an address the one a programmer would use.
 */
#ifndef ANALYZER_SYMBOLS_ELF_TABLE_H
#define ANALYZER_SYMBOLS_ELF_TABLE_H

#include "analyzer/base/strpool.h"
#include "analyzer/symbols/ranges.h"

#include <gelf.h>
#include <stdbool.h>

struct an_elf_symbol {
	uint64_t address;
	uint64_t n_bytes;        /* 0: unknown */
	const char *name;        /* borrowed from the ELF file until wanted */
	uint32_t n_name;         /* without the version, "@@GLIBC_2.2.5" */
	bool is_local;
	bool is_typed;           /* marked as function, not just as a place */
	const char *linkage;     /* in names; NULL until wanted */
	const char *function;    /* the same, demangled */
};

/* Valid when zeroed. */
struct an_elf_table {
	VEC(struct an_elf_symbol) symbols;       /* by address */
	struct an_ranges ranges;         /* numbers are indexes into symbols */
	struct an_ranges code;           /* sections with code */
	struct strpool *names;
};

/* Reads the tables of one file; several may follow each other. The files must
 * stay open as long as the table. */
void an_elf_table_add(struct an_elf_table *table, Elf *elf);
/* After the last file, before the first look-up. */
void an_elf_table_seal(struct an_elf_table *table, struct strpool *names);
/* The function that address is in, names filled in, or NULL. */
const struct an_elf_symbol *an_elf_table_find(struct an_elf_table *table, uint64_t address);
void an_elf_table_release(struct an_elf_table *table);

#endif
