/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ends.c -- how each image ended: by what it said itself, and by what the
 * runner saw. The runner saw the status and the signal; only the process knows
 * exit from _exit.
 */
#include "analyzer/heap/replay.h"

static void apply_ended(struct an_process_state *process, const struct mt_ended *ended)
{
	struct an_process *out = &process->out;

	switch (ended->how) {
	case MT_END_SIGNAL:
		out->end_how = MT_END_SIGNAL;
		out->end_status = ended->status;
		out->is_core_dumped = ended->is_core_dumped;
		break;
	case MT_END_EXIT:
		if (out->end_how != MT_END__EXIT)
			out->end_how = MT_END_EXIT;
		out->end_status = ended->status;
		break;
	case MT_END_RUNNING:
		if (out->end_how == MT_END_UNKNOWN)
			out->end_how = MT_END_RUNNING;
		break;
	default:
		break;
	}
	out->end_ns = ended->ticks;
	process->is_end_seen = true;
}

/* The last image of this pid that began before; images that exec replaced are
 * not asked. Pids are used again, so an image takes one end only. */
static struct an_process_state *find_ended(struct an_replay *replay, const uint32_t *next,
					   uint32_t first, const struct mt_ended *ended)
{
	struct an_process_state *best = NULL;

	for (uint32_t i = first; i != AN_NONE; i = next[i]) {
		struct an_process_state *process = replay->processes.at[i];
		uint64_t start = process->out.start_ns;

		if (process->is_end_seen || process->out.end_how == MT_END_EXEC ||
		    start >= ended->ticks)
			continue;
		if (!best || start >= best->out.start_ns)
			best = process;
	}
	return best;
}

static void finish_end(struct an_replay *replay, struct an_process_state *process)
{
	struct an_process *out = &process->out;

	if (out->end_how == MT_END_UNKNOWN && !process->is_end_seen && replay->has_end_block)
		out->end_how = MT_END_RUNNING;
	if (out->end_how == MT_END_RUNNING)
		out->end_ns = replay->clock.last_ticks;
	if (out->end_ns < process->last_ticks)
		out->end_ns = process->last_ticks;
}

void an_ends_apply(struct an_replay *replay)
{
	size_t n = replay->processes.n;
	uint32_t *next = xcalloc(n, sizeof(*next));
	struct u64map first;

	u64map_init(&first, sizeof(struct an_link));
	for (uint32_t i = 0; i < n; i++) {
		bool is_new;
		struct an_link *link = u64map_put(&first, replay->processes.at[i]->out.pid,
						  &is_new);

		next[i] = is_new ? AN_NONE : (uint32_t)link->value;
		link->value = i;
	}
	for (size_t i = 0; i < replay->ended.n; i++) {
		const struct mt_ended *ended = &replay->ended.at[i];
		const struct an_link *link = u64map_get(&first, ended->pid);
		struct an_process_state *process =
			link ? find_ended(replay, next, (uint32_t)link->value, ended) : NULL;

		if (process)
			apply_ended(process, ended);
	}
	for (size_t i = 0; i < n; i++)
		finish_end(replay, replay->processes.at[i]);
	u64map_release(&first);
	free(next);
}
