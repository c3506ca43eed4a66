/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_places.c -- types by place: what the trace carries, else what debug information
 * says, each place looked at once.
 */
#include "analyzer/symbols/state.h"

uint32_t an_symbols_type_place(struct an_symbols *symbols, uint32_t module, uint64_t address)
{
	bool is_new;
	uint32_t index = an_type_store_place(&symbols->types, module, address, &is_new);

	if (is_new) {
		uint32_t n = an_dwarf_type_functions(&symbols->types,
						     &an_symbols_open(symbols, module)->dwarf,
						     address);

		symbols->types.places.at[index].n_functions = n;
	}
	return index;
}

enum an_type_answer an_symbols_type_at(struct an_symbols *symbols,
				       const struct an_type_query *query, const char **name)
{
	if (query->module >= symbols->modules.n)
		return AN_TYPE_UNKNOWN;
	return an_type_store_choose(&symbols->types,
				    an_symbols_type_place(symbols, query->module, query->address),
				    query->size, name);
}

bool an_symbols_passes_on(struct an_symbols *symbols, uint32_t module, uint64_t address)
{
	return module < symbols->modules.n &&
	       an_type_store_passes_on(&symbols->types,
				       an_symbols_type_place(symbols, module, address));
}

const char *an_symbols_type_field(struct an_symbols *symbols, const struct an_type *type,
				  uint64_t offset)
{
	const struct an_type_field *fields = symbols->types.fields.at + type->first_field;

	for (uint32_t i = 0; i < type->n_fields; i++)
		if (fields[i].offset == offset)
			return fields[i].name;
	return type->has_die ? an_dwarf_field(&type->die, offset, &symbols->names) : NULL;
}

const char *an_symbols_field(struct an_symbols *symbols, const char *name, uint64_t offset)
{
	const struct an_type *type =
		an_type_store_find(&symbols->types, strpool_intern_text(&symbols->names, name));

	return type ? an_symbols_type_field(symbols, type, offset) : NULL;
}
