/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.c -- see window.h. Whose stack is it?
 *
 * The first thread's: the kernel keeps everything else far away from it, so an
 * address not far below its end is on it.
 *
 * Another thread's: a walk that was led by rules alone and ended at a root just
 * below the thread's descriptor, with no gap between, has passed over nothing
 * but frames of this stack. Later walks extend what is kept downwards when their
 * frames run into it.
 */
#include "tracer/inside/window.h"

#include "tracer/inside/readable.h"

enum {
	PROBES_MAX = 8192,                     /* pages of one walk: 32 MiB */
	MAIN_STACK_REACH = 128 * 1024 * 1024,  /* the least gap the kernel keeps */
	THREAD_ROOT_REACH = 1024 * 1024,       /* thread-local variables lie between */
	/* Of a thread that has only begun, when probing is not allowed. */
	THREAD_FIRST_REACH = 64 * 1024,
};

static uintptr_t page_of(uintptr_t address)
{
	return address & ~(uintptr_t)(TR_PAGE_BYTES - 1);
}

static bool is_below(uintptr_t sp, uintptr_t high, uintptr_t reach)
{
	return sp < high && high - sp < reach;
}

/* What needs no probing, from low, whose page is known to be readable. */
static void open_at(struct tr_window *window, const struct tr_unwinder *unwinder,
		    const struct tr_unwind_mode *mode, uintptr_t low)
{
	bool is_kept = unwinder->window_high != 0;

	window->low = page_of(low);
	window->high = window->low + TR_PAGE_BYTES;
	if (low >= unwinder->window_low && low < unwinder->window_high)
		window->high = unwinder->window_high;
	else if (mode->is_quiet && is_below(low, mode->main_stack_high, MAIN_STACK_REACH))
		window->high = mode->main_stack_high;
	else if (mode->is_quiet && !is_kept &&
		 is_below(low, mode->thread_high, THREAD_FIRST_REACH))
		window->high = mode->thread_high;
}

void tr_window_begin(struct tr_window *window, const struct tr_unwinder *unwinder,
		     const struct tr_unwind_mode *mode, uintptr_t sp)
{
	window->n_probed = 0;
	window->is_moved = false;
	/* The call that is running has pushed its return address below sp. */
	open_at(window, unwinder, mode, sp - TR_WORD_BYTES);
}

bool tr_window_move(struct tr_window *window, const struct tr_unwinder *unwinder,
		    const struct tr_unwind_mode *mode, uintptr_t sp)
{
	if (tr_window_holds(window, sp))
		return true;
	window->is_moved = true;
	open_at(window, unwinder, mode, sp);
	if (window->high - window->low > TR_PAGE_BYTES)
		return true;
	return !mode->is_quiet && ++window->n_probed < PROBES_MAX && tr_page_is_readable(sp);
}

static bool grow_down(struct tr_window *window, const struct tr_unwind_mode *mode,
		      uintptr_t address)
{
	/* A leaf that was interrupted may use a little below its stack pointer. */
	if (mode->is_quiet || window->low - address > TR_PAGE_BYTES ||
	    !tr_page_is_readable(address))
		return false;
	window->low = page_of(address);
	return true;
}

bool tr_window_grow(struct tr_window *window, const struct tr_unwinder *unwinder,
		    const struct tr_unwind_mode *mode, uintptr_t address)
{
	if (address > UINTPTR_MAX - TR_PAGE_BYTES)
		return false;
	if (address < window->low && !grow_down(window, mode, address))
		return false;
	while (window->high < address + TR_WORD_BYTES) {
		if (window->high >= unwinder->window_low && window->high < unwinder->window_high) {
			window->high = unwinder->window_high;
			continue;
		}
		if (mode->is_quiet || window->n_probed >= PROBES_MAX)
			return false;
		window->n_probed++;
		if (!tr_page_is_readable(window->high))
			return false;
		window->high = page_of(window->high) + TR_PAGE_BYTES;
	}
	return true;
}

static bool reaches(uintptr_t from, uintptr_t to, const struct tr_unwind_mode *mode)
{
	for (; from < to; from = page_of(from) + TR_PAGE_BYTES)
		if (mode->is_quiet || !tr_page_is_readable(from))
			return false;
	return true;
}

static bool is_own_stack(const struct tr_window *window, const struct tr_unwinder *unwinder,
			 const struct tr_unwind_mode *mode, uintptr_t sp, bool is_whole)
{
	if (is_below(window->low, mode->main_stack_high, MAIN_STACK_REACH))
		return true;
	if (!is_whole)
		return false;
	if (unwinder->window_high)
		return sp >= unwinder->window_low && sp <= unwinder->window_high;
	return is_below(sp, mode->thread_high, THREAD_ROOT_REACH) &&
	       reaches(window->high, mode->thread_high, mode);
}

void tr_window_keep(const struct tr_window *window, struct tr_unwinder *unwinder,
		    const struct tr_unwind_mode *mode, uintptr_t sp, bool is_whole)
{
	bool is_kept = unwinder->window_high != 0;

	if (window->low >= unwinder->window_low && window->high <= unwinder->window_high)
		return;
	if (window->is_moved || !is_own_stack(window, unwinder, mode, sp, is_whole))
		return;
	if (is_kept && (window->high < unwinder->window_low ||
			window->low > unwinder->window_high))
		return;
	if (!is_kept || window->high > unwinder->window_high)
		unwinder->window_high = window->high;
	if (!is_kept || window->low < unwinder->window_low)
		unwinder->window_low = window->low;
}
