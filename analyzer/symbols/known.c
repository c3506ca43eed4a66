/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.c -- the places that the trace's SYMBOLS blocks know.
 *
 * Names come as the object file has them and are demangled when found: a
 * hostile block could hold a million names that each stand for 64 KiB of text,
 * but nobody looks at those.
 */
#include "analyzer/symbols/known.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/xalloc.h"

void an_known_add(struct an_known *known, uint32_t module, uint64_t address,
		  const struct an_line *lines, uint32_t n_lines)
{
	*VEC_PUSH(&known->places) = (struct an_known_place){
		.address = address,
		.module = module,
		.n_lines = n_lines,
		.first_line = known->lines.n,
	};
	for (uint32_t i = 0; i < n_lines; i++)
		*VEC_PUSH(&known->lines) = lines[i];
	known->is_sorted = false;
}

static int compare_places(const struct an_known_place *a, const struct an_known_place *b)
{
	if (a->module != b->module)
		return a->module < b->module ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct an_known_place *a = left, *b = right;
	int order = compare_places(a, b);

	/* The newest first, which is the one that stays. */
	return order ? order : a->first_line > b->first_line ? -1 : 1;
}

static void sort(struct an_known *known)
{
	size_t n_kept = 0;

	known->is_sorted = true;
	if (!known->places.n)
		return;
	qsort(known->places.at, known->places.n, sizeof(*known->places.at), compare);
	for (size_t i = 0; i < known->places.n; i++)
		if (!n_kept || compare_places(&known->places.at[n_kept - 1], &known->places.at[i]))
			known->places.at[n_kept++] = known->places.at[i];
	known->places.n = n_kept;
}

static void fill_in(struct an_line *line, bool is_last, struct strpool *names)
{
	char *demangled;

	line->is_inlined = !is_last;
	if (!line->linkage || line->function)
		return;
	demangled = an_demangle(line->linkage);
	line->function = demangled ? strpool_intern_text(names, demangled)
				   : line->linkage;
	free(demangled);
}

const struct an_line *an_known_find(struct an_known *known, uint32_t module, uint64_t address,
				    struct strpool *names, size_t *n_lines)
{
	struct an_known_place wanted = { .module = module, .address = address };
	size_t low = 0, high;

	if (!known->is_sorted)
		sort(known);
	high = known->places.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct an_known_place *place = &known->places.at[middle];
		int order = compare_places(place, &wanted);

		if (order == 0) {
			struct an_line *lines = known->lines.at + place->first_line;

			for (uint32_t i = 0; i < place->n_lines; i++)
				fill_in(&lines[i], i + 1 == place->n_lines, names);
			*n_lines = place->n_lines;
			return lines;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void an_known_release(struct an_known *known)
{
	VEC_RELEASE(&known->places);
	VEC_RELEASE(&known->lines);
	memset(known, 0, sizeof(*known));
}
