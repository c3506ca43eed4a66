/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order.c -- legality first, stamp second.
 *
 * Records reach this file by stamp. Stamps of two threads may be inverted by
 * the width of a hook, so that an address is freed before it was allocated, or
 * allocated while it is live. Such an event waits in the list of its address
 * until the event of another stream makes it legal; what a stream does at the
 * address after that waits behind it. What still waits two epochs later was
 * not made legal by anybody, because something is missing in the trace: it is
 * applied as it is, and counted.
 *
 * A process with one stream has nobody to wait for.
 */
#include "analyzer/heap/replay.h"

/* A list this long is not an inversion but a trace with a hole; the limit
 * keeps a hostile one from costing its square. */
enum { WAITING_MAX = 64 };

static struct an_waiting *waiting_at(struct an_replay *replay, uint64_t index)
{
	return &replay->waiting.at[index];
}

static bool is_legal(struct an_replay *replay, const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;
	bool is_live = u64map_get(&process->live, event->addr) != NULL;

	if (event->kind != AN_EVENT_ALLOC)
		return is_live || an_fork_is_inherited(replay, process, event->addr);
	return !is_live && (process->n_streams < 2 ||
			    !an_fork_is_inherited(replay, process, event->addr));
}

static void apply_alloc(struct an_replay *replay, const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;
	bool is_new;
	struct an_allocation *allocation = u64map_put(&process->live, event->addr, &is_new);

	if (!is_new) {
		an_live_count_free(replay, process, allocation, NULL);
		process->out.n_order_conflicts++;
	} else if (process->out.origin == MT_ORIGIN_FORK && process->n_streams > 1) {
		an_fork_mark_freed(process, event->addr, event->ticks);
	}
	an_live_fill(replay, allocation, event);
}

static void hold(struct an_stream *stream, const struct an_allocation *old)
{
	stream->intent.state = AN_INTENT_HELD;
	stream->intent.old = *old;
	stream->process->n_held++;
}

static void apply_missing(struct an_replay *replay, const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;
	bool is_inherited = an_fork_is_inherited(replay, process, event->addr);

	if (is_inherited)
		an_fork_mark_freed(process, event->addr, event->ticks);
	else
		an_error_stray(replay, event);
	if (event->kind == AN_EVENT_INTENT)
		event->stream->intent.state = is_inherited ? AN_INTENT_INHERITED
							   : AN_INTENT_UNKNOWN;
	else
		an_live_count_missing(replay, process, is_inherited);
}

static void apply_release(struct an_replay *replay, const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;
	struct an_allocation *found = u64map_get(&process->live, event->addr);

	if (!found) {
		apply_missing(replay, event);
		return;
	}
	struct an_allocation old = *found;

	u64map_remove_entry(&process->live, found);
	if (event->kind == AN_EVENT_INTENT)
		hold(event->stream, &old);
	else
		an_live_count_free(replay, process, &old, event);
}

static void apply(struct an_replay *replay, const struct an_event *event)
{
	if (event->kind == AN_EVENT_ALLOC)
		apply_alloc(replay, event);
	else
		apply_release(replay, event);
	if (replay->options.is_self_check)
		an_live_check(replay, event->stream->process);
}

/* Takes the event behind previous (AN_NONE: the first) out of a list. */
static struct an_event unlink_waiting(struct an_replay *replay, struct an_link *list,
				      uint32_t previous)
{
	uint32_t index = previous == AN_NONE ? (uint32_t)list->value
					     : waiting_at(replay, previous)->next;
	struct an_waiting *waiting = waiting_at(replay, index);

	if (previous == AN_NONE)
		list->value = waiting->next;
	else
		waiting_at(replay, previous)->next = waiting->next;
	waiting->next = replay->free_waiting;
	replay->free_waiting = index;
	return waiting->event;
}

static bool is_first_of_stream(struct an_replay *replay, const struct an_link *list,
			       uint32_t index)
{
	const struct an_stream *stream = waiting_at(replay, index)->event.stream;
	uint32_t at = (uint32_t)list->value;

	while (at != index && waiting_at(replay, at)->event.stream != stream)
		at = waiting_at(replay, at)->next;
	return at == index;
}

/* Finds the earliest legal event among the firsts of their streams; *previous
 * is the one before it. */
static bool find_legal(struct an_replay *replay, const struct an_link *list, uint32_t *previous)
{
	uint32_t before = AN_NONE;
	uint64_t best_ticks = 0;
	bool has_best = false;

	for (uint32_t at = (uint32_t)list->value; at != AN_NONE;
	     before = at, at = waiting_at(replay, at)->next) {
		const struct an_event *event = &waiting_at(replay, at)->event;

		if (has_best && event->ticks >= best_ticks)
			continue;
		if (!is_first_of_stream(replay, list, at) || !is_legal(replay, event))
			continue;
		has_best = true;
		best_ticks = event->ticks;
		*previous = before;
	}
	return has_best;
}

void an_order_wake(struct an_replay *replay, struct an_process_state *process, uint64_t addr)
{
	struct an_link *list = process->waiting.n ? u64map_get(&process->waiting, addr) : NULL;
	uint32_t previous = AN_NONE;

	while (list && list->value != AN_NONE && find_legal(replay, list, &previous)) {
		struct an_event event = unlink_waiting(replay, list, previous);

		apply(replay, &event);
	}
	if (list && list->value == AN_NONE)
		u64map_remove_entry(&process->waiting, list);
}

/* Nobody made the first one legal. */
static void force_first(struct an_replay *replay, struct an_process_state *process,
			struct an_link *list)
{
	struct an_event event = unlink_waiting(replay, list, AN_NONE);

	apply(replay, &event);
	an_order_wake(replay, process, event.addr);
}

static void append(struct an_replay *replay, const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;
	uint32_t index = replay->free_waiting;
	bool is_new;
	struct an_link *list = u64map_put(&process->waiting, event->addr, &is_new);

	if (index != AN_NONE) {
		replay->free_waiting = waiting_at(replay, index)->next;
	} else {
		index = (uint32_t)replay->waiting.n;
		(void)VEC_PUSH(&replay->waiting);
	}
	*waiting_at(replay, index) = (struct an_waiting){ *event, replay->limit, AN_NONE };
	if (is_new) {
		list->value = index;
		an_delay(&replay->waits, replay->limit, process, event->addr);
		return;
	}
	uint32_t at = (uint32_t)list->value;

	while (waiting_at(replay, at)->next != AN_NONE)
		at = waiting_at(replay, at)->next;
	waiting_at(replay, at)->next = index;
}

/* Somebody waits at this address already. false: nobody any more. */
static bool join(struct an_replay *replay, const struct an_event *event, struct an_link *list)
{
	struct an_process_state *process = event->stream->process;
	bool is_own = false;
	unsigned n = 0;

	for (uint32_t at = (uint32_t)list->value; at != AN_NONE;
	     at = waiting_at(replay, at)->next, n++)
		is_own |= waiting_at(replay, at)->event.stream == event->stream;
	if (!is_own && is_legal(replay, event)) {
		apply(replay, event);
		an_order_wake(replay, process, event->addr);
		return true;
	}
	if (n >= WAITING_MAX) {
		force_first(replay, process, list);
		return false;
	}
	append(replay, event);
	return true;
}

void an_order_event(struct an_replay *replay, const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;

	while (process->waiting.n) {
		struct an_link *list = u64map_get(&process->waiting, event->addr);

		if (!list)
			break;
		if (join(replay, event, list))
			return;
	}
	if (process->n_streams < 2 || is_legal(replay, event))
		apply(replay, event);
	else
		append(replay, event);
}

void an_order_expire(struct an_replay *replay, uint64_t epoch)
{
	struct an_delayed delayed;

	while (an_delay_next(&replay->waits, epoch, &delayed)) {
		struct an_process_state *process = delayed.process;
		struct an_link *list;
		uint64_t oldest = 0;

		while ((list = u64map_get(&process->waiting, delayed.value))) {
			oldest = waiting_at(replay, list->value)->epoch;
			if (oldest > epoch - 2)
				break;
			force_first(replay, process, list);
		}
		if (list)
			an_delay(&replay->waits, oldest, process, delayed.value);
	}
}

void an_order_settle(struct an_replay *replay, struct an_stream *stream, bool is_freed)
{
	uint64_t addr = stream->intent.event.addr;
	struct an_link *list = u64map_get(&stream->process->waiting, addr);
	uint32_t previous = AN_NONE;

	if (!list)
		return;
	for (uint32_t at = (uint32_t)list->value; at != AN_NONE;
	     previous = at, at = waiting_at(replay, at)->next) {
		struct an_event *event = &waiting_at(replay, at)->event;

		if (event->stream != stream || event->kind != AN_EVENT_INTENT)
			continue;
		if (is_freed)
			event->kind = AN_EVENT_FREE;
		else
			unlink_waiting(replay, list, previous);
		break;
	}
	an_order_wake(replay, stream->process, addr);
}
