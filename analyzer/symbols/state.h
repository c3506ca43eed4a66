/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h -- what an an_symbols is made of; for the files of this folder only.
 */
#ifndef ANALYZER_SYMBOLS_STATE_H
#define ANALYZER_SYMBOLS_STATE_H

#include "analyzer/symbols/dwarf_types.h"
#include "analyzer/symbols/elf_table.h"
#include "analyzer/symbols/known.h"
#include "analyzer/symbols/module_file.h"
#include "analyzer/base/strpool.h"
#include "analyzer/symbols/symbols.h"
#include "formats/wire/symbols.h"

/* A module's files, opened, and what was read from them. */
struct an_opened {
	struct an_module_files files;
	struct an_elf_table elf;
	struct an_dwarf_table dwarf;
	enum an_module_state state;
};

struct an_vtable {
	uint64_t address;
	const char *symbol;      /* borrowed from the ELF file */
};

struct an_variable {
	uint64_t address;
	uint64_t n_bytes;
	const char *name;        /* borrowed from the ELF file */
	uint32_t n_name;
	bool is_local;
};

struct an_symbols_module {
	struct an_module_name name;
	enum an_module_state known;      /* what the trace's blocks say about it */
	struct an_opened *opened;        /* NULL: not yet */
	bool has_operators;              /* operators is filled in */
	uint8_t operators;               /* enum an_operators */
	bool has_vtables;                /* vtables is filled in */
	VEC(struct an_vtable) vtables;   /* by address */
	bool has_variables;              /* variables is filled in */
	VEC(struct an_variable) variables;   /* by address */
};

struct an_symbols {
	bool is_offline;
	struct an_search search;
	struct strpool names;
	struct an_known known_places;
	VEC(struct an_symbols_module) modules;
	struct indexset modules_by_name;
	struct an_type_store types;
	struct an_line lines[MT_SYMBOL_FRAMES_MAX];      /* of the last look-up */
};

/* The files of a module below modules.n, opened if they are not yet. */
struct an_opened *an_symbols_open(struct an_symbols *symbols, uint32_t module);

/* Every symbol that the file defines, of both tables; nothing if elf is NULL. Names
 * last as long as the file is open. */
typedef void an_take_symbol(void *context, const GElf_Sym *symbol, const char *name);
void an_each_symbol(Elf *elf, an_take_symbol *take, void *context);

/* What is known of the types that are allocated at a place: an index into
 * symbols->types.places. module is one of symbols. */
uint32_t an_symbols_type_place(struct an_symbols *symbols, uint32_t module, uint64_t address);
/* The field of one of symbols->types at an offset, or NULL. */
const char *an_symbols_type_field(struct an_symbols *symbols, const struct an_type *type,
				  uint64_t offset);

/* The linkage name behind an_symbols_vtable, as long as symbols lasts. */
const char *an_symbols_vtable_symbol(struct an_symbols *symbols, uint32_t number,
				     uint64_t address);

#endif
