/* SPDX-License-Identifier: Apache-2.0 */
/* real.c -- a symbol look-up of our own; see real.h. */
#include "tracer/inside/real.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

struct tr_real tr_real;
long (*tr_real_syscall)(long, long, long, long, long, long, long);

/* What of an object's dynamic section a look-up needs. */
struct object {
	uintptr_t bias;
	const ElfW(Sym) *symbols;
	const char *strings;
	const uint32_t *gnu_hash;
	const uint16_t *versions;
};

/* The loader relocates these pointers in place, except in objects whose dynamic
 * section is read-only (the vDSO). */
static uintptr_t dynamic_pointer(const struct link_map *map, const ElfW(Dyn) *entry)
{
	return entry->d_un.d_ptr < map->l_addr ? entry->d_un.d_ptr + map->l_addr
					       : entry->d_un.d_ptr;
}

static bool object_open(struct object *object, const struct link_map *map)
{
	memset(object, 0, sizeof(*object));
	object->bias = map->l_addr;
	if (!map->l_ld)
		return false;
	for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		uintptr_t at = dynamic_pointer(map, entry);

		switch (entry->d_tag) {
		case DT_SYMTAB:
			object->symbols = (const ElfW(Sym) *)at;
			break;
		case DT_STRTAB:
			object->strings = (const char *)at;
			break;
		case DT_GNU_HASH:
			object->gnu_hash = (const uint32_t *)at;
			break;
		case DT_VERSYM:
			object->versions = (const uint16_t *)at;
			break;
		default:
			break;
		}
	}
	return object->symbols && object->strings && object->gnu_hash;
}

static uint32_t gnu_hash_of(const char *name)
{
	uint32_t hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

static bool is_definition(const ElfW(Sym) *symbol)
{
	unsigned type = symbol->st_info & 15;

	return symbol->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_NOTYPE) &&
	       symbol->st_value;
}

/* The object's definition of name: its default version, else an old one. */
static void *object_look_up(const struct object *object, const char *name, uint32_t hash)
{
	const uint32_t *table = object->gnu_hash;
	uint32_t n_buckets = table[0], first = table[1], n_bloom = table[2];
	const uint32_t *buckets = table + 4 + n_bloom * (sizeof(ElfW(Addr)) / 4);
	const uint32_t *chain = buckets + n_buckets;
	uint32_t i = n_buckets ? buckets[hash % n_buckets] : 0;
	void *old = NULL;

	if (i < first)
		return NULL;
	for (;; i++) {
		const ElfW(Sym) *symbol = &object->symbols[i];
		uint32_t link = chain[i - first];

		if ((link | 1) == (hash | 1) && is_definition(symbol) &&
		    strcmp(object->strings + symbol->st_name, name) == 0) {
			void *at = (void *)(object->bias + symbol->st_value);

			if (!object->versions || !(object->versions[i] & 0x8000))
				return at;
			old = at;
		}
		if (link & 1)
			return old;
	}
}

static const struct link_map *own_map(void)
{
	struct dl_find_object found;

	if (_dl_find_object((void *)own_map, &found) != 0)
		return NULL;
	return found.dlfo_link_map;
}

static void *next_definition(const char *name, const struct link_map **where)
{
	const struct link_map *map = own_map();
	uint32_t hash = gnu_hash_of(name);

	for (map = map ? map->l_next : NULL; map; map = map->l_next) {
		struct object object;
		void *at = object_open(&object, map) ? object_look_up(&object, name, hash) : NULL;

		if (at) {
			if (where)
				*where = map;
			return at;
		}
	}
	return NULL;
}

static bool is_named(const struct link_map *map, const char *prefix)
{
	const char *base = map && map->l_name ? strrchr(map->l_name, '/') : NULL;

	base = base ? base + 1 : map && map->l_name ? map->l_name : "";
	return strncmp(base, prefix, strlen(prefix)) == 0;
}

#define TR_REAL_FIND(name, result, parameters) \
	if (!tr_real.name) \
		tr_real.name = (result (*) parameters)next_definition(#name, NULL);

void tr_real_resolve_cxx(void)
{
	const struct link_map *map = NULL;

	if (!next_definition("_Znwm", &map))
		return;
	TR_REAL_CXX_LIST(TR_REAL_FIND)
	tr_real.is_default_new = is_named(map, "libstdc++.so") || is_named(map, "libc++");
	tr_real.has_cxx = true;
}

void tr_real_resolve(void)
{
	const struct link_map *map = NULL;

	TR_REAL_LIST(TR_REAL_FIND)
	tr_real_syscall = (long (*)(long, long, long, long, long, long, long))next_definition(
		"syscall", NULL);
	tr_real.tr_oracle_walk = (int (*)(uintptr_t *, int))next_definition("tr_oracle_walk", NULL);
	if (next_definition("malloc", &map))
		tr_real.is_libc_malloc = is_named(map, "libc.so") || is_named(map, "libc-2");
	tr_real_resolve_cxx();
}

static bool is_giver(const char *name, size_t length)
{
	static const char *const ends[] = { "mallocx", "rallocx", "je_malloc", "tc_malloc",
					    "mi_malloc", "mi_zalloc", "scalable_malloc" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (length >= n && memcmp(name + length - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

bool tr_real_is_passed_by(void)
{
	const struct link_map *allocator = NULL, *map;

	if (_r_debug.r_state != RT_CONSISTENT || !next_definition("malloc", &allocator))
		return true;
	for (map = _r_debug.r_map; map; map = map->l_next) {
		const char *at = NULL, *end;
		size_t n_bytes = 0, length;

		for (const ElfW(Dyn) *entry = map->l_ld; entry && entry->d_tag != DT_NULL; entry++)
			if (entry->d_tag == DT_STRTAB)
				at = (const char *)dynamic_pointer(map, entry);
			else if (entry->d_tag == DT_STRSZ)
				n_bytes = entry->d_un.d_val;
		for (end = at + n_bytes; at && map != allocator && at < end; at += length + 1) {
			length = strnlen(at, (size_t)(end - at));
			if (is_giver(at, length))
				return true;
		}
	}
	return false;
}

bool tr_real_is_bypassed(void)
{
	struct object object;

	return _r_debug.r_map && object_open(&object, _r_debug.r_map) &&
	       object_look_up(&object, "malloc", gnu_hash_of("malloc"));
}
