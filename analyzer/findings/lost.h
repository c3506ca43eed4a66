/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lost.h -- between which snapshots the last pointer to something disappeared.
 */
#ifndef ANALYZER_FINDINGS_LOST_H
#define ANALYZER_FINDINGS_LOST_H

#include "analyzer/base/vec.h"
#include "analyzer/findings/history.h"

/* An allocation that the last snapshot of its process calls lost. */
struct an_lost {
	uint32_t process;
	uint32_t leak;               /* whatever the caller counts it for */
	uint64_t addr, made_ns;
	uint64_t held_ns;            /* when it was last known to be held: made, or seen */
	uint64_t lost_ns;            /* when it was first seen lost */
};

struct an_lost_list {
	VEC(struct an_lost) all;
};

/* Fills in held_ns and lost_ns of all; false: there are no earlier snapshots that
 * could tell. */
bool an_lost_find(const struct an_session *session, const uint64_t *masks, size_t n_masks,
		  struct an_lost_list *list);

#endif
