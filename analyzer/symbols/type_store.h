/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_store.h -- what is known of the types that places in code allocate, be it read
 * from debug information here or carried by the trace: which types a function has to
 * do with. Which of them an allocation is depends on its size, and is decided when
 * somebody asks.
 */
#ifndef ANALYZER_SYMBOLS_TYPE_STORE_H
#define ANALYZER_SYMBOLS_TYPE_STORE_H

#include "analyzer/base/indexset.h"
#include "analyzer/base/strpool.h"
#include "analyzer/symbols/symbols.h"

#include <elfutils/libdw.h>

enum {
	AN_CANDIDATE_AT_LINE = 1,    /* a variable declared in the line of the call */
	AN_CANDIDATE_WEAK = 2,       /* makes doubt, but is not believed */
	AN_CANDIDATE_MEMBER = 4,     /* of what the function's pointers lead to */
};

struct an_type_candidate {
	uint32_t type;               /* index */
	uint8_t flags;               /* AN_CANDIDATE_* */
};

/* A function that the place is in, inlined ones first. */
struct an_type_function {
	size_t first;                /* of its candidates */
	uint32_t n;
	bool passes_on;              /* it hands out void *: its caller knows more */
};

struct an_type_place {
	uint64_t address;
	uint32_t module;
	uint32_t n_functions;
	size_t first_function;
};

struct an_type_field {
	uint64_t offset;
	const char *name;
};

struct an_type {
	const char *name;            /* interned: equal ones are one pointer */
	uint64_t size;
	bool has_die;
	Dwarf_Die die;               /* of the structure */
	size_t first_field;          /* that the trace told of it, by offset */
	uint32_t n_fields;
};

/* Valid when zeroed. */
struct an_type_store {
	VEC(struct an_type_place) places;
	VEC(struct an_type_function) functions;
	VEC(struct an_type_candidate) candidates;
	VEC(struct an_type) types;
	VEC(struct an_type_field) fields;
	struct indexset places_by_key, types_by_name;
};

void an_types_release_store(struct an_type_store *store);
/* The place's index; it is empty if it is new. */
uint32_t an_type_store_place(struct an_type_store *store, uint32_t module, uint64_t address,
			     bool *is_new);
/* The type of this name (interned) and size; it has no fields if it is new. */
uint32_t an_type_store_type(struct an_type_store *store, const char *name, uint64_t size);
/* The first type of this name, or NULL. */
const struct an_type *an_type_store_find(const struct an_type_store *store, const char *name);
enum an_type_answer an_type_store_choose(const struct an_type_store *store, uint32_t place,
					 uint64_t size, const char **name);
/* True if the place's functions only pass on what their callers want. */
bool an_type_store_passes_on(const struct an_type_store *store, uint32_t place);

#endif
