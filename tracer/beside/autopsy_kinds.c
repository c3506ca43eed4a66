/* SPDX-License-Identifier: Apache-2.0 */
/* autopsy_kinds.c -- see autopsy.h. Whatever is not recognised remains a root. */
#include "tracer/beside/autopsy.h"

#include <stdlib.h>
#include <string.h>

enum {
	ARENA_BYTES = 64 << 20,
	TLS_BYTES_MAX = 64 << 10,
	STACK_BYTES_MIN = 16 << 10,
	DESCRIPTOR_ALIGN = 64,
	CHUNK_BYTES = 64 << 10,

	/* glibc's struct malloc_state, since 2.27. */
	STATE_ALIGN = 16,
	STATE_BINS = 112,
	STATE_N_BINS = 127,
	STATE_NEXT = 2160,
	STATE_BYTES = 2200,
	STATE_EMPTY_MIN = 16,
};

struct arena_header {
	uint64_t arena, previous, size, mapped_size;
};

static uint64_t end_of_descriptor(uint64_t descriptor)
{
	return (descriptor | (RUN_SPACE_PAGE - 1)) + 1;
}

static void mark_frames(struct run_autopsy *autopsy, size_t at, uint64_t end, uint64_t sp,
			uint64_t tid)
{
	uint64_t low = (sp - RUN_RED_ZONE) & ~UINT64_C(7), start = autopsy->pieces[at].start;
	size_t stack = run_autopsy_mark(autopsy, at, low > start ? low : start, end,
					MT_RANGE_STACK, tid);

	if (stack != at && stack < autopsy->n_pieces) {
		autopsy->pieces[at].kind = MT_RANGE_DEAD_STACK;
		autopsy->pieces[at].tid = tid;
		autopsy->pieces[at].flags = 0;
	}
}

static void place_first(struct run_autopsy *autopsy, const struct run_dead_thread *thread)
{
	uint64_t tp = thread->registers.fs_base, low = tp - TLS_BYTES_MAX;
	size_t at = run_autopsy_find(autopsy, thread->registers.rsp);

	if (at < autopsy->n_pieces && autopsy->pieces[at].kind == MT_RANGE_STACK &&
	    autopsy->pieces[at].flags)
		mark_frames(autopsy, at, autopsy->pieces[at].end, thread->registers.rsp,
			    (uint64_t)thread->tid);
	at = run_autopsy_find(autopsy, tp);
	if (at < autopsy->n_pieces && autopsy->pieces[at].kind == MT_RANGE_ANONYMOUS)
		run_autopsy_mark(autopsy, at, low > autopsy->pieces[at].start
				 ? low : autopsy->pieces[at].start,
				 end_of_descriptor(tp), MT_RANGE_TLS, (uint64_t)thread->tid);
}

static void place(struct run_autopsy *autopsy, const struct run_dead_thread *thread)
{
	uint64_t tp = thread->registers.fs_base, sp = thread->registers.rsp;
	size_t at = run_autopsy_find(autopsy, tp);
	struct run_piece_of *top = at < autopsy->n_pieces ? &autopsy->pieces[at] : NULL;

	if (!top || top->kind != MT_RANGE_ANONYMOUS || !top->is_guarded)
		return;
	if (sp >= top->start && sp < tp) {
		mark_frames(autopsy, at, end_of_descriptor(tp), sp, (uint64_t)thread->tid);
	} else {
		at = run_autopsy_mark(autopsy, at, top->start, end_of_descriptor(tp),
				      MT_RANGE_STACK, (uint64_t)thread->tid);
		autopsy->pieces[at].flags = MT_RANGE_WHOLE_STACK;
	}
}

/* The lowest thread descriptor in a piece, or 0. */
static uint64_t find_descriptor(const struct run_autopsy *autopsy,
				const struct run_piece_of *piece, uint64_t *chunk)
{
	uint64_t at = piece->start, end;

	for (; (end = run_autopsy_pages(autopsy, &at, piece->end)); at = end)
		for (; at < end; at += CHUNK_BYTES) {
			uint64_t n = end - at < CHUNK_BYTES ? end - at : CHUNK_BYTES;

			if (!run_autopsy_read(autopsy, at, chunk, n))
				continue;
			for (uint64_t i = 0; i + DESCRIPTOR_ALIGN <= n; i += DESCRIPTOR_ALIGN)
				if (chunk[i / 8] == at + i && chunk[i / 8 + 2] == at + i)
					return at + i;
		}
	return 0;
}

/* Stacks whose threads are gone. */
static void find_dead(struct run_autopsy *autopsy, uint64_t *chunk)
{
	for (size_t i = 0; i < autopsy->n_pieces; i++) {
		const struct run_piece_of piece = autopsy->pieces[i];
		uint64_t descriptor;

		if (piece.kind != MT_RANGE_ANONYMOUS || !piece.is_guarded)
			continue;
		descriptor = find_descriptor(autopsy, &piece, chunk);
		if (descriptor >= piece.start + STACK_BYTES_MIN - RUN_SPACE_PAGE)
			run_autopsy_mark(autopsy, i, piece.start, end_of_descriptor(descriptor),
					 MT_RANGE_DEAD_STACK, 0);
	}
}

static void find_arenas(struct run_autopsy *autopsy)
{
	for (size_t i = 0; i < autopsy->n_pieces; i++) {
		const struct run_piece_of piece = autopsy->pieces[i];
		uint64_t at = (piece.start + ARENA_BYTES - 1) & ~(uint64_t)(ARENA_BYTES - 1);
		struct arena_header header;

		if (piece.kind != MT_RANGE_ANONYMOUS || at + RUN_SPACE_PAGE > piece.end ||
		    !run_autopsy_read(autopsy, at, &header, sizeof(header)))
			continue;
		if ((header.previous ? header.arena % ARENA_BYTES >= RUN_SPACE_PAGE
				     : header.arena - at >= RUN_SPACE_PAGE) ||
		    header.previous % ARENA_BYTES || !header.size ||
		    header.size > header.mapped_size || header.mapped_size > ARENA_BYTES ||
		    header.mapped_size % RUN_SPACE_PAGE)
			continue;
		run_autopsy_mark(autopsy, i, at, at + header.mapped_size, MT_RANGE_HEAP, 0);
	}
}

static bool is_malloc_state(const uint8_t *bytes, uint64_t at)
{
	const uint64_t *bins = (const void *)(bytes + STATE_BINS);
	uint64_t next;
	int n_empty = 0;

	memcpy(&next, bytes + STATE_NEXT, sizeof(next));
	if (next != at && next % ARENA_BYTES != sizeof(struct arena_header) + 16)
		return false;
	for (unsigned i = 0; i < STATE_N_BINS; i++, bins += 2)
		n_empty += bins[0] == at + STATE_BINS + 16 * i - 16 && bins[1] == bins[0];
	return n_empty >= STATE_EMPTY_MIN;
}

static bool is_libc(const char *name)
{
	const char *base = strrchr(name, '/');

	return base && (strncmp(base, "/libc.so", 8) == 0 || strncmp(base, "/libc-2", 7) == 0);
}

static void find_first_arena(struct run_autopsy *autopsy)
{
	for (size_t i = 0; i < autopsy->n_pieces; i++) {
		const struct run_piece_of piece = autopsy->pieces[i];
		uint64_t n = piece.end - piece.start;
		uint8_t *bytes;

		if (piece.kind != MT_RANGE_MODULE || !is_libc(piece.name) || n > 1 << 20 ||
		    !(bytes = malloc(n)))
			continue;
		if (run_autopsy_read(autopsy, piece.start, bytes, n))
			for (uint64_t at = 0; at + STATE_BYTES <= n; at += STATE_ALIGN)
				if (is_malloc_state(bytes + at, piece.start + at)) {
					run_autopsy_mark(autopsy, i, piece.start + at,
							 piece.start + at + STATE_BYTES,
							 MT_RANGE_HEAP, 0);
					free(bytes);
					return;
				}
		free(bytes);
	}
}

void run_autopsy_classify(struct run_autopsy *autopsy)
{
	const struct run_dead_thread *first = NULL;
	bool are_all_known = true;
	uint64_t *chunk = malloc(CHUNK_BYTES);

	if (!autopsy->is_other_malloc) {
		find_first_arena(autopsy);
		find_arenas(autopsy);
	}
	for (unsigned i = 0; i < autopsy->n_threads; i++) {
		const struct run_dead_thread *thread = &autopsy->threads[i];

		are_all_known &= thread->is_known;
		if (thread->tid == autopsy->pid)
			first = thread->is_known ? thread : NULL;
		else if (thread->is_known)
			place(autopsy, thread);
	}
	if (first)
		place_first(autopsy, first);
	if (are_all_known && chunk)
		find_dead(autopsy, chunk);
	free(chunk);
}
