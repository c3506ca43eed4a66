/* SPDX-License-Identifier: Apache-2.0 */
/* modules.c -- the modules the trace knows; see modules.h. */
#include "tracer/inside/modules.h"

#include "tracer/inside/stream.h"
#include "tracer/inside/sys.h"

#include <dlfcn.h>
#include <elf.h>

enum {
	MODULES_MAX = 2048,      /* known at one time */
	BUILD_ID_BYTES_MAX = 32,
	SPINS = 4000,
};

struct build_id {
	uint8_t bytes[BUILD_ID_BYTES_MAX];
	uint32_t n_bytes;
};

/* Changed under a try-lock by whoever describes a new stack or looks for what
 * is gone: rare. Who does not get it in time describes the module again under a
 * number of its own, which a reader does not mind. */
static struct tr_module modules[MODULES_MAX];
static uint32_t n_modules;
static uint32_t last_module_id;
static uint32_t n_at_start;      /* modules up to this number came with the program */
static uint32_t is_locked;

static bool lock(void)
{
	for (int i = 0; i < SPINS; i++) {
		if (!__atomic_exchange_n(&is_locked, 1, __ATOMIC_ACQUIRE))
			return true;
		__builtin_ia32_pause();
	}
	return false;
}

static void unlock(void)
{
	__atomic_store_n(&is_locked, 0, __ATOMIC_RELEASE);
}

/* Looks for a GNU build-id among the notes at [at, end). */
static bool find_build_id(struct build_id *id, const uint8_t *at, const uint8_t *end)
{
	while (at + sizeof(ElfW(Nhdr)) <= end) {
		const ElfW(Nhdr) *note = (const void *)at;
		const uint8_t *name = at + sizeof(*note);
		const uint8_t *bytes = name + ((note->n_namesz + 3u) & ~3u);

		if (bytes + note->n_descsz > end)
			return false;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
		    memcmp(name, "GNU", 4) == 0 && note->n_descsz <= BUILD_ID_BYTES_MAX) {
			id->n_bytes = note->n_descsz;
			memcpy(id->bytes, bytes, note->n_descsz);
			return true;
		}
		at = bytes + ((note->n_descsz + 3u) & ~3u);
	}
	return false;
}

/* From the notes in memory; n_bytes is 0 without one. The module has code on
 * the caller's stack, or nobody else is running: it stays mapped. */
static void read_build_id(struct build_id *id, const struct tr_module *module)
{
	const ElfW(Ehdr) *header = (const void *)module->start;
	const ElfW(Phdr) *segment = (const void *)(module->start + header->e_phoff);

	id->n_bytes = 0;
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_phoff + header->e_phnum * sizeof(*segment) > 4096)
		return;
	for (unsigned i = 0; i < header->e_phnum; i++, segment++) {
		uintptr_t at = module->map->l_addr + segment->p_vaddr;

		if (segment->p_type == PT_NOTE && at >= module->start &&
		    at + segment->p_memsz <= module->end &&
		    find_build_id(id, (const uint8_t *)at, (const uint8_t *)at + segment->p_memsz))
			return;
	}
}

static const char *path_of(const struct link_map *map)
{
	return map->l_name && map->l_name[0] ? map->l_name : tr.exe;
}

static uint64_t hash_name(const char *name)
{
	uint64_t hash = 0;

	for (int i = 0; name[i] && i < TR_PATH_BYTES; i++)
		hash = (hash + (unsigned char)name[i]) * 0x9e3779b97f4a7c15u;
	return hash;
}

/* What is at this address now, as far as it can be said without a lock. */
static bool identify(struct tr_module *module, uintptr_t address)
{
	struct dl_find_object found;

	if (_dl_find_object((void *)address, &found) != 0)
		return false;
	memset(module, 0, sizeof(*module));
	module->start = (uintptr_t)found.dlfo_map_start;
	module->end = (uintptr_t)found.dlfo_map_end;
	module->map = found.dlfo_link_map;
	module->dynamic = module->map->l_ld;
	module->name_hash = hash_name(path_of(module->map));
	return true;
}

static bool is_same(const struct tr_module *a, const struct tr_module *b)
{
	return a->start == b->start && a->end == b->end && a->map == b->map &&
	       a->dynamic == b->dynamic && a->name_hash == b->name_hash;
}

static struct tr_module *find(uintptr_t start)
{
	for (uint32_t i = n_modules; i-- > 0;)
		if (modules[i].start == start)
			return &modules[i];
	return NULL;
}

static bool put_module(struct tr_context *context, const struct tr_module *module)
{
	struct mt_out out = tr_scratch(context);
	const char *path = path_of(module->map);
	struct build_id id;
	struct mt_module record = {
		.id = module->id,
		.generation = __atomic_load_n(&tr.unload_generation, __ATOMIC_ACQUIRE),
		.bias = module->map->l_addr,
		.start = module->start,
		.end = module->end,
		.path = { path, strnlen(path, sizeof(context->scratch) / 2) },
	};

	read_build_id(&id, module);
	record.build_id = (struct mt_text){ (const char *)id.bytes, id.n_bytes };
	mt_put_module(&out, &record);
	return tr_stream_put_scratch(context, MT_KIND_MODULE, &out);
}

/* The module of an address becomes known. */
static bool describe(struct tr_context *context, uintptr_t address)
{
	struct tr_module now;
	struct tr_module *known;
	bool is_locked_by_us, is_put;

	if (!identify(&now, address))
		return true;
	is_locked_by_us = lock();
	known = is_locked_by_us ? find(now.start) : NULL;
	if (known && is_same(known, &now)) {
		unlock();
		return true;
	}
	now.id = __atomic_add_fetch(&last_module_id, 1, __ATOMIC_RELAXED);
	is_put = put_module(context, &now);
	if (is_locked_by_us) {
		if (is_put && known)
			*known = now;
		else if (is_put && n_modules < MODULES_MAX)
			modules[n_modules++] = now;
		unlock();
	}
	return is_put;
}

bool tr_modules_describe(struct tr_context *context, const uint64_t *frames, uint32_t n_frames)
{
	uintptr_t start = 1, end = 0;    /* of the module looked at last */

	for (uint32_t i = 0; i < n_frames; i++) {
		struct dl_find_object found;

		if (frames[i] >= start && frames[i] < end)
			continue;
		if (_dl_find_object((void *)(uintptr_t)frames[i], &found) != 0)
			continue;
		start = (uintptr_t)found.dlfo_map_start;
		end = (uintptr_t)found.dlfo_map_end;
		if (!describe(context, (uintptr_t)frames[i]))
			return false;
	}
	return true;
}

void tr_modules_describe_all(struct tr_context *context)
{
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
		if (map->l_ld)
			describe(context, (uintptr_t)map->l_ld);
	n_at_start = last_module_id;
}

uint32_t tr_modules_late(struct tr_context *context, uintptr_t wanted, struct tr_module *to,
			 uint32_t room)
{
	uint32_t n = 0;

	describe(context, wanted);
	if (!lock())
		return 0;
	for (uint32_t i = 0; i < n_modules && n < room; i++)
		if (modules[i].id > n_at_start)
			to[n++] = modules[i];
	unlock();
	return n;
}

bool tr_module_is_there(const struct tr_module *module)
{
	struct tr_module now;

	return identify(&now, module->start) && is_same(&now, module);
}

static void put_gone(struct tr_context *context, uint32_t id)
{
	struct mt_out out = tr_scratch(context);
	struct mt_module_gone gone = { id, __atomic_load_n(&tr.unload_generation,
							   __ATOMIC_ACQUIRE) };

	mt_put_module_gone(&out, &gone);
	tr_stream_put_scratch(context, MT_KIND_MODULE_GONE, &out);
}

void tr_modules_check_gone(struct tr_context *context)
{
	bool is_raised = false;

	if (!lock())
		return;
	for (uint32_t i = 0; i < n_modules;) {
		struct tr_module now;

		if (identify(&now, modules[i].start) && is_same(&now, &modules[i])) {
			i++;
			continue;
		}
		if (!is_raised)
			__atomic_fetch_add(&tr.unload_generation, 1, __ATOMIC_ACQ_REL);
		is_raised = true;
		put_gone(context, modules[i].id);
		modules[i] = modules[--n_modules];
	}
	unlock();
}

void tr_loader_begin(void)
{
	__atomic_fetch_add(&tr.n_loaders_busy, 1, __ATOMIC_ACQ_REL);
	__atomic_fetch_add(&tr.loader_epoch, 1, __ATOMIC_ACQ_REL);
}

void tr_loader_end(void)
{
	__atomic_fetch_add(&tr.loader_epoch, 1, __ATOMIC_ACQ_REL);
	__atomic_fetch_sub(&tr.n_loaders_busy, 1, __ATOMIC_ACQ_REL);
}

void tr_modules_forked(void)
{
	unlock();
}
