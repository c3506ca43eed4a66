/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables.c -- which variable an address in a module's data is part of, as the
 * symbol tables have it.
 *
 * Thread-local memory of the program lies right below the thread pointer, so a
 * place there is known by its distance, a negative number:
 *
 *	     | module 2 .. | the program's PT_TLS | descriptor
 *	                   ^ -size rounded up     ^ thread pointer
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/symbols/state.h"

enum { ALIASES_MAX = 8 };

struct reading {
	struct an_symbols_module *module;
	uint64_t thread_start;       /* of the program's thread-local memory; 0: it has none */
};

/* "cache.0" is what a compiler calls a static variable of a function. */
static uint32_t length_of(const char *name)
{
	size_t n = strcspn(name, "@"), digits = n;

	while (digits && name[digits - 1] >= '0' && name[digits - 1] <= '9')
		digits--;
	if (digits > 1 && digits < n && name[digits - 1] == '.')
		n = digits - 1;
	return n <= INT32_MAX ? (uint32_t)n : 0;
}

static void take(void *context, const GElf_Sym *symbol, const char *name)
{
	struct reading *reading = context;
	int type = GELF_ST_TYPE(symbol->st_info);
	uint64_t start = type == STT_TLS ? reading->thread_start : 0;
	uint32_t n_name = length_of(name);

	if ((type != STT_OBJECT && (type != STT_TLS || !start)) || !symbol->st_size || !n_name)
		return;
	*VEC_PUSH(&reading->module->variables) = (struct an_variable){
		.address = start + symbol->st_value, .n_bytes = symbol->st_size, .name = name,
		.n_name = n_name, .is_local = GELF_ST_BIND(symbol->st_info) == STB_LOCAL,
	};
}

/* As the loader places the first module's: see _dl_determine_tlsoffset. */
static uint64_t thread_start(Elf *elf)
{
	GElf_Ehdr header;
	GElf_Phdr segment;
	uint64_t first;

	if (!elf || !gelf_getehdr(elf, &header))
		return 0;
	for (int i = 0; i < header.e_phnum && gelf_getphdr(elf, i, &segment); i++) {
		if (segment.p_type != PT_TLS || !segment.p_memsz)
			continue;
		if (segment.p_align & (segment.p_align - 1) || segment.p_memsz > UINT32_MAX ||
		    segment.p_align > UINT32_MAX)
			return 0;
		if (segment.p_align < 1)
			segment.p_align = 1;
		first = -segment.p_vaddr & (segment.p_align - 1);
		return -(((segment.p_memsz - first + segment.p_align - 1) &
			  ~(segment.p_align - 1)) + first);
	}
	return 0;
}

/* By address; of several at one place the one a programmer would name first. */
static int compare(const void *left, const void *right)
{
	const struct an_variable *a = left, *b = right;
	size_t n_a = strspn(a->name, "_"), n_b = strspn(b->name, "_");

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->is_local != b->is_local)
		return a->is_local ? 1 : -1;
	if (n_a != n_b)
		return n_a < n_b ? -1 : 1;
	if (a->n_name != b->n_name)
		return a->n_name < b->n_name ? -1 : 1;
	return memcmp(a->name, b->name, a->n_name);
}

static void find_all(struct an_symbols *symbols, uint32_t number)
{
	struct an_opened *opened = an_symbols_open(symbols, number);
	struct an_symbols_module *module = &symbols->modules.at[number];
	struct reading reading = { .module = module };

	module->has_variables = true;
	reading.thread_start = thread_start(opened->files.file.elf);
	an_each_symbol(opened->files.file.elf, take, &reading);
	an_each_symbol(opened->files.debug.elf, take, &reading);
	if (module->variables.n)
		qsort(module->variables.at, module->variables.n, sizeof *module->variables.at,
		      compare);
}

static const char *name_of(struct an_symbols *symbols, const struct an_variable *variable)
{
	const char *linkage = strpool_intern(&symbols->names, variable->name, variable->n_name);
	char *demangled = an_demangle(linkage);
	const char *name = demangled ? strpool_intern_text(&symbols->names, demangled) : linkage;

	free(demangled);
	return name;
}

const char *an_symbols_variable(struct an_symbols *symbols, uint32_t number, uint64_t address)
{
	const struct an_symbols_module *module;
	const struct an_line *known;
	const struct an_variable *found = NULL;
	size_t low = 0, high, n;

	if (number >= symbols->modules.n)
		return NULL;
	known = an_known_find(&symbols->known_places, number, address, &symbols->names, &n);
	if (known)
		return known[0].function;
	if (!symbols->modules.at[number].has_variables)
		find_all(symbols, number);
	module = &symbols->modules.at[number];
	for (high = module->variables.n; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (module->variables.at[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	/* The last that begins before, or one of few whose parts others name; of
	 * those at one address the first. */
	for (size_t i = low; i-- > 0 && low - i <= ALIASES_MAX;) {
		const struct an_variable *variable = &module->variables.at[i];

		if (found && variable->address != found->address)
			break;
		if (address - variable->address < variable->n_bytes)
			found = variable;
	}
	return found ? name_of(symbols, found) : NULL;
}
