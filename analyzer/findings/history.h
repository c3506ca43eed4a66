/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.h -- the snapshots that a session did not keep, one after the other.
 *
 * The trace is read once more; of each snapshot that is wanted the graph is made,
 * shown, and given back before the next one's. An allocation is the same one in two
 * of them when its address and the time it was made are: an address alone may have
 * been given out again.
 */
#ifndef ANALYZER_FINDINGS_HISTORY_H
#define ANALYZER_FINDINGS_HISTORY_H

#include "analyzer/findings/objects.h"

/* So many of a process are looked at; of more, each second one, or third... */
enum { AN_HISTORY_MAX = 64 };

struct an_history {
	const struct an_session *session;
	const uint64_t *masks;       /* of pointers with tags */
	size_t n_masks;
	void *context;
	/* Is anything to be asked of this process? */
	bool (*wants)(void *context, uint32_t process);
	/* In the order of the trace. number: index into session->snapshots. */
	void (*see)(void *context, uint32_t number, const struct an_objects *objects);
	/* What a process released after the first of its snapshots; NULL: not asked. */
	void (*release)(void *context, const struct an_departure *departure);
};

/* Are there snapshots of a process that were taken before the one it kept? */
bool an_history_has(const struct an_session *session, uint32_t process);
/* The session of the second reading, in which the departures' stacks are, to be
 * closed; NULL: the trace could not be read again, or there was nothing to see. */
struct an_session *an_history_walk(const struct an_history *history);

#endif
