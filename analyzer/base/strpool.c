/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strpool.c -- an arena for the bytes, an indexset to find them again.
 */
#include "analyzer/base/strpool.h"

#include <string.h>

struct look_up {
	const struct strpool *pool;
	struct strpool_text wanted;
};

static bool is_wanted(void *context, uint32_t index)
{
	const struct look_up *look_up = context;
	const struct strpool_text *text = &look_up->pool->texts.at[index];

	return text->n_bytes == look_up->wanted.n_bytes &&
	       !memcmp(text->text, look_up->wanted.text, text->n_bytes);
}

void strpool_release(struct strpool *pool)
{
	arena_release(&pool->arena);
	indexset_release(&pool->set);
	VEC_RELEASE(&pool->texts);
}

const char *strpool_intern(struct strpool *pool, const void *bytes, size_t n_bytes)
{
	struct look_up look_up = { pool, { n_bytes ? bytes : "", n_bytes } };
	uint32_t n = (uint32_t)pool->texts.n;
	uint32_t index = indexset_intern(&pool->set, hash_bytes(1, look_up.wanted.text, n_bytes),
					 n, is_wanted, &look_up);

	if (index == n) {
		struct strpool_text *text = VEC_PUSH(&pool->texts);

		text->text = arena_text(&pool->arena, bytes, n_bytes);
		text->n_bytes = n_bytes;
	}
	return pool->texts.at[index].text;
}

const char *strpool_intern_text(struct strpool *pool, const char *text)
{
	return strpool_intern(pool, text, strlen(text));
}
