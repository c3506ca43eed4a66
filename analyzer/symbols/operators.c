/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operators.c -- does a module bring its own operator new or delete, as programs
 * that replace them do, and what is linked with -static-libstdc++?
 */
#include <string.h>

#include "analyzer/symbols/state.h"

struct seen {
	bool has_symbols;
	bool has_own;                /* defines one of the operators */
	bool wants_runtime;          /* leaves the personality routine to a library */
};

static void see_symbol(struct seen *seen, const GElf_Sym *symbol, const char *name)
{
	static const char *const operators[] = { "_Znwm", "_Znam", "_ZdlPv", "_ZdaPv" };
	bool is_defined = symbol->st_shndx != SHN_UNDEF;

	if (!strncmp(name, "__gxx_personality_v0", 20))
		seen->wants_runtime |= !is_defined;
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (is_defined && !strncmp(name, operators[i], strlen(operators[i])))
			seen->has_own = true;
}

static void see_table(struct seen *seen, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = header->sh_entsize && data ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	seen->has_symbols |= header->sh_type == SHT_SYMTAB;
	for (size_t i = 0; i < n && i <= INT32_MAX && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name)
			see_symbol(seen, &symbol, name);
	}
}

static void see_file(struct seen *seen, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (elf && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
		    (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			see_table(seen, elf, section, &header);
}

static enum an_operators find_operators(const struct an_module_files *files)
{
	struct seen seen = { 0 };

	if (!files->file.elf)
		return AN_OPERATORS_UNKNOWN;
	see_file(&seen, files->file.elf);
	see_file(&seen, files->debug.elf);
	if (seen.has_own)
		return AN_OPERATORS_OWN;
	if (!seen.has_symbols && !seen.wants_runtime &&
	    an_elf_file_has_section(&files->file, ".gcc_except_table"))
		return AN_OPERATORS_OWN;
	return AN_OPERATORS_NONE;
}

enum an_operators an_symbols_has_operators(struct an_symbols *symbols, uint32_t module)
{
	struct an_symbols_module *entry;

	if (module >= symbols->modules.n)
		return AN_OPERATORS_UNKNOWN;
	entry = &symbols->modules.at[module];
	if (!entry->has_operators) {
		entry->has_operators = true;
		entry->operators = find_operators(&an_symbols_open(symbols, module)->files);
	}
	return entry->operators;
}
