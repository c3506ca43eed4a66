/* SPDX-License-Identifier: Apache-2.0 */
/* test_suspects.c -- who holds most of what is reachable. Heap is at 0x10000, the
 * program's data at 0x5000, a stack at 0x70000. */
#include "tests/unit/unit.h"

#include "analyzer/findings/suspects.h"
#include "tests/unit/snapshot_builder.h"

enum { DATA = 0x5000, HEAP = 0x10000, HEAP_END = 0x20000, STACK = 0x70000 };

static struct an_suspects suspects_of(const struct an_session *session)
{
	struct an_objects *objects = an_objects_new(session, 0, NULL, 0);
	struct an_suspects suspects = { 0 };

	an_suspects_find(objects, &suspects);
	an_objects_free(objects);
	return suspects;
}

/* data -> head -> vector -> 4 items; stack -> 3 buffers. */
static void test_what_hangs_on_one_allocation_piles_up_there(void **state)
{
	struct trace_builder *t = trace_builder();
	struct snapshot_builder s;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>head");
	tb_alloc(t, 0x10100, 64, "main>vector");
	for (uint64_t i = 0; i < 4; i++)
		tb_alloc(t, 0x11000 + i * 0x100, 200, "main>item");
	for (uint64_t i = 0; i < 3; i++)
		tb_alloc(t, 0x12000 + i * 0x100, 100, "main>buffer");
	tb_alloc(t, 0x13000, 1000, "main>lost");
	s = sb_begin(t, MT_SNAPSHOT_EXIT);
	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10000, 0x10100);
	for (uint64_t i = 0; i < 4; i++)
		sb_word(&s, 0x10100 + i * 8, 0x11000 + i * 0x100);
	sb_range(&s, MT_RANGE_STACK, STACK, STACK + 0x1000);
	for (uint64_t i = 0; i < 3; i++)
		sb_word(&s, STACK + i * 8, 0x12000 + i * 0x100);
	sb_end(&s);
	struct an_session *session = tb_open(t, NULL);
	struct an_suspects suspects = suspects_of(session);

	assert_int_equal(suspects.n, 2);
	assert_int_equal(suspects.at[0].retained_bytes, 880);
	assert_int_equal(suspects.at[0].n_direct, 1);
	assert_true(suspects.at[0].has_point);
	assert_int_equal(suspects.at[0].point_addr, 0x10100);
	assert_int_equal(suspects.at[0].point_retained, 864);
	assert_int_equal(suspects.at[0].n_held, 4);
	assert_int_equal(suspects.at[0].n_of_stack, 4);
	assert_int_equal(suspects.at[0].of_stack_retained, 800);
	assert_int_equal(suspects.at[1].retained_bytes, 300);
	assert_int_equal(suspects.at[1].n_direct, 3);
	assert_false(suspects.at[1].has_point);
	assert_int_equal(suspects.at[1].n_of_stack, 3);
	an_suspects_release(&suspects);
	tb_free_all(t, session);
}

static void test_what_two_roots_hold_is_nobodys_alone(void **state)
{
	struct trace_builder *t = trace_builder();
	struct snapshot_builder s;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>shared");
	tb_alloc(t, 0x10100, 500, "main>below");
	s = sb_begin(t, MT_SNAPSHOT_EXIT);
	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10000, 0x10100);
	sb_range(&s, MT_RANGE_STACK, STACK, STACK + 0x1000);
	sb_word(&s, STACK, 0x10000);
	sb_end(&s);
	struct an_session *session = tb_open(t, NULL);
	struct an_suspects suspects = suspects_of(session);

	assert_int_equal(suspects.n, 1);
	assert_true(suspects.at[0].is_shared);
	assert_int_equal(suspects.at[0].retained_bytes, 516);
	an_suspects_release(&suspects);
	tb_free_all(t, session);
}

static void test_nothing_reachable_gives_none(void **state)
{
	struct trace_builder *t = trace_builder();
	struct snapshot_builder s;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>lost");
	s = sb_begin(t, MT_SNAPSHOT_EXIT);
	sb_end(&s);
	struct an_session *session = tb_open(t, NULL);
	struct an_suspects suspects = suspects_of(session);

	assert_int_equal(suspects.n, 0);
	an_suspects_release(&suspects);
	tb_free_all(t, session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_hangs_on_one_allocation_piles_up_there),
		cmocka_unit_test(test_what_two_roots_hold_is_nobodys_alone),
		cmocka_unit_test(test_nothing_reachable_gives_none),
	};

	return RUN_UNIT_TESTS(tests);
}
