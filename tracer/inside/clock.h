/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h -- the stamp of an event: plain rdtsc where it counts evenly on all
 * cores, else CLOCK_MONOTONIC. rdtsc costs 9 to 16 ns, clock_gettime twice that;
 * a serialising variant would cost half as much again and is not needed, since
 * the reader orders by legality first.
 */
#ifndef TRACER_INSIDE_CLOCK_H
#define TRACER_INSIDE_CLOCK_H

#include "tracer/inside/state.h"
#include "tracer/inside/sys.h"

/* Whether the processor says the counter is invariant and the kernel trusts it.
 * Asked only without a runner, who measures it as well. */
bool tr_clock_is_usable(void);

static inline uint64_t tr_now(void)
{
	return __builtin_expect(tr.is_tsc, 1) ? __builtin_ia32_rdtsc() : tr_monotonic_ns();
}

#endif
