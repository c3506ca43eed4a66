/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h -- memory that is freed all at once. A zeroed arena is empty.
 */
#ifndef ANALYZER_BASE_ARENA_H
#define ANALYZER_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_piece;

struct arena {
	struct arena_piece *pieces;
	uint8_t *at;
	uint8_t *end;
};

void arena_release(struct arena *arena);
/* Zeroed, aligned to 8; never NULL. */
void *arena_alloc(struct arena *arena, size_t n, size_t size);
/* A copy of n_bytes bytes with a NUL after them. */
char *arena_text(struct arena *arena, const void *bytes, size_t n_bytes);

#endif
