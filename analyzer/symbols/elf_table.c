/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_table.c -- the functions of a module as its symbol tables have them.
 *
 * A symbol with a size covers that much. One without (hand-written assembly)
 * covers what is left up to the next symbol or the end of its section, as far
 * as no sized symbol does. Nothing else is guessed: what a stripped library
 * does not export has no name, rather than that of its neighbour.
 */
#include "analyzer/symbols/elf_table.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/xalloc.h"
#include "analyzer/symbols/symbols.h"

/* Sections that hold code, by address: they bound symbols without a size, and
 * keep out what is no function. */
static void add_code(struct an_elf_table *table, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_ALLOC) ||
		    !(header.sh_flags & SHF_EXECINSTR))
			continue;
		if (header.sh_size <= UINT64_MAX - header.sh_addr)
			an_ranges_add(&table->code, header.sh_addr,
				      header.sh_addr + header.sh_size, 0);
	}
}

static void add_symbol(struct an_elf_table *table, const GElf_Sym *symbol, const char *name)
{
	int type = GELF_ST_TYPE(symbol->st_info);
	size_t n_name = strcspn(name, "@");

	/* "$x" and the like mark the kind of what follows, on arm. */
	if (symbol->st_shndx == SHN_UNDEF || n_name == 0 || n_name > INT32_MAX || *name == '$')
		return;
	if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
		return;
	*VEC_PUSH(&table->symbols) = (struct an_elf_symbol){
		.address = symbol->st_value,
		.n_bytes = symbol->st_size,
		.name = name,
		.n_name = (uint32_t)n_name,
		.is_local = GELF_ST_BIND(symbol->st_info) == STB_LOCAL,
		.is_typed = type != STT_NOTYPE,
	};
}

static void add_section(struct an_elf_table *table, Elf *elf, Elf_Scn *section,
			const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = header->sh_entsize && data ? data->d_size / header->sh_entsize : 0;

	for (size_t i = 0; i < n && i <= INT32_MAX; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(data, (int)i, &symbol))
			break;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (name)
			add_symbol(table, &symbol, name);
	}
}

void an_elf_table_add(struct an_elf_table *table, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (!elf)
		return;
	add_code(table, elf);
	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header))
			continue;
		if (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM)
			add_section(table, elf, section, &header);
	}
}

static size_t n_underscores(const struct an_elf_symbol *symbol)
{
	size_t n = strspn(symbol->name, "_");

	/* The one of a mangled name says nothing. */
	return n == 1 && (symbol->name[1] == 'Z' || symbol->name[1] == 'R') ? 0 : n;
}

/* Negative if a is the better name for an address that both have: one that
 * covers something, a function, seen from outside, in the user's name space,
 * short. "malloc" wins against "__libc_malloc", "puts" against "_IO_puts". */
static int compare_names(const struct an_elf_symbol *a, const struct an_elf_symbol *b)
{
	size_t n_a = n_underscores(a), n_b = n_underscores(b);
	int order;

	if (!a->n_bytes != !b->n_bytes)
		return !a->n_bytes - !b->n_bytes;
	if (a->is_typed != b->is_typed)
		return a->is_typed ? -1 : 1;
	if (a->is_local != b->is_local)
		return a->is_local ? 1 : -1;
	if (n_a != n_b)
		return n_a < n_b ? -1 : 1;
	if (a->n_name != b->n_name)
		return a->n_name < b->n_name ? -1 : 1;
	order = memcmp(a->name, b->name, a->n_name);
	if (order)
		return order;
	return a->n_bytes > b->n_bytes ? -1 : a->n_bytes < b->n_bytes;
}

static int compare(const void *left, const void *right)
{
	const struct an_elf_symbol *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return compare_names(a, b);
}

/* Keeps the best name of each address, and only what is in code. */
static void pick(struct an_elf_table *table)
{
	size_t n_kept = 0;

	qsort(table->symbols.at, table->symbols.n, sizeof(*table->symbols.at), compare);
	for (size_t i = 0; i < table->symbols.n; i++) {
		const struct an_elf_symbol *symbol = &table->symbols.at[i];

		if (n_kept && table->symbols.at[n_kept - 1].address == symbol->address)
			continue;
		if (an_ranges_find(&table->code, symbol->address) == AN_RANGE_NONE)
			continue;
		table->symbols.at[n_kept++] = *symbol;
	}
	table->symbols.n = n_kept;
}

/* Where the code around address ends. */
static uint64_t section_end(const struct an_elf_table *table, uint64_t address)
{
	const struct an_ranges *code = &table->code;
	size_t i = 0;

	/* A handful of sections: .init, .plt, .text, .fini. */
	while (i < code->all.n && code->all.at[i].high <= address)
		i++;
	return i < code->all.n ? code->all.at[i].high : address;
}

/* Gives each symbol its range. Labels inside a function are not functions, so
 * what has no size must not begin below covered. */
static void add_ranges(struct an_elf_table *table)
{
	uint64_t covered = 0;

	for (size_t i = 0; i < table->symbols.n; i++) {
		const struct an_elf_symbol *symbol = &table->symbols.at[i];
		uint64_t end = symbol->address + symbol->n_bytes;

		if (!symbol->n_bytes) {
			if (symbol->address < covered)
				continue;
			end = section_end(table, symbol->address);
			if (i + 1 < table->symbols.n && table->symbols.at[i + 1].address < end)
				end = table->symbols.at[i + 1].address;
		} else if (end > covered) {
			covered = end;
		}
		an_ranges_add(&table->ranges, symbol->address, end, (uint32_t)i);
	}
	an_ranges_seal(&table->ranges);
}

void an_elf_table_seal(struct an_elf_table *table, struct strpool *names)
{
	table->names = names;
	an_ranges_seal(&table->code);
	if (!table->symbols.n)
		return;
	pick(table);
	add_ranges(table);
}

const struct an_elf_symbol *an_elf_table_find(struct an_elf_table *table, uint64_t address)
{
	uint32_t number = an_ranges_find(&table->ranges, address);
	struct an_elf_symbol *symbol;

	if (number == AN_RANGE_NONE)
		return NULL;
	symbol = &table->symbols.at[number];
	if (!symbol->linkage) {
		char *demangled;

		symbol->linkage = strpool_intern(table->names, symbol->name, symbol->n_name);
		demangled = an_demangle(symbol->linkage);
		symbol->function = demangled ? strpool_intern_text(table->names, demangled)
					     : symbol->linkage;
		free(demangled);
	}
	return symbol;
}

void an_elf_table_release(struct an_elf_table *table)
{
	VEC_RELEASE(&table->symbols);
	an_ranges_release(&table->ranges);
	an_ranges_release(&table->code);
	memset(table, 0, sizeof(*table));
}
