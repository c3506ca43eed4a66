/* SPDX-License-Identifier: Apache-2.0 */
/* hints.h -- what a snapshot tells that is neither a finding nor missing: that lost
 * memory would be held were its pointers' tags taken off, and how much of what was
 * freed malloc keeps. */
#ifndef ANALYZER_FINDINGS_HINTS_H
#define ANALYZER_FINDINGS_HINTS_H

#include "analyzer/findings/objects.h"

/* With this mask n allocations that are lost, or possibly, are reachable. */
struct an_mask_hint {
	uint32_t process;
	uint64_t mask, n, bytes;
};

enum { AN_MASK_HINTS = 2 };      /* of one process, at most: low bits, high bits */

/* objects has been classified with masks. The number of hints. */
size_t an_hints_masks(const struct an_objects *objects, const uint64_t *masks, size_t n_masks,
		      struct an_mask_hint hints[AN_MASK_HINTS]);

/* About how many bytes malloc keeps of those that were freed. 0: not worth a word, or
 * nobody can tell. */
uint64_t an_hints_kept(const struct an_objects *objects);

#endif
