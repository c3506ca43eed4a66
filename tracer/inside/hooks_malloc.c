/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks_malloc.c -- malloc and its relatives.
 *
 * libc's own functions are called directly: they do not call each other through
 * the symbols that are hooked here. Any other allocator's might, and its call
 * must count once: that one is called "inside".
 */
#include "tracer/inside/hooks.h"

#include <errno.h>

#define CALL(name, ...) \
	(__builtin_expect(tr_real.is_libc_malloc, 1) ? tr_real.name(__VA_ARGS__) \
						     : INSIDE(name, __VA_ARGS__, 0, 0, 0))
#define INSIDE(name, a, b, c, ...) \
	((__typeof__(tr_real.name(FIRST_OF_##name)))(uintptr_t)tr_call_inside( \
		(void *)tr_real.name, (uintptr_t)(a), (uintptr_t)(b), (uintptr_t)(c)))

/* Only for the result types in INSIDE. */
#define FIRST_OF_malloc 0
#define FIRST_OF_calloc 0, 0
#define FIRST_OF_realloc NULL, 0
#define FIRST_OF_posix_memalign NULL, 0, 0
#define FIRST_OF_aligned_alloc 0, 0
#define FIRST_OF_memalign 0, 0
#define FIRST_OF_valloc 0
#define FIRST_OF_pvalloc 0

TR_HOOK void *malloc(size_t size)
{
	struct tr_regs caller = tr_caller();
	void *p;

	tr_ready();
	if (!tr_should_record())
		return tr_real.malloc(size);
	p = CALL(malloc, size);
	if (__builtin_expect(p != NULL, 1))
		tr_emit_alloc(&caller, p, size, MT_API_MALLOC, 0);
	return p;
}

TR_HOOK void free(void *p)
{
	struct tr_regs caller = tr_caller();

	tr_ready();
	if (p && tr_should_record()) {
		tr_emit_free(&caller, p);
		if (__builtin_expect(!tr_real.is_libc_malloc, 0)) {
			tr_call_inside((void *)tr_real.free, (uintptr_t)p, 0, 0);
			return;
		}
	}
	tr_real.free(p);
}

/* What libc exported until 2.26; old programs still call it. */
TR_HOOK void cfree(void *p);
TR_HOOK void cfree(void *p)
{
	free(p);
}

TR_HOOK void *calloc(size_t n, size_t size)
{
	struct tr_regs caller = tr_caller();
	void *p;

	tr_ready();
	if (!tr_should_record())
		return tr_real.calloc(n, size);
	p = CALL(calloc, n, size);
	if (__builtin_expect(p != NULL, 1))
		tr_emit_alloc(&caller, p, n * size, MT_API_CALLOC, 0);
	return p;
}

/* Common to realloc and reallocarray, once the size is known. call returns what
 * the real function does. */
static void *reallocate(const struct tr_regs *caller, void *old, size_t size, enum mt_api api,
			size_t n, size_t each)
{
	struct tr_context *context = old ? tr_emit_realloc_begin(caller, old) : NULL;
	void *p;

	if (api == MT_API_REALLOCARRAY)    /* libc's calls realloc, by its symbol */
		p = tr_call_inside((void *)tr_real.reallocarray, (uintptr_t)old, n, each);
	else
		p = CALL(realloc, old, size);
	if (context)
		tr_emit_realloc_end(context, caller, p, size, api, !p && size == 0);
	else if (!old && p)
		tr_emit_alloc(caller, p, size, api, 0);
	return p;
}

TR_HOOK void *realloc(void *old, size_t size)
{
	struct tr_regs caller = tr_caller();

	tr_ready();
	if (!tr_should_record())
		return tr_real.realloc(old, size);
	return reallocate(&caller, old, size, MT_API_REALLOC, 0, 0);
}

TR_HOOK void *reallocarray(void *old, size_t n, size_t size)
{
	struct tr_regs caller = tr_caller();
	size_t n_bytes;

	tr_ready();
	/* Overflow fails and leaves the old allocation alone: nothing happened. */
	if (__builtin_mul_overflow(n, size, &n_bytes) || !tr_should_record())
		return tr_real.reallocarray(old, n, size);
	return reallocate(&caller, old, n_bytes, MT_API_REALLOCARRAY, n, size);
}

TR_HOOK int posix_memalign(void **to, size_t alignment, size_t size)
{
	struct tr_regs caller = tr_caller();
	int error;

	tr_ready();
	if (!tr_should_record())
		return tr_real.posix_memalign(to, alignment, size);
	error = CALL(posix_memalign, to, alignment, size);
	if (!error && *to)
		tr_emit_alloc(&caller, *to, size, MT_API_POSIX_MEMALIGN, alignment);
	return error;
}

#define ALIGNED_HOOK(name, api) \
	TR_HOOK void *name(size_t alignment, size_t size) \
	{ \
		struct tr_regs caller = tr_caller(); \
		void *p; \
\
		tr_ready(); \
		if (!tr_should_record()) \
			return tr_real.name(alignment, size); \
		p = CALL(name, alignment, size); \
		if (p) \
			tr_emit_alloc(&caller, p, size, api, alignment); \
		return p; \
	}

ALIGNED_HOOK(aligned_alloc, MT_API_ALIGNED_ALLOC)
ALIGNED_HOOK(memalign, MT_API_MEMALIGN)

#define PAGE_HOOK(name, api) \
	TR_HOOK void *name(size_t size) \
	{ \
		struct tr_regs caller = tr_caller(); \
		void *p; \
\
		tr_ready(); \
		if (!tr_should_record()) \
			return tr_real.name(size); \
		p = CALL(name, size); \
		if (p) \
			tr_emit_alloc(&caller, p, size, api, 4096); \
		return p; \
	}

PAGE_HOOK(valloc, MT_API_VALLOC)
PAGE_HOOK(pvalloc, MT_API_PVALLOC)

/* Changes nothing and tells nothing: here so that an allocator behind us is
 * asked, and the program gets its answer. */
TR_HOOK size_t malloc_usable_size(void *p)
{
	tr_ready();
	return tr_real.malloc_usable_size(p);
}
