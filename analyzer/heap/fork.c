/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork.c -- what a forked child inherited, without a copy of it.
 *
 * The child may free what was live in its parent at the fork. That can be
 * looked up later, for as long as the parent remembers when things were
 * allocated (its table does) and what it has freed since (graves). So while a
 * forked child runs, what the parent frees of things older than the fork leaves
 * a grave; when the last child is over they go. A child's child is looked up
 * through both.
 */
#include "analyzer/heap/replay.h"

/* A tree of processes is deeper only in a trace that was made up. */
enum { GENERATIONS_MAX = 1000 };

static bool has_grave(const struct an_process_state *process, uint64_t addr, uint64_t forked)
{
	const struct an_link *link = u64map_get(&process->graves, addr);
	uint32_t at = link ? (uint32_t)link->value : AN_NONE;

	for (; at != AN_NONE; at = process->grave.at[at].next)
		if (process->grave.at[at].was.ticks <= forked &&
		    process->grave.at[at].free_ticks >= forked)
			return true;
	return false;
}

static bool had(const struct an_process_state *process, uint64_t addr, uint64_t forked)
{
	const struct an_allocation *live = u64map_get(&process->live, addr);

	return (live && live->ticks <= forked) || has_grave(process, addr, forked);
}

bool an_fork_is_inherited(const struct an_replay *replay,
			  const struct an_process_state *process, uint64_t addr)
{
	uint64_t until = UINT64_MAX;

	for (unsigned n = 0; n < GENERATIONS_MAX; n++) {
		const struct an_link *freed;

		if (process->out.origin != MT_ORIGIN_FORK || process->out.parent == AN_NONE)
			return false;
		freed = u64map_get(&process->freed_inherited, addr);
		if (freed && freed->value <= until)
			return false;
		until = process->forked_ticks;
		process = replay->processes.at[process->out.parent];
		if (had(process, addr, until))
			return true;
	}
	return false;
}

void an_fork_mark_freed(struct an_process_state *process, uint64_t addr, uint64_t ticks)
{
	struct an_link *link = u64map_put(&process->freed_inherited, addr, NULL);

	link->value = ticks;
}

void an_fork_bury(struct an_process_state *process, const struct an_allocation *old,
		  uint64_t ticks)
{
	bool is_new;
	struct an_link *link = u64map_put(&process->graves, old->addr, &is_new);
	struct an_grave grave = { *old, ticks,
				  is_new ? AN_NONE : (uint32_t)link->value };

	link->value = process->grave.n;
	*VEC_PUSH(&process->grave) = grave;
}

static void hold(struct an_process_state *parent, uint64_t ticks)
{
	parent->n_holders++;
	if (ticks > parent->last_fork_ticks)
		parent->last_fork_ticks = ticks;
}

static void release(struct an_process_state *parent)
{
	if (--parent->n_holders)
		return;
	u64map_reset(&parent->graves);
	VEC_RELEASE(&parent->grave);
}

/* A process that is over and not held lets go of its parent, and so on up. */
static void let_go(struct an_replay *replay, struct an_process_state *process)
{
	while (process->is_over && process->holds_parent && !process->n_holders) {
		process->holds_parent = false;
		process = replay->processes.at[process->out.parent];
		release(process);
	}
}

void an_fork_announce(struct an_replay *replay, struct an_process_state *parent,
		      uint64_t token, uint64_t ticks)
{
	bool is_new;
	struct an_token *entry = u64map_put(&replay->tokens, token, &is_new);

	if (!is_new)
		return;
	entry->process = parent->index;
	entry->ticks = ticks;
	hold(parent, ticks);
	an_delay(&replay->forks, replay->limit, parent, token);
}

/* The fork took place before both of the records that tell of it. */
void an_fork_begin(struct an_replay *replay, struct an_process_state *child, uint64_t token,
		   uint64_t ticks)
{
	struct an_process_state *parent = replay->processes.at[child->out.parent];
	bool is_new;
	struct an_token *entry = u64map_put(&replay->tokens, token, &is_new);
	bool is_announced = !is_new && !entry->is_answered && !entry->path &&
			    entry->process == parent->index;

	child->forked_ticks = is_announced && entry->ticks < ticks ? entry->ticks : ticks;
	child->holds_parent = true;
	if (!is_announced)
		hold(parent, ticks);
	entry->is_answered = true;
}

void an_fork_over_later(struct an_replay *replay, struct an_process_state *process,
			uint64_t pid, uint64_t epoch)
{
	an_delay(&replay->ends, epoch, process, pid);
}

/* The runner tells of a pid, maybe before its image was replayed. */
static void end_delayed(struct an_replay *replay, const struct an_delayed *delayed)
{
	struct an_process_state *process = delayed->process;

	if (!process) {
		const struct an_link *by_pid = u64map_get(&replay->process_of_pid,
							  delayed->value);

		if (!by_pid)
			return;
		process = replay->processes.at[by_pid->value];
	}
	process->is_over = true;
	an_error_forget(process);
	let_go(replay, process);
}

void an_fork_expire(struct an_replay *replay, uint64_t epoch)
{
	struct an_delayed delayed;

	while (an_delay_next(&replay->forks, epoch, &delayed)) {
		struct an_token *entry = u64map_get(&replay->tokens, delayed.value);

		if (entry->is_answered)
			continue;
		/* The child died before it said anything. */
		entry->is_answered = true;
		release(delayed.process);
		let_go(replay, delayed.process);
	}
	while (an_delay_next(&replay->ends, epoch, &delayed))
		end_delayed(replay, &delayed);
}
