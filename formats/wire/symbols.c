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
