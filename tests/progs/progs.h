/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progs.h -- for programs whose allocations are counted by the function that
 * made them: the compiler must neither inline that function nor remove what it
 * allocates.
 */
#ifndef TESTS_PROGS_PROGS_H
#define TESTS_PROGS_PROGS_H

#include <stdint.h>

#define APART __attribute__((noipa))

/* The same pointer, of which the compiler knows nothing any more. */
static inline void *keep(void *p)
{
	__asm__ volatile("" : "+r"(p) : : "memory");
	return p;
}

/* Ends a function that ends in a call, so that its frame stays on the stack. */
#define STAY() __asm__ volatile("" : : : "memory")

#endif
