/* SPDX-License-Identifier: Apache-2.0 */
/* test_stackset.c -- the set of stacks, with tables so small that they fill up. */
#include "tests/unit/unit.h"

#define TR_STACKSET_SLOTS 16
#include "tracer/inside/stackset.c"

#include <pthread.h>

static uint64_t mix(uint64_t i)
{
	i = (i + 1) * 0x9e3779b97f4a7c15u;
	return i ^ i >> 29;
}

static void test_a_stack_nobody_added_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(tr_stackset_find(mix(1000000)), 0);
}

static void test_what_was_added_is_found_through_every_growth(void **state)
{
	uint32_t ids[5000];

	(void)state;
	for (uint64_t i = 0; i < 5000; i++) {
		ids[i] = tr_stackset_new_id();
		tr_stackset_add(mix(i), ids[i]);
	}
	for (uint64_t i = 0; i < 5000; i++) {
		uint32_t id = tr_stackset_find(mix(i));

		/* A run of full slots may lose one: it is then defined again. */
		assert_true(id == ids[i] || id == 0);
	}
	assert_int_equal(tr_stackset_last_id(), ids[4999]);
}

static void test_the_hash_zero_is_a_hash_like_any_other(void **state)
{
	uint32_t id = tr_stackset_new_id();

	(void)state;
	tr_stackset_add(0, id);
	assert_int_equal(tr_stackset_find(0), id);
}

static void test_the_first_of_two_numbers_for_one_stack_stays(void **state)
{
	uint32_t first = tr_stackset_new_id(), second = tr_stackset_new_id();

	(void)state;
	tr_stackset_add(mix(77777777), first);
	tr_stackset_add(mix(77777777), second);
	assert_int_equal(tr_stackset_find(mix(77777777)), first);
}

static void *add_many(void *from)
{
	uint64_t *n_wrong = from;

	for (uint64_t i = 100000; i < 104000; i++) {
		uint32_t id = tr_stackset_find(mix(i));

		if (!id) {
			tr_stackset_add(mix(i), tr_stackset_new_id());
			id = tr_stackset_find(mix(i));
		}
		*n_wrong += id > tr_stackset_last_id();
	}
	return NULL;
}

static void test_threads_that_add_at_once_agree_in_the_end(void **state)
{
	pthread_t threads[4];
	uint64_t n_wrong[4] = { 0 };
	uint32_t n_found = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, add_many, &n_wrong[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 4; i++)
		assert_int_equal(n_wrong[i], 0);
	for (uint64_t i = 100000; i < 104000; i++)
		n_found += tr_stackset_find(mix(i)) != 0;
	assert_true(n_found > 3900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stack_nobody_added_is_not_found),
		cmocka_unit_test(test_what_was_added_is_found_through_every_growth),
		cmocka_unit_test(test_the_hash_zero_is_a_hash_like_any_other),
		cmocka_unit_test(test_the_first_of_two_numbers_for_one_stack_stays),
		cmocka_unit_test(test_threads_that_add_at_once_agree_in_the_end),
	};

	return RUN_UNIT_TESTS(tests);
}
