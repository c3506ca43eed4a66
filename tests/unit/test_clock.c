/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "tracer/beside/clock.h"

#include <sched.h>
#include <stdlib.h>

enum { LIMIT = 50 };

/* Pings between cores whose clocks are apart by so much; each way takes at
 * least 100 ticks, and up to a thousand more when something comes between. */
static struct run_offset play(int64_t apart, unsigned n)
{
	struct run_offset offset = { 0 };
	uint64_t now = 1000000;

	for (unsigned i = 0; i < n; i++) {
		uint64_t there = 100 + (uint64_t)rand() % 1000 * ((uint64_t)rand() % 4 > 0);
		uint64_t back = 100 + (uint64_t)rand() % 1000 * ((uint64_t)rand() % 4 > 0);
		struct run_ping ping = { now, now + there + (uint64_t)apart, now + there + back };

		run_offset_add(&offset, &ping);
		now += 5000;
	}
	return offset;
}

static void test_cores_that_tick_together_are_not_apart(void **state)
{
	struct run_offset offset = play(0, 300);

	(void)state;
	assert_false(run_offset_is_apart(&offset, LIMIT));
}

static void test_cores_that_are_apart_are_found_either_way_round(void **state)
{
	struct run_offset ahead = play(4 * LIMIT, 300), behind = play(-4 * LIMIT, 300);

	(void)state;
	assert_true(run_offset_is_apart(&ahead, LIMIT));
	assert_true(run_offset_is_apart(&behind, LIMIT));
}

static void test_bounds_always_hold_the_truth(void **state)
{
	(void)state;
	for (int64_t apart = -1000; apart <= 1000; apart += 37) {
		struct run_offset offset = play(apart, 20);

		assert_true(offset.low <= apart && apart <= offset.high);
	}
}

static void test_a_core_that_never_answered_is_left_to_the_kernel(void **state)
{
	struct run_offset none = { 0 };
	struct run_ping slow = { 1000, 900000, 2000000 };

	(void)state;
	assert_false(run_offset_is_apart(&none, LIMIT));
	run_offset_add(&none, &slow);
	assert_false(run_offset_is_apart(&none, LIMIT));
}

static void test_a_proven_offset_counts_however_wide_the_bounds_are(void **state)
{
	struct run_offset offset = { 0 };
	struct run_ping ping = { 1000, 900000, 2000 };

	(void)state;
	run_offset_add(&offset, &ping);
	assert_true(run_offset_is_apart(&offset, LIMIT));
}

static void test_the_choice_is_a_clock_that_goes_forward_and_leaves_the_affinity(void **state)
{
	cpu_set_t before, after;
	enum mt_clock clock;
	struct mt_clock_pair first, last;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	clock = run_clock_choose();
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_true(clock == MT_CLOCK_TSC || clock == MT_CLOCK_MONOTONIC);
	first = run_clock_pair(clock);
	last = run_clock_pair(clock);
	assert_true(last.ticks >= first.ticks);
	assert_true(last.monotonic_ns >= first.monotonic_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cores_that_tick_together_are_not_apart),
		cmocka_unit_test(test_cores_that_are_apart_are_found_either_way_round),
		cmocka_unit_test(test_bounds_always_hold_the_truth),
		cmocka_unit_test(test_a_core_that_never_answered_is_left_to_the_kernel),
		cmocka_unit_test(test_a_proven_offset_counts_however_wide_the_bounds_are),
		cmocka_unit_test(
			test_the_choice_is_a_clock_that_goes_forward_and_leaves_the_affinity),
	};

	srand(1);
	return RUN_UNIT_TESTS(tests);
}
