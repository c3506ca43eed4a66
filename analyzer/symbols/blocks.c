/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks.c -- taking in the SYMBOLS blocks of a trace. Each one stands for
 * itself: its indexes are turned into our names and module numbers, and what it
 * knows goes into one table for all.
 */
#include "analyzer/symbols/symbols.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/xalloc.h"
#include "analyzer/symbols/state.h"
#include "formats/wire/status.h"

enum {
	/* Far more than a program has places; a bound on what a hostile trace
	 * can make us keep (1.3 GiB). */
	LINES_MAX = 32 << 20,
};

/* The tables of a block being read: our names and numbers for its indexes. */
struct incoming {
	struct an_symbols *symbols;
	const char **strings;    /* the empty one is NULL */
	uint32_t *modules;       /* AN_RANGE_NONE: no place of it was met yet */
	struct mt_symbol_module *names;
};

static int read_tables(struct incoming *incoming, struct mt_symbols_in *in)
{
	struct mt_text text;
	uint32_t n = 0;
	int status = 1;

	/* Both counts were checked against the bytes there are. */
	incoming->strings = xcalloc(in->n_strings, sizeof(*incoming->strings));
	incoming->modules = xcalloc(in->n_modules, sizeof(*incoming->modules));
	incoming->names = xcalloc(in->n_modules, sizeof(*incoming->names));
	for (; n < in->n_strings && (status = mt_symbols_next_string(in, &text)) > 0; n++)
		if (text.n_bytes)
			incoming->strings[n] = strpool_intern(&incoming->symbols->names,
							    text.bytes, text.n_bytes);
	for (n = 0; status >= 0 && n < in->n_modules; n++) {
		incoming->modules[n] = AN_RANGE_NONE;
		status = mt_symbols_next_module(in, &incoming->names[n]);
	}
	return status < 0 ? status : MT_OK;
}

/* Our number for a module of the block. */
static uint32_t module_of(struct incoming *incoming, uint32_t index)
{
	const struct mt_symbol_module *theirs = &incoming->names[index];
	struct an_module_name name = {
		.build_id = (const uint8_t *)theirs->build_id.bytes,
		.n_build_id = theirs->build_id.n_bytes,
	};

	if (incoming->modules[index] == AN_RANGE_NONE) {
		name.path = strpool_intern(&incoming->symbols->names, theirs->path.bytes,
					 theirs->path.n_bytes);
		incoming->modules[index] = an_symbols_module(incoming->symbols, &name);
	}
	return incoming->modules[index];
}

static void take_place(struct incoming *incoming, const struct mt_symbol_place_index *place)
{
	struct an_line lines[MT_SYMBOL_FRAMES_MAX];
	enum an_module_state state = AN_MODULE_NOT_FOUND;
	struct an_symbols_module *module;
	uint32_t number;

	for (uint32_t i = 0; i < place->n_frames; i++) {
		const struct mt_symbol_frame_index *frame = &place->frames[i];

		lines[i] = (struct an_line){
			.linkage = incoming->strings[frame->function],
			.file = incoming->strings[frame->file],
			.line = frame->line,
		};
		if (lines[i].file)
			state = AN_MODULE_LINES;
		else if (lines[i].linkage && state < AN_MODULE_FUNCTIONS)
			state = AN_MODULE_FUNCTIONS;
	}
	if (state == AN_MODULE_NOT_FOUND)
		return;
	number = module_of(incoming, place->module);
	module = &incoming->symbols->modules.at[number];
	if (module->known < state)
		module->known = state;
	an_known_add(&incoming->symbols->known_places, number, place->address, lines,
		     place->n_frames);
}

static void take_type(struct incoming *incoming, const struct mt_symbol_type_index *told,
		      uint32_t *index)
{
	struct an_type_store *store = &incoming->symbols->types;
	const char *name = incoming->strings[told->name];
	struct an_type *type;

	if (!name)
		name = strpool_intern_text(&incoming->symbols->names, "");
	*index = an_type_store_type(store, name, told->size);
	type = &store->types.at[*index];
	if (type->n_fields || !told->n_fields)
		return;
	type->first_field = store->fields.n;
	for (uint32_t i = 0; i < told->n_fields; i++)
		if (incoming->strings[told->fields[i].name]) {
			*VEC_PUSH(&store->fields) = (struct an_type_field){
				told->fields[i].offset, incoming->strings[told->fields[i].name] };
			type->n_fields++;
		}
}

static void take_typing(struct incoming *incoming, const struct mt_symbol_typing_index *told,
			const uint32_t *types)
{
	struct an_type_store *store = &incoming->symbols->types;
	bool is_new;
	uint32_t place = an_type_store_place(store, module_of(incoming, told->module),
					     told->address, &is_new), at = 0;

	if (!is_new)
		return;
	store->places.at[place].n_functions = told->n_functions;
	for (uint32_t i = 0; i < told->n_functions; i++) {
		*VEC_PUSH(&store->functions) = (struct an_type_function){
			.first = store->candidates.n, .n = told->functions[i].n_candidates,
			.passes_on = told->functions[i].flags & MT_FUNCTION_PASSES_ON };
		for (uint32_t k = 0; k < told->functions[i].n_candidates; k++, at++)
			*VEC_PUSH(&store->candidates) = (struct an_type_candidate){
				types[told->candidates[at].type], told->candidates[at].flags };
	}
}

/* Types, and which places have to do with them. */
static int read_types(struct incoming *incoming, struct mt_symbols_in *in)
{
	struct an_type_store *store = &incoming->symbols->types;
	struct mt_symbol_typing_index typing;
	struct mt_symbol_type_index type;
	VEC(uint32_t) types = { 0 };
	int status;

	while ((status = mt_symbols_next_type(in, &type)) > 0)
		if (store->fields.n > LINES_MAX)
			break;
		else
			take_type(incoming, &type, VEC_PUSH(&types));
	while (status == 0 && (status = mt_symbols_next_typing(in, &typing)) > 0) {
		if (store->candidates.n > LINES_MAX || store->functions.n > LINES_MAX)
			break;
		take_typing(incoming, &typing, types.at);
		status = 0;
	}
	VEC_RELEASE(&types);
	return status > 0 ? MT_ERR_RECORD : status;
}

int an_symbols_add_block(struct an_symbols *symbols, const uint8_t *payload, size_t n_bytes)
{
	struct incoming incoming = { .symbols = symbols };
	struct mt_symbol_place_index place;
	struct mt_symbols_in in;
	int status = mt_symbols_open(&in, payload, n_bytes);

	if (status < 0)
		return MT_ERR_RECORD;
	status = read_tables(&incoming, &in);
	while (status >= 0 && (status = mt_symbols_next_place(&in, &place)) > 0) {
		if (symbols->known_places.lines.n > LINES_MAX)
			status = MT_ERR_RECORD;
		else
			take_place(&incoming, &place);
	}
	if (status == 0)
		status = read_types(&incoming, &in);
	free(incoming.strings);
	free(incoming.modules);
	free(incoming.names);
	return status < 0 ? MT_ERR_RECORD : MT_OK;
}
