/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.h -- the part of a stack that may be read.
 *
 *                 one walk's window            kept: the thread's own stack
 *             low                 high      low                          high
 *    ...|......|####################|.. .. ..|##############################|
 *              ^ sp
 *
 * A walk starts with the page of its stack pointer, which was written to a
 * moment ago, and goes on page by page; what the kernel says is readable, is.
 * It may stop being so: another thread unmaps, a coroutine's stack is freed. So
 * a window is kept for later walks only where the memory belongs to this very
 * thread's stack, which cannot go while the thread runs. On any other stack
 * each walk asks anew: a call of the kernel or two.
 */
#ifndef TRACER_INSIDE_WINDOW_H
#define TRACER_INSIDE_WINDOW_H

#include "tracer/inside/arch/x86_64.h"
#include "tracer/inside/unwind.h"

struct tr_window {
	uintptr_t low;       /* readable: [low, high) */
	uintptr_t high;
	uint32_t n_probed;
	bool is_moved;       /* the walk went from one stack to another */
};

/* Opens the window at the stack pointer of a function that is running now. */
void tr_window_begin(struct tr_window *window, const struct tr_unwinder *unwinder,
		     const struct tr_unwind_mode *mode, uintptr_t sp);

/* Opens it anew where a signal interrupted; false if nothing is readable there. */
bool tr_window_move(struct tr_window *window, const struct tr_unwinder *unwinder,
		    const struct tr_unwind_mode *mode, uintptr_t sp);

/* Grows the window until it holds the word at address; false if it cannot. */
bool tr_window_grow(struct tr_window *window, const struct tr_unwinder *unwinder,
		    const struct tr_unwind_mode *mode, uintptr_t address);

/* Keeps what the walk has learned. is_whole: every frame was left by a rule, and
 * the last, whose stack pointer is sp, was a root. */
void tr_window_keep(const struct tr_window *window, struct tr_unwinder *unwinder,
		    const struct tr_unwind_mode *mode, uintptr_t sp, bool is_whole);

static inline bool tr_window_holds(const struct tr_window *window, uintptr_t address)
{
	return address - window->low <= window->high - window->low - TR_WORD_BYTES;
}

/* The word at an address that the window holds. The sanitizers' own marks on
 * the stack are not for us. */
__attribute__((no_sanitize("address", "undefined")))
static inline uintptr_t tr_load_word(uintptr_t address)
{
	return *(const volatile uintptr_t *)address;
}

#endif
