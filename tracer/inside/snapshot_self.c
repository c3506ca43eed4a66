/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_self.c -- the thread that scans, as it was when the program had its
 * last word: at the call of exit, _exit or quick_exit.
 *
 *	high    __libc_start_call_main, or whoever called exit     live
 *	sp ->   ------------------------------------------------
 *	        what is left of main; exit, its handlers, us       dead
 *
 * The registers are those that the caller has once exit would return: libc saved
 * them on the way.
 */
#include "tracer/inside/real.h"
#include "tracer/inside/recover.h"
#include "tracer/inside/snapshot_parts.h"

#include "tracer/inside/ehframe.h"

#include <dlfcn.h>

enum { CALLERS_MAX = 32 };

static bool leaves_exit(uintptr_t left, uintptr_t caller)
{
	struct tr_fde fde;

	(void)caller;
	return tr_fde_find(left, &fde) == TR_FDE_FOUND && fde.start == (uintptr_t)tr_real.exit;
}

static bool is_ours(uintptr_t pc)
{
	struct dl_find_object ours;

	return _dl_find_object((void *)is_ours, &ours) == 0 &&
	       pc >= (uintptr_t)ours.dlfo_map_start && pc < (uintptr_t)ours.dlfo_map_end;
}

static bool leaves_us(uintptr_t left, uintptr_t caller)
{
	return is_ours(left) && !is_ours(caller);
}

void tr_shot_self(struct mt_snapshot_thread *self, const struct tr_context *context)
{
	struct tr_unwind_mode mode = {
		.is_quiet = __atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED),
		.main_stack_high = tr_self->high ? 0 : tr.main_high,
		.thread_high = tr_self->high,
	};
	struct tr_full_regs regs;

	tr_capture(&regs);
	if (!tr_recover_caller(&context->unwinder, &mode, leaves_exit, CALLERS_MAX, &regs))
		tr_recover_caller(&context->unwinder, &mode, leaves_us, CALLERS_MAX, &regs);
	*self = (struct mt_snapshot_thread){
		.tid = tr_self->tid, .hold = MT_HOLD_SELF, .pc = regs.slots[TR_SLOT_PC],
		.sp = regs.sp, .fp = regs.slots[TR_SLOT_FP],
		.thread_pointer = (uintptr_t)__builtin_thread_pointer(),
	};
	for (unsigned i = 0; i < TR_N_SLOTS; i++)
		if (i != TR_SLOT_PC)
			self->registers[self->n_registers++] = regs.slots[i];
}
