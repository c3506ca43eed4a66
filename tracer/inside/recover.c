/* SPDX-License-Identifier: Apache-2.0 */
/* recover.c -- a plain interpretation of .eh_frame, row by row. See recover.h. */
#include "tracer/inside/recover.h"

#include "tracer/inside/cfi.h"
#include "tracer/inside/rule.h"
#include "tracer/inside/window.h"

enum { FRAMES_MAX = 4096 };

struct slow_walk {
	const struct tr_unwinder *unwinder;
	const struct tr_unwind_mode *mode;
	struct tr_window window;
	struct tr_full_regs regs;
	bool is_exact;
};

static bool load(struct slow_walk *walk, uintptr_t address, uintptr_t *value)
{
	if (!tr_window_holds(&walk->window, address) &&
	    !tr_window_grow(&walk->window, walk->unwinder, walk->mode, address))
		return false;
	*value = tr_load_word(address);
	return true;
}

/* What a place that counts from a register means. */
static bool evaluate(struct slow_walk *walk, const struct tr_place *place, uintptr_t *value)
{
	uintptr_t from;

	if (place->slot == TR_SLOT_NONE)
		return false;
	from = place->slot == TR_SLOT_SP ? walk->regs.sp : walk->regs.slots[place->slot];
	from += (uintptr_t)place->offset;
	if (place->where == TR_IS_REGISTER) {
		*value = from;
		return true;
	}
	if (place->where != TR_AT_REGISTER || !load(walk, from, value))
		return false;
	*value += (uintptr_t)place->plus;
	return true;
}

static bool leave_by_row(struct slow_walk *walk, const struct tr_row *row)
{
	struct tr_full_regs caller = walk->regs;

	if (row->slots[TR_SLOT_PC].where == TR_UNCHANGED || !evaluate(walk, &row->cfa, &caller.sp))
		return false;
	if (caller.sp <= walk->regs.sp && !row->is_next_exact)
		return false;
	for (unsigned i = 0; i < TR_N_SLOTS; i++) {
		const struct tr_place *place = &row->slots[i];

		if (place->where == TR_UNCHANGED || place->where == TR_UNDEFINED)
			continue;
		if (place->where == TR_AT_CFA
			    ? !load(walk, caller.sp + (uintptr_t)place->offset, &caller.slots[i])
			    : !evaluate(walk, place, &caller.slots[i]))
			return false;
	}
	walk->regs = caller;
	walk->is_exact = row->is_next_exact;
	return true;
}

static bool leave_signal(struct slow_walk *walk)
{
	uintptr_t context = walk->regs.sp;

	for (unsigned i = 0; i < TR_N_SLOTS; i++)
		if (!load(walk, context + tr_signal_slot_at(i), &walk->regs.slots[i]))
			return false;
	if (!load(walk, context + TR_SIGNAL_SP_AT, &walk->regs.sp))
		return false;
	walk->is_exact = true;
	return tr_window_move(&walk->window, walk->unwinder, walk->mode, walk->regs.sp);
}

static bool leave(struct slow_walk *walk)
{
	uintptr_t pc = walk->regs.slots[TR_SLOT_PC];
	uint64_t rule = tr_rule_at(pc, walk->is_exact, walk->mode->is_quiet);
	struct tr_row row;

	if (tr_rule_base(rule) == TR_BASE_SIGNAL)
		return leave_signal(walk);
	if (tr_rule_base(rule) == TR_BASE_ROOT)
		return false;
	return tr_cfi_row(pc, walk->is_exact, &row) == TR_FDE_FOUND && leave_by_row(walk, &row);
}

__attribute__((noinline))
bool tr_recover(const struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
		struct tr_frame *frame)
{
	struct slow_walk walk = { .unwinder = unwinder, .mode = mode };
	const struct tr_full_regs *regs = &walk.regs;

	tr_capture(&walk.regs);
	walk.is_exact = true;
	tr_window_begin(&walk.window, unwinder, mode, regs->sp + TR_WORD_BYTES);
	for (unsigned i = 0; i < FRAMES_MAX; i++) {
		bool is_there = regs->sp == frame->sp && regs->slots[TR_SLOT_PC] == frame->pc;

		if (!leave(&walk))
			return false;
		if (is_there) {
			*frame = (struct tr_frame){ regs->slots[TR_SLOT_PC], regs->sp,
						    regs->slots[TR_SLOT_FP], walk.is_exact };
			return true;
		}
	}
	return false;
}

__attribute__((noinline))
bool tr_recover_caller(const struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
		       bool (*is_found)(uintptr_t left, uintptr_t caller), unsigned n_most,
		       struct tr_full_regs *caller)
{
	struct slow_walk walk = { .unwinder = unwinder, .mode = mode };

	tr_capture(&walk.regs);
	walk.is_exact = true;
	tr_window_begin(&walk.window, unwinder, mode, walk.regs.sp + TR_WORD_BYTES);
	for (unsigned i = 0; i < n_most; i++) {
		uintptr_t left = walk.regs.slots[TR_SLOT_PC] - !walk.is_exact;

		if (!leave(&walk))
			return false;
		if (is_found(left, walk.regs.slots[TR_SLOT_PC] - !walk.is_exact)) {
			*caller = walk.regs;
			return true;
		}
	}
	return false;
}
