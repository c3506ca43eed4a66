/* SPDX-License-Identifier: Apache-2.0 */
/*
 * borrow.h -- a stopped thread runs code of the library and gets back all it had.
 *
 * Its own stack is not touched, no signal is used, and a system call that it was
 * stopped in begins again as if nothing had been.
 */
#ifndef TRACER_BESIDE_BORROW_H
#define TRACER_BESIDE_BORROW_H

#include "tracer/beside/standstill.h"

/* One of those that stand still that may be borrowed, or NULL: not in the midst of
 * a restartable sequence, nor under a filter that the runner does not have.
 * *is_filtered: there were such. */
struct run_stopped *run_borrow_choose(const struct run_standstill *still, bool *is_filtered);
/* Runs what the gate says in the thread until the shot is told, and the clone
 * ready if there is one. False: it did something else; it has back what it had,
 * unless it is gone. */
bool run_borrow(uint64_t pid, struct run_stopped *thread, const struct mt_gate *gate,
		const struct mt_shot *shot);
/* Reads memory of the process; false: not all of it. */
bool run_borrow_read(uint64_t pid, uint64_t from, void *to, size_t n_bytes);

#endif
