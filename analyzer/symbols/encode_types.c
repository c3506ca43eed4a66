/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_types.c -- the types that places allocate, in a SYMBOLS payload: which types a
 * function has to do with, and where in them pointers may lie. So a reader without
 * debug information decides as one with it does, for an allocation of any size.
 */
#include "analyzer/symbols/encode.h"

#include <string.h>

enum {
	OFFSETS_MAX = 4096,          /* of fields that are looked for */
	ULEB = MT_ULEB_BYTES_MAX,
};

struct wanted {
	const struct an_outgoing *out;
	uint32_t type;
};

static bool is_type(void *context, uint32_t index)
{
	const struct wanted *wanted = context;

	return wanted->out->types.at[index].type == wanted->type;
}

/* The fields at multiples of 8: only those can be edges. */
static void list_fields(struct an_outgoing *out, const struct an_type *type,
			struct mt_symbol_type_index *told)
{
	for (uint64_t at = 0; at + 8 <= type->size && at < OFFSETS_MAX &&
			      told->n_fields < MT_SYMBOL_FIELDS_MAX; at += 8) {
		const char *field = an_symbols_type_field(out->symbols, type, at);

		if (!field)
			continue;
		told->fields[told->n_fields].offset = at;
		told->fields[told->n_fields++].name = an_encode_text(out, field);
	}
}

static uint32_t index_of_type(struct an_outgoing *out, uint32_t number)
{
	struct wanted wanted = { out, number };
	uint32_t n = (uint32_t)out->types.n, index;
	struct an_type type = out->symbols->types.types.at[number];
	struct an_outgoing_type *made;

	index = indexset_intern(&out->types_by_number, hash_u64(1, number), n, is_type, &wanted);
	if (index != n)
		return index;
	made = VEC_PUSH(&out->types);
	memset(made, 0, sizeof(*made));
	made->type = number;
	made->told.size = type.size;
	made->told.name = an_encode_text(out, type.name);
	list_fields(out, &type, &made->told);
	out->n_bytes += 3 * ULEB + made->told.n_fields * 2 * ULEB;
	return index;
}

/* The most that a place's types can add, were all of them new. */
static size_t most_bytes(const struct an_symbols *symbols, const struct an_type_place *place,
			 size_t *n_candidates)
{
	const struct an_type_store *store = &symbols->types;
	size_t n_bytes = 3 * ULEB;

	*n_candidates = 0;
	for (uint32_t i = 0; i < place->n_functions; i++) {
		const struct an_type_function *function =
			&store->functions.at[place->first_function + i];

		n_bytes += 1 + ULEB;
		*n_candidates += function->n;
		for (uint32_t k = 0; k < function->n; k++) {
			const struct an_type *type =
				&store->types.at[store->candidates.at[function->first + k].type];

			n_bytes += 5 * ULEB + 1 +
				   strnlen(type->name, AN_ENCODE_TEXT_BYTES_MAX) +
				   (type->has_die || type->n_fields ? MT_SYMBOL_FIELDS_MAX *
				    (3 * ULEB + AN_FIELD_BYTES_MAX) : 0);
		}
	}
	return n_bytes;
}

void an_encode_typing(struct an_outgoing *out, uint32_t module, uint64_t address)
{
	const struct an_type_store *store = &out->symbols->types;
	uint32_t number = an_symbols_type_place(out->symbols, module, address);
	struct an_type_place place = store->places.at[number];
	size_t n_candidates, n_bytes = most_bytes(out->symbols, &place, &n_candidates);

	if (!place.n_functions || place.n_functions > MT_SYMBOL_FRAMES_MAX ||
	    n_candidates > MT_SYMBOL_CANDIDATES_MAX || n_bytes > AN_ENCODE_TYPING_BYTES_MAX)
		return;
	*VEC_PUSH(&out->typings) = (struct an_outgoing_typing){
		an_encode_module(out, module), number };
	out->n_bytes += 3 * ULEB;
	for (uint32_t i = 0; i < place.n_functions; i++) {
		struct an_type_function function = store->functions.at[place.first_function + i];

		out->n_bytes += 1 + ULEB + function.n * (ULEB + (size_t)1);
		for (uint32_t k = 0; k < function.n; k++)
			index_of_type(out, store->candidates.at[function.first + k].type);
	}
}

static void write_typing(struct an_outgoing *out, const struct an_outgoing_typing *typing,
			 struct mt_out *to)
{
	static struct mt_symbol_typing_index told;
	const struct an_type_store *store = &out->symbols->types;
	const struct an_type_place *place = &store->places.at[typing->place];

	told.module = typing->module;
	told.address = place->address;
	told.n_functions = place->n_functions;
	told.n_candidates = 0;
	for (uint32_t i = 0; i < place->n_functions; i++) {
		const struct an_type_function *function =
			&store->functions.at[place->first_function + i];

		told.functions[i].flags = function->passes_on ? MT_FUNCTION_PASSES_ON : 0;
		told.functions[i].n_candidates = function->n;
		for (uint32_t k = 0; k < function->n; k++) {
			const struct an_type_candidate *from =
				&store->candidates.at[function->first + k];

			told.candidates[told.n_candidates].type = index_of_type(out, from->type);
			told.candidates[told.n_candidates++].flags = from->flags;
		}
	}
	mt_put_symbol_typing(to, &told);
}

void an_encode_write_types(struct an_outgoing *out, struct mt_out *to)
{
	if (!out->typings.n)
		return;
	mt_put_uleb(to, out->types.n);
	for (size_t i = 0; i < out->types.n; i++)
		mt_put_symbol_type(to, &out->types.at[i].told);
	mt_put_uleb(to, out->typings.n);
	for (size_t i = 0; i < out->typings.n; i++)
		write_typing(out, &out->typings.at[i], to);
}
