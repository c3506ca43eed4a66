/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h -- from an address in a module's file to names and lines.
 *
 * elfutils reads ELF and DWARF; per module the debug information is flattened
 * once into sorted tables (functions, inlined ranges, lines), because asking
 * libdw address by address manages a few hundred a second. Sources, in order:
 * the SYMBOLS blocks of the trace, the file itself, its separate debug file by
 * build-id and by debuglink, debuginfod when DEBUGINFOD_URLS is set. A file
 * whose build-id differs from the trace's is never used.
 */
#ifndef ANALYZER_SYMBOLS_SYMBOLS_H
#define ANALYZER_SYMBOLS_SYMBOLS_H

#include "formats/wire/bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct an_symbols;

/* A module as the trace names it. */
struct an_module_name {
	const char *path;
	const uint8_t *build_id;
	size_t n_build_id;
};

/* One line of a place, innermost first. Strings are borrowed from the
 * an_symbols and last as long as it. */
struct an_line {
	const char *function;   /* demangled; NULL: unknown */
	const char *linkage;    /* the symbol as the object file has it; may equal function */
	const char *file;       /* path as DWARF has it, made absolute with the compilation
	                         * directory; NULL: unknown */
	uint32_t line;          /* 0: unknown */
	bool is_inlined;        /* into the next one */
};

enum an_module_state {
	AN_MODULE_NOT_FOUND,      /* no file, or one with another build-id */
	AN_MODULE_NO_SYMBOLS,     /* a file, but no symbol table covers it */
	AN_MODULE_FUNCTIONS,      /* function names only */
	AN_MODULE_LINES,          /* debug information */
};

struct an_symbols_options {
	bool is_offline;          /* look at the trace's SYMBOLS blocks only */
	const char *debug_dirs;   /* colon-separated, before /usr/lib/debug; NULL: none */
	const char *sysroot;      /* put before module paths; NULL: none */
};

/* Never NULL: memory is fatal in the analyzer. */
struct an_symbols *an_symbols_new(const struct an_symbols_options *options);
void an_symbols_free(struct an_symbols *symbols);

/* Takes in a SYMBOLS block (formats/wire/symbols.h). MT_OK or MT_ERR_RECORD. */
int an_symbols_add_block(struct an_symbols *symbols, const uint8_t *payload, size_t n_bytes);

/* A module's number in this an_symbols; the same name gives the same number. */
uint32_t an_symbols_module(struct an_symbols *symbols, const struct an_module_name *name);

/* Looks up address (in the file's own terms: a return address minus one, minus
 * the module's bias). Returns how many lines, at least 1: with nothing known,
 * one line whose fields are NULL. *lines is borrowed and lasts until the next
 * call. */
size_t an_symbols_look_up(struct an_symbols *symbols, uint32_t module, uint64_t address,
			  const struct an_line **lines);

/* What the look-ups in this module had to go on. A module is opened at its
 * first look-up, or by this call. */
enum an_module_state an_symbols_module_state(struct an_symbols *symbols, uint32_t module);

/* For the caller's notes. True if SYMBOLS blocks of the trace know places of this
 * module: what is missing there was already missing where the program ran. */
bool an_symbols_module_is_from_trace(struct an_symbols *symbols, uint32_t module);
/* True if there is a file at the module's path, but with another build-id: it
 * was rebuilt or upgraded since the program ran. */
bool an_symbols_module_is_other_build(struct an_symbols *symbols, uint32_t module);

/* Whether a module has an operator new or delete of its own, or may have one that
 * is hidden: it was stripped, and does not ask for C++'s runtime though it has
 * tables for exceptions. */
enum an_operators { AN_OPERATORS_UNKNOWN, AN_OPERATORS_NONE, AN_OPERATORS_OWN };
enum an_operators an_symbols_has_operators(struct an_symbols *symbols, uint32_t module);

/*
 * The type of what was allocated at a place: by a function that address is in
 * (or by what it calls), so many bytes. NAMED: *name is the type, which lasts as
 * long as symbols; the allocation is one of it, or an array of it if its size is
 * another. OF_CALLER: the function only passes on what its caller wants, as its
 * void * says; ask the caller. Nothing is named that could be two types.
 */
struct an_type_query {
	uint32_t module;
	uint64_t address;         /* as for an_symbols_look_up */
	uint64_t size;
};
enum an_type_answer { AN_TYPE_UNKNOWN, AN_TYPE_NAMED, AN_TYPE_OF_CALLER };
enum an_type_answer an_symbols_type_at(struct an_symbols *symbols,
				       const struct an_type_query *query, const char **name);
/* True if a place's functions only hand on what their callers want, whatever its size. */
bool an_symbols_passes_on(struct an_symbols *symbols, uint32_t module, uint64_t address);
/* The field of a type that an_symbols_type_at named which lies at offset, as
 * "links.next"; NULL if there is none or the type is not known. */
const char *an_symbols_field(struct an_symbols *symbols, const char *type, uint64_t offset);
/* The class whose vtable pointer has this value; address in the module's own
 * terms. NULL if it is none. */
const char *an_symbols_vtable(struct an_symbols *symbols, uint32_t module, uint64_t address);

/* The variable that address, in the module's own terms, is in; or, where it is a
 * negative number, that of the program's thread-local memory at this distance from
 * the thread pointer. NULL: unknown. Lasts as long as symbols. */
const char *an_symbols_variable(struct an_symbols *symbols, uint32_t module, uint64_t address);

/* Encodes the given places, in any order, as a SYMBOLS payload into a malloc'ed
 * buffer the caller frees, never NULL, at most MT_BLOCK_RAW_BYTES_MAX bytes.
 * *n_done says how many places were done, at least one if there are any: call
 * again with the rest. Places of which nothing is known are left out. */
enum an_place_kind {
	AN_PLACE_CODE,
	AN_PLACE_VARIABLE,        /* as for an_symbols_variable */
	AN_PLACE_VTABLE,          /* as for an_symbols_vtable */
};
struct an_place {
	uint32_t module;
	uint64_t address;
	enum an_place_kind kind;
	bool wants_type;          /* of CODE: what it allocates is wanted, too */
};
uint8_t *an_symbols_encode(struct an_symbols *symbols, const struct an_place *places,
			   size_t n_places, size_t *n_done, size_t *n_bytes);

/* Demangles a C++ or Rust symbol into a malloc'ed string the caller frees, or
 * NULL if it is neither. */
char *an_demangle(const char *symbol);

#endif
