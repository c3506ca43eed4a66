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
	free(incoming.strings);
	free(incoming.modules);
	free(incoming.names);
	return status < 0 ? MT_ERR_RECORD : MT_OK;
}
