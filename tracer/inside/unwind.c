/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind.c -- the walk.
 *
 * run() is the whole walk nearly always: per frame one look into the cache of
 * rules, one or two words of the stack. At anything else it stops, without
 * having changed anything, and step() leaves that one frame with care.
 *
 *   frames beyond 256:   | 0 ... 191 | 192 ... 255 |
 *                          the leaf    a ring of the last 64, turned at the end
 */
#include "tracer/inside/unwind.h"

#include "tracer/inside/arch/x86_64.h"
#include "tracer/inside/recover.h"
#include "tracer/inside/rule.h"
#include "tracer/inside/window.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

enum {
	FRAMES_GIVE_UP = 100000,
	PAGES_BELOW_MAX = 64,     /* that one frame may reach into a guard */
	STEP_ON = -1,             /* else an enum mt_stack_end */

	/* What run() leaves to step(). */
	NOT_PLAIN = (TR_BASE_MASK ^ TR_BASE_FP) | TR_RULE_FP_AT_FP | TR_RULE_NEXT_EXACT,
};

#define RULE_AT_ENTRY ((uint64_t)TR_WORD_BYTES << 32 | TR_BASE_SP)

_Static_assert(MT_STACK_FRAMES_ROOT == 64 && MT_STACK_FRAMES_LEAF % 64 == 0,
	       "the ring is one word of is_exact");

struct walker {
	struct tr_unwinder *unwinder;
	const struct tr_unwind_mode *mode;
	struct tr_walk *walk;
	struct tr_window window;
	struct tr_frame at;       /* the frame walked to, already counted */
	uint64_t epoch_tag;       /* above the address in the cache's keys */
	uint32_t n;               /* frames, those dropped from the ring too */
	uint32_t n_guessed_from;
};

static inline bool is_code_address(uintptr_t pc)
{
	return pc - 1 < ((uintptr_t)1 << TR_ADDRESS_BITS) - 1;
}

/* 13 bits above 13 bits: on compilers half the misses of a third shift. */
static inline struct tr_cached_rule *cached_rule(struct tr_unwinder *unwinder, uintptr_t pc)
{
	return &unwinder->rules[(pc ^ pc >> 13) % TR_RULES];
}

static inline void push(struct walker *w, uintptr_t pc)
{
	uint32_t i = w->n++;

	if (unlikely(i >= MT_STACK_FRAMES_MAX)) {
		i = MT_STACK_FRAMES_LEAF + i % MT_STACK_FRAMES_ROOT;
		w->walk->is_exact[MT_STACK_FRAMES_LEAF / 64] &= ~((uint64_t)1 << i % 64);
	}
	w->walk->frames[i] = pc;
}

static void push_exact(struct walker *w, uintptr_t pc)
{
	uint32_t i = w->n;

	push(w, pc);
	if (i >= MT_STACK_FRAMES_MAX)
		i = MT_STACK_FRAMES_LEAF + i % MT_STACK_FRAMES_ROOT;
	w->walk->is_exact[i / 64] |= (uint64_t)1 << i % 64;
}

/* Walks as far as plain cached rules lead. */
static void run(struct walker *w)
{
	const uint64_t tag = w->epoch_tag;
	const uintptr_t low = w->window.low;
	const uintptr_t span = w->window.high - low - TR_WORD_BYTES;
	uintptr_t pc = w->at.pc, sp = w->at.sp, fp = w->at.fp;

	while (likely(w->n < FRAMES_GIVE_UP)) {
		const struct tr_cached_rule *cached = cached_rule(w->unwinder, pc);
		uint64_t rule = cached->rule;
		uintptr_t cfa, caller, saved;

		if (unlikely(cached->pc != (pc | tag) || rule & NOT_PLAIN))
			break;
		cfa = (rule & TR_BASE_FP ? fp : sp) + (uintptr_t)tr_rule_cfa_offset(rule);
		if (unlikely(cfa <= sp || cfa - TR_WORD_BYTES - low > span))
			break;
		caller = tr_load_word(cfa - TR_WORD_BYTES);
		if (unlikely(!is_code_address(caller)))
			break;
		if (rule & TR_RULE_FP_AT_CFA) {
			saved = cfa + (uintptr_t)tr_rule_fp_offset(rule);
			if (unlikely(saved - low > span))
				break;
			fp = tr_load_word(saved);
		}
		pc = caller;
		sp = cfa;
		push(w, pc);
	}
	w->at = (struct tr_frame){ pc, sp, fp, false };
}

static bool load(struct walker *w, uintptr_t address, uintptr_t *value)
{
	if (!tr_window_holds(&w->window, address) &&
	    !tr_window_grow(&w->window, w->unwinder, w->mode, address))
		return false;
	*value = tr_load_word(address);
	return true;
}

/* Interrupted addresses are many and rare: they do not go through the cache. */
static uint64_t rule_at(struct walker *w, uintptr_t pc, bool is_exact)
{
	struct tr_cached_rule *cached = cached_rule(w->unwinder, pc);
	uint64_t rule;

	if (is_exact || w->mode->is_loader_busy || !is_code_address(pc))
		return tr_rule_at(pc, is_exact, w->mode->is_quiet);
	if (cached->pc == (pc | w->epoch_tag))
		return cached->rule;
	rule = tr_rule_at(pc, false, w->mode->is_quiet);
	cached->pc = pc | w->epoch_tag;
	cached->rule = rule;
	return rule;
}

static int lost(const struct walker *w)
{
	return w->mode->is_loader_busy ? MT_STACK_LOADER_BUSY : MT_STACK_NO_RULE;
}

/* Goes on to the caller; or ends, where there is none. */
static int arrive(struct walker *w, const struct tr_frame *caller)
{
	if (caller->is_exact) {
		if (!tr_window_move(&w->window, w->unwinder, w->mode, caller->sp))
			return MT_STACK_UNREADABLE;
		push_exact(w, caller->pc);
	} else {
		if (caller->pc == 0)
			return MT_STACK_ROOT;
		if (!is_code_address(caller->pc))
			return lost(w);
		push(w, caller->pc);
	}
	w->at = *caller;
	return STEP_ON;
}

/* sp or fp plus the offset, or the word there. */
static bool find_cfa(struct walker *w, uint64_t rule, uintptr_t *cfa)
{
	enum tr_base base = tr_rule_base(rule);
	bool is_fp = base == TR_BASE_FP || base == TR_BASE_DEREF_FP;

	*cfa = (is_fp ? w->at.fp : w->at.sp) + (uintptr_t)tr_rule_cfa_offset(rule);
	if (base == TR_BASE_SP || base == TR_BASE_FP)
		return true;
	if (!load(w, *cfa, cfa))
		return false;
	*cfa += rule & TR_RULE_PLUS_8 ? 8 : 0;
	return true;
}

static int leave_by_rule(struct walker *w, uint64_t rule)
{
	struct tr_frame caller = { .fp = w->at.fp, .is_exact = rule & TR_RULE_NEXT_EXACT };
	uintptr_t saved = (uintptr_t)tr_rule_fp_offset(rule);

	if (!find_cfa(w, rule, &caller.sp) ||
	    (caller.sp <= w->at.sp && !caller.is_exact) ||
	    !load(w, caller.sp - TR_WORD_BYTES, &caller.pc))
		return MT_STACK_UNREADABLE;
	if (rule & TR_RULE_FP_AT_CFA && !load(w, caller.sp + saved, &caller.fp))
		return MT_STACK_UNREADABLE;
	if (rule & TR_RULE_FP_AT_FP && !load(w, w->at.fp + saved, &caller.fp))
		return MT_STACK_UNREADABLE;
	return arrive(w, &caller);
}

static int leave_signal(struct walker *w)
{
	struct tr_frame caller = { .is_exact = true };

	if (!load(w, w->at.sp + TR_SIGNAL_PC_AT, &caller.pc) ||
	    !load(w, w->at.sp + TR_SIGNAL_FP_AT, &caller.fp) ||
	    !load(w, w->at.sp + TR_SIGNAL_SP_AT, &caller.sp))
		return MT_STACK_UNREADABLE;
	return arrive(w, &caller);
}

static int leave_other(struct walker *w)
{
	struct tr_frame frame = w->at;

	return tr_recover(w->unwinder, w->mode, &frame) ? arrive(w, &frame) : lost(w);
}

/*
 * Code without a table that keeps frame pointers, as compilers at run time do:
 * fp is at the saved fp, and the return address is above. Zero marks the first
 * frame, by the processor's ABI; so begins the loader.
 */
static int guess(struct walker *w)
{
	struct tr_frame caller = { .sp = w->at.fp + 2 * TR_WORD_BYTES };

	if (w->at.fp == 0)
		return MT_STACK_ROOT;
	if (w->at.fp < w->at.sp || w->at.fp % TR_WORD_BYTES != 0 ||
	    !load(w, w->at.fp, &caller.fp) ||
	    !load(w, w->at.fp + TR_WORD_BYTES, &caller.pc))
		return lost(w);
	if (caller.pc != 0 && (!is_code_address(caller.pc) ||
			       tr_rule_base(rule_at(w, caller.pc, false)) == TR_BASE_NO_CODE))
		return lost(w);
	if (w->n_guessed_from == UINT32_MAX)
		w->n_guessed_from = w->n;
	return arrive(w, &caller);
}

/* Leaves one frame, of any kind. */
static int step(struct walker *w)
{
	uint64_t rule = rule_at(w, w->at.pc, w->at.is_exact);

	if (w->n >= FRAMES_GIVE_UP)
		return MT_STACK_TOO_DEEP;
	switch (tr_rule_base(rule)) {
	case TR_BASE_SP:
	case TR_BASE_FP:
	case TR_BASE_DEREF_SP:
	case TR_BASE_DEREF_FP:
		return leave_by_rule(w, rule);
	case TR_BASE_OTHER:
		return leave_other(w);
	case TR_BASE_SIGNAL:
		return leave_signal(w);
	case TR_BASE_ROOT:
		return MT_STACK_ROOT;
	case TR_BASE_NO_TABLE:
		return guess(w);
	case TR_BASE_NO_CODE:
		/* A call of a wild pointer was interrupted before its first
		 * instruction: the return address is still on top. */
		if (w->at.is_exact)
			return leave_by_rule(w, RULE_AT_ENTRY);
		return lost(w);
	default:
		return lost(w);
	}
}

static void reverse(uint64_t *frames, uint32_t from, uint32_t to)
{
	while (from + 1 < to) {
		uint64_t frame = frames[from];

		frames[from++] = frames[--to];
		frames[to] = frame;
	}
}

/* Puts the ring in order: its oldest frame first. */
static void turn_ring(struct walker *w)
{
	uint64_t *ring = w->walk->frames + MT_STACK_FRAMES_LEAF;
	uint64_t *is_exact = &w->walk->is_exact[MT_STACK_FRAMES_LEAF / 64];
	uint32_t oldest = w->n % MT_STACK_FRAMES_ROOT;

	if (oldest == 0)
		return;
	reverse(ring, 0, oldest);
	reverse(ring, oldest, MT_STACK_FRAMES_ROOT);
	reverse(ring, 0, MT_STACK_FRAMES_ROOT);
	*is_exact = *is_exact >> oldest | *is_exact << (64 - oldest);
}

static void finish(struct walker *w, enum mt_stack_end end)
{
	struct tr_walk *walk = w->walk;
	bool is_whole = end == MT_STACK_ROOT && w->n_guessed_from == UINT32_MAX;

	walk->end = end;
	walk->is_cacheable = !w->mode->is_loader_busy;
	walk->n_frames = w->n;
	walk->n_omitted = 0;
	walk->n_guessed_from = w->n_guessed_from;
	if (w->n > MT_STACK_FRAMES_MAX) {
		turn_ring(w);
		walk->n_frames = MT_STACK_FRAMES_MAX;
		walk->n_omitted = w->n - MT_STACK_FRAMES_MAX;
		if (w->n_guessed_from >= MT_STACK_FRAMES_LEAF && w->n_guessed_from < w->n)
			walk->n_guessed_from =
				w->n_guessed_from < w->n - MT_STACK_FRAMES_ROOT
					? MT_STACK_FRAMES_LEAF
					: w->n_guessed_from - walk->n_omitted;
	}
	if (walk->n_guessed_from > MT_STACK_FRAMES_MAX)
		walk->n_guessed_from = MT_STACK_FRAMES_MAX;
	tr_window_keep(&w->window, w->unwinder, w->mode, w->at.sp, is_whole);
}

static inline void begin(struct walker *w, const struct tr_regs *regs)
{
	struct tr_unwinder *unwinder = w->unwinder;
	const struct tr_unwind_mode *mode = w->mode;

	w->at = (struct tr_frame){ regs->pc, regs->sp, regs->fp, false };
	w->epoch_tag = mode->loader_epoch << TR_ADDRESS_BITS;
	w->n_guessed_from = UINT32_MAX;
	if (unlikely(unwinder->rules_epoch >> (64 - TR_ADDRESS_BITS) !=
		     mode->loader_epoch >> (64 - TR_ADDRESS_BITS)))
		memset(unwinder->rules, 0, sizeof(unwinder->rules));
	unwinder->rules_epoch = mode->loader_epoch;
	for (unsigned i = 0; i < MT_STACK_FRAMES_MAX / 64; i++)
		w->walk->is_exact[i] = 0;
}

static inline void walk_on(struct walker *w, int end)
{
	while (end == STEP_ON) {
		if (likely(!w->at.is_exact && !w->mode->is_loader_busy))
			run(w);
		end = step(w);
	}
	finish(w, (enum mt_stack_end)end);
}

void tr_unwind(struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
	       const struct tr_regs *regs, struct tr_walk *walk)
{
	struct walker w = { .unwinder = unwinder, .mode = mode, .walk = walk };

	begin(&w, regs);
	tr_window_begin(&w.window, unwinder, mode, regs->sp);
	push(&w, regs->pc);
	walk_on(&w, STEP_ON);
}

void tr_unwind_interrupted(struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
			   const struct tr_regs *regs, struct tr_walk *walk)
{
	struct walker w = { .unwinder = unwinder, .mode = mode, .walk = walk };
	const struct tr_frame first = { regs->pc, regs->sp, regs->fp, true };
	bool is_open = false;

	begin(&w, regs);
	/* Nothing is known to be readable yet. */
	w.window.low = UINTPTR_MAX - 2 * TR_WORD_BYTES;
	w.window.high = w.window.low + TR_WORD_BYTES;
	/* Of a stack that overflows sp lies below what can be read. */
	for (unsigned i = 0; !is_open && i < PAGES_BELOW_MAX; i++)
		is_open = tr_window_move(&w.window, unwinder, mode,
					 regs->sp + i * (uintptr_t)TR_PAGE_BYTES);
	push_exact(&w, regs->pc);
	w.at = first;
	walk_on(&w, is_open ? STEP_ON : MT_STACK_UNREADABLE);
}
