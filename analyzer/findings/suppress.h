/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suppress.h -- which leaks a person does not want to hear of, in the files they
 * have already: Valgrind's ("{ name, Memcheck:Leak, fun:... }") and
 * LeakSanitizer's ("leak:pattern"), told apart line by line.
 *
 * Valgrind's match the stack from the allocation function on, frame by frame;
 * LeakSanitizer's match any frame's function, file or module.
 */
#ifndef ANALYZER_FINDINGS_SUPPRESS_H
#define ANALYZER_FINDINGS_SUPPRESS_H

#include "analyzer/findings/stack_names.h"

#include <stdio.h>

/* What a suppression is limited to: Valgrind's match-leak-kinds. */
enum an_leak_kinds {
	AN_KIND_DEFINITE = 1,
	AN_KIND_INDIRECT = 2,
	AN_KIND_POSSIBLE = 4,
	AN_KIND_REACHABLE = 8,
	AN_KIND_ALL = 15,
};

struct an_suppressions;

struct an_suppressions *an_suppressions_new(void);
void an_suppressions_free(struct an_suppressions *suppressions);

/* Adds what text says. 0, or the number of the line that cannot be understood,
 * with *what in words; what stood before it has been added. file is borrowed for
 * as long as the suppressions last. */
unsigned an_suppressions_add(struct an_suppressions *suppressions, const char *file,
			     const char *text, const char **what);

uint32_t an_suppressions_count(const struct an_suppressions *suppressions);
/* Its name ("leak:pattern" for one of LeakSanitizer's), file and line. */
const char *an_suppression_name(const struct an_suppressions *suppressions, uint32_t index,
				const char **file, unsigned *line);

/* The first that matches a stack for one of kinds (a set of enum an_leak_kinds);
 * AN_NONE: none does. */
uint32_t an_suppressions_match(const struct an_suppressions *suppressions,
			       const struct an_line_list *list, uint8_t api, unsigned kinds);

/* A suppression of Valgrind's for this stack. Frames beyond 24, which Valgrind
 * would not read, become "...". */
void an_suppression_write(FILE *to, const char *name, const struct an_line_list *list,
			  uint8_t api, const char *kind);

#endif
