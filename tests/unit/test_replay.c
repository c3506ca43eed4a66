/* SPDX-License-Identifier: Apache-2.0 */
/* test_replay.c -- what the events of one thread add up to. */
#include "tests/unit/unit.h"

#include "tests/unit/trace_builder.h"

static const struct an_site *site_of(struct trace_builder *t, const struct an_session *session,
				     const char *leaf)
{
	uint64_t wanted = tb_look_up(t, leaf);

	for (uint32_t i = 0; i < session->n_sites; i++) {
		const struct an_stack *stack = &session->stacks[session->sites[i].stack];

		if (stack->n_frames && stack->frames[0].look_up == wanted)
			return &session->sites[i];
	}
	fail_msg("no site %s", leaf);
	return NULL;
}

static void test_what_is_freed_is_not_live(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>parse");
	tb_alloc(t, 0x2000, 36, "main>keep");
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_allocations, 2);
	assert_int_equal(session->totals.n_frees, 1);
	assert_int_equal(session->totals.allocated_bytes, 100);
	assert_int_equal(session->totals.freed_bytes, 64);
	assert_int_equal(session->totals.live_bytes, 36);
	assert_int_equal(session->n_live, 1);
	assert_int_equal(session->live[0].addr, 0x2000);
	assert_int_equal(session->live[0].size, 36);
	assert_true(session->is_complete);
	assert_int_equal(session->n_notes, 0);
	tb_free_all(t, session);
}

static void test_the_peak_is_the_first_greatest_moment(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_at(t, 500);
	tb_alloc(t, 0x2000, 50, "main>b");
	tb_free(t, 0x2000);
	tb_alloc(t, 0x2000, 50, "main>c");
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.peak_bytes, 150);
	assert_int_equal(session->totals.n_peak, 2);
	assert_int_equal(session->totals.peak_ns, 500);
	tb_free_all(t, session);
}

static void test_a_site_has_at_the_peak_what_it_held_then(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_alloc(t, 0x2000, 50, "main>b");
	tb_alloc(t, 0x3000, 5, "main>b");
	tb_free(t, 0x1000);
	tb_alloc(t, 0x4000, 60, "main>c");
	tb_free(t, 0x4000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.peak_bytes, 155);
	assert_int_equal(site_of(t, session, "a")->peak_bytes, 100);
	assert_int_equal(site_of(t, session, "b")->peak_bytes, 55);
	assert_int_equal(site_of(t, session, "b")->n_peak, 2);
	assert_int_equal(site_of(t, session, "c")->peak_bytes, 0);
	tb_free_all(t, session);
}

static void test_temporary_is_what_goes_before_the_thread_allocates_again(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_free(t, 0x1000);                  /* temporary */
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_alloc(t, 0x2000, 1, "main>a");
	tb_free(t, 0x1000);                  /* not: another came in between */
	tb_realloc(t, 0x2000, 0x3000, 2, "main>a"); /* reallocated: temporary */
	tb_thread(t, 2);
	tb_free(t, 0x3000);                  /* not: by another thread */
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_temporary, 2);
	assert_int_equal(site_of(t, session, "a")->n_temporary, 2);
	tb_free_all(t, session);
}

static void test_a_signal_handler_allocates_as_its_thread(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_nested(t);
	tb_alloc(t, 0x2000, 1, "main>handler");
	tb_free(t, 0x2000);                  /* temporary */
	tb_thread(t, 1);
	tb_free(t, 0x1000);                  /* not: its thread allocated again */
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_temporary, 1);
	assert_int_equal(session->n_threads, 1);
	tb_free_all(t, session);
}

static void test_realloc_is_one_free_and_one_allocation(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_realloc(t, 0x1000, 0x1000, 200, "main>b");  /* in place */
	tb_realloc(t, 0x1000, 0x2000, 300, "main>b");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_allocations, 3);
	assert_int_equal(session->totals.n_frees, 2);
	assert_int_equal(session->totals.live_bytes, 300);
	assert_int_equal(session->totals.peak_bytes, 300);
	assert_int_equal(site_of(t, session, "a")->n_live, 0);
	assert_int_equal(site_of(t, session, "b")->live_bytes, 300);
	tb_free_all(t, session);
}

static void test_realloc_that_failed_changes_nothing(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_intent(t, 0x1000);
	tb_intent_end(t, false);
	tb_intent(t, 0x9000);                /* of nothing known */
	tb_intent_end(t, false);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_allocations, 1);
	assert_int_equal(session->totals.n_frees, 0);
	assert_int_equal(session->totals.n_unknown_frees, 0);
	assert_int_equal(session->live[0].addr, 0x1000);
	tb_free_all(t, session);
}

static void test_realloc_to_nothing_is_a_free(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_intent(t, 0x1000);
	tb_intent_end(t, true);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_frees, 1);
	assert_int_equal(session->totals.n_live, 0);
	assert_int_equal(session->totals.n_temporary, 1);
	tb_free_all(t, session);
}

static void test_an_intent_without_outcome_is_undone(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_intent(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_frees, 0);
	assert_int_equal(session->n_live, 1);
	assert_int_equal(session->processes[0].n_undone, 1);
	assert_true(session->is_complete);
	tb_free_all(t, session);
}

static void test_a_realloc_of_something_unknown_is_an_unknown_free(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_realloc(t, 0x9000, 0x1000, 10, "main>a");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_allocations, 1);
	assert_int_equal(session->totals.n_frees, 0);
	assert_int_equal(session->totals.n_unknown_frees, 1);
	tb_free_all(t, session);
}

static void test_an_address_that_is_no_multiple_of_16_is_as_good(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1001, 0, "main>a");
	tb_alloc(t, 0, 7, "main>a");
	tb_alloc(t, UINT64_MAX, 8, "main>a");
	tb_free(t, 0x1001);
	tb_free(t, 0);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_frees, 2);
	assert_int_equal(session->live[0].addr, UINT64_MAX);
	tb_free_all(t, session);
}

static void test_an_allocation_over_a_live_one_is_a_conflict(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_alloc(t, 0x1000, 30, "main>a");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[0].n_order_conflicts, 1);
	assert_int_equal(session->totals.n_frees, 1);
	assert_int_equal(session->totals.live_bytes, 30);
	assert_false(session->is_complete);
	assert_string_equal(session->notes[0].reason, "order-conflict");
	tb_free_all(t, session);
}

static void test_a_stack_may_be_defined_twice_and_after_its_use(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc_id(t, 0x1000, 1, 77);
	tb_define(t, 77, "main>late", t->code[1]);
	tb_define(t, 77, "main>late", t->code[1]);
	tb_define(t, 78, "main>late", t->code[1]);
	tb_alloc_id(t, 0x2000, 1, 78);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_sites, 1);
	assert_int_equal(session->n_stacks, 2);
	assert_int_equal(site_of(t, session, "late")->n_allocations, 2);
	assert_int_equal(session->counts.n_stack_nodes, 2);
	tb_free_all(t, session);
}

static void test_an_unknown_stack_is_stack_zero(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc_id(t, 0x1000, 1, 4000000000u);
	tb_alloc_id(t, 0x2000, 1, 0);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_sites, 1);
	assert_int_equal(session->sites[0].stack, 0);
	assert_int_equal(session->stacks[0].n_frames, 0);
	assert_string_equal(session->notes[0].reason, "stacks-unknown");
	assert_int_equal(session->notes[0].count, 2);
	assert_true(session->is_complete);
	tb_free_all(t, session);
}

static void test_lifetimes_add_up(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_at(t, 1000);
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_alloc(t, 0x2000, 1, "main>a");
	tb_at(t, 1500);
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(site_of(t, session, "a")->lifetime_ns, 500);
	assert_int_equal(site_of(t, session, "a")->n_freed, 1);
	tb_free_all(t, session);
}

static void test_an_address_means_the_module_of_its_generation(void **state)
{
	struct trace_builder *t = trace_builder();
	const uint64_t at = 0x70000000;
	uint64_t frame = at + 0x500;
	struct mt_stack stack = { .id = 50, .api = MT_API_MALLOC, .generation = 2,
				  .n_guessed_from = MT_STACK_FRAMES_MAX, .n_frames = 1,
				  .frames = &frame };
	uint8_t payload[MT_STACK_BYTES_MAX];

	(void)state;
	tb_module(t, "/lib/old.so", 5, 2, at);
	tb_module(t, "/lib/new.so", 6, 4, at);
	struct mt_module_gone gone = { 5, 3 };

	TB_EXTENDED(t, MT_KIND_MODULE_GONE, mt_put_module_gone, &gone);
	for (uint32_t generation = 1; generation <= 4; generation++) {
		struct mt_out out = { payload, payload + sizeof(payload), false };

		stack.id = 50 + generation;
		stack.generation = generation;
		mt_put_stack(&tb_stream(t)->state, &out, &stack);
		tb_extended(t, MT_KIND_STACK, payload, (size_t)(out.at - payload));
		tb_alloc_id(t, 0x1000 * generation, 1, stack.id);
	}
	struct an_session *session = tb_open(t, NULL);
	const char *const want[] = { "", "/lib/old.so", "", "/lib/new.so" };

	for (int i = 0; i < 4; i++) {
		const struct an_frame *got = session->stacks[session->live[i].stack].frames;

		assert_string_equal(got->module == AN_NONE ? ""
				    : session->modules[got->module].path, want[i]);
		assert_int_equal(got->look_up, got->module == AN_NONE ? frame : 0x4ff);
	}
	tb_free_all(t, session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_freed_is_not_live),
		cmocka_unit_test(test_the_peak_is_the_first_greatest_moment),
		cmocka_unit_test(test_a_site_has_at_the_peak_what_it_held_then),
		cmocka_unit_test(test_temporary_is_what_goes_before_the_thread_allocates_again),
		cmocka_unit_test(test_a_signal_handler_allocates_as_its_thread),
		cmocka_unit_test(test_realloc_is_one_free_and_one_allocation),
		cmocka_unit_test(test_realloc_that_failed_changes_nothing),
		cmocka_unit_test(test_realloc_to_nothing_is_a_free),
		cmocka_unit_test(test_an_intent_without_outcome_is_undone),
		cmocka_unit_test(test_a_realloc_of_something_unknown_is_an_unknown_free),
		cmocka_unit_test(test_an_address_that_is_no_multiple_of_16_is_as_good),
		cmocka_unit_test(test_an_allocation_over_a_live_one_is_a_conflict),
		cmocka_unit_test(test_a_stack_may_be_defined_twice_and_after_its_use),
		cmocka_unit_test(test_an_unknown_stack_is_stack_zero),
		cmocka_unit_test(test_lifetimes_add_up),
		cmocka_unit_test(test_an_address_means_the_module_of_its_generation),
	};

	return RUN_UNIT_TESTS(tests);
}
