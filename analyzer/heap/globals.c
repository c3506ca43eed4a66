/* SPDX-License-Identifier: Apache-2.0 */
/* globals.c -- what the variables of unloaded modules held when they went. */
#include "analyzer/heap/replay.h"

#include <string.h>

int an_module_globals(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record)
{
	struct mt_in in = { record->payload, record->payload + record->payload_bytes, false };
	struct mt_snapshot_words told;
	struct an_unloaded word = { .process = stream->process->index };
	int status;

	if (mt_get_snapshot_words(&in, &told) < 0)
		return MT_ERR_RECORD;
	word.module = told.range;
	word.at_ns = record->time;
	while ((status = mt_get_snapshot_word(&in, &told, &word.slot, &word.value)) > 0)
		*VEC_PUSH(&replay->unloaded) = word;
	return status;
}

static int compare(const void *left, const void *right)
{
	const struct an_unloaded *a = left, *b = right;

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return (a->slot > b->slot) - (a->slot < b->slot);
}

/* Among the session's: the one with this number in a process. */
static uint32_t find_module(const struct an_session *session, uint32_t process, uint32_t id)
{
	for (uint32_t i = 0; i < session->n_modules; i++)
		if (session->modules[i].process == process && session->modules[i].id == id)
			return i;
	return AN_NONE;
}

void an_unloaded_finish(struct an_replay *replay, const uint32_t *process_index)
{
	struct an_session *out = &replay->out;
	uint32_t module = AN_NONE, process = AN_NONE, id = 0;

	out->unloaded = arena_alloc(&replay->arena, replay->unloaded.n, sizeof(*out->unloaded));
	for (size_t i = 0; i < replay->unloaded.n; i++) {
		struct an_unloaded word = replay->unloaded.at[i];

		word.process = process_index[word.process];
		if (word.process != process || word.module != id) {
			process = word.process;
			id = word.module;
			module = find_module(out, process, id);
		}
		word.module = module;
		word.at_ns = an_clock_ns(&replay->clock, word.at_ns);
		if (process != AN_NONE && module != AN_NONE)
			out->unloaded[out->n_unloaded++] = word;
	}
	VEC_RELEASE(&replay->unloaded);
	qsort(out->unloaded, out->n_unloaded, sizeof(*out->unloaded), compare);
}

const struct an_unloaded *an_session_unloaded(const struct an_session *session, uint32_t process,
					      const struct an_held *held)
{
	uint64_t low = 0, high = session->n_unloaded;
	const struct an_unloaded *at;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		at = &session->unloaded[middle];
		if (at->process < process || (at->process == process && at->value < held->addr))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < session->n_unloaded; low++) {
		at = &session->unloaded[low];
		if (at->process != process || (at->value != held->addr &&
					       at->value - held->addr >= held->size))
			return NULL;
		/* Before that, somebody else was at this address. */
		if (at->at_ns >= held->time_ns)
			return at;
	}
	return NULL;
}
