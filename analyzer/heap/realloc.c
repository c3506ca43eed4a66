/* SPDX-License-Identifier: Apache-2.0 */
/*
 * realloc.c -- two records that are one event. The intent is written before the
 * real call, the outcome after it; in between another thread may get the old
 * address. So the intent takes the old allocation out of the table but not out
 * of the sums, and the outcome decides: counted as freed, or put back.
 */
#include "analyzer/heap/replay.h"

void an_realloc_begin(struct an_replay *replay, const struct an_event *event)
{
	struct an_stream *stream = event->stream;

	if (stream->intent.state != AN_INTENT_NONE)
		an_realloc_undo(replay, stream);
	stream->intent.event = *event;
	stream->intent.state = AN_INTENT_WAITS;
	an_order_event(replay, event);
}

/* false: another allocation is there by now, so it was freed after all. */
static bool put_back(struct an_replay *replay, struct an_stream *stream)
{
	struct an_process_state *process = stream->process;
	const struct an_allocation *old = &stream->intent.old;
	bool is_new;
	struct an_allocation *allocation = u64map_put(&process->live, old->addr, &is_new);

	if (!is_new) {
		an_live_count_free(replay, process, old, NULL);
		return false;
	}
	*allocation = *old;
	an_order_wake(replay, process, old->addr);
	return true;
}

/* false: what the outcome says cannot be. */
static bool settle(struct an_replay *replay, struct an_stream *stream, bool is_freed)
{
	struct an_process_state *process = stream->process;
	enum an_intent_state state = stream->intent.state;
	bool is_sound = true;

	if (state == AN_INTENT_HELD) {
		process->n_held--;
		if (is_freed)
			an_live_count_free(replay, process, &stream->intent.old,
					   &stream->intent.event);
		else
			is_sound = put_back(replay, stream);
	} else if (state == AN_INTENT_WAITS) {
		an_order_settle(replay, stream, is_freed);
	} else if (is_freed && state != AN_INTENT_NONE) {
		an_live_count_missing(replay, process, state == AN_INTENT_INHERITED);
	} else if (state == AN_INTENT_INHERITED) {
		u64map_remove(&process->freed_inherited, stream->intent.event.addr);
	}
	stream->intent.state = AN_INTENT_NONE;
	if (replay->options.is_self_check)
		an_live_check(replay, process);
	return is_sound;
}

void an_realloc_settle(struct an_replay *replay, struct an_stream *stream, bool is_freed)
{
	if (!settle(replay, stream, is_freed))
		stream->process->out.n_order_conflicts++;
}

void an_realloc_undo(struct an_replay *replay, struct an_stream *stream)
{
	if (stream->intent.state == AN_INTENT_NONE)
		return;
	stream->process->out.n_undone++;
	/* If its address was used again, it had taken place. */
	settle(replay, stream, false);
}
