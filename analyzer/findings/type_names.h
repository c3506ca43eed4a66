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
 * unknown, or not all of one. What the program said goes before debug information. */
const char *an_type_name_of_stack(struct an_type_names *names, uint32_t stack);
/* Of an allocation of this size; told: what the program calls it, or NULL. */
const char *an_type_name_of_size(struct an_type_names *names, uint32_t stack, uint64_t size,
				 const char *told);
/* The field at an offset of it; NULL: unknown. */
const char *an_field_name(struct an_type_names *names, uint32_t stack, uint64_t size,
			  const char *told, uint64_t offset);

/* The same of an allocation that a snapshot saw. A field may be one of a part that the
 * program named: "Part.next", "Part+8". It is in a buffer that the next call uses. */
const char *an_type_name_of_held(struct an_type_names *names,
				 const struct an_snapshot *snapshot, const struct an_held *held);
const char *an_field_name_of_held(struct an_type_names *names,
				  const struct an_snapshot *snapshot,
				  const struct an_held *held, uint64_t offset);

#endif
