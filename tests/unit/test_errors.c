/* SPDX-License-Identifier: Apache-2.0 */
/* test_errors.c -- wrong releases: what is said of them, and when nothing is. */
#include "tests/unit/unit.h"

#include "analyzer/findings/errors.h"
#include "tests/unit/named_trace.h"

static void end_by_signal(struct trace_builder *t, uint32_t number)
{
	struct mt_ended ended = { 1001, t->now, MT_END_SIGNAL, number, 0 };

	TB_META(t, MT_META_ENDED, mt_put_ended, &ended);
}

/* Opens, holds that there is one error of this kind, and returns it. */
static struct an_session *open_with(struct trace_builder *t, enum an_error_kind kind)
{
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_errors, 1);
	assert_int_equal(session->errors[0].kind, kind);
	assert_int_equal(session->processes[session->errors[0].process].n_errors[kind],
			 session->errors[0].n);
	return session;
}

static void expect_nothing(struct trace_builder *t)
{
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_errors, 0);
	for (uint32_t i = 0; i < session->n_processes; i++)
		for (unsigned j = 0; j < AN_N_ERRORS; j++)
			assert_int_equal(session->processes[i].n_errors[j], 0);
	tb_free_all(t, session);
}

static uint64_t n_unknown_told(const struct an_session *session)
{
	for (uint32_t i = 0; i < session->n_notes; i++)
		if (!strcmp(session->notes[i].reason, "unknown-frees"))
			return session->notes[i].count;
	return 0;
}

static void test_an_address_freed_twice_is_a_double_free_with_the_allocations_stack(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1000);
	tb_free(t, 0x1000);
	struct an_session *session = open_with(t, AN_ERROR_DOUBLE_FREE);
	const struct an_error *error = &session->errors[0];

	assert_int_equal(error->n, 1);
	assert_int_equal(error->bytes, 64);
	assert_int_equal(error->addr, 0x1000);
	assert_true(error->stack > 0);
	assert_int_equal(session->stacks[error->stack].frames[0].look_up, tb_look_up(t, "make"));
	assert_int_equal(n_unknown_told(session), 0);
	tb_free_all(t, session);
}

static void test_an_address_used_again_between_two_frees_is_no_error(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		tb_alloc(t, 0x1000, 64, "main>make");
		tb_free(t, 0x1000);
	}
	expect_nothing(t);
}

static void test_a_realloc_of_what_was_freed_is_a_double_free(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1000);
	tb_realloc(t, 0x1000, 0x2000, 128, "main>grow");
	struct an_session *session = open_with(t, AN_ERROR_DOUBLE_FREE);

	assert_int_equal(session->errors[0].release, AN_RELEASE_REALLOC);
	tb_free_all(t, session);
}

static void test_a_free_inside_a_live_allocation_is_invalid(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1010);
	struct an_session *session = open_with(t, AN_ERROR_INVALID_FREE);

	assert_int_equal(session->errors[0].offset, 16);
	assert_int_equal(session->errors[0].size, 64);
	assert_true(session->errors[0].stack > 0);
	assert_int_equal(session->n_live, 1);
	tb_free_all(t, session);
}

static void test_a_free_of_a_modules_data_is_invalid(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, t->code[1] + 0x8000);
	struct an_session *session = open_with(t, AN_ERROR_INVALID_FREE);

	assert_int_equal(session->errors[0].stack, 0);
	assert_string_equal(session->modules[session->errors[0].module].path, "/bin/prog");
	tb_free_all(t, session);
}

static void test_a_free_of_an_unknown_address_is_no_error_by_itself(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x9000);
	session = tb_open(t, NULL);
	assert_int_equal(session->n_errors, 0);
	assert_int_equal(n_unknown_told(session), 1);
	tb_free_all(t, session);
}

static void test_a_free_of_an_unknown_address_that_the_allocator_ended_is_invalid(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x7ffc00001000);
	end_by_signal(t, 6);
	struct an_session *session = open_with(t, AN_ERROR_INVALID_FREE);

	assert_int_equal(session->errors[0].module, AN_NONE);
	tb_free_all(t, session);
}

static void test_a_free_long_before_the_abort_is_not_its_cause(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x9000);
	tb_free(t, 0x1000);
	end_by_signal(t, 6);
	expect_nothing(t);
}

static void test_nothing_is_said_when_memory_comes_from_elsewhere(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	/* Allocated past the hooks at the same place again, and freed through them. */
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1000);
	tb_free(t, 0x1000);
	tb_free(t, 0x9000);
	expect_nothing(t);
}

static void test_nothing_is_said_when_events_were_dropped(void **state)
{
	struct mt_dropped full = { MT_DROP_FULL, 1 };
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1000);
	TB_EXTENDED(t, MT_KIND_DROPPED, mt_put_dropped, &full);
	tb_free(t, 0x1000);
	expect_nothing(t);
}

static void test_a_child_that_frees_what_it_inherited_makes_no_error(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_fork(t);
	tb_free(t, 0x1000);
	tb_process(t, 1);
	tb_free(t, 0x1000);
	expect_nothing(t);
}

static void test_two_threads_whose_stamps_are_inverted_make_no_error(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1000);
	tb_at(t, 200);
	tb_thread(t, 2);
	tb_free(t, 0x1000);
	tb_at(t, 205);
	tb_thread(t, 1);
	tb_alloc(t, 0x1000, 64, "main>make");
	expect_nothing(t);
}

static void test_an_array_released_as_one_object_is_mismatched(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	t->api = MT_API_NEW_ARRAY;
	for (unsigned i = 0; i < 3; i++) {
		tb_alloc(t, 0x1000, 64, "main>make");
		tb_delete(t, 0x1000, 0, 0, 0);
	}
	struct an_session *session = open_with(t, AN_ERROR_MISMATCHED_FREE);

	assert_int_equal(session->errors[0].n, 3);
	assert_int_equal(session->errors[0].bytes, 192);
	assert_int_equal(session->errors[0].release, AN_RELEASE_DELETE);
	tb_free_all(t, session);
}

static void test_a_sound_delete_of_any_kind_is_no_error(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	t->api = MT_API_NEW;
	tb_alloc(t, 0x1000, 64, "main>one");
	tb_delete(t, 0x1000, MT_DELETE_SIZED, 64, 0);
	t->api = MT_API_NEW_ARRAY_NOTHROW;
	tb_alloc(t, 0x1000, 64, "main>array");
	tb_delete(t, 0x1000, MT_DELETE_ARRAY, 0, 0);
	t->api = MT_API_NEW_ALIGNED;
	t->align_log2 = 6;
	tb_alloc(t, 0x1000, 64, "main>aligned");
	tb_delete(t, 0x1000, MT_DELETE_SIZED | MT_DELETE_ALIGNED, 64, 6);
	expect_nothing(t);
}

static void test_a_delete_that_declares_another_size_is_an_error(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	t->api = MT_API_NEW;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_delete(t, 0x1000, MT_DELETE_SIZED, 48, 0);
	struct an_session *session = open_with(t, AN_ERROR_WRONG_SIZE);

	assert_int_equal(session->errors[0].declared_size, 48);
	assert_int_equal(session->errors[0].size, 64);
	assert_false(session->errors[0].is_align_wrong);
	tb_free_all(t, session);
}

static void test_a_delete_that_declares_another_alignment_is_an_error(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	t->api = MT_API_NEW_ALIGNED;
	t->align_log2 = 6;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_delete(t, 0x1000, MT_DELETE_ALIGNED, 0, 5);
	struct an_session *session = open_with(t, AN_ERROR_WRONG_SIZE);

	assert_true(session->errors[0].is_align_wrong);
	assert_int_equal(session->errors[0].declared_align_log2, 5);
	tb_free_all(t, session);
}

static void test_what_modules_nobody_can_look_into_release_is_not_judged(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	t->api = MT_API_NEW;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1000);
	t->api = MT_API_MALLOC;
	tb_alloc(t, 0x1000, 64, "main>other");
	tb_delete(t, 0x1000, 0, 0, 0);
	expect_nothing(t);
}

static void test_a_double_free_shows_both_stacks_that_were_recorded(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free_stack(t, "main>first");
	tb_free(t, 0x1000);
	tb_free_stack(t, "main>second");
	tb_free(t, 0x1000);
	struct an_session *session = open_with(t, AN_ERROR_DOUBLE_FREE);
	const struct an_error *error = &session->errors[0];

	assert_int_equal(session->stacks[error->first_free_stack].frames[0].look_up,
			 tb_look_up(t, "first"));
	assert_int_equal(session->stacks[error->free_stack].frames[0].look_up,
			 tb_look_up(t, "second"));
	tb_free_all(t, session);
}

static void test_a_stack_of_a_free_is_of_the_next_release_only(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free_stack(t, "main>first");
	tb_free(t, 0x1000);
	tb_free(t, 0x1000);
	struct an_session *session = open_with(t, AN_ERROR_DOUBLE_FREE);

	assert_true(session->errors[0].first_free_stack > 0);
	assert_int_equal(session->errors[0].free_stack, 0);
	tb_free_all(t, session);
}

static void test_errors_are_findings_with_names_of_their_own(void **state)
{
	const struct an_findings_options everything = { 0 };
	struct trace_builder *t = trace_builder();
	struct an_error_list list;

	(void)state;
	tb_alloc(t, 0x1000, 64, "main>make");
	tb_free(t, 0x1000);
	tb_free(t, 0x1000);
	tb_alloc(t, 0x2000, 8, "main>other");
	tb_free(t, 0x2000);
	tb_free(t, 0x2000);
	struct an_session *session = tb_open(t, NULL);

	nt_name(session, t);
	struct an_findings *findings = an_findings_new(session, &everything);

	an_error_list_init(&list, findings->names, findings->is_chosen);
	assert_int_equal(findings->verdict, AN_FINDINGS);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.sums[AN_ERROR_DOUBLE_FREE], 2);
	assert_int_equal(list.at[0].bytes, 64);
	assert_memory_equal(list.at[0].id, "E-", 2);
	assert_memory_equal(list.at[0].id + 2, list.at[0].fingerprint, 6);
	assert_string_not_equal(list.at[0].id, list.at[1].id);
	an_error_list_release(&list);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_frees_without_end_cost_no_memory_without_end(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	for (uint64_t i = 1; i < 200000; i++) {
		tb_alloc(t, i * 32, 8, "main>make");
		tb_free(t, i * 32);
	}
	tb_free(t, 199999 * 32);
	struct an_session *session = open_with(t, AN_ERROR_DOUBLE_FREE);

	tb_free_all(t, session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address_freed_twice_is_a_double_free_with_the_allocations_stack),
		cmocka_unit_test(test_an_address_used_again_between_two_frees_is_no_error),
		cmocka_unit_test(test_a_realloc_of_what_was_freed_is_a_double_free),
		cmocka_unit_test(test_a_free_inside_a_live_allocation_is_invalid),
		cmocka_unit_test(test_a_free_of_a_modules_data_is_invalid),
		cmocka_unit_test(test_a_free_of_an_unknown_address_is_no_error_by_itself),
		cmocka_unit_test(test_a_free_of_an_unknown_address_that_the_allocator_ended_is_invalid),
		cmocka_unit_test(test_a_free_long_before_the_abort_is_not_its_cause),
		cmocka_unit_test(test_nothing_is_said_when_memory_comes_from_elsewhere),
		cmocka_unit_test(test_nothing_is_said_when_events_were_dropped),
		cmocka_unit_test(test_a_child_that_frees_what_it_inherited_makes_no_error),
		cmocka_unit_test(test_two_threads_whose_stamps_are_inverted_make_no_error),
		cmocka_unit_test(test_an_array_released_as_one_object_is_mismatched),
		cmocka_unit_test(test_a_sound_delete_of_any_kind_is_no_error),
		cmocka_unit_test(test_a_delete_that_declares_another_size_is_an_error),
		cmocka_unit_test(test_a_delete_that_declares_another_alignment_is_an_error),
		cmocka_unit_test(test_what_modules_nobody_can_look_into_release_is_not_judged),
		cmocka_unit_test(test_a_double_free_shows_both_stacks_that_were_recorded),
		cmocka_unit_test(test_a_stack_of_a_free_is_of_the_next_release_only),
		cmocka_unit_test(test_errors_are_findings_with_names_of_their_own),
		cmocka_unit_test(test_frees_without_end_cost_no_memory_without_end),
	};

	return RUN_UNIT_TESTS(tests);
}
