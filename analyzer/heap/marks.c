/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks.c -- the units of work that a program told of, in bounded memory: of a name
 * the count, and of the moments so many as fit. When they fill up every second
 * one goes, and from then on only every second one is kept: what is left is
 * spread over the whole run.
 */
#include "analyzer/heap/replay.h"
#include "formats/wire/annotation.h"

#include <string.h>

enum { NAMES_MAX = 4096, MOMENTS_MAX = 1 << 16 };

/* Up to a zero byte, which no program could have told. */
static struct mt_text cut(struct mt_text name)
{
	size_t most = name.n_bytes < MT_ANNOTATION_TEXT_BYTES_MAX ? name.n_bytes
								  : MT_ANNOTATION_TEXT_BYTES_MAX;

	return (struct mt_text){ name.bytes, strnlen(name.bytes, most) };
}

static uint64_t key_of(uint32_t process, struct mt_text name)
{
	return hash_bytes(process + UINT64_C(1), name.bytes, name.n_bytes);
}

/* With names too many, a process's further ones are one. */
static uint32_t name_of(struct an_replay *replay, uint32_t process, struct mt_text name)
{
	static const struct mt_text others = { "(other names)", 13 };
	struct an_link *link = u64map_get(&replay->mark_of, key_of(process, name));
	bool is_new;

	if (link)
		return (uint32_t)link->value;
	if (replay->mark_names.n >= NAMES_MAX)
		name = others;
	link = u64map_put(&replay->mark_of, key_of(process, name), &is_new);
	if (!is_new)
		return (uint32_t)link->value;
	link->value = replay->mark_names.n;
	*VEC_PUSH(&replay->mark_names) = (struct an_mark_name){
		.process = process, .first_ns = UINT64_MAX,
		.name = strpool_intern(&replay->strings, name.bytes, name.n_bytes),
	};
	return (uint32_t)link->value;
}

static void thin_out(struct an_replay *replay)
{
	size_t n = 0;

	for (size_t i = 0; i < replay->marks.n; i += 2)
		replay->marks.at[n++] = replay->marks.at[i];
	replay->marks.n = n;
	replay->mark_stride *= 2;
}

int an_mark(struct an_replay *replay, struct an_stream *stream, const struct mt_record *record)
{
	struct an_mark_name *name;
	struct mt_mark told;
	uint32_t index;

	if (mt_get_mark(record, &told) < 0)
		return MT_ERR_RECORD;
	index = name_of(replay, stream->process->index, cut(told.name));
	name = &replay->mark_names.at[index];
	name->n++;
	if (record->time < name->first_ns)
		name->first_ns = record->time;
	if (record->time > name->last_ns)
		name->last_ns = record->time;
	if (!replay->mark_stride)
		replay->mark_stride = 1;
	if (replay->n_marks++ % replay->mark_stride)
		return MT_OK;
	if (replay->marks.n == MOMENTS_MAX)
		thin_out(replay);
	*VEC_PUSH(&replay->marks) = (struct an_mark){ .process = stream->process->index,
						      .name = index, .at_ns = record->time };
	return MT_OK;
}

/* Their order of arrival is nearly that of time; the index makes it certain. */
static int compare_names(const void *left, const void *right)
{
	const struct an_mark_name *a = *(const struct an_mark_name *const *)left;
	const struct an_mark_name *b = *(const struct an_mark_name *const *)right;

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int compare_marks(const void *left, const void *right)
{
	const struct an_mark *a = left, *b = right;

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return (a->name > b->name) - (a->name < b->name);
}

void an_marks_finish(struct an_replay *replay, const uint32_t *process_index)
{
	struct an_session *out = &replay->out;
	size_t n = replay->mark_names.n;
	struct an_mark_name **sorted = xcalloc(n, sizeof(*sorted));
	uint32_t *index_of = xcalloc(n, sizeof(*index_of));

	for (size_t i = 0; i < n; i++) {
		struct an_mark_name *name = sorted[i] = &replay->mark_names.at[i];

		name->process = process_index[name->process];
		name->first_ns = an_clock_ns(&replay->clock, name->first_ns);
		name->last_ns = an_clock_ns(&replay->clock, name->last_ns);
	}
	qsort(sorted, n, sizeof(struct an_mark_name *), compare_names);
	out->mark_names = arena_alloc(&replay->arena, n, sizeof(*out->mark_names));
	out->n_mark_names = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		out->mark_names[i] = *sorted[i];
		index_of[sorted[i] - replay->mark_names.at] = i;
	}
	out->marks = replay->marks.at;
	out->n_marks = (uint32_t)replay->marks.n;
	for (uint32_t i = 0; i < out->n_marks; i++) {
		struct an_mark *mark = &out->marks[i];

		mark->process = process_index[mark->process];
		mark->name = index_of[mark->name];
		mark->at_ns = an_clock_ns(&replay->clock, mark->at_ns);
	}
	if (out->n_marks)
		qsort(out->marks, out->n_marks, sizeof(*out->marks), compare_marks);
	free(index_of);
	free(sorted);
}
