/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.h -- what the files hooks_*.c share. Each hook keeps the exact
 * semantics of the function it stands for: same result, same errno, same
 * exceptions.
 */
#ifndef TRACER_INSIDE_HOOKS_H
#define TRACER_INSIDE_HOOKS_H

#include "tracer/inside/emit.h"
#include "tracer/inside/real.h"

#define TR_HOOK __attribute__((visibility("default"))) extern

/* At the head of every hook, before tr_real is used. */
static inline void tr_ready(void)
{
	if (__builtin_expect(__atomic_load_n(&tr.mode, __ATOMIC_ACQUIRE) == TR_UNBORN, 0))
		tr_start();
}

/*
 * Calls fn with up to three word-sized arguments while our hooks, should it
 * call any, pass through. An exception may leave it. Keeps errno.
 */
void *tr_call_inside(void *fn, uintptr_t a, uintptr_t b, uintptr_t c);

#endif
