/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roots.h -- what a root is called in the program: the variable that holds
 * something, of a module's data or thread-local.
 */
#ifndef ANALYZER_FINDINGS_ROOTS_H
#define ANALYZER_FINDINGS_ROOTS_H

#include "analyzer/findings/objects.h"
#include "analyzer/symbols/symbols.h"

/* The variable that a root edge's slot is in; NULL: unknown. Lasts as long as the
 * session; equal names are one pointer. */
const char *an_root_variable(const struct an_objects *objects, const struct an_root_edge *edge);

/* The same of a word of a module that was unloaded. */
const char *an_unloaded_variable(const struct an_session *session,
				 const struct an_unloaded *unloaded);

/* The places whose names the trace must carry for another machine to know them:
 * variables with pointers in the snapshots, and vtables of what is there; so many
 * places at most. To be freed. */
struct an_place *an_root_places(const struct an_session *session, size_t n_most,
				size_t *n_places);

#endif
