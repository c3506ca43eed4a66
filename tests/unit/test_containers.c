/* SPDX-License-Identifier: Apache-2.0 */
/* test_containers.c -- analyzer/base, against naive versions where it matters. */
#include "tests/unit/unit.h"

#include "analyzer/base/pqueue.h"
#include "analyzer/base/strpool.h"
#include "analyzer/base/u64map.h"

#include <stdio.h>
#include <string.h>

struct entry {
	uint64_t key;
	uint64_t value;
};

static uint64_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void test_a_map_holds_what_was_put_and_not_removed(void **state)
{
	enum { KEYS = 500 };
	uint64_t seed = 3, want[KEYS] = { 0 };
	struct u64map map;
	size_t n = 0;

	(void)state;
	u64map_init(&map, sizeof(struct entry));
	for (int i = 0; i < 200000; i++) {
		uint64_t key = draw(&seed) % KEYS * 0x10;   /* 0 is a key like any other */
		uint64_t *wanted = &want[key / 0x10];
		bool is_new;

		if (draw(&seed) % 2) {
			struct entry *entry = u64map_put(&map, key, &is_new);

			assert_int_equal(is_new, !*wanted);
			assert_int_equal(entry->value, *wanted);
			n += is_new;
			*wanted = entry->value = draw(&seed) | 1;
		} else {
			assert_int_equal(u64map_remove(&map, key), *wanted != 0);
			n -= *wanted != 0;
			*wanted = 0;
		}
		assert_int_equal(map.n, n);
	}
	for (uint64_t i = 0; i < KEYS; i++) {
		const struct entry *entry = u64map_get(&map, i * 0x10);

		assert_int_equal(entry ? entry->value : 0, want[i]);
	}
	u64map_release(&map);
}

static void test_a_walk_over_a_map_sees_each_entry_once(void **state)
{
	struct u64map map;
	uint64_t sum = 0;
	size_t at = 0, n = 0;

	(void)state;
	u64map_init(&map, sizeof(struct entry));
	assert_null(u64map_next(&map, &at));
	for (uint64_t key = 0; key < 1000; key++)
		u64map_put(&map, key, NULL);
	for (const struct entry *entry; (entry = u64map_next(&map, &at)); n++)
		sum += entry->key;
	assert_int_equal(n, 1000);
	assert_int_equal(sum, 499500);
	u64map_release(&map);
	u64map_release(&map);
}

static void test_an_entry_removed_from_a_full_run_leaves_the_others(void **state)
{
	struct u64map map;

	(void)state;
	u64map_init(&map, sizeof(struct entry));
	for (uint64_t key = 1; key <= 11; key++)
		u64map_put(&map, key, NULL);
	for (uint64_t gone = 1; gone <= 11; gone++) {
		u64map_remove_entry(&map, u64map_get(&map, gone));
		for (uint64_t key = 1; key <= 11; key++)
			assert_int_equal(u64map_get(&map, key) != NULL, key > gone);
	}
	u64map_release(&map);
}

static void test_equal_strings_are_one(void **state)
{
	struct strpool pool = { 0 };
	const char *one = strpool_intern_text(&pool, "malloc");

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char text[20];

		snprintf(text, sizeof(text), "f%d", i);
		strpool_intern_text(&pool, text);
	}
	assert_ptr_equal(strpool_intern_text(&pool, "malloc"), one);
	assert_ptr_not_equal(strpool_intern(&pool, "malloc\0", 7), one);
	assert_string_equal(strpool_intern(&pool, NULL, 0), "");
	strpool_release(&pool);
}

static void test_an_arena_gives_zeroed_memory_of_any_size(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t n = 0; n < 100000; n = n * 2 + 1) {
		uint8_t *memory = arena_alloc(&arena, n, 1);

		assert_int_equal((uintptr_t)memory % 8, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, n);
	}
	arena_release(&arena);
	arena_release(&arena);
}

static void test_a_queue_gives_the_smallest_first(void **state)
{
	struct pqueue queue = { 0 };
	uint64_t seed = 11, last = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		pqueue_push(&queue, draw(&seed) % 500, i);
	for (int i = 0; i < 5000; i++) {
		struct pqueue_item item = pqueue_first(&queue);
		uint64_t key = item.key + draw(&seed) % 50;

		assert_true(item.key >= last);
		last = item.key;
		if (pqueue_stays_first(&queue, key))
			assert_true(key <= item.key + 50);
		pqueue_change_first(&queue, key);
	}
	for (int i = 0; i < 1000; i++) {
		assert_true(pqueue_first(&queue).key >= last);
		last = pqueue_first(&queue).key;
		pqueue_pop(&queue);
	}
	assert_int_equal(queue.items.n, 0);
	pqueue_release(&queue);
}

static void test_equal_keys_come_by_value(void **state)
{
	struct pqueue queue = { 0 };

	(void)state;
	for (uint32_t i = 10; i-- > 0;)
		pqueue_push(&queue, 7, i);
	for (uint32_t i = 0; i < 10; i++, pqueue_pop(&queue))
		assert_int_equal(pqueue_first(&queue).value, i);
	pqueue_release(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_map_holds_what_was_put_and_not_removed),
		cmocka_unit_test(test_a_walk_over_a_map_sees_each_entry_once),
		cmocka_unit_test(test_an_entry_removed_from_a_full_run_leaves_the_others),
		cmocka_unit_test(test_equal_strings_are_one),
		cmocka_unit_test(test_an_arena_gives_zeroed_memory_of_any_size),
		cmocka_unit_test(test_a_queue_gives_the_smallest_first),
		cmocka_unit_test(test_equal_keys_come_by_value),
	};

	return RUN_UNIT_TESTS(tests);
}
