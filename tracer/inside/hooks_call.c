/* SPDX-License-Identifier: Apache-2.0 */
/* hooks_call.c -- calling a function that may call our hooks back. */
#include "tracer/inside/hooks.h"

/* An exception on its way through tr_call_inside: what it called is left. This
 * is the personality of that one function; the usual one lives in a library
 * that the program may not have loaded. */
int tr_inside_personality(int version, int actions, uint64_t class, void *exception,
			  void *context);
int tr_inside_personality(int version, int actions, uint64_t class, void *exception,
			  void *context)
{
	const int cleanup_phase = 2, continue_unwind = 8;

	(void)version, (void)class, (void)exception, (void)context;
	if (actions & cleanup_phase)
		tr_inside = 0;
	return continue_unwind;
}

__attribute__((noinline)) void *tr_call_inside(void *fn, uintptr_t a, uintptr_t b, uintptr_t c)
{
	void *(*call)(uintptr_t, uintptr_t, uintptr_t) =
		(void *(*)(uintptr_t, uintptr_t, uintptr_t))fn;
	void *result;

	__asm__(".cfi_personality 0x1b, tr_inside_personality");
	tr_inside = (uintptr_t)__builtin_frame_address(0);
	result = call(a, b, c);
	__asm__ volatile("" ::: "memory");
	tr_inside = 0;
	return result;
}
