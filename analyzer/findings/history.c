/* SPDX-License-Identifier: Apache-2.0 */
/* history.c -- see history.h. */
#include "analyzer/findings/history.h"
#include "analyzer/base/xalloc.h"

#include <stdlib.h>

struct walk {
	const struct an_history *history;
	bool *is_wanted;             /* of each snapshot */
	bool is_any;
};

static bool is_earlier(const struct an_session *session, uint32_t number)
{
	const struct an_snapshot *snapshot = &session->snapshots[number];
	uint32_t kept = session->processes[snapshot->process].snapshot;

	/* By process, then time: what is behind the kept one was cut short. */
	return kept < session->n_snapshots && number < kept;
}

bool an_history_has(const struct an_session *session, uint32_t process)
{
	uint32_t kept = session->processes[process].snapshot;

	return kept < session->n_snapshots && kept &&
	       session->snapshots[kept - 1].process == process;
}

/* The last one before the kept one is always among them. */
static void choose(struct walk *walk)
{
	const struct an_session *session = walk->history->session;

	for (uint32_t i = 0; i < session->n_processes; i++) {
		uint32_t kept = session->processes[i].snapshot, first = kept, step;

		if (!an_history_has(session, i) ||
		    !walk->history->wants(walk->history->context, i))
			continue;
		while (first && session->snapshots[first - 1].process == i)
			first--;
		step = (kept - first + AN_HISTORY_MAX - 1) / AN_HISTORY_MAX;
		for (uint32_t k = kept - 1; k >= first && k < kept; k -= step)
			walk->is_wanted[k] = walk->is_any = true;
	}
}

static bool wants(void *context, uint32_t snapshot)
{
	const struct walk *walk = context;

	return walk->is_wanted[snapshot];
}

static uint32_t number_of(const struct an_session *session, const struct an_snapshot *snapshot)
{
	for (uint32_t i = 0; i < session->n_snapshots; i++)
		if (session->snapshots[i].process == snapshot->process &&
		    session->snapshots[i].at_ns == snapshot->at_ns &&
		    session->snapshots[i].number == snapshot->number)
			return i;
	return AN_NONE;
}

static void see(void *context, const struct an_snapshot *snapshot)
{
	const struct an_history *history = ((struct walk *)context)->history;
	uint32_t number = number_of(history->session, snapshot);
	struct an_objects *objects;

	if (number == AN_NONE || !is_earlier(history->session, number))
		return;
	objects = an_objects_of(history->session, snapshot, history->masks, history->n_masks);
	history->see(history->context, number, objects);
	an_objects_free(objects);
}

static void release(void *context, const struct an_departure *departure)
{
	const struct an_history *history = ((struct walk *)context)->history;

	history->release(history->context, departure);
}

struct an_session *an_history_walk(const struct an_history *history)
{
	struct walk walk = { .history = history };
	const struct an_visitor visitor = { .context = &walk, .wants = wants, .see = see,
					    .release = history->release ? release : NULL };
	const struct an_session_options options = { .visitor = &visitor,
						    .known = history->session };
	struct an_session *again = NULL;

	walk.is_wanted = xcalloc(history->session->n_snapshots, sizeof *walk.is_wanted);
	choose(&walk);
	if (walk.is_any)
		an_session_open(&again, history->session->path, &options);
	free(walk.is_wanted);
	return again;
}
