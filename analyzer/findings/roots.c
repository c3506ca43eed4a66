/* SPDX-License-Identifier: Apache-2.0 */
/* roots.c -- see roots.h. */
#include "analyzer/findings/roots.h"
#include "analyzer/base/vec.h"
#include "analyzer/base/xalloc.h"

#include <string.h>

enum { THREAD_LOCAL_BYTES_MAX = 16 << 10 };

/* The snapshot's memory: which place of which file is at an address? */
static bool place_in_module(const struct an_session *session, const struct an_snapshot *snapshot,
			    uint64_t addr, struct an_place *place)
{
	uint32_t index = an_session_module_at(session, snapshot->process, addr, snapshot->at_ns);
	const struct an_module *module;

	if (index == AN_NONE)
		return false;
	module = &session->modules[index];
	*place = (struct an_place){
		.module = an_session_symbols_module(session, index),
		.address = addr - module->bias, .kind = AN_PLACE_VARIABLE,
	};
	return true;
}

/* Of a thread's own memory: the program's part of it, next to the descriptor. */
static bool place_in_thread(const struct an_session *session, const struct an_snapshot *snapshot,
			    const struct an_range *range, uint64_t addr, struct an_place *place)
{
	const char *exe = session->processes[snapshot->process].exe;
	uint64_t pointer = 0;

	for (uint32_t i = 0; i < snapshot->n_threads; i++)
		if (snapshot->threads[i].tid == range->tid)
			pointer = snapshot->threads[i].thread_pointer;
	if (addr >= pointer || pointer - addr > THREAD_LOCAL_BYTES_MAX)
		return false;
	for (uint32_t i = 0; i < session->n_modules; i++)
		if (!strcmp(session->modules[i].path, exe)) {
			*place = (struct an_place){
				.module = an_session_symbols_module(session, i),
				.address = addr - pointer, .kind = AN_PLACE_VARIABLE,
			};
			return true;
		}
	return false;
}

static bool place_of(const struct an_session *session, const struct an_snapshot *snapshot,
		     const struct an_range *range, uint64_t addr, struct an_place *place)
{
	switch (range->kind) {
	case MT_RANGE_MODULE:
		return place_in_module(session, snapshot, addr, place);
	case MT_RANGE_TLS:
	case MT_RANGE_STACK:
		return place_in_thread(session, snapshot, range, addr, place);
	default:
		return false;
	}
}

const char *an_root_variable(const struct an_objects *objects, const struct an_root_edge *edge)
{
	const struct an_range *range = an_objects_root_range(objects, an_root_edge_root(edge));
	struct an_place place;

	if (!range || !place_of(objects->session, objects->snapshot, range, edge->slot, &place))
		return NULL;
	return an_symbols_variable(objects->session->symbols, place.module, place.address);
}

struct an_place *an_root_places(const struct an_session *session, size_t n_most, size_t *n_places)
{
	VEC(struct an_place) places = { 0 };

	for (uint32_t i = 0; i < session->n_snapshots; i++) {
		const struct an_snapshot *snapshot = &session->snapshots[i];

		for (uint32_t k = 0; k < snapshot->n_ranges; k++) {
			const struct an_range *range = &snapshot->ranges[k];
			const struct an_word *word = snapshot->words + range->first_word;
			struct an_place place;

			for (uint64_t n = range->n_words; n && places.n < n_most; n--, word++)
				if (place_of(session, snapshot, range, word->slot, &place))
					*VEC_PUSH(&places) = place;
		}
	}
	*n_places = places.n;
	return places.at;
}
