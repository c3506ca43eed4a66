/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode.c -- looked-up places as the payload of a SYMBOLS block.
 *
 * Places are taken in as given, each counted with the most bytes it can add,
 * until the next one might not fit; then what was taken in is sorted and
 * written. A name goes in as the object file has it if that is all it takes to
 * get the readable one back: it is shorter, and the reader gets both. Places of
 * which nothing is known are left out: on another machine the files may be
 * there.
 */
#include "analyzer/symbols/symbols.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/symbols/encode.h"
#include "formats/wire/block.h"

enum {
	PLACE_BYTES_MAX = 3 * MT_ULEB_BYTES_MAX,     /* without its frames */
	FRAME_BYTES_MAX = 3 * MT_ULEB_BYTES_MAX,
	TAKEN_BYTES_MAX = PLACE_BYTES_MAX + 2 * (AN_ENCODE_TEXT_BYTES_MAX + MT_ULEB_BYTES_MAX) +
			  MT_SYMBOL_FRAMES_MAX * (FRAME_BYTES_MAX +
						  2 * (AN_ENCODE_TEXT_BYTES_MAX +
						       MT_ULEB_BYTES_MAX)) +
			  AN_ENCODE_TYPING_BYTES_MAX,
	COUNTS_BYTES_MAX = 5 * MT_ULEB_BYTES_MAX,
};
_Static_assert(COUNTS_BYTES_MAX + TAKEN_BYTES_MAX < MT_BLOCK_RAW_BYTES_MAX,
	       "any place must fit into a block");

struct wanted_text {
	const struct an_outgoing *outgoing;
	const char *text;
};

static bool is_text(void *context, uint32_t index)
{
	const struct wanted_text *wanted = context;

	return wanted->outgoing->strings.at[index] == wanted->text;
}

uint32_t an_encode_text(struct an_outgoing *out, const char *text)
{
	struct wanted_text wanted = { out, text };
	uint32_t n = (uint32_t)out->strings.n, index;

	index = indexset_intern(&out->strings_by_text, hash_u64(1, (uintptr_t)text), n, is_text,
				&wanted);
	if (index == n) {
		*VEC_PUSH(&out->strings) = text;
		out->n_bytes += strnlen(text, AN_ENCODE_TEXT_BYTES_MAX) + MT_ULEB_BYTES_MAX;
	}
	return index;
}

struct wanted_module {
	const struct an_outgoing *outgoing;
	uint32_t number;
};

static bool is_module(void *context, uint32_t index)
{
	const struct wanted_module *wanted = context;

	return wanted->outgoing->modules.at[index] == wanted->number;
}

uint32_t an_encode_module(struct an_outgoing *out, uint32_t number)
{
	struct wanted_module wanted = { out, number };
	uint32_t n = (uint32_t)out->modules.n, index;
	const struct an_module_name *name = &out->symbols->modules.at[number].name;

	index = indexset_intern(&out->modules_by_number, hash_u64(1, number), n, is_module,
				&wanted);
	if (index == n) {
		*VEC_PUSH(&out->modules) = number;
		out->n_bytes += strlen(name->path) + name->n_build_id + 2 * MT_ULEB_BYTES_MAX;
	}
	return index;
}

/* The name to write: the linkage name, if demangling it gives the other. */
static const char *name_of(const struct an_outgoing *out, const struct an_line *line)
{
	char *demangled;
	bool is_enough;

	if (!line->linkage || line->linkage == line->function)
		return line->function ? line->function : out->unknown;
	demangled = an_demangle(line->linkage);
	is_enough = line->function && demangled && strcmp(demangled, line->function) == 0;
	free(demangled);
	return is_enough || !line->function ? line->linkage : line->function;
}

/* Data has a name and nothing else: data is room for that. */
static size_t look_up(const struct an_outgoing *out, const struct an_place *place,
		      struct an_line *data, const struct an_line **lines)
{
	if (place->kind == AN_PLACE_CODE)
		return an_symbols_look_up(out->symbols, place->module, place->address, lines);
	*lines = data;
	data->function = place->kind == AN_PLACE_VTABLE
		? an_symbols_vtable_symbol(out->symbols, place->module, place->address)
		: an_symbols_variable(out->symbols, place->module, place->address);
	return 1;
}

static void take_place(struct an_outgoing *out, const struct an_place *place)
{
	const struct an_line *lines;
	const struct an_module_name *name;
	struct an_line data = { 0 };
	size_t n = look_up(out, place, &data, &lines);

	if (n == 1 && !lines[0].function && !lines[0].file)
		return;
	name = &out->symbols->modules.at[place->module].name;
	if (strlen(name->path) > AN_ENCODE_TEXT_BYTES_MAX ||
	    name->n_build_id > AN_ENCODE_TEXT_BYTES_MAX)
		return;
	*VEC_PUSH(&out->places) = (struct an_outgoing_place){
		.address = place->address,
		.module = an_encode_module(out, place->module),
		.n_frames = (uint32_t)n,
		.first_frame = out->frames.n,
	};
	for (size_t i = 0; i < n; i++) {
		struct mt_symbol_frame_index frame = {
			.function = an_encode_text(out, name_of(out, &lines[i])),
			.file = an_encode_text(out, lines[i].file ? lines[i].file : out->unknown),
			.line = lines[i].line,
		};

		*VEC_PUSH(&out->frames) = frame;
	}
	out->n_bytes += PLACE_BYTES_MAX + n * FRAME_BYTES_MAX;
	if (place->wants_type)
		an_encode_typing(out, place->module, place->address);
}

static int compare(const void *left, const void *right)
{
	const struct an_outgoing_place *a = left, *b = right;

	if (a->module != b->module)
		return a->module < b->module ? -1 : 1;
	return a->address < b->address ? -1 : a->address > b->address;
}

/* As the format wants them: each place once. The same place has the same
 * frames, so it does not matter which one stays. */
static void sort(struct an_outgoing *out)
{
	size_t n_kept = 0;

	if (out->places.n)
		qsort(out->places.at, out->places.n, sizeof(*out->places.at), compare);
	for (size_t i = 0; i < out->places.n; i++)
		if (!n_kept || compare(&out->places.at[n_kept - 1], &out->places.at[i]))
			out->places.at[n_kept++] = out->places.at[i];
	out->places.n = n_kept;
}

static void write_tables(const struct an_outgoing *out, struct mt_out *to)
{
	mt_put_uleb(to, out->strings.n);
	for (size_t i = 0; i < out->strings.n; i++)
		mt_put_bytes(to, out->strings.at[i], strnlen(out->strings.at[i],
							     AN_ENCODE_TEXT_BYTES_MAX));
	mt_put_uleb(to, out->modules.n);
	for (size_t i = 0; i < out->modules.n; i++) {
		const struct an_symbols_module *module =
			&out->symbols->modules.at[out->modules.at[i]];

		mt_put_bytes(to, module->name.path, strlen(module->name.path));
		mt_put_bytes(to, module->name.build_id, module->name.n_build_id);
	}
}

static void write_places(const struct an_outgoing *out, struct mt_out *to)
{
	struct mt_symbol_place_index places[2], *place = &places[0], *previous = NULL;

	mt_put_uleb(to, out->places.n);
	for (size_t i = 0; i < out->places.n; i++) {
		const struct an_outgoing_place *from = &out->places.at[i];

		place->module = from->module;
		place->address = from->address;
		place->n_frames = from->n_frames;
		memcpy(place->frames, out->frames.at + from->first_frame,
		       from->n_frames * sizeof(*place->frames));
		mt_put_symbol_place(to, previous, place);
		previous = place;
		place = place == &places[0] ? &places[1] : &places[0];
	}
}

uint8_t *an_symbols_encode(struct an_symbols *symbols, const struct an_place *places,
			   size_t n_places, size_t *n_done, size_t *n_bytes)
{
	struct an_outgoing out = { .symbols = symbols, .n_bytes = COUNTS_BYTES_MAX };
	struct mt_out to = { 0 };
	uint8_t *payload;
	size_t n = 0;

	out.unknown = strpool_intern_text(&symbols->names, "");
	an_encode_text(&out, out.unknown);
	while (n < n_places && out.n_bytes <= MT_BLOCK_RAW_BYTES_MAX - TAKEN_BYTES_MAX)
		take_place(&out, &places[n++]);
	sort(&out);
	payload = xmalloc(out.n_bytes);
	to.at = payload;
	to.end = payload + out.n_bytes;
	write_tables(&out, &to);
	write_places(&out, &to);
	an_encode_write_types(&out, &to);
	assert(!to.is_full);
	*n_done = n;
	*n_bytes = (size_t)(to.at - payload);
	VEC_RELEASE(&out.strings);
	VEC_RELEASE(&out.modules);
	VEC_RELEASE(&out.frames);
	VEC_RELEASE(&out.places);
	VEC_RELEASE(&out.types);
	VEC_RELEASE(&out.typings);
	indexset_release(&out.types_by_number);
	indexset_release(&out.strings_by_text);
	indexset_release(&out.modules_by_number);
	return payload;
}
