/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h -- how to leave a frame, in one word.
 *
 * At a call a frame needs very little: where its CFA is and where the caller's
 * frame pointer was saved; the return address is just below the CFA.
 *
 *         63            32 31             8 7    6     5    4   3    0
 *        | CFA offset     | fp offset      | +8 | next | at | at | base |
 *        |  (signed)      |  (signed)      |    | exact| fp | CFA|      |
 */
#ifndef TRACER_INSIDE_RULE_H
#define TRACER_INSIDE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* Where the CFA is; or why there is none. */
enum tr_base {
	TR_BASE_SP,           /* sp + CFA offset */
	TR_BASE_FP,           /* fp + CFA offset */
	TR_BASE_DEREF_SP,     /* the word at sp + CFA offset */
	TR_BASE_DEREF_FP,     /* the word at fp + CFA offset: functions that realign */
	TR_BASE_OTHER,        /* other registers are needed: ask tr_cfi_row() */
	TR_BASE_SIGNAL,       /* sp is at the ucontext of the interrupted code */
	TR_BASE_ROOT,         /* nobody called this function */
	TR_BASE_NO_TABLE,     /* no table covers the address */
	TR_BASE_NO_CODE,      /* nothing readable is at the address */
	TR_BASE_UNSUPPORTED,  /* a table that says what is not understood */
	TR_BASE_MASK = 15,
};

enum {
	TR_RULE_FP_AT_CFA = 1 << 4,  /* the caller's fp is at CFA + fp offset */
	TR_RULE_FP_AT_FP = 1 << 5,   /* it is at fp + fp offset; neither: unchanged */
	TR_RULE_NEXT_EXACT = 1 << 6, /* the caller was interrupted, it did not call */
	TR_RULE_PLUS_8 = 1 << 7,     /* of the DEREF bases: and 8 more */
};

static inline enum tr_base tr_rule_base(uint64_t rule)
{
	return (enum tr_base)(rule & TR_BASE_MASK);
}

static inline int64_t tr_rule_cfa_offset(uint64_t rule)
{
	return (int64_t)rule >> 32;
}

static inline int64_t tr_rule_fp_offset(uint64_t rule)
{
	return (int32_t)(uint32_t)rule >> 8;
}

/*
 * The rule at pc: of a return address, or (is_exact) of an instruction that was
 * interrupted. Where no module is, a page or two are probed, unless is_quiet.
 */
uint64_t tr_rule_at(uintptr_t pc, bool is_exact, bool is_quiet);

#endif
