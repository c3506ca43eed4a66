/* SPDX-License-Identifier: Apache-2.0 */
/* notes.h -- the certificate: what the session says was not seen, which processes
 * could not be asked for leaks, and the modules whose functions or lines could not
 * be named. */
#ifndef ANALYZER_FINDINGS_NOTES_H
#define ANALYZER_FINDINGS_NOTES_H

#include "analyzer/base/arena.h"
#include "analyzer/findings/leaks.h"

/* Reasons of what is no hole: a report tells these after its answer. */
#define AN_NOTE_POINTER_MASK "pointer-mask-hint"
#define AN_NOTE_ALLOCATOR_CACHE "allocator-cache"

/* All notes, by reason, then detail; the array and its texts lie in arena. */
struct an_note *an_notes_collect(const struct an_stack_names *names,
				 const struct an_leaks *leaks, struct arena *arena,
				 uint32_t *n_notes);

#endif
