/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks_cxx.c -- C++'s operator new and delete, in all their forms.
 *
 * libstdc++'s operator new is malloc and a loop around the new-handler, and so is
 * ours, because what a handler does, which is to free something, must be seen.
 * Where there is no handler, or one might throw what a nothrow form must catch,
 * the real operator ends it: it throws, or returns NULL. A program's or another
 * allocator's own operator is always called.
 */
#include "tracer/inside/hooks.h"

static void find_cxx(void)
{
	if (__builtin_expect(!tr_real.has_cxx, 0))
		tr_real_resolve_cxx();
}

/* malloc, with the handler called as long as there is one and no memory. */
static void *allocate(size_t size, bool has_handler)
{
	void *p = tr_real.malloc(size);

	while (__builtin_expect(!p, 0) && has_handler && tr_real._ZSt15get_new_handlerv) {
		tr_new_handler handler = tr_real._ZSt15get_new_handlerv();

		if (!handler)
			break;
		handler();
		p = tr_real.malloc(size);
	}
	return p;
}

/* The plain, the array and the nothrow forms. real: the operator itself. */
static void *new_plain(const struct tr_regs *caller, size_t size, enum mt_api api, void *real,
		       const void *nothrow, bool is_recording)
{
	void *p = NULL;

	if (tr_real.is_default_new || !real)
		p = allocate(size ? size : 1, !nothrow && is_recording);
	if (!p && real)
		p = is_recording ? tr_call_inside(real, size, (uintptr_t)nothrow, 0)
				 : ((void *(*)(size_t, const void *))real)(size, nothrow);
	if (p && is_recording)
		tr_emit_alloc(caller, p, size, api, 0);
	return p;
}

#define NEW_HOOK(name, api) \
	TR_HOOK void *name(size_t size); \
	TR_HOOK void *name(size_t size) \
	{ \
		struct tr_regs caller = tr_caller(); \
\
		tr_ready(); \
		find_cxx(); \
		return new_plain(&caller, size, api, (void *)tr_real.name, NULL, \
				 tr_should_record()); \
	}
#define NEW_NOTHROW_HOOK(name, api) \
	TR_HOOK void *name(size_t size, const void *nothrow); \
	TR_HOOK void *name(size_t size, const void *nothrow) \
	{ \
		struct tr_regs caller = tr_caller(); \
\
		tr_ready(); \
		find_cxx(); \
		return new_plain(&caller, size, api, (void *)tr_real.name, nothrow, \
				 tr_should_record()); \
	}

NEW_HOOK(_Znwm, MT_API_NEW)
NEW_HOOK(_Znam, MT_API_NEW_ARRAY)
NEW_NOTHROW_HOOK(_ZnwmRKSt9nothrow_t, MT_API_NEW_NOTHROW)
NEW_NOTHROW_HOOK(_ZnamRKSt9nothrow_t, MT_API_NEW_ARRAY_NOTHROW)

static void *new_aligned(const struct tr_regs *caller, size_t size, size_t alignment,
			 const void *nothrow, enum mt_api api, void *real, bool is_recording)
{
	void *p;

	if (!real)
		p = tr_real.aligned_alloc(alignment, size);
	else if (!is_recording)
		return ((void *(*)(size_t, size_t, const void *))real)(size, alignment, nothrow);
	else
		p = tr_call_inside(real, size, alignment, (uintptr_t)nothrow);
	if (p && is_recording)
		tr_emit_alloc(caller, p, size, api, alignment);
	return p;
}

#define NEW_ALIGNED_HOOK(name, api) \
	TR_HOOK void *name(size_t size, size_t alignment); \
	TR_HOOK void *name(size_t size, size_t alignment) \
	{ \
		struct tr_regs caller = tr_caller(); \
\
		tr_ready(); \
		find_cxx(); \
		return new_aligned(&caller, size, alignment, NULL, api, (void *)tr_real.name, \
				   tr_should_record()); \
	}
#define NEW_ALIGNED_NOTHROW_HOOK(name, api) \
	TR_HOOK void *name(size_t size, size_t alignment, const void *nothrow); \
	TR_HOOK void *name(size_t size, size_t alignment, const void *nothrow) \
	{ \
		struct tr_regs caller = tr_caller(); \
\
		tr_ready(); \
		find_cxx(); \
		return new_aligned(&caller, size, alignment, nothrow, api, \
				   (void *)tr_real.name, tr_should_record()); \
	}

NEW_ALIGNED_HOOK(_ZnwmSt11align_val_t, MT_API_NEW_ALIGNED)
NEW_ALIGNED_HOOK(_ZnamSt11align_val_t, MT_API_NEW_ARRAY_ALIGNED)
NEW_ALIGNED_NOTHROW_HOOK(_ZnwmSt11align_val_tRKSt9nothrow_t, MT_API_NEW_ALIGNED_NOTHROW)
NEW_ALIGNED_NOTHROW_HOOK(_ZnamSt11align_val_tRKSt9nothrow_t, MT_API_NEW_ARRAY_ALIGNED_NOTHROW)

/* a, b: the operator's arguments after the pointer. */
static void delete_any(const struct tr_regs *caller, void *p, void *real, uint8_t flags,
		       size_t size, size_t alignment, uintptr_t a, uintptr_t b,
		       bool is_recording)
{
	if (p && is_recording)
		tr_emit_delete(caller, p, flags, size, alignment);
	if (tr_real.is_default_new || !real)
		tr_real.free(p);
	else if (is_recording)
		tr_call_inside(real, (uintptr_t)p, a, b);
	else
		((void (*)(void *, uintptr_t, uintptr_t))real)(p, a, b);
}

#define DELETE_HOOK(name, parameters, flags, size, alignment, a, b) \
	TR_HOOK void name parameters; \
	TR_HOOK void name parameters \
	{ \
		struct tr_regs caller = tr_caller(); \
\
		tr_ready(); \
		find_cxx(); \
		delete_any(&caller, p, (void *)tr_real.name, flags, size, alignment, \
			   (uintptr_t)(a), (uintptr_t)(b), tr_should_record()); \
	}

DELETE_HOOK(_ZdlPv, (void *p), 0, 0, 0, 0, 0)
DELETE_HOOK(_ZdaPv, (void *p), MT_DELETE_ARRAY, 0, 0, 0, 0)
DELETE_HOOK(_ZdlPvm, (void *p, size_t n), MT_DELETE_SIZED, n, 0, n, 0)
DELETE_HOOK(_ZdaPvm, (void *p, size_t n), MT_DELETE_ARRAY | MT_DELETE_SIZED, n, 0, n, 0)
DELETE_HOOK(_ZdlPvRKSt9nothrow_t, (void *p, const void *t), MT_DELETE_NOTHROW, 0, 0, t, 0)
DELETE_HOOK(_ZdaPvRKSt9nothrow_t, (void *p, const void *t), MT_DELETE_ARRAY | MT_DELETE_NOTHROW,
	    0, 0, t, 0)
DELETE_HOOK(_ZdlPvSt11align_val_t, (void *p, size_t l), MT_DELETE_ALIGNED, 0, l, l, 0)
DELETE_HOOK(_ZdaPvSt11align_val_t, (void *p, size_t l), MT_DELETE_ARRAY | MT_DELETE_ALIGNED, 0, l,
	    l, 0)
DELETE_HOOK(_ZdlPvmSt11align_val_t, (void *p, size_t n, size_t l),
	    MT_DELETE_SIZED | MT_DELETE_ALIGNED, n, l, n, l)
DELETE_HOOK(_ZdaPvmSt11align_val_t, (void *p, size_t n, size_t l),
	    MT_DELETE_ARRAY | MT_DELETE_SIZED | MT_DELETE_ALIGNED, n, l, n, l)
DELETE_HOOK(_ZdlPvSt11align_val_tRKSt9nothrow_t, (void *p, size_t l, const void *t),
	    MT_DELETE_ALIGNED | MT_DELETE_NOTHROW, 0, l, l, t)
DELETE_HOOK(_ZdaPvSt11align_val_tRKSt9nothrow_t, (void *p, size_t l, const void *t),
	    MT_DELETE_ARRAY | MT_DELETE_ALIGNED | MT_DELETE_NOTHROW, 0, l, l, t)
