/* SPDX-License-Identifier: Apache-2.0 */
/* stack_names.c -- see stack_names.h. */
#include "analyzer/findings/stack_names.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"
#include "analyzer/symbols/symbols.h"

#include <string.h>

/* What is only needed while places are collected. */
struct builder {
	struct an_stack_names *names;
	struct indexset set;
	VEC(struct an_named_place) places;
	VEC(struct an_named_line) lines;
	uint32_t *files;             /* of each module of the session */
	struct an_named_place wanted;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static uint32_t *number_files(const struct an_session *session)
{
	uint32_t *files = xcalloc(session->n_modules, sizeof *files);

	for (uint32_t i = 0; i < session->n_modules; i++) {
		const struct an_module *module = &session->modules[i];
		struct an_module_name name = { module->path, module->build_id,
					       module->n_build_id };

		files[i] = an_symbols_module(session->symbols, &name);
	}
	return files;
}

static bool is_wanted(void *context, uint32_t index)
{
	const struct builder *builder = context;
	const struct an_named_place *place = &builder->places.at[index];

	return place->file == builder->wanted.file && place->look_up == builder->wanted.look_up;
}

static void name_place(struct builder *builder, struct an_named_place *place)
{
	const struct an_session *session = builder->names->session;
	const struct an_line *found;
	struct an_line unknown = { 0 };
	const char *module = NULL, *path = NULL;
	size_t n = 1;

	if (place->module == AN_NONE) {
		found = &unknown;
	} else {
		n = an_symbols_look_up(session->symbols, place->file, place->look_up, &found);
		path = session->modules[place->module].path;
		module = base_name(path);
	}
	place->first_line = (uint32_t)builder->lines.n;
	place->n_lines = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		struct an_named_line *line = VEC_PUSH(&builder->lines);

		*line = (struct an_named_line){
			.function = found[i].function,
			.linkage = found[i].linkage,
			.file = found[i].file,
			.line = found[i].line,
			.module = module,
			.path = path,
			.is_inlined = found[i].is_inlined,
			.owner = (uint8_t)an_owner_of(module, found[i].function, found[i].file),
		};
	}
}

static uint32_t intern_place(struct builder *builder, const struct an_frame *frame)
{
	bool has_module = frame->module < builder->names->session->n_modules;
	uint32_t candidate = (uint32_t)builder->places.n, index;
	uint64_t hash;

	builder->wanted = (struct an_named_place){
		.module = has_module ? frame->module : AN_NONE,
		.file = has_module ? builder->files[frame->module] : AN_NONE,
		.look_up = frame->look_up,
	};
	hash = hash_u64(hash_u64(1, builder->wanted.file), builder->wanted.look_up);
	index = indexset_intern(&builder->set, hash, candidate, is_wanted, builder);
	if (index == candidate) {
		*VEC_PUSH(&builder->places) = builder->wanted;
		name_place(builder, &builder->places.at[index]);
	}
	return index;
}

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare_lines(const struct an_named_line *a, const struct an_named_line *b)
{
	int order = compare_texts(a->function, b->function);

	if (!order)
		order = compare_texts(a->file, b->file);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	return order ? order : compare_texts(a->module, b->module);
}

static int compare_places(const void *left, const void *right, void *context)
{
	const struct an_stack_names *names = context;
	const struct an_named_place *a = &names->places[*(const uint32_t *)left];
	const struct an_named_place *b = &names->places[*(const uint32_t *)right];

	for (uint32_t i = 0; i < a->n_lines && i < b->n_lines; i++) {
		int order = compare_lines(&names->lines[a->first_line + i],
					  &names->lines[b->first_line + i]);

		if (order)
			return order;
	}
	if (a->n_lines != b->n_lines)
		return a->n_lines < b->n_lines ? -1 : 1;
	if (a->look_up != b->look_up)
		return a->look_up < b->look_up ? -1 : 1;
	return (a->file > b->file) - (a->file < b->file);
}

static void rank_places(struct an_stack_names *names)
{
	uint32_t *order = xcalloc(names->n_places, sizeof *order);

	for (uint32_t i = 0; i < names->n_places; i++)
		order[i] = i;
	qsort_r(order, names->n_places, sizeof *order, compare_places, names);
	for (uint32_t i = 0; i < names->n_places; i++)
		names->places[order[i]].rank = i;
	free(order);
}

struct an_stack_names *an_stack_names_new(const struct an_session *session)
{
	struct an_stack_names *names = xcalloc(1, sizeof *names);
	struct builder builder = { .names = names };
	uint64_t n_frames = 0;

	names->session = session;
	builder.files = number_files(session);
	names->first_frame = xcalloc((size_t)session->n_stacks + 1, sizeof *names->first_frame);
	for (uint32_t i = 0; i < session->n_stacks; i++) {
		names->first_frame[i] = n_frames;
		n_frames += session->stacks[i].n_frames;
	}
	names->first_frame[session->n_stacks] = n_frames;
	names->frames = xcalloc(n_frames, sizeof *names->frames);
	for (uint32_t i = 0; i < session->n_stacks; i++)
		for (uint32_t j = 0; j < session->stacks[i].n_frames; j++)
			names->frames[names->first_frame[i] + j] =
				intern_place(&builder, &session->stacks[i].frames[j]);
	names->places = builder.places.at;
	names->n_places = (uint32_t)builder.places.n;
	names->lines = builder.lines.at;
	names->n_lines = (uint32_t)builder.lines.n;
	rank_places(names);
	indexset_release(&builder.set);
	free(builder.files);
	return names;
}

void an_stack_names_free(struct an_stack_names *names)
{
	if (!names)
		return;
	free(names->places);
	free(names->lines);
	free(names->frames);
	free(names->first_frame);
	free(names);
}

static struct an_named_line *push_line(struct an_line_list *list)
{
	list->at = vec_more(list->at, &list->room, list->n + 1, sizeof *list->at);
	return &list->at[list->n++];
}

static void push_cut(struct an_line_list *list, uint32_t n_cut)
{
	*push_line(list) = (struct an_named_line){
		.n_cut = n_cut, .owner = AN_OWNER_SYSTEM, .is_cut = true,
	};
}

void an_stack_names_lines(const struct an_stack_names *names, uint32_t stack,
			  struct an_line_list *list)
{
	const struct an_stack *from = &names->session->stacks[stack];
	const uint32_t *places = names->frames + names->first_frame[stack];

	list->n = 0;
	for (uint32_t i = 0; i < from->n_frames; i++) {
		const struct an_named_place *place = &names->places[places[i]];

		if (from->n_omitted && i == MT_STACK_FRAMES_LEAF)
			push_cut(list, from->n_omitted);
		for (uint32_t j = 0; j < place->n_lines; j++) {
			struct an_named_line *line = push_line(list);

			*line = names->lines[place->first_line + j];
			line->address = from->frames[i].address;
			line->offset = place->look_up;
			line->is_guess = from->frames[i].is_guess;
		}
	}
	/* Nobody knows how many frames the walk did not reach. */
	if (from->end != MT_STACK_ROOT || !from->n_frames)
		push_cut(list, 0);
}

size_t an_lines_responsible(const struct an_line_list *list)
{
	size_t best = 0;

	for (size_t i = 1; i < list->n; i++)
		if (!list->at[i].is_cut && list->at[i].owner < list->at[best].owner)
			best = i;
	return best;
}

bool an_stack_names_equal(const struct an_stack_names *names, uint32_t a, uint32_t b)
{
	const struct an_stack *stacks = names->session->stacks;

	return stacks[a].n_frames == stacks[b].n_frames &&
	       stacks[a].n_omitted == stacks[b].n_omitted && stacks[a].end == stacks[b].end &&
	       !memcmp(names->frames + names->first_frame[a],
		       names->frames + names->first_frame[b],
		       stacks[a].n_frames * sizeof *names->frames);
}

int an_stack_names_compare(const struct an_stack_names *names, uint32_t a, uint32_t b)
{
	const struct an_stack *stacks = names->session->stacks;
	const uint32_t *at_a = names->frames + names->first_frame[a];
	const uint32_t *at_b = names->frames + names->first_frame[b];

	for (uint32_t i = 0; i < stacks[a].n_frames && i < stacks[b].n_frames; i++) {
		uint32_t rank_a = names->places[at_a[i]].rank, rank_b = names->places[at_b[i]].rank;

		if (rank_a != rank_b)
			return rank_a < rank_b ? -1 : 1;
	}
	if (stacks[a].n_frames != stacks[b].n_frames)
		return stacks[a].n_frames < stacks[b].n_frames ? -1 : 1;
	return (a > b) - (a < b);
}
