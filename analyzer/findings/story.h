/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.h -- one allocation through all snapshots of its process: where it was there,
 * which way it was held the last time, and what of that way was released before it
 * was lost.
 */
#ifndef ANALYZER_FINDINGS_STORY_H
#define ANALYZER_FINDINGS_STORY_H

#include "analyzer/findings/history.h"
#include "analyzer/findings/stack_names.h"

/* One that held the next, on the shortest way from a root. */
struct an_story_link {
	uint64_t addr, made_ns, size;
	uint32_t stack;
	bool is_freed;               /* before it was lost: */
	uint64_t freed_ns;           /* UINT64_MAX: nobody knows when */
	uint32_t thread;             /* that did it, or AN_NONE */
	uint32_t free_stack;         /* into names; AN_NONE: not recorded */
};

struct an_story {
	uint32_t n_there;            /* earlier snapshots it was in */
	uint32_t first, last;        /* of these: indexes into session->snapshots */
	uint32_t held;               /* the last one that held it, or AN_NONE */
	uint32_t lost;               /* the first one after it that did not; the kept one at last */
	struct an_story_link *links; uint32_t n_links;   /* how it was held then, root first */
	uint32_t n_freed;            /* of these */
	struct an_stack_names *names;    /* of stacks that released; NULL: none is known */
	void *internal;
};

struct an_story_options {
	const uint64_t *masks;
	size_t n_masks;
	/* How it is held in a snapshot: the root is told while its graph is there. Again
	 * for a later snapshot, which then counts. */
	void (*see_root)(void *context, const struct an_objects *objects,
			 const struct an_root_edge *edge);
	void *context;
};

/* held: of the snapshot that the process kept. Release it in any case. false: there are
 * no earlier snapshots, or they cannot be read. */
bool an_story_find(const struct an_session *session, uint32_t process,
		   const struct an_held *held, const struct an_story_options *options,
		   struct an_story *story);
void an_story_release(struct an_story *story);

#endif
