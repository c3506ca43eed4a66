/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_plain.c -- the few words that are no pointers to allocations, and yet
 * say what an allocation is. Only told while nothing moves.
 *
 * A vtable's address, wherever it is found: it lies in what the loader made
 * read-only (in a program that is linked to a fixed address, in its constants),
 * behind a small offset to the top and the type's description or 0, and begins
 * with the address of code.
 *
 * The word before a pointer that is 8 off from where allocations begin, when it
 * may be a count of what follows, and the two words before one that is 24 off,
 * when they may be the length and the capacity of a string: judged by the size in
 * glibc's header, two words before an allocation.
 *
 *	... | size | n        | ...             ... | size | length | capacity | n | ...
 *	           ^ 16-aligned ^ pointer                  ^ 16-aligned        ^ pointer
 */
#include "tracer/inside/modules.h"
#include "tracer/inside/real.h"
#include "tracer/inside/snapshot_parts.h"

#include <dlfcn.h>
#include <elf.h>

enum {
	WANTED_MAX = 2048,
	CODE_MAX = 8192,
	VTABLE_HEAD_BYTES = 16,
	TOP_MAX = 1 << 20,       /* bytes from an object's start to one of its bases */
	STRING_HEAD_BYTES = 24,  /* length, capacity, references */
	CHUNK_BYTES_MIN = 32,
};
_Static_assert(WANTED_MAX * MT_SNAPSHOT_WORD_BYTES_MAX + 2 * MT_ULEB_BYTES_MAX <=
	       MT_SNAPSHOT_WORDS_BYTES, "all wanted ones fit into one record");

struct zone {
	uintptr_t start, end;
};

static struct zone zones[TR_ZONES_MAX], code[CODE_MAX];
static uint32_t n_zones, n_code;
static uintptr_t wanted[WANTED_MAX];
static uint32_t n_wanted;
static uint8_t payload[MT_SNAPSHOT_WORDS_BYTES];

static void add(struct zone *to, uint32_t *n, uint32_t most, uintptr_t start, uintptr_t n_bytes,
		const struct dl_find_object *found)
{
	uintptr_t end = start + n_bytes;

	if (*n < most && start >= (uintptr_t)found->dlfo_map_start && start < end &&
	    end <= (uintptr_t)found->dlfo_map_end)
		to[(*n)++] = (struct zone){ start, end };
}

static void add_module(const struct link_map *map)
{
	struct dl_find_object found;
	const ElfW(Ehdr) *header;
	const ElfW(Phdr) *segment;

	if (!map->l_ld || _dl_find_object(map->l_ld, &found) != 0)
		return;
	header = found.dlfo_map_start;
	segment = (const void *)((const char *)header + header->e_phoff);
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_phoff + header->e_phnum * sizeof(*segment) > TR_SHOT_PAGE)
		return;
	for (unsigned i = 0; i < header->e_phnum; i++, segment++) {
		bool is_fixed = header->e_type == ET_EXEC && segment->p_type == PT_LOAD &&
				!(segment->p_flags & (PF_W | PF_X));

		if (segment->p_type == PT_GNU_RELRO || is_fixed)
			add(zones, &n_zones, TR_ZONES_MAX, map->l_addr + segment->p_vaddr,
			    segment->p_memsz, &found);
		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X)
			add(code, &n_code, CODE_MAX, map->l_addr + segment->p_vaddr,
			    segment->p_memsz, &found);
	}
}

static void sort(struct zone *all, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		struct zone zone = all[i];
		uint32_t to = i;

		for (; to && all[to - 1].start > zone.start; to--)
			all[to] = all[to - 1];
		all[to] = zone;
	}
}

uint32_t tr_plain_begin(const struct tr_shot *shot)
{
	n_zones = n_code = n_wanted = 0;
	if (_r_debug.r_state != RT_CONSISTENT || !tr_shot_is_still(shot))
		return 0;
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
		add_module(map);
	sort(zones, n_zones);
	sort(code, n_code);
	return n_zones;
}

void tr_plain_zone(uint32_t i, uintptr_t *start, uintptr_t *end)
{
	*start = zones[i].start;
	*end = zones[i].end;
}

static const struct zone *find(const struct zone *all, uint32_t n, uintptr_t address)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (all[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && address >= all[low].start ? &all[low] : NULL;
}

bool tr_plain_is_vtable(uintptr_t value)
{
	const struct zone *zone = value % 8 == 0 ? find(zones, n_zones, value) : NULL;
	const uintptr_t *table = (const uintptr_t *)value;

	return zone && value - zone->start >= VTABLE_HEAD_BYTES &&
	       value + 8 <= zone->end && -table[-2] <= TOP_MAX && table[-2] % 8 == 0 &&
	       table[-1] % 8 == 0 && (!table[-1] || table[-1] >= TR_SHOT_PAGE) &&
	       find(code, n_code, table[0]);
}

static void want(uintptr_t slot)
{
	if (n_wanted && wanted[n_wanted - 1] == slot)
		return;
	wanted[n_wanted++] = slot;
}

/* What an allocation at p would hold, or 0. */
static uintptr_t room_at(uintptr_t p, uintptr_t start, uintptr_t end)
{
	uintptr_t size;

	if (p < start + 16)
		return 0;
	size = ((const uintptr_t *)p)[-1] & ~(uintptr_t)7;
	return size >= CHUNK_BYTES_MIN && size % 16 == 0 && size <= end - (p - 16) ? size - 8 : 0;
}

void tr_plain_see_pointer(uintptr_t pointer, uintptr_t start, uintptr_t end)
{
	uintptr_t room = room_at(pointer - 8, start, end);
	const uintptr_t *words = (const uintptr_t *)pointer;

	if (room && words[-1] && words[-1] <= room - 8)
		want(pointer - 8);
	room = room_at(pointer - STRING_HEAD_BYTES, start, end);
	/* A terminating zero follows the capacity; headers count in 16 bytes. */
	if (room > STRING_HEAD_BYTES && words[-2] < room - STRING_HEAD_BYTES &&
	    room - STRING_HEAD_BYTES - words[-2] <= 2 * 16 && words[-3] <= words[-2]) {
		want(pointer - 24);
		want(pointer - 16);
	}
}

bool tr_plain_is_full(void)
{
	return n_wanted + 3 > WANTED_MAX;
}

static void sift(uint32_t at, uint32_t n)
{
	for (;;) {
		uint32_t child = 2 * at + 1;
		uintptr_t swapped = wanted[at];

		if (child + 1 < n && wanted[child + 1] > wanted[child])
			child++;
		if (child >= n || wanted[child] <= swapped)
			return;
		wanted[at] = wanted[child];
		wanted[child] = swapped;
		at = child;
	}
}

static void sort_wanted(void)
{
	for (uint32_t i = n_wanted / 2; i-- > 0;)
		sift(i, n_wanted);
	for (uint32_t n = n_wanted; n-- > 1;) {
		uintptr_t greatest = wanted[0];

		wanted[0] = wanted[n];
		wanted[n] = greatest;
		sift(0, n);
	}
}

void tr_plain_flush(struct tr_shot *shot, struct tr_context *context)
{
	struct mt_snapshot_words words;
	uint8_t *at;

	if (!n_wanted)
		return;
	sort_wanted();
	at = mt_put_snapshot_words(&words, payload, 0, wanted[0]);
	for (uint32_t i = 0; i < n_wanted; i++)
		if (!i || wanted[i] != wanted[i - 1])
			at = mt_put_snapshot_word(&words, at, wanted[i],
						  *(const uintptr_t *)wanted[i]);
	n_wanted = 0;
	if (!tr_stream_put(context, MT_KIND_SNAPSHOT_PLAIN, payload, (size_t)(at - payload)))
		shot->reason = "no-room";
}
