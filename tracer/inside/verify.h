/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h -- the walk against the oracle (libunwind, in a library of its own
 * that is preloaded only when the user asks for it). What both saw is counted
 * in the live file's header; what differs is written into the trace, frame by
 * frame. With MEMTRACE_UNWINDER=libunwind the oracle's stack is the one used.
 */
#ifndef TRACER_INSIDE_VERIFY_H
#define TRACER_INSIDE_VERIFY_H

#include "tracer/inside/state.h"

/* context->walk holds the walk from caller. */
void tr_verify(struct tr_context *context, const struct tr_regs *caller);

#endif
