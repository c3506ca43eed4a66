/* SPDX-License-Identifier: Apache-2.0 */
/* test_ranges.c -- the innermost range at an address, against a naive search. */
#include "tests/unit/unit.h"

#include "analyzer/symbols/ranges.h"

enum { N_ROUNDS = 300, SPACE = 200 };

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Nested as compilers nest them: what begins in a range ends in it. */
static void fill(struct an_ranges *ranges, struct an_range *all, uint32_t n)
{
	uint32_t lows[SPACE] = { 0 }, highs[SPACE] = { SPACE };

	for (uint32_t i = 0; i < n; i++) {
		uint32_t outer = any(i + 1), low = lows[outer], high = highs[outer];

		if (high - low > 1) {
			low += any(high - low);
			high = low + 1 + any(high - low);
		}
		/* Siblings may overlap: then it is no nesting, so skip it. */
		for (uint32_t other = 0; other < i; other++)
			if ((all[other].low < low && all[other].high > low &&
			     all[other].high < high) ||
			    (all[other].low > low && all[other].low < high &&
			     all[other].high > high))
				low = high = 0;
		lows[i + 1] = low;
		highs[i + 1] = high;
		all[i] = (struct an_range){ low, high, i };
		an_ranges_add(ranges, low, high, i);
	}
}

/* The smallest range wins; of equal ones the greater number. */
static uint32_t find_naively(const struct an_range *all, uint32_t n, uint64_t address)
{
	uint32_t best = AN_RANGE_NONE;

	for (uint32_t i = 0; i < n; i++)
		if (address >= all[i].low && address < all[i].high &&
		    (best == AN_RANGE_NONE ||
		     all[i].high - all[i].low <= all[best].high - all[best].low))
			best = i;
	return best;
}

static void test_nested_ranges_give_the_innermost_one(void **state)
{
	(void)state;
	for (int round = 0; round < N_ROUNDS; round++) {
		struct an_ranges ranges = { 0 };
		struct an_range all[SPACE];
		uint32_t n = any(40);

		fill(&ranges, all, n);
		an_ranges_seal(&ranges);
		for (uint64_t address = 0; address <= SPACE; address++)
			assert_int_equal(an_ranges_find(&ranges, address),
					 find_naively(all, n, address));
		an_ranges_release(&ranges);
	}
}

static void test_ranges_at_the_edges_of_the_address_space_are_found(void **state)
{
	struct an_ranges ranges = { 0 };

	(void)state;
	an_ranges_seal(&ranges);
	assert_int_equal(an_ranges_find(&ranges, 0), AN_RANGE_NONE);
	an_ranges_add(&ranges, UINT64_MAX - 1, UINT64_MAX, 1);
	an_ranges_add(&ranges, 0, 1, 2);
	an_ranges_add(&ranges, 5, 5, 3);
	an_ranges_add(&ranges, 9, 8, 4);
	an_ranges_seal(&ranges);
	assert_int_equal(an_ranges_find(&ranges, 0), 2);
	assert_int_equal(an_ranges_find(&ranges, 1), AN_RANGE_NONE);
	assert_int_equal(an_ranges_find(&ranges, 5), AN_RANGE_NONE);
	assert_int_equal(an_ranges_find(&ranges, 8), AN_RANGE_NONE);
	assert_int_equal(an_ranges_find(&ranges, UINT64_MAX - 1), 1);
	assert_int_equal(an_ranges_find(&ranges, UINT64_MAX), AN_RANGE_NONE);
	an_ranges_release(&ranges);
	an_ranges_release(&ranges);
}

static void test_of_ranges_that_overlap_the_later_one_wins(void **state)
{
	struct an_ranges ranges = { 0 };

	(void)state;
	an_ranges_add(&ranges, 10, 20, 1);
	an_ranges_add(&ranges, 15, 25, 2);
	an_ranges_add(&ranges, 12, 40, 3);
	an_ranges_seal(&ranges);
	assert_int_equal(an_ranges_find(&ranges, 11), 1);
	assert_int_equal(an_ranges_find(&ranges, 14), 3);
	assert_int_equal(an_ranges_find(&ranges, 24), 2);
	assert_int_equal(an_ranges_find(&ranges, 39), 3);
	an_ranges_release(&ranges);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested_ranges_give_the_innermost_one),
		cmocka_unit_test(test_ranges_at_the_edges_of_the_address_space_are_found),
		cmocka_unit_test(test_of_ranges_that_overlap_the_later_one_wins),
	};

	return RUN_UNIT_TESTS(tests);
}
