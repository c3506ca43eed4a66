/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errors.c -- wrong releases, noticed when they happen. errors.h has the rules;
 * which of the noticed ones are said is decided at the end, errors_finish.c.
 *
 * The usual release costs one store into the cache of freed addresses and one
 * look at the site. What is not live is looked at closely, for as many as a
 * program without an allocator of its own may have.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

enum {
	SLOTS_MIN = 256,
	SLOTS_MAX = 1 << 16,         /* 1.5 MiB */
	STRAYS_MAX = 1000,           /* of a process */
	LOOK_THROUGH_MAX = 50000000, /* live allocations: some seconds */
};

const char *an_error_name(enum an_error_kind kind)
{
	static const char *const names[] = {
		[AN_ERROR_DOUBLE_FREE] = "double-free",
		[AN_ERROR_INVALID_FREE] = "invalid-free",
		[AN_ERROR_MISMATCHED_FREE] = "mismatched-free",
		[AN_ERROR_WRONG_SIZE] = "wrong-size",
	};

	return kind < AN_N_ERRORS ? names[kind] : "unknown";
}

const char *an_release_name(enum an_release release)
{
	static const char *const names[] = {
		[AN_RELEASE_FREE] = "free",
		[AN_RELEASE_REALLOC] = "realloc",
		[AN_RELEASE_DELETE] = "operator delete",
		[AN_RELEASE_DELETE_ARRAY] = "operator delete[]",
	};

	return names[release & 3];
}

static struct an_freed *slot_of(const struct an_freed_cache *cache, uint64_t addr)
{
	return &cache->slots[hash_u64(1, addr) >> 16 & (cache->n_slots - 1)];
}

static void grow(struct an_freed_cache *cache)
{
	struct an_freed_cache old = *cache;

	cache->n_slots = old.n_slots ? 2 * old.n_slots : SLOTS_MIN;
	cache->slots = xcalloc(cache->n_slots, sizeof(*cache->slots));
	for (uint32_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].addr)
			*slot_of(cache, old.slots[i].addr) = old.slots[i];
	free(old.slots);
}

static void remember(struct an_freed_cache *cache, const struct an_allocation *old,
		     const struct an_event *event)
{
	struct an_freed *slot;

	if (cache->n_filled >= cache->n_slots / 2 && cache->n_slots < SLOTS_MAX)
		grow(cache);
	slot = slot_of(cache, old->addr);
	cache->n_filled += !slot->addr;
	*slot = (struct an_freed){ event ? old->addr : 0, old->size, old->site,
				   event ? event->free_stack : 0 };
	cache->n_filled -= !slot->addr;
}

void an_error_forget(struct an_process_state *process)
{
	free(process->freed.slots);
	process->freed = (struct an_freed_cache){ 0 };
}

static bool is_new(uint8_t api)
{
	return api >= MT_API_NEW && api < MT_N_APIS;
}

static bool is_new_array(uint8_t api)
{
	return api == MT_API_NEW_ARRAY || api == MT_API_NEW_ARRAY_NOTHROW ||
	       api == MT_API_NEW_ARRAY_ALIGNED || api == MT_API_NEW_ARRAY_ALIGNED_NOTHROW;
}

static enum an_release release_of(const struct an_event *event)
{
	if (event->kind == AN_EVENT_INTENT)
		return AN_RELEASE_REALLOC;
	if (event->flags & MT_DELETE_PLAIN_FREE)
		return AN_RELEASE_FREE;
	return event->flags & MT_DELETE_ARRAY ? AN_RELEASE_DELETE_ARRAY : AN_RELEASE_DELETE;
}

static bool is_same_error(void *context, uint32_t index)
{
	const struct an_replay *replay = context;
	const struct an_error_state *a = &replay->errors.at[index];
	const struct an_error_state *b = &replay->errors.at[replay->errors.n - 1];

	return a->kind == b->kind && a->release == b->release && a->process == b->process &&
	       a->site == b->site && a->free_stack == b->free_stack &&
	       a->first_free_stack == b->first_free_stack && a->module == b->module;
}

/* The new one lies behind the others while it is compared with them. */
void an_error_add(struct an_replay *replay, const struct an_error_state *error)
{
	uint32_t candidate = (uint32_t)replay->errors.n, index;
	uint64_t hash = hash_u64(error->kind << 8 | error->release, error->process);

	hash = hash_u64(hash, (uint64_t)error->site << 32 | error->module);
	hash = hash_u64(hash, (uint64_t)error->free_stack << 32 | error->first_free_stack);
	*VEC_PUSH(&replay->errors) = *error;
	index = indexset_intern(&replay->error_set, hash, candidate, is_same_error, replay);
	if (index == candidate)
		return;
	replay->errors.n--;
	replay->errors.at[index].n += error->n;
	replay->errors.at[index].bytes += error->bytes;
}

/* AN_N_ERRORS: nothing is wrong with it. */
static enum an_error_kind judge(uint8_t api, const struct an_allocation *old,
				const struct an_event *event, bool *is_align_wrong,
				uint8_t align_log2)
{
	enum an_release release = release_of(event);

	*is_align_wrong = false;
	if (api == MT_API_NONE)
		return AN_N_ERRORS;
	if (release == AN_RELEASE_FREE || release == AN_RELEASE_REALLOC)
		return is_new(api) ? AN_ERROR_MISMATCHED_FREE : AN_N_ERRORS;
	if (!is_new(api) || is_new_array(api) != (release == AN_RELEASE_DELETE_ARRAY))
		return AN_ERROR_MISMATCHED_FREE;
	if (event->flags & MT_DELETE_SIZED && event->size != old->size)
		return AN_ERROR_WRONG_SIZE;
	*is_align_wrong = event->flags & MT_DELETE_ALIGNED && align_log2 &&
			  event->align_log2 != align_log2;
	return *is_align_wrong ? AN_ERROR_WRONG_SIZE : AN_N_ERRORS;
}

void an_error_release(struct an_replay *replay, struct an_process_state *process,
		      const struct an_allocation *old, const struct an_event *event)
{
	struct an_site_state *site = &replay->sites.at[old->site];
	struct an_error_state error;
	enum an_error_kind kind;
	bool is_align_wrong;

	remember(&process->freed, old, event);
	if (!event)
		return;
	if (!site->api)
		an_resolve_api(replay, process, site);
	kind = judge(site->api, old, event, &is_align_wrong, site->align_log2);
	if (kind == AN_N_ERRORS)
		return;
	error = (struct an_error_state){
		.kind = kind, .release = release_of(event), .process = process->index,
		.site = old->site, .free_stack = event->free_stack, .n = 1, .bytes = old->size,
		.addr = old->addr, .size = old->size, .ticks = event->ticks,
		.declared_size = event->size, .declared_align_log2 = event->align_log2,
		.is_align_wrong = is_align_wrong, .module = AN_NONE,
	};
	an_error_add(replay, &error);
}

/* The live allocation that addr is inside of. The table is not sorted: all of it
 * is looked through, which only a wrong free costs. */
static const struct an_allocation *find_around(struct an_replay *replay,
					       const struct an_process_state *process,
					       uint64_t addr)
{
	size_t at = 0;

	if (replay->n_looked_through + process->live.n > LOOK_THROUGH_MAX)
		return NULL;
	replay->n_looked_through += process->live.n;
	for (const struct an_allocation *live; (live = u64map_next(&process->live, &at));)
		if (addr > live->addr && addr - live->addr < live->size)
			return live;
	return NULL;
}

static void look_closely(struct an_replay *replay, struct an_process_state *process,
			 struct an_stray *stray)
{
	struct an_error_state *error = &stray->error;
	const struct an_freed *freed = process->freed.n_slots
		? slot_of(&process->freed, error->addr) : NULL;
	const struct an_allocation *around = NULL;

	if (freed && freed->addr == error->addr && error->addr) {
		stray->has_evidence = true;
		error->kind = AN_ERROR_DOUBLE_FREE;
		error->site = freed->site;
		error->size = error->bytes = freed->size;
		error->first_free_stack = freed->free_stack;
		return;
	}
	around = find_around(replay, process, error->addr);
	if (!around)
		return;
	stray->has_evidence = true;
	error->site = around->site;
	error->size = error->bytes = around->size;
	error->offset = error->addr - around->addr;
}

void an_error_stray(struct an_replay *replay, const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;
	struct an_stray stray = {
		.error = { .kind = AN_ERROR_INVALID_FREE, .release = release_of(event),
			   .process = process->index, .site = AN_NONE,
			   .free_stack = event->free_stack, .n = 1, .addr = event->addr,
			   .ticks = event->ticks, .module = AN_NONE },
		.thread = event->thread, .number = event->number,
		.is_intent = event->kind == AN_EVENT_INTENT,
		.is_orderly = !process->out.n_order_conflicts,
	};

	if (process->n_strays == STRAYS_MAX) {
		process->n_strays_lost++;
		return;
	}
	process->n_strays++;
	look_closely(replay, process, &stray);
	*VEC_PUSH(&replay->strays) = stray;
}

void an_error_release_all(struct an_replay *replay)
{
	VEC_RELEASE(&replay->errors);
	VEC_RELEASE(&replay->strays);
	indexset_release(&replay->error_set);
}
