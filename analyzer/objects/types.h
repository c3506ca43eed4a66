/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.h -- what allocations are: by the debug information of the function that
 * made them, by the vtable in their first word, or not at all.
 *
 * A name is given only when there is no doubt. The caller shows the site where
 * there is none.
 */
#ifndef ANALYZER_OBJECTS_TYPES_H
#define ANALYZER_OBJECTS_TYPES_H

#include "analyzer/heap/session.h"

enum { AN_TYPE_FRAMES_MAX = 8 };     /* functions that return void *, and one more */

struct an_types;

/* Never NULL. session must outlive it; names last as long as the session. */
struct an_types *an_types_new(const struct an_session *session);
void an_types_free(struct an_types *types);

/* The type of the allocations of so many bytes made at a stack (an index into
 * session->stacks), "node", or of the elements of such an array; NULL: unknown.
 * Looks up each stack and size once. */
const char *an_type_of_site(struct an_types *types, const struct an_session *session,
			    uint32_t stack, uint64_t size);

/* The class whose vtable pointer value is, at a snapshot; NULL: it is none. value is
 * the first word of an allocation. */
const char *an_type_of_vtable(struct an_types *types, const struct an_snapshot *snapshot,
			      uint64_t value);

/* The field at an offset of a type that an_type_of_site gave, "links.next"; NULL:
 * unknown. For an array the offset is taken into its element by the caller. */
const char *an_field_at(struct an_types *types, const char *type, uint64_t offset);

#endif
