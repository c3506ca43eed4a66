/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lost.c -- see lost.h.
 *
 * That something is held is believed of any snapshot, that it is lost only of a
 * whole one. What was called lost and is held in a later one was not lost: a word
 * that was not read had it.
 */
#include "analyzer/findings/lost.h"

#include <stdlib.h>

struct search {
	const struct an_session *session;
	struct an_lost_list *list;   /* by process, then address */
};

static int compare(const void *left, const void *right)
{
	const struct an_lost *a = left, *b = right;

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	return (a->addr > b->addr) - (a->addr < b->addr);
}

static bool wants(void *context, uint32_t process)
{
	const struct search *search = context;

	for (size_t i = 0; i < search->list->all.n; i++)
		if (search->list->all.at[i].process == process)
			return true;
	return false;
}

static void judge(const struct an_objects *objects, uint32_t node, struct an_lost *lost)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	uint8_t kind = objects->reach.kind[node];

	if (kind == AN_REACHABLE || kind == AN_POSSIBLE) {
		lost->held_ns = snapshot->at_ns;
		lost->lost_ns = UINT64_MAX;
	} else if (snapshot->is_complete && lost->lost_ns == UINT64_MAX) {
		lost->lost_ns = snapshot->at_ns;
	}
}

/* Both go by address. */
static void see(void *context, uint32_t number, const struct an_objects *objects)
{
	const struct search *search = context;
	const struct an_snapshot *snapshot = objects->snapshot;
	uint32_t node = 0;

	(void)number;
	for (size_t i = 0; i < search->list->all.n; i++) {
		struct an_lost *lost = &search->list->all.at[i];

		if (lost->process != snapshot->process)
			continue;
		while (node < objects->graph.n_nodes && snapshot->live[node].addr < lost->addr)
			node++;
		if (node == objects->graph.n_nodes)
			return;
		if (snapshot->live[node].addr == lost->addr &&
		    snapshot->live[node].time_ns == lost->made_ns)
			judge(objects, node, lost);
	}
}

bool an_lost_find(const struct an_session *session, const uint64_t *masks, size_t n_masks,
		  struct an_lost_list *list)
{
	struct search search = { session, list };
	const struct an_history history = { .session = session, .masks = masks,
					    .n_masks = n_masks, .context = &search,
					    .wants = wants, .see = see };
	struct an_session *again;

	if (!list->all.n)
		return false;
	qsort(list->all.at, list->all.n, sizeof *list->all.at, compare);
	for (size_t i = 0; i < list->all.n; i++) {
		list->all.at[i].held_ns = list->all.at[i].made_ns;
		list->all.at[i].lost_ns = UINT64_MAX;
	}
	again = an_history_walk(&history);
	for (size_t i = 0; again && i < list->all.n; i++) {
		struct an_lost *lost = &list->all.at[i];

		if (lost->lost_ns == UINT64_MAX)
			lost->lost_ns = session->snapshots[session->processes[lost->process]
							   .snapshot].at_ns;
	}
	an_session_close(again);
	return again != NULL;
}
