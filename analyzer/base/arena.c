/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.c -- pieces of 64 KiB, larger ones for what does not fit.
 */
#include "analyzer/base/arena.h"

#include "analyzer/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 64 << 10 };

struct arena_piece {
	struct arena_piece *next;
	uint64_t bytes[];
};

void arena_release(struct arena *arena)
{
	for (struct arena_piece *piece = arena->pieces, *next; piece; piece = next) {
		next = piece->next;
		free(piece);
	}
	memset(arena, 0, sizeof(*arena));
}

static uint8_t *new_piece(struct arena *arena, size_t n_bytes)
{
	struct arena_piece *piece = xcalloc(1, sizeof(*piece) + n_bytes);

	piece->next = arena->pieces;
	arena->pieces = piece;
	return (uint8_t *)piece->bytes;
}

void *arena_alloc(struct arena *arena, size_t n, size_t size)
{
	/* A product that overflows cannot be had; xcalloc says so. */
	size_t n_bytes = size && n > (SIZE_MAX >> 1) / size ? SIZE_MAX >> 1 : n * size;
	uint8_t *at;

	n_bytes = n_bytes ? (n_bytes + 7) & ~(size_t)7 : 8;
	if (n_bytes > PIECE_BYTES / 4)
		return new_piece(arena, n_bytes);
	if ((size_t)(arena->end - arena->at) < n_bytes) {
		arena->at = new_piece(arena, PIECE_BYTES);
		arena->end = arena->at + PIECE_BYTES;
	}
	at = arena->at;
	arena->at += n_bytes;
	return at;
}

char *arena_text(struct arena *arena, const void *bytes, size_t n_bytes)
{
	char *text = arena_alloc(arena, n_bytes + 1, 1);

	if (n_bytes)
		memcpy(text, bytes, n_bytes);
	return text;
}
