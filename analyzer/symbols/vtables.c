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

static void take(void *context, const GElf_Sym *symbol, const char *name)
{
	struct an_symbols_module *module = context;

	if (!strncmp(name, "_ZTV", 4))
		*VEC_PUSH(&module->vtables) = (struct an_vtable){ symbol->st_value, name };
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
	an_each_symbol(opened->files.file.elf, take, module);
	an_each_symbol(opened->files.debug.elf, take, module);
	if (module->vtables.n)
		qsort(module->vtables.at, module->vtables.n, sizeof *module->vtables.at, compare);
}

/* The symbol whose table this address is the beginning of, or NULL. */
static const char *find(struct an_symbols *symbols, uint32_t number, uint64_t address)
{
	const struct an_symbols_module *module;
	size_t low = 0, high;

	if (address < VTABLE_HEAD_BYTES)
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
	return low < module->vtables.n && module->vtables.at[low].address == address
		? module->vtables.at[low].symbol : NULL;
}

static const char *type_of(struct an_symbols *symbols, const char *demangled)
{
	static const char prefix[] = "vtable for ";

	return demangled && !strncmp(demangled, prefix, sizeof prefix - 1)
		? strpool_intern_text(&symbols->names, demangled + sizeof prefix - 1) : NULL;
}

const char *an_symbols_vtable(struct an_symbols *symbols, uint32_t number, uint64_t address)
{
	const struct an_line *known;
	const char *symbol, *type;
	char *demangled;
	size_t n;

	if (number >= symbols->modules.n)
		return NULL;
	known = an_known_find(&symbols->known_places, number, address, &symbols->names, &n);
	if (known)
		return type_of(symbols, known[0].function);
	symbol = find(symbols, number, address);
	if (!symbol)
		return NULL;
	demangled = an_demangle(symbol);
	type = type_of(symbols, demangled);
	free(demangled);
	return type;
}

const char *an_symbols_vtable_symbol(struct an_symbols *symbols, uint32_t number,
				     uint64_t address)
{
	const char *symbol = number < symbols->modules.n ? find(symbols, number, address) : NULL;

	return symbol ? strpool_intern_text(&symbols->names, symbol) : NULL;
}
