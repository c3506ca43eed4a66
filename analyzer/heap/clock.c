/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c -- from ticks to ns since the start of the trace: a straight line
 * through the first and the last moment at which both clocks were read.
 */
#include "analyzer/heap/replay.h"

void an_clock_start(struct an_clock_state *clock, uint8_t kind, uint64_t ticks)
{
	if (clock->has_start)
		return;
	clock->has_start = true;
	clock->kind = kind;
	clock->start_ticks = ticks;
}

void an_clock_pair(struct an_clock_state *clock, uint64_t ticks, uint64_t monotonic_ns)
{
	struct mt_clock_pair pair = { ticks, monotonic_ns };

	if (!clock->has_pair || ticks < clock->first.ticks)
		clock->first = pair;
	if (!clock->has_pair || ticks > clock->last.ticks)
		clock->last = pair;
	clock->has_pair = true;
}

void an_clock_see(struct an_clock_state *clock, uint64_t ticks)
{
	if (!clock->first_record || ticks < clock->first_record)
		clock->first_record = ticks;
	if (ticks > clock->last_ticks)
		clock->last_ticks = ticks;
}

uint64_t an_clock_span_ns(const struct an_clock_state *clock, uint64_t ticks)
{
	uint64_t d_ticks = clock->last.ticks - clock->first.ticks;
	uint64_t d_ns = clock->last.monotonic_ns - clock->first.monotonic_ns;

	/* Without two pairs a tick is taken for a ns: wrong, but in order. */
	if (clock->kind == MT_CLOCK_MONOTONIC || !d_ticks ||
	    clock->last.monotonic_ns <= clock->first.monotonic_ns)
		return ticks;
	unsigned __int128 ns = (unsigned __int128)ticks * d_ns / d_ticks;

	return ns > INT64_MAX ? INT64_MAX : (uint64_t)ns;
}

uint64_t an_clock_ns(const struct an_clock_state *clock, uint64_t ticks)
{
	uint64_t start = clock->has_start ? clock->start_ticks : clock->first_record;

	return ticks > start ? an_clock_span_ns(clock, ticks - start) : 0;
}
