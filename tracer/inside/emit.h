/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit.h -- one call per event, from the hooks.
 *
 * The order is the law: an allocation is recorded after the real call, a free
 * before it, because as soon as the real free returns another thread may get
 * the address. A realloc says before the call which address it gives away, and
 * after it what became of that.
 */
#ifndef TRACER_INSIDE_EMIT_H
#define TRACER_INSIDE_EMIT_H

#include "tracer/inside/stream.h"

/* The caller of the hook that this stands in, for the walk: needs a frame
 * pointer in the hook, which the library is compiled with. */
static inline __attribute__((always_inline)) struct tr_regs tr_caller(void)
{
	const uintptr_t *frame = __builtin_frame_address(0);

	return (struct tr_regs){ .pc = frame[1], .sp = (uintptr_t)(frame + 2), .fp = frame[0] };
}

/* Whether the hook in which this stands should record. */
static inline __attribute__((always_inline)) bool tr_should_record(void)
{
	return tr_is_on() && !tr_is_inside((uintptr_t)__builtin_frame_address(0));
}

/* An allocation happened. p is not NULL. */
void tr_emit_alloc(const struct tr_regs *caller, const void *p, size_t size, enum mt_api api,
		   size_t alignment);
/* p is about to be freed. p is not NULL. caller is for --free-stacks. */
void tr_emit_free(const struct tr_regs *caller, const void *p);
/* p is about to be released by operator delete. flags: MT_DELETE_*. */
void tr_emit_delete(const struct tr_regs *caller, const void *p, uint8_t flags, size_t size,
		    size_t alignment);

/* p is about to be reallocated. Returns the context to end it with, which stays
 * entered; NULL when it could not be recorded. */
struct tr_context *tr_emit_realloc_begin(const struct tr_regs *caller, const void *p);
/* result: what the call returned; is_freed: it was NULL and p is gone. */
void tr_emit_realloc_end(struct tr_context *context, const struct tr_regs *caller,
			 const void *result, size_t size, enum mt_api api, bool is_freed);

#endif
