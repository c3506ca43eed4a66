/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack_names.h -- the stacks of a session with names: each frame becomes one or
 * more lines, because every inlined call is a line of its own.
 *
 * A place is an address in a file, whatever process it was loaded in. Each is
 * looked up once; a stack is a list of places, so that stacks of two processes
 * that run the same code can be told to be equal. Ranks order places by what a
 * person sees, not by where the loader put them.
 */
#ifndef ANALYZER_FINDINGS_STACK_NAMES_H
#define ANALYZER_FINDINGS_STACK_NAMES_H

#include "analyzer/findings/owner.h"
#include "analyzer/heap/session.h"

/* What stands in a stack where frames are missing. */
struct an_named_line {
	const char *function;    /* NULL: unknown, or a cut */
	const char *linkage;     /* the symbol as the file has it; NULL: unknown */
	const char *file;        /* NULL: unknown */
	const char *module;      /* base name; NULL: in no module */
	const char *path;        /* of the module; NULL: in no module */
	uint64_t address;        /* as recorded, of this process */
	uint64_t offset;         /* in the module's own terms; of no module: the address */
	uint32_t line;           /* 0: unknown */
	uint32_t n_cut;          /* of a cut: how many frames; 0: unknown */
	uint8_t owner;           /* enum an_owner */
	bool is_cut;             /* the stack is missing frames here */
	bool is_inlined;
	bool is_guess;           /* found by frame pointer */
};

struct an_named_place {
	uint32_t module;         /* index into session->modules, or AN_NONE */
	uint32_t file;           /* number of the module's file in session->symbols, or AN_NONE */
	uint64_t look_up;
	uint32_t first_line;     /* into lines */
	uint32_t n_lines;
	uint32_t rank;
};

struct an_stack_names {
	const struct an_session *session;
	struct an_named_place *places;  uint32_t n_places;
	struct an_named_line *lines;    uint32_t n_lines;
	uint32_t *frames;               /* places of all frames of all stacks */
	uint64_t *first_frame;          /* of each stack, into frames */
};

/* Looks up every place of every stack. Never NULL; session must outlive it. */
struct an_stack_names *an_stack_names_new(const struct an_session *session);
void an_stack_names_free(struct an_stack_names *names);

/* All lines of a stack, innermost first, cuts included. *lines is a buffer of the
 * caller's, grown as needed and freed with free(). Returns how many. */
struct an_line_list {
	struct an_named_line *at;
	size_t n, room;
};
void an_stack_names_lines(const struct an_stack_names *names, uint32_t stack,
			  struct an_line_list *list);

/* Index of the line that is responsible: the innermost one of the lowest owner.
 * 0 for an empty list. */
size_t an_lines_responsible(const struct an_line_list *list);

/* True if both show the same places. */
bool an_stack_names_equal(const struct an_stack_names *names, uint32_t a, uint32_t b);
/* Order by what a person sees, innermost frame first. */
int an_stack_names_compare(const struct an_stack_names *names, uint32_t a, uint32_t b);

#endif
