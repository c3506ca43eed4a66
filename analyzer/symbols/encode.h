/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode.h -- a SYMBOLS payload while it is made; for the two files encode*.c. Texts,
 * modules and types are taken in once each and counted with the most bytes they can
 * add. All texts come out of the symbols' pool: equal ones are one pointer. Their
 * order, and with it the output, is that of arrival.
 */
#ifndef ANALYZER_SYMBOLS_ENCODE_H
#define ANALYZER_SYMBOLS_ENCODE_H

#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"
#include "analyzer/symbols/state.h"

enum {
	/* A longer name is cut, so that one place with all its frames, two names
	 * each, is sure to fit into a block. */
	AN_ENCODE_TEXT_BYTES_MAX = 16 * 1024,
	/* What is known of the types of a place is left out if it takes more. */
	AN_ENCODE_TYPING_BYTES_MAX = 1 << 20,
};

struct an_outgoing_place {
	uint64_t address;
	uint32_t module;                     /* index into modules */
	uint32_t n_frames;
	size_t first_frame;
};

struct an_outgoing_type {
	uint32_t type;                       /* in the symbols' store */
	struct mt_symbol_type_index told;
};

struct an_outgoing_typing {
	uint32_t module;                     /* index into modules */
	uint32_t place;                      /* in the symbols' store */
};

struct an_outgoing {
	struct an_symbols *symbols;
	const char *unknown;                 /* "", which is string 0 */
	VEC(const char *) strings;
	struct indexset strings_by_text;
	VEC(uint32_t) modules;               /* their numbers in symbols */
	struct indexset modules_by_number;
	VEC(struct mt_symbol_frame_index) frames;
	VEC(struct an_outgoing_place) places;
	VEC(struct an_outgoing_type) types;
	struct indexset types_by_number;
	VEC(struct an_outgoing_typing) typings;
	size_t n_bytes;                      /* at most so many */
};

uint32_t an_encode_text(struct an_outgoing *out, const char *text);
uint32_t an_encode_module(struct an_outgoing *out, uint32_t number);
/* encode_types.c: takes in what is known of the types at a place. */
void an_encode_typing(struct an_outgoing *out, uint32_t module, uint64_t address);
void an_encode_write_types(struct an_outgoing *out, struct mt_out *to);

#endif
