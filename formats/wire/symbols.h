/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h -- the payload of a SYMBOLS block: names and lines of the addresses
 * that occur in a trace, so that it opens with full symbols anywhere.
 *
 *   payload = n_strings, strings, n_modules, modules, n_places, places,
 *             [n_types, types, n_typings, typings]
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
 * demangle. A typing says of a place which types its functions have to do with; a
 * reader decides by size which one an allocation is. Where there are none, the payload
 * ends behind the places. Each block stands for itself; a trace may have several, and
 * the last one that knows a place wins.
 */
#ifndef FORMATS_WIRE_SYMBOLS_H
#define FORMATS_WIRE_SYMBOLS_H

#include "formats/wire/bytes.h"

struct mt_symbol_module {
	struct mt_text path;
	struct mt_text build_id;
};

enum {
	MT_SYMBOL_FRAMES_MAX = 64,
	MT_SYMBOL_FIELDS_MAX = 64,           /* of a type */
	MT_SYMBOL_CANDIDATES_MAX = 1024,     /* of a place, over all its functions */
};

/* Reads a payload in one pass, all borrowed from it. A zeroed struct plus a
 * call of _open is valid; nothing to release. */
struct mt_symbols_in {
	struct mt_in in;
	struct mt_in strings;      /* positioned at string 0 */
	struct mt_in modules;      /* positioned at module 0 */
	uint32_t n_strings;
	uint32_t n_modules;
	uint32_t n_places_left;
	uint32_t n_types;
	uint32_t n_types_left;
	uint32_t n_typings_left;
	uint8_t part;              /* of the payload that is being read */
	bool has_types;            /* it does not end behind the places */
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

/* A type by name and size, with fields that may be pointers. */
struct mt_symbol_type_index {
	uint32_t name;
	uint64_t size;                 /* not 0 */
	uint32_t n_fields;
	struct { uint64_t offset; uint32_t name; } fields[MT_SYMBOL_FIELDS_MAX];
};

enum {
	MT_FUNCTION_PASSES_ON = 1,     /* it returns void *: its caller knows more */

	MT_CANDIDATE_AT_LINE = 1,      /* a variable declared in the line of the call */
	MT_CANDIDATE_WEAK = 2,         /* makes doubt, but is not believed */
	MT_CANDIDATE_MEMBER = 4,       /* asked when the others say nothing */
};

/* The functions that a place is in, inlined ones first, and what they may allocate. */
struct mt_symbol_typing_index {
	uint32_t module;
	uint64_t address;
	uint32_t n_functions;
	struct { uint8_t flags; uint32_t n_candidates; } functions[MT_SYMBOL_FRAMES_MAX];
	uint32_t n_candidates;         /* of all functions, in their order */
	struct { uint32_t type; uint8_t flags; } candidates[MT_SYMBOL_CANDIDATES_MAX];
};

/* Behind the places, types and then typings: 1, 0, MT_ERR_RECORD, as the others. */
int mt_symbols_next_type(struct mt_symbols_in *symbols, struct mt_symbol_type_index *type);
int mt_symbols_next_typing(struct mt_symbols_in *symbols,
			   struct mt_symbol_typing_index *typing);

/* Writers of the parts, in payload order; the caller writes the counts
 * with mt_put_uleb. previous is the place written before, or NULL. */
void mt_put_symbol_place(struct mt_out *out, const struct mt_symbol_place_index *previous,
			 const struct mt_symbol_place_index *place);
void mt_put_symbol_type(struct mt_out *out, const struct mt_symbol_type_index *type);
void mt_put_symbol_typing(struct mt_out *out, const struct mt_symbol_typing_index *typing);

#endif
