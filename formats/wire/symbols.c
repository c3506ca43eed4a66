/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.c -- the SYMBOLS payload; see symbols.h.
 *
 * Opening walks over the two tables once to find where the places begin, so a
 * count that the payload has no bytes for is found before anybody believes it.
 */
#include "formats/wire/payload.h"
#include "formats/wire/symbols.h"

static uint32_t get_count(struct mt_in *in)
{
	/* Nothing counted here takes less than a byte. */
	return (uint32_t)mt_get_up_to(in, (uint64_t)(in->end - in->at));
}

int mt_symbols_open(struct mt_symbols_in *symbols, const uint8_t *payload, size_t n_bytes)
{
	struct mt_in in = { payload, payload + n_bytes, false };

	memset(symbols, 0, sizeof(*symbols));
	symbols->n_strings = get_count(&in);
	symbols->strings = in;
	for (uint32_t i = 0; i < symbols->n_strings && !in.is_bad; i++)
		mt_get_text(&in);
	symbols->strings.end = in.at;
	symbols->n_modules = get_count(&in);
	symbols->modules = in;
	for (uint32_t i = 0; i < symbols->n_modules && !in.is_bad; i++) {
		mt_get_text(&in);
		mt_get_text(&in);
	}
	symbols->modules.end = in.at;
	symbols->n_places_left = get_count(&in);
	symbols->last_module = UINT32_MAX;
	symbols->in = in;
	return mt_payload_status(&in);
}

int mt_symbols_next_string(struct mt_symbols_in *symbols, struct mt_text *text)
{
	struct mt_in *in = &symbols->strings;

	if (in->at == in->end)
		return 0;
	*text = mt_get_text(in);
	return in->is_bad ? MT_ERR_RECORD : 1;
}

int mt_symbols_next_module(struct mt_symbols_in *symbols, struct mt_symbol_module *module)
{
	struct mt_in *in = &symbols->modules;

	if (in->at == in->end)
		return 0;
	module->path = mt_get_text(in);
	module->build_id = mt_get_text(in);
	return in->is_bad ? MT_ERR_RECORD : 1;
}

static uint32_t get_index(struct mt_in *in, uint32_t n)
{
	uint32_t i = mt_get_u32(in);

	if (i >= n)
		in->is_bad = true;
	return i;
}

int mt_symbols_next_place(struct mt_symbols_in *symbols, struct mt_symbol_place_index *place)
{
	struct mt_in *in = &symbols->in;

	if (in->is_bad)
		return MT_ERR_RECORD;
	if (symbols->n_places_left == 0)
		return 0;
	symbols->n_places_left--;
	place->module = get_index(in, symbols->n_modules);
	if (place->module != symbols->last_module)
		symbols->last_address = 0;
	place->address = symbols->last_address + mt_get_uleb(in);
	place->n_frames = (uint32_t)mt_get_up_to(in, MT_SYMBOL_FRAMES_MAX);
	for (uint32_t i = 0; i < place->n_frames && !in->is_bad; i++) {
		place->frames[i].function = get_index(in, symbols->n_strings);
		place->frames[i].file = get_index(in, symbols->n_strings);
		place->frames[i].line = mt_get_u32(in);
	}
	symbols->last_module = place->module;
	symbols->last_address = place->address;
	return in->is_bad ? MT_ERR_RECORD : 1;
}

void mt_put_symbol_place(struct mt_out *out, const struct mt_symbol_place_index *previous,
			 const struct mt_symbol_place_index *place)
{
	bool is_same = previous && previous->module == place->module;

	mt_put_uleb(out, place->module);
	mt_put_uleb(out, place->address - (is_same ? previous->address : 0));
	mt_put_uleb(out, place->n_frames);
	for (uint32_t i = 0; i < place->n_frames; i++) {
		mt_put_uleb(out, place->frames[i].function);
		mt_put_uleb(out, place->frames[i].file);
		mt_put_uleb(out, place->frames[i].line);
	}
}

enum { PART_PLACES, PART_TYPES, PART_TYPINGS };

/* Goes on to the types when the places are read. */
static void begin_types(struct mt_symbols_in *symbols)
{
	symbols->part = PART_TYPES;
	symbols->has_types = symbols->in.at < symbols->in.end;
	if (symbols->has_types)
		symbols->n_types = symbols->n_types_left = get_count(&symbols->in);
}

int mt_symbols_next_type(struct mt_symbols_in *symbols, struct mt_symbol_type_index *type)
{
	struct mt_in *in = &symbols->in;
	uint64_t offset = 0;

	if (symbols->part == PART_PLACES && !in->is_bad)
		begin_types(symbols);
	if (in->is_bad)
		return MT_ERR_RECORD;
	if (symbols->n_types_left == 0)
		return 0;
	symbols->n_types_left--;
	type->name = get_index(in, symbols->n_strings);
	type->size = mt_get_uleb(in);
	type->n_fields = (uint32_t)mt_get_up_to(in, MT_SYMBOL_FIELDS_MAX);
	if (!type->size)
		in->is_bad = true;
	for (uint32_t i = 0; i < type->n_fields && !in->is_bad; i++) {
		offset += mt_get_uleb(in);
		type->fields[i].offset = offset;
		type->fields[i].name = get_index(in, symbols->n_strings);
	}
	return in->is_bad ? MT_ERR_RECORD : 1;
}

static void get_candidates(struct mt_symbols_in *symbols, struct mt_symbol_typing_index *typing,
			   uint32_t n)
{
	struct mt_in *in = &symbols->in;

	for (uint32_t i = 0; i < n && !in->is_bad; i++) {
		uint32_t at = typing->n_candidates++;

		typing->candidates[at].type = get_index(in, symbols->n_types);
		typing->candidates[at].flags = mt_get_u8(in);
	}
}

int mt_symbols_next_typing(struct mt_symbols_in *symbols,
			   struct mt_symbol_typing_index *typing)
{
	struct mt_in *in = &symbols->in;

	if (symbols->part == PART_TYPES && !in->is_bad) {
		symbols->part = PART_TYPINGS;
		if (symbols->has_types)
			symbols->n_typings_left = get_count(in);
	}
	if (in->is_bad)
		return MT_ERR_RECORD;
	if (symbols->n_typings_left == 0)
		return 0;
	symbols->n_typings_left--;
	typing->module = get_index(in, symbols->n_modules);
	typing->address = mt_get_uleb(in);
	typing->n_functions = (uint32_t)mt_get_up_to(in, MT_SYMBOL_FRAMES_MAX);
	typing->n_candidates = 0;
	for (uint32_t i = 0; i < typing->n_functions && !in->is_bad; i++) {
		uint32_t n_room = MT_SYMBOL_CANDIDATES_MAX - typing->n_candidates;

		typing->functions[i].flags = mt_get_u8(in);
		typing->functions[i].n_candidates = (uint32_t)mt_get_up_to(in, n_room);
		get_candidates(symbols, typing, typing->functions[i].n_candidates);
	}
	return in->is_bad ? MT_ERR_RECORD : 1;
}

void mt_put_symbol_type(struct mt_out *out, const struct mt_symbol_type_index *type)
{
	uint64_t offset = 0;

	mt_put_uleb(out, type->name);
	mt_put_uleb(out, type->size);
	mt_put_uleb(out, type->n_fields);
	for (uint32_t i = 0; i < type->n_fields; i++) {
		mt_put_uleb(out, type->fields[i].offset - offset);
		mt_put_uleb(out, type->fields[i].name);
		offset = type->fields[i].offset;
	}
}

void mt_put_symbol_typing(struct mt_out *out, const struct mt_symbol_typing_index *typing)
{
	uint32_t at = 0;

	mt_put_uleb(out, typing->module);
	mt_put_uleb(out, typing->address);
	mt_put_uleb(out, typing->n_functions);
	for (uint32_t i = 0; i < typing->n_functions; i++) {
		mt_put_u8(out, typing->functions[i].flags);
		mt_put_uleb(out, typing->functions[i].n_candidates);
		for (uint32_t k = 0; k < typing->functions[i].n_candidates; k++, at++) {
			mt_put_uleb(out, typing->candidates[at].type);
			mt_put_u8(out, typing->candidates[at].flags);
		}
	}
}
