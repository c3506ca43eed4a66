/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h -- what the tests of the unwinder share: look() walks from its caller
 * by tr_unwind and by libunwind, and keeps both. To be compiled with frame
 * pointers.
 */
#ifndef TESTS_UNIT_WALK_H
#define TESTS_UNIT_WALK_H

#include "tests/unit/unit.h"

#define UNW_LOCAL_ONLY
#include <libunwind.h>
#include <stdio.h>
#include <stdlib.h>

#include "tracer/inside/ehframe.h"
#include "tracer/inside/unwind.h"

#define NOINLINE __attribute__((noinline))
/* Behind a call: it is then not the last thing its function does. */
#define NOT_A_TAIL_CALL __asm__ volatile("" ::: "memory")

enum { THEIRS_MAX = 200000 };

struct looked {
	struct tr_unwinder unwinder;
	struct tr_unwind_mode mode;
	struct tr_walk walk;
	void *all[THEIRS_MAX];    /* libunwind's, with look() itself */
	void **theirs;            /* from look()'s caller on */
	uint32_t n_theirs;
};

extern int main(void);
static struct looked looked;

/* The registers of the caller of the function this stands in. */
#define CALLER_REGS                                                          \
	((struct tr_regs){                                                   \
		.pc = (uintptr_t)__builtin_return_address(0),                \
		.sp = (uintptr_t)__builtin_frame_address(0) + 16,            \
		.fp = *(uintptr_t *)__builtin_frame_address(0),              \
	})

/* The first look in each test should know nothing. */
static inline void forget(void)
{
	memset(&looked, 0, offsetof(struct looked, walk));
}

static NOINLINE void look(void)
{
	struct tr_regs regs = CALLER_REGS;
	int n, first = 0;

	tr_unwind(&looked.unwinder, &looked.mode, &regs, &looked.walk);
	n = unw_backtrace(looked.all, THEIRS_MAX);
	while (first < n && (uintptr_t)looked.all[first] != regs.pc)
		first++;
	looked.theirs = looked.all + first;
	looked.n_theirs = (uint32_t)(n - first);
	NOT_A_TAIL_CALL;
}

static inline bool is_inside(uint64_t pc, uintptr_t function)
{
	struct tr_fde fde;

	return tr_fde_find(function, &fde) == TR_FDE_FOUND && pc > fde.start && pc <= fde.end;
}

static inline bool is_near_root(uintptr_t function)
{
	const struct tr_walk *walk = &looked.walk;

	for (uint32_t i = walk->n_frames > 5 ? walk->n_frames - 5 : 0; i < walk->n_frames; i++)
		if (is_inside(walk->frames[i], function))
			return true;
	return false;
}

/* Both saw the same, but for what the walk leaves out in the middle. */
static inline void assert_same_as_libunwind(void)
{
	const struct tr_walk *walk = &looked.walk;

	assert_int_equal(walk->n_frames + walk->n_omitted, looked.n_theirs);
	for (uint32_t i = 0; i < walk->n_frames; i++) {
		uint32_t j = i < MT_STACK_FRAMES_LEAF ? i : i + walk->n_omitted;

		assert_int_equal(walk->frames[i], (uintptr_t)looked.theirs[j]);
	}
}

static inline void assert_sound_to_main(void)
{
	assert_same_as_libunwind();
	assert_int_equal(looked.walk.end, MT_STACK_ROOT);
	assert_int_equal(looked.walk.n_guessed_from, MT_STACK_FRAMES_MAX);
	assert_true(is_near_root((uintptr_t)main));
}

static inline uint32_t count_exact(void)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < MT_STACK_FRAMES_MAX / 64; i++)
		n += (uint32_t)__builtin_popcountll(looked.walk.is_exact[i]);
	return n;
}

#endif
