/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h -- which clock the events of a run are stamped with, and reading it.
 *
 * The time stamp counter where it can be trusted to be one clock (invariant,
 * the kernel's own choice, cores at most 20 ns apart), else CLOCK_MONOTONIC,
 * which costs an event about 12 ns more.
 */
#ifndef TRACER_BESIDE_CLOCK_H
#define TRACER_BESIDE_CLOCK_H

#include "formats/wire/record.h"

/* Decides; takes at most about 3 ms. */
enum mt_clock run_clock_choose(void);

uint64_t run_clock_ticks(enum mt_clock clock);
/* Ticks and CLOCK_MONOTONIC of one moment, as near as can be had. */
struct mt_clock_pair run_clock_pair(enum mt_clock clock);
uint64_t run_clock_monotonic_ns(void);
uint64_t run_clock_realtime_ns(void);

/* A ball sent from one core to another and back: sent and returned are stamps
 * of the one, met is the other's. */
struct run_ping {
	uint64_t sent;
	uint64_t met;
	uint64_t returned;
};

/* What is known of (other clock - this clock), in ticks: met lies between sent
 * and returned in truth, so every ping bounds it from both sides. A zeroed
 * struct plus one run_offset_add is valid. */
struct run_offset {
	int64_t low;
	int64_t high;
	uint32_t n_pings;
};
void run_offset_add(struct run_offset *offset, const struct run_ping *ping);
/* True if the bounds prove that the cores are apart by more than limit ticks. */
bool run_offset_is_apart(const struct run_offset *offset, int64_t limit_ticks);

#endif
