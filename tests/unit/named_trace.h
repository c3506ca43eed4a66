/* SPDX-License-Identifier: Apache-2.0 */
/*
 * named_trace.h -- gives a session of trace_builder.h names: each function of
 * the builder, in the file NAME.c at line 10, 11 ... A name may be "inner+outer":
 * inner is then inlined into outer.
 */
#ifndef TESTS_UNIT_NAMED_TRACE_H
#define TESTS_UNIT_NAMED_TRACE_H

#include "analyzer/symbols/symbols.h"
#include "formats/wire/symbols.h"
#include "tests/unit/trace_builder.h"

/* Strings 2i + 1 and 2i + 2 are the halves of name i, both without the other
 * when there is no "+". The last string is the file. */
static inline void nt_put_strings(struct mt_out *out, const struct trace_builder *t)
{
	mt_put_uleb(out, 2 * t->n_names + 2);
	mt_put_bytes(out, "", 0);
	for (uint32_t i = 0; i < t->n_names; i++) {
		const char *plus = strchr(t->names[i], '+');
		const char *outer = plus ? plus + 1 : t->names[i];

		mt_put_bytes(out, t->names[i], plus ? (size_t)(plus - t->names[i]) : 0);
		mt_put_bytes(out, outer, strlen(outer));
	}
	mt_put_bytes(out, "/tmp/prog.c", 11);
}

static inline void nt_name(struct an_session *session, const struct trace_builder *t)
{
	static uint8_t payload[1 << 16];
	struct mt_out out = { payload, payload + sizeof payload, false };
	struct mt_symbol_place_index places[TB_NAMES_MAX] = { 0 };

	nt_put_strings(&out, t);
	mt_put_uleb(&out, 1);
	mt_put_bytes(&out, "/bin/prog", 9);
	mt_put_bytes(&out, "\1\2\3\4", 4);
	mt_put_uleb(&out, t->n_names);
	for (uint32_t i = 0; i < t->n_names; i++) {
		struct mt_symbol_place_index *place = &places[i];

		place->address = 0x1000 + i * 16ull - 1;
		if (strchr(t->names[i], '+'))
			place->frames[place->n_frames++] = (struct mt_symbol_frame_index){
				2 * i + 1, 2 * t->n_names + 1, 100 + i };
		place->frames[place->n_frames++] = (struct mt_symbol_frame_index){
			2 * i + 2, 2 * t->n_names + 1, 10 + i };
		mt_put_symbol_place(&out, i ? place - 1 : NULL, place);
	}
	if (out.is_full || an_symbols_add_block(session->symbols, payload,
						(size_t)(out.at - payload)) < 0)
		abort();
}

#endif
