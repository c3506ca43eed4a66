/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind.h -- who called: the return addresses of a thread's stack.
 *
 * The walk follows three registers (CFA, return address, frame pointer) by
 * rules compiled from .eh_frame, which _dl_find_object finds without a lock.
 * Nothing here allocates, takes the loader's lock, opens a descriptor or
 * touches errno. The one system call there may be, to ask whether a page can be
 * read, is not made once a seccomp filter is known (is_quiet).
 *
 * A word is read only inside the window (window.h), the part of a stack known to
 * be readable. It grows page by page as a walk needs it, is kept for a thread's
 * own stack, and begins anew on any other (an alternate stack, a coroutine).
 */
#ifndef TRACER_INSIDE_UNWIND_H
#define TRACER_INSIDE_UNWIND_H

#include "formats/wire/record.h"

#include <stdbool.h>
#include <stdint.h>

enum { TR_RULES = 8192 };   /* per thread; 128 KiB, touched as used */

/* What is known about one return address: see rule.h for the rule word. Above
 * the address are the low bits of the epoch: a new epoch hits nothing old. */
struct tr_cached_rule {
	uint64_t pc;
	uint64_t rule;
};

/* One thread's. Valid when zeroed. Lives in the thread's own memory, so nothing
 * is shared and nothing needs to be atomic. */
struct tr_unwinder {
	uintptr_t window_low;      /* of this thread's own stack: [low, high) is readable */
	uintptr_t window_high;     /* while it lives; zero both for another thread */
	uint64_t rules_epoch;      /* the loader epoch of the last walk */
	struct tr_cached_rule rules[TR_RULES];
};

/* What the caller of a hook looked like at the call. */
struct tr_regs {
	uintptr_t pc;   /* return address into the caller: frame 0 */
	uintptr_t sp;   /* its stack pointer after the return */
	uintptr_t fp;   /* its frame pointer register */
};

/* The result of a walk; frames as in struct mt_stack. */
struct tr_walk {
	uint32_t n_frames;
	uint32_t n_omitted;
	uint32_t n_guessed_from;
	uint8_t end;               /* enum mt_stack_end */
	bool is_cacheable;         /* false: the loader was busy, intern nothing */
	uint64_t is_exact[MT_STACK_FRAMES_MAX / 64];
	uint64_t frames[MT_STACK_FRAMES_MAX];
};

struct tr_unwind_mode {
	uint64_t loader_epoch;     /* changes whenever modules may have changed */
	bool is_loader_busy;       /* caches are bypassed, not filled */
	bool is_quiet;             /* make no system call */
	uintptr_t main_stack_high; /* end of the first thread's stack, or 0 */
	uintptr_t thread_high;     /* readable up to here if sp is below it and on the same
	                            * stack (the thread's own descriptor lies there), or 0 */
};

/* Walks from regs to the root. Always at least one frame. */
void tr_unwind(struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
	       const struct tr_regs *regs, struct tr_walk *walk);
/* The same from where a signal interrupted: any stack pointer will do. */
void tr_unwind_interrupted(struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
			   const struct tr_regs *regs, struct tr_walk *walk);

#endif
