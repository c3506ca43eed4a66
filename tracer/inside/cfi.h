/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfi.h -- what .eh_frame says at one address: where the CFA is and where the
 * preserved registers of the caller were saved. A row is made anew each time it
 * is asked for; rule.h folds it into a word that can be kept.
 */
#ifndef TRACER_INSIDE_CFI_H
#define TRACER_INSIDE_CFI_H

#include "tracer/inside/arch/x86_64.h"
#include "tracer/inside/ehframe.h"

/* Where a value is, relative to registers as they are in the frame. */
enum tr_where {
	TR_UNCHANGED,      /* in its register */
	TR_AT_CFA,         /* in the word at CFA + offset */
	TR_AT_REGISTER,    /* in the word at slot's register + offset; then add plus */
	TR_IS_REGISTER,    /* slot's register + offset itself */
	TR_UNDEFINED,
	TR_STRANGE,        /* described in a way that is not understood */
};

/* Twelve bytes: a row lies on the stack of whoever allocates, which may be a
 * coroutine's of 2 KiB. An offset that does not fit is TR_STRANGE. */
struct tr_place {
	uint8_t where;     /* enum tr_where */
	uint8_t slot;      /* enum tr_slot */
	int32_t offset;
	int32_t plus;
};

struct tr_row {
	struct tr_place cfa;   /* TR_IS_REGISTER, TR_AT_REGISTER or TR_STRANGE */
	struct tr_place slots[TR_N_SLOTS];
	bool is_next_exact;    /* the caller was interrupted, it did not call */
};

/*
 * Fills *row with what the table says at pc: a return address, or (is_exact) an
 * instruction that was interrupted. Anything but TR_FDE_FOUND says why *row is
 * of no use. 0.1 to 0.3 microseconds.
 */
enum tr_fde_found tr_cfi_row(uintptr_t pc, bool is_exact, struct tr_row *row);

#endif
