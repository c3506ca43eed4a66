/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtables.c -- whose vtable an address is. An object's first word points 16 bytes
 * into the symbol "vtable for T": behind the offset to the top and the type
 * information. Only that exact place counts.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/symbols/state.h"

enum { VTABLE_HEAD_BYTES = 16 };

static void add_table(struct an_symbols_module *module, Elf *elf, Elf_Scn *section,
		      const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = header->sh_entsize && data ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	for (size_t i = 0; i < n && i <= INT32_MAX && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (!name || symbol.st_shndx == SHN_UNDEF || strncmp(name, "_ZTV", 4))
			continue;
		*VEC_PUSH(&module->vtables) = (struct an_vtable){ symbol.st_value, name };
	}
}

static void add_file(struct an_symbols_module *module, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (elf && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
		    (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			add_table(module, elf, section, &header);
}

static int compare(const void *left, const void *right)
{
	const struct an_vtable *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return strcmp(a->symbol, b->symbol);
}

static void find_all(struct an_symbols *symbols, uint32_t number)
{
	struct an_opened *opened = an_symbols_open(symbols, number);
	struct an_symbols_module *module = &symbols->modules.at[number];

	module->has_vtables = true;
	add_file(module, opened->files.file.elf);
	add_file(module, opened->files.debug.elf);
	if (module->vtables.n)
		qsort(module->vtables.at, module->vtables.n, sizeof *module->vtables.at, compare);
}

const char *an_symbols_vtable(struct an_symbols *symbols, uint32_t number, uint64_t address)
{
	static const char prefix[] = "vtable for ";
	struct an_symbols_module *module;
	size_t low = 0, high;
	char *demangled;
	const char *type = NULL;

	if (number >= symbols->modules.n || address < VTABLE_HEAD_BYTES)
		return NULL;
	if (!symbols->modules.at[number].has_vtables)
		find_all(symbols, number);
	module = &symbols->modules.at[number];
	address -= VTABLE_HEAD_BYTES;
	for (high = module->vtables.n; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (module->vtables.at[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == module->vtables.n || module->vtables.at[low].address != address)
		return NULL;
	demangled = an_demangle(module->vtables.at[low].symbol);
	if (demangled && !strncmp(demangled, prefix, sizeof prefix - 1))
		type = strpool_intern_text(&symbols->names, demangled + sizeof prefix - 1);
	free(demangled);
	return type;
}
