/* SPDX-License-Identifier: Apache-2.0 */
/*
 * autopsy_pieces.c -- the mappings that may hold pointers of the program, as
 * pieces; without what is memtrace's own.
 */
#include "tracer/beside/autopsy.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECES_MAX = 1 << 20, WINDOW = 512 };

static const uint64_t is_there = UINT64_C(3) << 62;    /* present, or swapped out */

bool run_autopsy_read(const struct run_autopsy *autopsy, uint64_t from, void *to, size_t n_bytes)
{
	struct iovec local = { to, n_bytes }, remote = { (void *)(uintptr_t)from, n_bytes };

	return process_vm_readv(autopsy->space.pid, &local, 1, &remote, 1, 0) == (ssize_t)n_bytes;
}

uint64_t run_autopsy_pages(const struct run_autopsy *autopsy, uint64_t *at, uint64_t end)
{
	uint64_t entries[WINDOW], start = 0;

	while (*at < end) {
		uint64_t first = *at / RUN_SPACE_PAGE;
		uint64_t n = (end - 1) / RUN_SPACE_PAGE - first + 1;
		ssize_t n_bytes;

		n = n < WINDOW ? n : WINDOW;
		n_bytes = pread(autopsy->pages_fd, entries, n * 8, (off_t)(first * 8));
		if (n_bytes < 8)
			return end;
		n = (uint64_t)n_bytes / 8;
		for (uint64_t i = 0; i < n; i++) {
			uint64_t page = (first + i) * RUN_SPACE_PAGE;

			if (entries[i] & is_there && !start)
				start = page > *at ? page : *at;
			if (!(entries[i] & is_there) && start) {
				*at = start;
				return page;
			}
		}
		if (start) {
			uint64_t until = (first + n) * RUN_SPACE_PAGE;

			*at = start;
			return until < end ? until : end;
		}
		*at = (first + n) * RUN_SPACE_PAGE;
	}
	return 0;
}

static struct run_piece_of *insert(struct run_autopsy *autopsy, size_t at)
{
	if (autopsy->n_pieces == autopsy->n_room) {
		size_t room = autopsy->n_room ? 2 * autopsy->n_room : 256;
		struct run_piece_of *pieces = room > PIECES_MAX ? NULL
			: realloc(autopsy->pieces, room * sizeof(*pieces));

		if (!pieces) {
			autopsy->reason = "too-many-mappings";
			return NULL;
		}
		autopsy->pieces = pieces;
		autopsy->n_room = room;
	}
	memmove(autopsy->pieces + at + 1, autopsy->pieces + at,
		(autopsy->n_pieces - at) * sizeof(*autopsy->pieces));
	autopsy->n_pieces++;
	return &autopsy->pieces[at];
}

size_t run_autopsy_find(const struct run_autopsy *autopsy, uint64_t address)
{
	size_t low = 0, high = autopsy->n_pieces;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (autopsy->pieces[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < autopsy->n_pieces && autopsy->pieces[low].start <= address
		? low : autopsy->n_pieces;
}

/* Makes address the start of a piece, if it lies in this one; its index. */
static size_t split(struct run_autopsy *autopsy, size_t at, uint64_t address)
{
	const struct run_piece_of before = autopsy->pieces[at];
	struct run_piece_of *above;

	if (address <= before.start || address >= before.end)
		return address <= before.start ? at : at + 1;
	above = insert(autopsy, at + 1);
	if (!above)
		return at;
	*above = before;
	above->start = address;
	above->is_guarded = false;
	autopsy->pieces[at].end = address;
	return at + 1;
}

size_t run_autopsy_mark(struct run_autopsy *autopsy, size_t piece, uint64_t start, uint64_t end,
			uint8_t kind, uint64_t tid)
{
	size_t at = split(autopsy, piece, start);

	split(autopsy, at, end);
	if (autopsy->pieces[at].start >= start && autopsy->pieces[at].end <= end) {
		autopsy->pieces[at].kind = kind;
		autopsy->pieces[at].tid = tid;
		autopsy->pieces[at].flags = 0;
	}
	return at;
}

static bool begins_with(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

static bool is_device(const char *name)
{
	return begins_with(name, "anon_inode:") || begins_with(name, "/dmabuf") ||
	       (begins_with(name, "/dev/") && !begins_with(name, "/dev/shm/") &&
		!begins_with(name, "/dev/zero") && !begins_with(name, "/dev/hugepages/"));
}

static bool is_wanted(const struct run_map *map)
{
	bool is_anonymous = !map->inode && (!*map->name || begins_with(map->name, "[anon:"));

	if (!map->name || !map->is_readable || is_device(map->name))
		return false;
	return map->is_writable || (!map->is_shared && !map->is_code && is_anonymous);
}

static uint8_t kind_of(const struct run_map *map)
{
	if (map->is_shared)
		return MT_RANGE_SHARED;
	if (strcmp(map->name, "[heap]") == 0)
		return MT_RANGE_HEAP;
	if (strcmp(map->name, "[stack]") == 0)
		return MT_RANGE_STACK;
	return map->inode ? MT_RANGE_FILE : MT_RANGE_ANONYMOUS;
}

static bool is_our_library(const char *path)
{
	const char *base = path ? strrchr(path, '/') : NULL;

	return base && begins_with(base, "/libmemtrace");
}

/* The object that memory right behind its last mapping belongs to: data and bss. */
struct object {
	uint64_t end;
	const char *name;
	bool is_ours;
};

static void add(struct run_autopsy *autopsy, const struct run_map *map, uint64_t start,
		uint64_t end, const struct object *object)
{
	const struct run_map *below = map > autopsy->space.maps ? map - 1 : NULL;
	struct run_piece_of *piece = insert(autopsy, autopsy->n_pieces);

	if (!piece)
		return;
	*piece = (struct run_piece_of){
		.start = start, .end = end,
		.name = object ? object->name : map->name,
		.kind = object ? MT_RANGE_MODULE : kind_of(map),
		.is_guarded = start == map->start && below && below->end == start &&
			!below->is_readable,
	};
	if (piece->kind == MT_RANGE_STACK) {
		piece->tid = (uint64_t)autopsy->pid;
		piece->flags = MT_RANGE_WHOLE_STACK;
	}
}

static uint64_t end_of_page(uint64_t address)
{
	return (address + RUN_SPACE_PAGE - 1) & ~(uint64_t)(RUN_SPACE_PAGE - 1);
}

static void add_map(struct run_autopsy *autopsy, struct run_map *map, struct object *object)
{
	uint64_t end = map->path ? run_space_object_end(&autopsy->space, map) : 0, middle;
	bool is_object = end > map->start;

	if (is_object)
		*object = (struct object){ end_of_page(end), map->name,
					   is_our_library(map->path) };
	if (!is_wanted(map) || (map->is_shared && map->path && strstr(map->path, ".live")))
		return;
	middle = map->start < object->end && !map->is_shared
		? map->end < object->end ? map->end : object->end : map->start;
	if (middle > map->start && !object->is_ours)
		add(autopsy, map, map->start, middle, object);
	if (middle < map->end)
		add(autopsy, map, middle, map->end, NULL);
}

/* What the library mapped for itself. */
static void leave_out(struct run_autopsy *autopsy, uint64_t start, uint64_t end)
{
	size_t at;

	while (start < end && (at = run_autopsy_find(autopsy, start)) < autopsy->n_pieces) {
		uint64_t until = autopsy->pieces[at].end < end ? autopsy->pieces[at].end : end;

		at = run_autopsy_mark(autopsy, at, start, until, 0, 0);
		start = until;
	}
}

void run_autopsy_map(struct run_autopsy *autopsy)
{
	struct object object = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < autopsy->space.n_maps; i++)
		add_map(autopsy, &autopsy->space.maps[i], &object);
	for (size_t i = 0; i < autopsy->n_own; i++)
		leave_out(autopsy, autopsy->own[2 * i], autopsy->own[2 * i + 1]);
	for (size_t i = 0; i < autopsy->n_pieces; i++)
		if (autopsy->pieces[i].kind)
			autopsy->pieces[n++] = autopsy->pieces[i];
	autopsy->n_pieces = n;
}
