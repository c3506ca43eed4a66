/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h -- the payload of a SYMBOLS block: names and lines of the addresses
 * that occur in a trace, so that it opens with full symbols anywhere.
 *
 *   payload = n_strings, strings, n_modules, modules, n_places, places
 *   module  = path, build id (raw)                                (texts)
 *   place   = module index, address delta, n_frames, frames
 *   frame   = function, file, line                       innermost first
 *
 * A place's address is what is looked up: a return address minus one, or the
 * exact address of an interrupted instruction, minus the module's bias. Places
 * are sorted by module, then address; the delta is to the place before in the
 * same module. function and file are indexes into strings, which begin with the
 * empty string for "not known"; the last frame is the function of the code
 * itself, those before it are inlined into it. A function is named as in its
 * object file where the readable name follows from that (C++, Rust): readers
 * demangle. Each block stands for itself; a trace may have several, and the last
 * one that knows a place wins.
 */
#ifndef FORMATS_WIRE_SYMBOLS_H
#define FORMATS_WIRE_SYMBOLS_H

#include "formats/wire/bytes.h"

struct mt_symbol_module {
	struct mt_text path;
	struct mt_text build_id;
};

enum { MT_SYMBOL_FRAMES_MAX = 64 };

/* Reads a payload in one pass, all borrowed from it. A zeroed struct plus a
 * call of _open is valid; nothing to release. */
struct mt_symbols_in {
	struct mt_in in;
	struct mt_in strings;      /* positioned at string 0 */
	struct mt_in modules;      /* positioned at module 0 */
	uint32_t n_strings;
	uint32_t n_modules;
	uint32_t n_places_left;
	uint32_t last_module;
	uint64_t last_address;
};

/* The caller turns string and module numbers into texts by reading the tables
 * once: mt_symbols_next_string and _next_module give 1, then 0 at the end, or
 * MT_ERR_RECORD. Frames of a place carry indexes. */
struct mt_symbol_frame_index {
	uint32_t function;
	uint32_t file;
	uint32_t line;
};
struct mt_symbol_place_index {
	uint32_t module;
	uint64_t address;
	uint32_t n_frames;
	struct mt_symbol_frame_index frames[MT_SYMBOL_FRAMES_MAX];
};
/* MT_OK or MT_ERR_RECORD: the tables are there and whole. */
int mt_symbols_open(struct mt_symbols_in *symbols, const uint8_t *payload, size_t n_bytes);
int mt_symbols_next_string(struct mt_symbols_in *symbols, struct mt_text *text);
int mt_symbols_next_module(struct mt_symbols_in *symbols, struct mt_symbol_module *module);
/* 1, 0, MT_ERR_RECORD, as the others. All indexes are smaller than the counts. */
int mt_symbols_next_place(struct mt_symbols_in *symbols, struct mt_symbol_place_index *place);

/* Writers of the parts, in payload order; the caller writes the three counts
 * with mt_put_uleb. previous is the place written before, or NULL. */
void mt_put_symbol_place(struct mt_out *out, const struct mt_symbol_place_index *previous,
			 const struct mt_symbol_place_index *place);

#endif
