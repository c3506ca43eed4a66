/* SPDX-License-Identifier: Apache-2.0 */
/* diff.c -- see diff.h. Objects are compared by address and the time they were made;
 * both snapshots list theirs by address, so one pass over both is enough. */
#include "analyzer/findings/diff.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/strpool.h"
#include "analyzer/base/vec.h"

#include <string.h>

const char *an_change_name(enum an_change_kind change)
{
	static const char *const names[] = { "new", "gone", "grown", "shrunk", "same" };

	return names[change];
}

struct builder {
	VEC(struct an_diff_row) rows;
	struct strpool strings;
	struct arena arena;
	struct indexset set;
	const char *wanted;
};

static enum an_change_kind compare_weights(const struct an_diff_row *row)
{
	const struct an_share *a = &row->before, *b = &row->after;

	if (!a->n && !a->bytes)
		return AN_IS_NEW;
	if (!b->n && !b->bytes)
		return AN_IS_GONE;
	if (a->bytes != b->bytes)
		return b->bytes > a->bytes ? AN_HAS_GROWN : AN_HAS_SHRUNK;
	if (a->n != b->n)
		return b->n > a->n ? AN_HAS_GROWN : AN_HAS_SHRUNK;
	return AN_IS_SAME;
}

static uint64_t difference(const struct an_diff_row *row)
{
	uint64_t a = row->before.bytes, b = row->after.bytes;

	return a > b ? a - b : b - a;
}

static int compare_rows(const void *left, const void *right)
{
	const struct an_diff_row *a = left, *b = right;

	if (a->change != b->change)
		return a->change < b->change ? -1 : 1;
	if (difference(a) != difference(b))
		return difference(a) > difference(b) ? -1 : 1;
	return strcmp(a->fingerprint, b->fingerprint);
}

static void finish(struct an_diff *diff, struct builder *builder)
{
	struct builder *kept = xcalloc(1, sizeof *kept);

	for (size_t i = 0; i < builder->rows.n; i++) {
		struct an_diff_row *row = &builder->rows.at[i];

		row->change = compare_weights(row);
		diff->n_changes[row->change]++;
		diff->before.n += row->before.n;
		diff->before.bytes += row->before.bytes;
		diff->after.n += row->after.n;
		diff->after.bytes += row->after.bytes;
	}
	if (builder->rows.n)
		qsort(builder->rows.at, builder->rows.n, sizeof *builder->rows.at, compare_rows);
	diff->rows = builder->rows.at;
	diff->n_rows = (uint32_t)builder->rows.n;
	indexset_release(&builder->set);
	*kept = *builder;
	diff->internal = kept;
}

void an_diff_release(struct an_diff *diff)
{
	struct builder *builder = diff->internal;

	if (builder) {
		VEC_RELEASE(&builder->rows);
		strpool_release(&builder->strings);
		arena_release(&builder->arena);
	}
	free(builder);
	*diff = (struct an_diff){ 0 };
}

void an_diff_of_runs(struct an_diff *diff, const struct an_gate *gate)
{
	struct builder builder = { 0 };

	*diff = (struct an_diff){ 0 };
	for (uint32_t i = 0; i < gate->n_rows; i++) {
		const struct an_gate_row *from = &gate->rows[i];
		struct an_diff_row *row;

		if (!from->is_error && from->class == AN_CLASS_SUPPRESSED)
			continue;
		row = VEC_PUSH(&builder.rows);
		*row = (struct an_diff_row){
			.fingerprint = from->fingerprint, .finding = from, .type = from->type,
			.lines = from->lines, .n_lines = from->n_lines,
			.responsible = from->responsible,
			.cwd = gate->traces[from->parts[0].trace].cwd,
		};
		memcpy(row->id, from->id, sizeof row->id);
		for (uint32_t k = 0; k < from->n_parts; k++)
			*(from->parts[k].trace ? &row->after : &row->before) =
				an_gate_weight(from, &from->parts[k]);
	}
	finish(diff, &builder);
}

/* One of the two readings of a trace. */
struct side {
	const struct an_session *session;
	const struct an_snapshot *snapshot;
	struct an_stack_names *names;
	uint32_t *row_of;            /* of each stack, or AN_NONE */
};

static void open_side(struct side *side, const struct an_session *session)
{
	side->session = session;
	side->snapshot = &session->snapshots[session->at_snapshot];
	side->names = an_stack_names_new(session);
	side->row_of = xmalloc(((size_t)session->n_stacks + 1) * sizeof *side->row_of);
	memset(side->row_of, 0xff, session->n_stacks * sizeof *side->row_of);
}

static void close_side(struct side *side)
{
	an_stack_names_free(side->names);
	free(side->row_of);
}

static bool is_wanted(void *context, uint32_t index)
{
	const struct builder *builder = context;

	return !strcmp(builder->rows.at[index].fingerprint, builder->wanted);
}

static const char *keep(struct builder *builder, const char *text)
{
	return text ? strpool_intern_text(&builder->strings, text) : NULL;
}

static void describe(struct builder *builder, struct an_diff_row *row,
		     const struct an_line_list *list, const struct an_session *session)
{
	struct an_named_line *lines = arena_alloc(&builder->arena, list->n, sizeof *lines);

	for (size_t i = 0; i < list->n; i++) {
		lines[i] = list->at[i];
		lines[i].function = keep(builder, lines[i].function);
		lines[i].linkage = keep(builder, lines[i].linkage);
		lines[i].file = keep(builder, lines[i].file);
		lines[i].module = keep(builder, lines[i].module);
		lines[i].path = keep(builder, lines[i].path);
	}
	row->lines = lines;
	row->n_lines = (uint32_t)list->n;
	row->responsible = list->n ? (uint32_t)an_lines_responsible(list) : 0;
	row->cwd = keep(builder, session->cwd);
}

static struct an_diff_row *row_of(struct builder *builder, struct side *side, uint32_t stack)
{
	char fingerprint[AN_FINGERPRINT_DIGITS + 1];
	uint32_t candidate = (uint32_t)builder->rows.n, index = side->row_of[stack];
	struct an_line_list list = { 0 };

	if (index != AN_NONE)
		return &builder->rows.at[index];
	an_stack_names_lines(side->names, stack, &list);
	an_fingerprint(fingerprint, &list);
	builder->wanted = fingerprint;
	index = indexset_intern(&builder->set, hash_bytes(1, fingerprint, AN_FINGERPRINT_DIGITS),
				candidate, is_wanted, builder);
	if (index == candidate) {
		struct an_diff_row *row = VEC_PUSH(&builder->rows);

		*row = (struct an_diff_row){ .fingerprint = keep(builder, fingerprint) };
		describe(builder, row, &list, side->session);
	}
	side->row_of[stack] = index;
	free(list.at);
	return &builder->rows.at[index];
}

/* Which comes first; 0: they are one object. */
static int compare_objects(const struct an_held *a, const struct an_held *b)
{
	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

static void add(struct an_share *to, const struct an_held *held)
{
	to->n++;
	to->bytes += held->size;
}

/* The first of a snapshot's at or after i that no other process made. */
static const struct an_held *next_own(const struct an_snapshot *snapshot, uint64_t *i)
{
	while (*i < snapshot->n_live && snapshot->live[*i].is_inherited)
		++*i;
	return *i < snapshot->n_live ? &snapshot->live[*i] : NULL;
}

void an_diff_of_objects(struct an_diff *diff, const struct an_session *before,
			const struct an_session *after)
{
	struct builder builder = { 0 };
	struct side sides[2] = { 0 };
	uint64_t i = 0, k = 0;

	*diff = (struct an_diff){ .is_of_objects = true };
	open_side(&sides[0], before);
	open_side(&sides[1], after);
	while (i < sides[0].snapshot->n_live || k < sides[1].snapshot->n_live) {
		const struct an_held *a = next_own(sides[0].snapshot, &i);
		const struct an_held *b = next_own(sides[1].snapshot, &k);
		int order = !a ? 1 : !b ? -1 : compare_objects(a, b);

		if (!a && !b)
			break;
		if (order <= 0) {
			struct an_diff_row *row = row_of(&builder, &sides[0], a->stack);

			add(&row->before, a);
			row->n_gone += order < 0;
			i++;
		}
		if (order >= 0) {
			struct an_diff_row *row = row_of(&builder, &sides[1], b->stack);

			add(&row->after, b);
			row->n_made += order > 0;
			k++;
		}
	}
	close_side(&sides[0]);
	close_side(&sides[1]);
	finish(diff, &builder);
}
