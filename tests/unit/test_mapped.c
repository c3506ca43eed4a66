/* SPDX-License-Identifier: Apache-2.0 */
/* test_mapped.c -- which memory an allocator mapped, as its calls and others' tell. */
#include "tests/unit/unit.h"
#include "tracer/inside/mapped.h"

static void expect(uintptr_t at, bool is_allocators, uintptr_t until)
{
	uintptr_t got;

	assert_int_equal(tr_mapped_is(at, &got), is_allocators);
	assert_int_equal(got, until);
}

/* One after the other: the log is the process's. */
static void test_the_last_word_on_an_address_counts(void **state)
{
	(void)state;
	expect(0x5000, false, UINTPTR_MAX);
	tr_mapped_add(0x3000, 0x4000, false);
	expect(0x2000, false, UINTPTR_MAX);
	tr_mapped_add(0x10000, 0x20000, true);
	expect(0x1000, false, 0x10000);
	expect(0x10000, true, 0x20000);
	expect(0x1ffff, true, 0x20000);
	expect(0x20000, false, UINTPTR_MAX);
	tr_mapped_add(0x12000, 0x14000, false);
	expect(0x10000, true, 0x12000);
	expect(0x12000, false, 0x14000);
	expect(0x14000, true, 0x20000);
	tr_mapped_add(0x13000, 0x15000, true);
	expect(0x12000, false, 0x13000);
	expect(0x13000, true, 0x14000);
}

static void test_once_it_is_full_nothing_is_the_allocators(void **state)
{
	(void)state;
	for (uintptr_t at = 1; at <= 9000; at++)
		tr_mapped_add(at << 32, (at << 32) + 0x1000, true);
	expect(UINT64_C(1) << 32, false, UINTPTR_MAX);
	expect(0x10000, false, UINTPTR_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_last_word_on_an_address_counts),
		cmocka_unit_test(test_once_it_is_full_nothing_is_the_allocators),
	};

	return RUN_UNIT_TESTS(tests);
}
