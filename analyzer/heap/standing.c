/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.c -- where the threads stood. Their stacks become stacks like those of
 * allocations, under ids from the top, where the library's never come.
 */
#include "analyzer/heap/replay.h"
#include "formats/wire/standing.h"

static const uint32_t first_id = UINT32_C(0xf0000000);

static void add(struct an_replay *replay, struct an_process_state *process,
		struct mt_standing *told)
{
	uint32_t id = first_id + (uint32_t)(replay->standings.n % (UINT32_MAX - first_id));

	told->stack.id = id;
	an_stack_define(replay, process, &told->stack);
	*VEC_PUSH(&replay->standings) = (struct an_standing){
		.process = process->index, .snapshot = told->number, .tid = told->tid,
		.signal = told->signal, .code = told->code, .address = told->address, .stack = id,
	};
}

int an_standing_self(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record)
{
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	uint64_t frames[MT_STACK_FRAMES_MAX];
	struct mt_standing told;

	if (mt_get_standing(&in, &told, frames) < 0)
		return MT_ERR_RECORD;
	add(replay, stream->process, &told);
	return MT_OK;
}

int an_standing_other(struct an_replay *replay, struct mt_in *payload)
{
	uint64_t frames[MT_STACK_FRAMES_MAX];
	struct mt_standing told;
	uint32_t process;

	if (mt_get_meta_standing(payload, &process, &told, frames) < 0 || !process)
		return MT_ERR_RECORD;
	add(replay, an_process_by_id(replay, process), &told);
	return MT_OK;
}

void an_standings_resolve(struct an_replay *replay, struct an_resolver *resolver)
{
	for (size_t i = 0; i < replay->standings.n; i++) {
		struct an_standing *standing = &replay->standings.at[i];
		struct an_site_state site = { .process = standing->process,
					      .stack_id = standing->stack };

		standing->stack = an_resolve_stack(resolver, &site);
	}
}

static int compare(const void *left, const void *right)
{
	const struct an_standing *a = left, *b = right;

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	if (a->snapshot != b->snapshot)
		return a->snapshot < b->snapshot ? -1 : 1;
	if (!a->signal != !b->signal)
		return a->signal ? -1 : 1;
	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	return (a->stack > b->stack) - (a->stack < b->stack);
}

static void number_snapshots(const struct an_session *session, struct u64map *by_number)
{
	for (uint32_t i = 0; i < session->n_snapshots; i++) {
		const struct an_snapshot *snapshot = &session->snapshots[i];
		struct an_link *link = u64map_put(by_number, (uint64_t)snapshot->process << 32 |
						  snapshot->number, NULL);

		link->value = i;
	}
}

/* Of processes of which nothing else is in the trace, these are left out, too. */
void an_standings_finish(struct an_replay *replay, const uint32_t *process_index)
{
	struct an_session *out = &replay->out;
	const struct an_link *found;
	struct u64map by_number;

	u64map_init(&by_number, sizeof(struct an_link));
	number_snapshots(out, &by_number);
	out->standings = arena_alloc(&replay->arena, replay->standings.n, sizeof(*out->standings));
	for (size_t i = 0; i < replay->standings.n; i++) {
		struct an_standing standing = replay->standings.at[i];

		if (process_index[standing.process] == AN_NONE)
			continue;
		standing.process = process_index[standing.process];
		found = u64map_get(&by_number, (uint64_t)standing.process << 32 |
				   standing.snapshot);
		standing.snapshot = found ? (uint32_t)found->value : AN_NONE;
		out->standings[out->n_standings++] = standing;
	}
	u64map_release(&by_number);
	qsort(out->standings, out->n_standings, sizeof(*out->standings), compare);
}
