/* SPDX-License-Identifier: Apache-2.0 */
/* roots.c -- see roots.h. */
#include "analyzer/findings/roots.h"
#include "analyzer/base/u64map.h"
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

static struct an_place place_unloaded(const struct an_session *session,
				      const struct an_unloaded *unloaded)
{
	return (struct an_place){
		.module = an_session_symbols_module(session, unloaded->module),
		.address = unloaded->slot - session->modules[unloaded->module].bias,
		.kind = AN_PLACE_VARIABLE,
	};
}

const char *an_unloaded_variable(const struct an_session *session,
				 const struct an_unloaded *unloaded)
{
	struct an_place place = place_unloaded(session, unloaded);

	return an_symbols_variable(session->symbols, place.module, place.address);
}

struct places {
	VEC(struct an_place) all;
};

static void add_variables(const struct an_session *session, const struct an_snapshot *snapshot,
			  size_t n_most, struct places *places)
{
	for (uint32_t i = 0; i < snapshot->n_ranges; i++) {
		const struct an_range *range = &snapshot->ranges[i];
		const struct an_word *word = snapshot->words + range->first_word;
		struct an_place place;

		for (uint64_t n = range->n_words; n && places->all.n < n_most; n--, word++)
			if (place_of(session, snapshot, range, word->slot, &place))
				*VEC_PUSH(&places->all) = place;
	}
}

/* Each address once: many objects have one class. */
static void add_vtables(const struct an_session *session, const struct an_snapshot *snapshot,
			size_t n_most, struct places *places)
{
	struct u64map seen;

	u64map_init(&seen, sizeof(uint64_t));
	for (uint64_t i = 0; i < snapshot->n_plain && places->all.n < n_most; i++) {
		struct an_place place;
		bool is_new;

		u64map_put(&seen, snapshot->plain[i].value, &is_new);
		if (!is_new || !place_in_module(session, snapshot, snapshot->plain[i].value,
						&place))
			continue;
		place.kind = AN_PLACE_VTABLE;
		*VEC_PUSH(&places->all) = place;
	}
	u64map_release(&seen);
}

struct an_place *an_root_places(const struct an_session *session, size_t n_most, size_t *n_places)
{
	struct places places = { 0 };

	for (uint32_t i = 0; i < session->n_snapshots; i++) {
		add_vtables(session, &session->snapshots[i], n_most, &places);
		add_variables(session, &session->snapshots[i], n_most, &places);
	}
	for (uint64_t i = 0; i < session->n_unloaded && places.all.n < n_most; i++)
		*VEC_PUSH(&places.all) = place_unloaded(session, &session->unloaded[i]);
	*n_places = places.all.n;
	return places.all.at;
}
