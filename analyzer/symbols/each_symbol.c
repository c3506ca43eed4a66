/* SPDX-License-Identifier: Apache-2.0 */
/* each_symbol.c -- what a file's symbol tables define, one after the other. */
#include "analyzer/symbols/state.h"

static void each_of_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			  an_take_symbol *take, void *context)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = header->sh_entsize && data ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	for (size_t i = 0; i < n && i <= INT32_MAX && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name && symbol.st_shndx != SHN_UNDEF)
			take(context, &symbol, name);
	}
}

void an_each_symbol(Elf *elf, an_take_symbol *take, void *context)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (elf && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
		    (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			each_of_table(elf, section, &header, take, context);
}
