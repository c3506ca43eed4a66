/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_stacks.c -- whose anonymous memory it is.
 *
 * glibc's stacks lie above a guard, and end with the thread's descriptor, whose
 * first and third word point to itself; it stays so when the thread is gone and
 * the stack kept for the next one. What the kernel merged with it lies above.
 *
 *	guard | dead | sp: live frames ... thread-local, descriptor | others'
 *
 * malloc's arenas begin at multiples of 64 MiB with a header that says how far
 * they reach. Its first one is described in libc's data; the free lists there
 * point to headers, which share their first word with the allocation before, and
 * must not hold that. Whatever is not recognised remains ANONYMOUS, which is a root: in
 * doubt a leak is missed, not invented.
 */
#include "tracer/inside/mapped.h"
#include "tracer/inside/real.h"
#include "tracer/inside/snapshot_parts.h"

#include <dlfcn.h>

enum {
	ARENA_BYTES = 64 << 20,
	RED_ZONE = 128,          /* below the stack pointer, still in use */
	TLS_BYTES_MAX = 64 << 10,
	STACK_BYTES_MIN = 16 << 10,
	DESCRIPTOR_ALIGN = 64,

	/* glibc's struct malloc_state, since 2.27. */
	STATE_ALIGN = 16,
	STATE_BINS = 112,
	STATE_N_BINS = 127,
	STATE_NEXT = 2160,
	STATE_BYTES = 2200,
	STATE_EMPTY_MIN = 16,    /* of the bins, to believe it */
};

/* Of glibc's arenas, as far as it has not changed since 2.0. */
struct arena_header {
	uint64_t arena, previous, size, mapped_size;
};

static struct tr_piece *find(struct tr_shot *shot, uintptr_t address)
{
	uint32_t low = 0, high = shot->n_pieces;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (shot->pieces[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < shot->n_pieces && shot->pieces[low].start <= address ? &shot->pieces[low]
									  : NULL;
}

/* Makes address the start of a piece, and returns it; NULL without room. */
static struct tr_piece *split(struct tr_shot *shot, struct tr_piece *piece, uintptr_t address)
{
	uint32_t at = (uint32_t)(piece - shot->pieces);

	if (address <= piece->start)
		return piece;
	if (address >= piece->end || shot->n_pieces == TR_PIECES_MAX)
		return NULL;
	memmove(piece + 1, piece, (shot->n_pieces - at) * sizeof(*piece));
	shot->n_pieces++;
	piece->end = address;
	piece[1].start = address;
	piece[1].is_guarded = false;
	return piece + 1;
}

/* Makes [start, end), as much of it as lies in the piece, one of this kind. */
static struct tr_piece *mark(struct tr_shot *shot, struct tr_piece *piece, uintptr_t start,
			     uintptr_t end, uint8_t kind, uint64_t tid)
{
	struct tr_piece *marked = split(shot, piece, start);

	if (!marked)
		return NULL;
	split(shot, marked, end);
	if (marked->end > end)
		return NULL;
	marked->kind = kind;
	marked->tid = tid;
	return marked;
}

static uintptr_t end_of_descriptor(uintptr_t descriptor)
{
	return (descriptor | (TR_SHOT_PAGE - 1)) + 1;
}

static void mark_frames(struct tr_shot *shot, struct tr_piece *piece, uintptr_t end,
			const struct mt_snapshot_thread *thread)
{
	/* Who called the end has nothing below its stack pointer. */
	uintptr_t red_zone = thread->hold == MT_HOLD_SELF ? 0 : RED_ZONE;
	uintptr_t low = (thread->sp - red_zone) & ~(uintptr_t)7;
	struct tr_piece *stack = mark(shot, piece, low > piece->start ? low : piece->start, end,
				      MT_RANGE_STACK, thread->tid);

	if (!stack)
		return;
	stack->flags = 0;
	/* mark may have moved the piece's upper part, not its lower. */
	if (stack != piece) {
		piece->kind = MT_RANGE_DEAD_STACK;
		piece->tid = thread->tid;
		piece->flags = 0;
	}
}

static void place_thread(struct tr_shot *shot, const struct mt_snapshot_thread *thread)
{
	uintptr_t end = end_of_descriptor(thread->thread_pointer);
	struct tr_piece *stack = thread->sp ? find(shot, thread->sp) : NULL;
	struct tr_piece *top = thread->thread_pointer ? find(shot, thread->thread_pointer) : NULL;

	if (thread->tid == tr.pid) {
		uintptr_t low = thread->thread_pointer - TLS_BYTES_MAX;

		if (stack && stack->kind == MT_RANGE_STACK && stack->flags)
			mark_frames(shot, stack, stack->end, thread);
		top = thread->thread_pointer ? find(shot, thread->thread_pointer) : NULL;
		if (top && top->kind == MT_RANGE_ANONYMOUS)
			mark(shot, top, low > top->start ? low : top->start, end, MT_RANGE_TLS,
			     thread->tid);
		return;
	}
	/* Elsewhere than on a stack of glibc's: as it is, a root. */
	if (!top || top->kind != MT_RANGE_ANONYMOUS || !top->is_guarded)
		return;
	if (stack == top && thread->sp < thread->thread_pointer) {
		mark_frames(shot, top, end, thread);
	} else {
		top = mark(shot, top, top->start, end, MT_RANGE_STACK, thread->tid);
		if (top)
			top->flags = MT_RANGE_WHOLE_STACK;
	}
}

/* The lowest thread descriptor in a piece, or 0. */
static uintptr_t find_descriptor(struct tr_shot *shot, const struct tr_piece *piece)
{
	uintptr_t at = piece->start, end;

	for (; (end = tr_pages_next(&shot->pages, &at, piece->end)); at = end)
		for (uintptr_t p = (at + DESCRIPTOR_ALIGN - 1) & ~(uintptr_t)(DESCRIPTOR_ALIGN - 1);
		     p + DESCRIPTOR_ALIGN <= end; p += DESCRIPTOR_ALIGN) {
			const uintptr_t *words = (const uintptr_t *)p;

			if (words[0] == p && words[2] == p)
				return p;
		}
	return 0;
}

/* Stacks whose threads are gone; only while nobody can take one into use. */
static void find_dead(struct tr_shot *shot)
{
	for (uint32_t i = 0; i < shot->n_pieces; i++) {
		struct tr_piece *piece = &shot->pieces[i];
		uintptr_t descriptor;

		if (piece->kind != MT_RANGE_ANONYMOUS || !piece->is_guarded)
			continue;
		descriptor = find_descriptor(shot, piece);
		if (descriptor >= piece->start + STACK_BYTES_MIN - TR_SHOT_PAGE)
			mark(shot, piece, piece->start, end_of_descriptor(descriptor),
			     MT_RANGE_DEAD_STACK, 0);
	}
}

static void find_arenas(struct tr_shot *shot)
{
	for (uint32_t i = 0; i < shot->n_pieces; i++) {
		struct tr_piece *piece = &shot->pieces[i];
		uintptr_t at = (piece->start + ARENA_BYTES - 1) & ~(uintptr_t)(ARENA_BYTES - 1);
		struct arena_header header;

		if (piece->kind != MT_RANGE_ANONYMOUS || at + TR_SHOT_PAGE > piece->end ||
		    !tr_read_safely(at, &header, sizeof(header)))
			continue;
		/* The arena lies in its first heap, behind the header, or the heap
		 * continues another one. */
		if ((header.previous ? header.arena % ARENA_BYTES >= TR_SHOT_PAGE
				     : header.arena - at >= TR_SHOT_PAGE) ||
		    header.previous % ARENA_BYTES || !header.size ||
		    header.size > header.mapped_size || header.mapped_size > ARENA_BYTES ||
		    header.mapped_size % TR_SHOT_PAGE)
			continue;
		mark(shot, piece, at, at + header.mapped_size, MT_RANGE_HEAP, 0);
		/* There may be more behind it, in a piece of its own now. */
	}
}

/* An empty bin's two words point to itself, as if they were in a chunk; the next
 * arena is the same one, or lies behind an arena's header. */
static bool is_malloc_state(uintptr_t at)
{
	uintptr_t next = *(const uintptr_t *)(at + STATE_NEXT);
	const uintptr_t *bins = (const uintptr_t *)(at + STATE_BINS);
	int n_empty = 0;

	if (next != at && next % ARENA_BYTES != sizeof(struct arena_header) + 16)
		return false;
	for (int i = 0; i < STATE_N_BINS; i++, bins += 2)
		n_empty += bins[0] == (uintptr_t)(bins - 2) && bins[1] == bins[0];
	return n_empty >= STATE_EMPTY_MIN;
}

static void find_first_arena(struct tr_shot *shot)
{
	struct dl_find_object libc;

	if (_dl_find_object((void *)tr_real.malloc, &libc) != 0)
		return;
	for (uint32_t i = 0; i < shot->n_pieces; i++) {
		struct tr_piece *piece = &shot->pieces[i];
		uintptr_t at = piece->start, end;

		if (piece->kind != MT_RANGE_MODULE || at < (uintptr_t)libc.dlfo_map_start ||
		    at >= (uintptr_t)libc.dlfo_map_end)
			continue;
		for (; (end = tr_pages_next(&shot->pages, &at, piece->end)); at = end)
			for (; at + STATE_BYTES <= end; at += STATE_ALIGN)
				if (is_malloc_state(at)) {
					mark(shot, piece, at, at + STATE_BYTES, MT_RANGE_HEAP, 0);
					return;
				}
	}
}

/* What another allocator mapped is its heap; the kernel may have merged it with
 * what lies beside it. */
static void find_mapped(struct tr_shot *shot)
{
	for (uint32_t i = 0; i < shot->n_pieces; i++) {
		struct tr_piece *piece = &shot->pieces[i];
		uintptr_t until;

		if (piece->kind != MT_RANGE_ANONYMOUS)
			continue;
		if (!tr_mapped_is(piece->start, &until))
			split(shot, piece, until);
		else
			mark(shot, piece, piece->start, until < piece->end ? until : piece->end,
			     MT_RANGE_HEAP, 0);
	}
}

void tr_shot_classify(struct tr_shot *shot)
{
	const struct mt_snapshot_thread *first = NULL;

	if (tr_real.is_libc_malloc) {
		find_first_arena(shot);
		find_arenas(shot);
	} else if (!tr_real_is_passed_by()) {
		find_mapped(shot);
	}
	for (uint32_t i = 0; i < shot->n_threads; i++)
		if (shot->threads[i].tid == tr.pid)
			first = &shot->threads[i];
		else
			place_thread(shot, &shot->threads[i]);
	if (first)
		place_thread(shot, first);
	if (shot->are_all_held)
		find_dead(shot);
}
