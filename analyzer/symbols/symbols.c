/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.c -- from an address in a module's file to names and lines: who is
 * asked, and in which order. Module numbers are given in the order of first
 * mention, so the same calls give the same numbers.
 */
#include "analyzer/symbols/symbols.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/xalloc.h"
#include "analyzer/symbols/state.h"

struct an_symbols *an_symbols_new(const struct an_symbols_options *options)
{
	struct an_symbols *symbols = xcalloc(1, sizeof(*symbols));

	symbols->is_offline = options && options->is_offline;
	an_search_init(&symbols->search, options ? options->sysroot : NULL,
		       options ? options->debug_dirs : NULL);
	return symbols;
}

void an_symbols_free(struct an_symbols *symbols)
{
	if (!symbols)
		return;
	for (uint32_t i = 0; i < symbols->modules.n; i++) {
		struct an_symbols_module *module = &symbols->modules.at[i];

		if (module->opened) {
			an_dwarf_table_release(&module->opened->dwarf);
			an_elf_table_release(&module->opened->elf);
			an_module_files_close(&module->opened->files);
			free(module->opened);
		}
		VEC_RELEASE(&module->vtables);
		VEC_RELEASE(&module->variables);
		free((void *)module->name.build_id);
	}
	VEC_RELEASE(&symbols->modules);
	an_types_release_store(&symbols->types);
	indexset_release(&symbols->modules_by_name);
	an_known_release(&symbols->known_places);
	strpool_release(&symbols->names);
	an_search_release(&symbols->search);
	free(symbols);
}

struct look_up {
	const struct an_symbols *symbols;
	struct an_module_name name;      /* path in names: equal ones are one pointer */
};

static bool is_module(void *context, uint32_t index)
{
	const struct look_up *look_up = context;
	const struct an_module_name *wanted = &look_up->name;
	const struct an_module_name *name = &look_up->symbols->modules.at[index].name;

	return name->path == wanted->path && name->n_build_id == wanted->n_build_id &&
	       (!name->n_build_id ||
		memcmp(name->build_id, wanted->build_id, name->n_build_id) == 0);
}

uint32_t an_symbols_module(struct an_symbols *symbols, const struct an_module_name *name)
{
	uint32_t n = (uint32_t)symbols->modules.n, number;
	struct look_up look_up = { symbols, *name };
	uint64_t hash = hash_bytes(1, name->path, strlen(name->path));
	uint8_t *build_id;

	look_up.name.path = strpool_intern_text(&symbols->names, name->path);
	if (name->n_build_id)
		hash = hash_bytes(hash, name->build_id, name->n_build_id);
	number = indexset_intern(&symbols->modules_by_name, hash, n, is_module, &look_up);
	if (number < n)
		return number;
	build_id = xmalloc(name->n_build_id);
	if (name->n_build_id)
		memcpy(build_id, name->build_id, name->n_build_id);
	look_up.name.build_id = build_id;
	*VEC_PUSH(&symbols->modules) = (struct an_symbols_module){ .name = look_up.name };
	return number;
}

struct an_opened *an_symbols_open(struct an_symbols *symbols, uint32_t number)
{
	struct an_symbols_module *module = &symbols->modules.at[number];
	struct an_opened *opened = module->opened;

	if (opened)
		return opened;
	opened = module->opened = xcalloc(1, sizeof(*opened));
	if (symbols->is_offline)
		return opened;
	an_module_files_open(&opened->files, &symbols->search, &module->name);
	an_elf_table_add(&opened->elf, opened->files.file.elf);
	an_elf_table_add(&opened->elf, opened->files.debug.elf);
	an_elf_table_seal(&opened->elf, &symbols->names);
	if (opened->files.dwarf)
		an_dwarf_table_init(&opened->dwarf, opened->files.dwarf, &symbols->names);
	if (opened->dwarf.units.n)
		opened->state = AN_MODULE_LINES;
	else if (opened->elf.symbols.n)
		opened->state = AN_MODULE_FUNCTIONS;
	else if (opened->files.file.elf || opened->files.debug.elf)
		opened->state = AN_MODULE_NO_SYMBOLS;
	return opened;
}

/* The name of the function itself, where it comes from ELF. DWARF has what the
 * source says, which for C may be a name behind the one that is called
 * ("__GI___libc_malloc"), so the symbol table is asked for the function's entry:
 * that way names do not depend on whether debug information is installed. Names
 * with a dot are parts of a function ("parse.cold"), for which DWARF is right. */
static void name_function(struct an_opened *opened, struct an_line *line, uint64_t entry,
			  uint64_t address)
{
	const struct an_elf_symbol *symbol;
	bool is_demangled = line->linkage && line->linkage != line->function;

	if (is_demangled)
		return;
	symbol = an_elf_table_find(&opened->elf, line->function ? entry : address);
	if (!symbol || (line->function &&
			(symbol->address != entry || strchr(symbol->linkage, '.'))))
		return;
	line->function = symbol->function;
	line->linkage = symbol->linkage;
}

static size_t look_up_in_files(struct an_symbols *symbols, struct an_opened *opened,
			       uint64_t address)
{
	struct an_line *lines = symbols->lines;
	uint64_t entry;
	size_t n = an_dwarf_table_find(&opened->dwarf, address, lines, MT_SYMBOL_FRAMES_MAX,
				       &entry);

	if (!n) {
		lines[0] = (struct an_line){ 0 };
		n = 1;
	}
	name_function(opened, &lines[n - 1], entry, address);
	for (size_t i = 0; i < n; i++)
		if (!lines[i].linkage)
			lines[i].linkage = lines[i].function;
	return n;
}

size_t an_symbols_look_up(struct an_symbols *symbols, uint32_t module, uint64_t address,
			  const struct an_line **lines)
{
	const struct an_line *known;
	size_t n;

	*lines = symbols->lines;
	symbols->lines[0] = (struct an_line){ 0 };
	if (module >= symbols->modules.n)
		return 1;
	known = an_known_find(&symbols->known_places, module, address, &symbols->names, &n);
	if (known) {
		memcpy(symbols->lines, known, n * sizeof(*known));
		return n;
	}
	return look_up_in_files(symbols, an_symbols_open(symbols, module), address);
}

enum an_module_state an_symbols_module_state(struct an_symbols *symbols, uint32_t module)
{
	struct an_symbols_module *entry;
	enum an_module_state state;

	if (module >= symbols->modules.n)
		return AN_MODULE_NOT_FOUND;
	entry = &symbols->modules.at[module];
	if (entry->known && !entry->opened)
		return entry->known;
	state = an_symbols_open(symbols, module)->state;
	return state > entry->known ? state : entry->known;
}

bool an_symbols_module_is_from_trace(struct an_symbols *symbols, uint32_t module)
{
	return module < symbols->modules.n &&
	       symbols->modules.at[module].known != AN_MODULE_NOT_FOUND;
}

bool an_symbols_module_is_other_build(struct an_symbols *symbols, uint32_t module)
{
	return module < symbols->modules.n &&
	       an_symbols_open(symbols, module)->files.is_other_build;
}
