/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_names.h -- the types that findings are shown with. Debug information is
 * read when the first name is asked for.
 */
#ifndef ANALYZER_FINDINGS_TYPE_NAMES_H
#define ANALYZER_FINDINGS_TYPE_NAMES_H

#include "analyzer/heap/session.h"

struct an_type_names;

/* Never NULL; session must outlive it. */
struct an_type_names *an_type_names_new(const struct an_session *session);
void an_type_names_free(struct an_type_names *names);

/* The type of everything that was allocated at a stack, whatever its sizes; NULL:
 * unknown, or not all of one. */
const char *an_type_name_of_stack(struct an_type_names *names, uint32_t stack);
/* Of an allocation of this size. */
const char *an_type_name_of_size(struct an_type_names *names, uint32_t stack, uint64_t size);
/* The field at an offset of it; NULL: unknown. */
const char *an_field_name(struct an_type_names *names, uint32_t stack, uint64_t size,
			  uint64_t offset);

#endif
