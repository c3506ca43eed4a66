/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recover.h -- the slow walk, for frames that three registers cannot leave.
 *
 * The loader's lazy binding counts its frame from rbx, for one. What rbx was
 * there is known only by following it through every frame since, and that
 * includes the library's own: so this walk begins inside itself, with all
 * registers that calls preserve. Some microseconds, and rare.
 */
#ifndef TRACER_INSIDE_RECOVER_H
#define TRACER_INSIDE_RECOVER_H

#include "tracer/inside/arch/x86_64.h"
#include "tracer/inside/unwind.h"

/* A frame of a walk. */
struct tr_frame {
	uintptr_t pc;
	uintptr_t sp;
	uintptr_t fp;
	bool is_exact;   /* pc is not a return address: it was interrupted there */
};

/* Leaves *frame, which is on the stack this is called on or on one interrupted
 * by it: *frame is then its caller. False if that cannot be done. */
bool tr_recover(const struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
		struct tr_frame *frame);

/*
 * Follows the callers of the function it is called in until is_found says of one
 * step, from the code at the first address to that at the second, that it was
 * the wanted one: *caller is then as that caller was at its call. False if there
 * was none among so many.
 */
bool tr_recover_caller(const struct tr_unwinder *unwinder, const struct tr_unwind_mode *mode,
		       bool (*is_found)(uintptr_t left, uintptr_t caller), unsigned n_most,
		       struct tr_full_regs *caller);

#endif
