/* SPDX-License-Identifier: Apache-2.0 */
/*
 * annotations.c -- what the program said of its memory (memtrace.h), until the
 * allocation it was said of is freed.
 *
 * An address may lie inside of an allocation, and the table of what is live knows
 * beginnings only. So what is said is kept by its own address with its time, and
 * met with the live allocations where these are sorted: it holds for the one
 * around it that was there already. What was said of a beginning goes with its
 * free; from time to time all goes that lies in nothing live. So there is never much
 * more than what lives can bear.
 */
#include "analyzer/heap/annotations.h"
#include "analyzer/heap/snapshot_state.h"
#include "formats/wire/annotation.h"

#include <string.h>

enum { ROOM_MIN = 1 << 16 };

static struct an_annotation_state *state_of(struct an_process_state *process)
{
	if (process->annotations)
		return process->annotations;
	process->annotations = xcalloc(1, sizeof(*process->annotations));
	process->annotations->limit = ROOM_MIN;
	u64map_init(&process->annotations->said, sizeof(struct an_said));
	return process->annotations;
}

void an_annotations_release(struct an_process_state *process)
{
	if (!process->annotations)
		return;
	u64map_release(&process->annotations->said);
	VEC_RELEASE(&process->annotations->ended);
	free(process->annotations);
	process->annotations = NULL;
}

/* What of it was said before an allocation was made is not about that. */
static bool is_about(const struct an_said *said, uint64_t alloc_ticks)
{
	return said->type_ticks >= alloc_ticks || said->ignored_ticks >= alloc_ticks ||
	       said->root_ticks >= alloc_ticks;
}

static int compare_allocations(const void *left, const void *right)
{
	const struct an_allocation *a = left, *b = right;

	return (a->addr > b->addr) - (a->addr < b->addr);
}

/* What is live, by address. To be freed. */
static struct an_allocation *sort_live(const struct an_process_state *process, size_t *n)
{
	struct an_allocation *sorted = xcalloc(process->live.n, sizeof(*sorted));
	size_t at = 0;

	*n = 0;
	for (const struct an_allocation *from; (from = u64map_next(&process->live, &at));)
		sorted[(*n)++] = *from;
	if (*n)
		qsort(sorted, *n, sizeof(*sorted), compare_allocations);
	return sorted;
}

/* The allocation around an address. */
static const struct an_allocation *around(const struct an_allocation *sorted, size_t n,
					  uint64_t addr)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sorted[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || addr - sorted[low - 1].addr >= sorted[low - 1].size)
		return NULL;
	return &sorted[low - 1];
}

/* Roots may lie anywhere. */
static bool is_stranger(const struct an_process_state *process,
			const struct an_allocation *sorted, size_t n, const struct an_said *said)
{
	const struct an_allocation *holder = u64map_get(&process->live, said->addr);

	if (!holder)
		holder = around(sorted, n, said->addr);
	return !said->root_ticks && !(holder && is_about(said, holder->ticks));
}

/* Lets go of what lies in nothing live. A forked child may speak of what is its
 * parent's. */
static void sweep(const struct an_replay *replay, struct an_process_state *process)
{
	struct an_annotation_state *state = process->annotations;
	size_t n, at = 0;
	struct an_allocation *sorted = sort_live(process, &n);
	VEC(uint64_t) gone = { 0 };

	for (const struct an_said *said; (said = u64map_next(&state->said, &at));)
		if (is_stranger(process, sorted, n, said))
			*VEC_PUSH(&gone) = said->addr;
	for (size_t i = 0; i < gone.n; i++) {
		struct an_said *said = u64map_get(&state->said, gone.at[i]);

		/* What was taken back needs no memory. */
		state->n_strangers += (said->type_ticks || said->ignored_ticks) &&
				      !an_fork_is_inherited(replay, process, gone.at[i]);
		u64map_remove_entry(&state->said, said);
	}
	state->limit = 2 * state->said.n < ROOM_MIN ? ROOM_MIN : 2 * state->said.n;
	VEC_RELEASE(&gone);
	free(sorted);
}

int an_annotation(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record)
{
	struct an_annotation_state *state = state_of(stream->process);
	struct mt_annotation told;
	struct an_said *said;

	if (mt_get_annotation(record, &told) < 0)
		return MT_ERR_RECORD;
	if (replay->options.is_names_only || told.what < MT_ANNOTATION_TYPE ||
	    told.what >= MT_N_ANNOTATIONS)
		return MT_OK;
	if (state->said.n >= state->limit)
		sweep(replay, stream->process);
	said = u64map_put(&state->said, told.addr, NULL);
	if (told.what == MT_ANNOTATION_TYPE) {
		said->type = strpool_intern(&replay->strings, told.text.bytes, told.text.n_bytes);
		said->type_ticks = *said->type ? record->time : 0;
	} else if (told.what == MT_ANNOTATION_IGNORE) {
		said->ignored_ticks = record->time;
	} else {
		said->root_bytes = told.size;
		said->root_ticks = record->time;
	}
	return MT_OK;
}

/* Did a snapshot see it that somebody will still ask about? */
static bool was_seen(const struct an_process_state *process, const struct an_allocation *old)
{
	for (const struct an_snapshot_state *at = process->open_snapshots; at; at = at->next)
		if (old->ticks <= at->cut_ticks)
			return true;
	return process->snapshot && old->ticks <= process->snapshot->cut_ticks;
}

void an_annotation_end(struct an_process_state *process, const struct an_allocation *old)
{
	struct an_annotation_state *state = process->annotations;
	struct an_said *said = u64map_get(&state->said, old->addr);

	if (!said)
		return;
	if (was_seen(process, old) && is_about(said, old->ticks)) {
		said->ended_ticks = process->last_ticks;
		*VEC_PUSH(&state->ended) = *said;
	}
	u64map_remove_entry(&state->said, said);
}

void an_annotations_forget(struct an_process_state *process, uint64_t cut_ticks)
{
	struct an_annotation_state *state = process->annotations;
	size_t n = 0;

	for (size_t i = 0; i < state->ended.n; i++)
		if (state->ended.at[i].ended_ticks >= cut_ticks)
			state->ended.at[n++] = state->ended.at[i];
	state->ended.n = n;
}

void an_annotation_lift(struct an_process_state *process, const struct an_allocation *old)
{
	struct an_annotation_state *state = process->annotations;
	const struct an_said *said = u64map_get(&state->said, old->addr);

	memset(&state->lifted, 0, sizeof(state->lifted));
	if (!said || !is_about(said, old->ticks))
		return;
	state->lifted.type = said->type_ticks >= old->ticks ? said->type : NULL;
	state->lifted.ignored_ticks = said->ignored_ticks >= old->ticks;
	an_annotation_end(process, old);
}

void an_annotation_lay(struct an_process_state *process, uint64_t addr, uint64_t ticks)
{
	const struct an_said *lifted = &process->annotations->lifted;
	struct an_said *said;

	if (!lifted->type && !lifted->ignored_ticks)
		return;
	said = u64map_put(&process->annotations->said, addr, NULL);
	said->type = lifted->type;
	said->type_ticks = lifted->type ? ticks : 0;
	said->ignored_ticks = lifted->ignored_ticks ? ticks : 0;
}

/* What beginnings of live allocations were called, by the site that made them. */
void an_annotations_sum(struct an_replay *replay)
{
	for (size_t i = 0; i < replay->processes.n; i++) {
		const struct an_process_state *process = replay->processes.at[i];
		const struct an_said *said;
		size_t at = 0;

		while (process->annotations &&
		       (said = u64map_next(&process->annotations->said, &at))) {
			const struct an_allocation *live = u64map_get(&process->live, said->addr);
			struct an_site_state *site;

			if (!live || !is_about(said, live->ticks))
				continue;
			site = &replay->sites.at[live->site];
			if (said->ignored_ticks >= live->ticks) {
				site->n_ignored++;
				site->ignored_bytes += live->size;
			}
			if (said->type_ticks >= live->ticks)
				site->type = an_site_type(site->type, said->type);
		}
	}
}

void an_annotations_count_strangers(struct an_replay *replay)
{
	for (size_t i = 0; i < replay->processes.n; i++) {
		struct an_process_state *process = replay->processes.at[i];
		struct mt_note note = { .reason = { "annotations-unknown", 19 },
					.detail = { "", 0 } };

		if (!process->annotations)
			continue;
		sweep(replay, process);
		note.count = process->annotations->n_strangers;
		if (note.count)
			an_note_told(replay, process->index, &note);
	}
}
