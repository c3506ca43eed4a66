/* SPDX-License-Identifier: Apache-2.0 */
/* test_tree.c -- processes: what a child inherits, what an exec ends, how each
 * one ended, and who was not followed. */
#include "tests/unit/unit.h"

#include "tests/unit/trace_builder.h"

static void tb_ended(struct trace_builder *t, uint64_t pid, uint8_t how, uint32_t status)
{
	struct mt_ended ended = { pid, t->now, how, status, 0 };

	TB_META(t, MT_META_ENDED, mt_put_ended, &ended);
}

static void tb_says_end(struct trace_builder *t, uint8_t how, uint32_t status)
{
	struct mt_end end = { how, status };

	TB_EXTENDED(t, MT_KIND_END, mt_put_end, &end);
}

static void test_a_child_begins_with_nothing_of_its_own(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_fork(t);
	tb_alloc(t, 0x2000, 5, "main>b");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_processes, 2);
	assert_int_equal(session->processes[1].parent, 0);
	assert_int_equal(session->processes[1].totals.live_bytes, 5);
	assert_int_equal(session->processes[0].totals.live_bytes, 100);
	assert_int_equal(session->totals.live_bytes, 105);
	tb_free_all(t, session);
}

static void test_a_free_of_what_was_inherited_is_only_that(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_fork(t);
	tb_free(t, 0x1000);
	tb_free(t, 0x1000);                  /* a second time: not inherited any more */
	tb_alloc(t, 0x1000, 7, "main>b");
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);
	const struct an_totals *child = &session->processes[1].totals;

	assert_int_equal(child->n_inherited_frees, 1);
	assert_int_equal(child->n_unknown_frees, 1);
	assert_int_equal(child->n_frees, 1);
	assert_int_equal(session->totals.n_inherited_frees, 1);
	assert_int_equal(session->processes[0].totals.n_frees, 0);
	assert_int_equal(session->n_live, 1);
	tb_free_all(t, session);
}

static void test_what_the_parent_frees_after_the_fork_the_child_still_has(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	uint32_t child = tb_fork(t);

	tb_process(t, 1);
	tb_free(t, 0x1000);
	tb_alloc(t, 0x1000, 50, "main>a");   /* not the child's */
	tb_free(t, 0x1000);
	tb_alloc(t, 0x3000, 50, "main>a");   /* nor this */
	tb_process(t, child);
	tb_free(t, 0x1000);
	tb_free(t, 0x3000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[1].totals.n_inherited_frees, 1);
	assert_int_equal(session->processes[1].totals.n_unknown_frees, 1);
	tb_free_all(t, session);
}

static void test_a_grandchild_inherits_through_both(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_alloc(t, 0x2000, 1, "main>a");
	tb_alloc(t, 0x3000, 1, "main>a");
	tb_fork(t);
	tb_free(t, 0x2000);
	tb_alloc(t, 0x4000, 1, "main>a");
	uint32_t grandchild = tb_fork(t);

	tb_process(t, 1);
	tb_free(t, 0x1000);
	tb_process(t, 2);
	tb_free(t, 0x3000);
	tb_free(t, 0x4000);
	tb_says_end(t, MT_END_EXIT, 0);
	for (int i = 0; i < 6; i++) {
		tb_drain(t);
		tb_process(t, 1);
		tb_alloc(t, 0x9000 + (uint64_t)i * 16, 1, "main>a");
	}
	tb_process(t, grandchild);
	tb_free(t, 0x1000);                  /* from the first */
	tb_free(t, 0x2000);                  /* gone before its fork */
	tb_free(t, 0x3000);                  /* its parent had it, and freed it later */
	tb_free(t, 0x4000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[2].totals.n_inherited_frees, 3);
	assert_int_equal(session->processes[2].totals.n_unknown_frees, 1);
	tb_free_all(t, session);
}

static void test_a_realloc_of_what_was_inherited_frees_it_unless_it_fails(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_fork(t);
	tb_intent(t, 0x1000);
	tb_intent_end(t, false);
	tb_realloc(t, 0x1000, 0x1000, 50, "main>b");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[1].totals.n_inherited_frees, 1);
	assert_int_equal(session->processes[1].totals.live_bytes, 50);
	assert_int_equal(session->processes[1].totals.n_frees, 0);
	tb_free_all(t, session);
}

static void test_a_child_uses_its_parents_stacks_and_modules(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_fork(t);
	tb_alloc_id(t, 0x2000, 1, 1);        /* the parent's "main>a" */
	tb_alloc(t, 0x3000, 1, "main>a");    /* defined again under its own id */
	tb_alloc_id(t, 0x4000, 1, 9);        /* nobody's */
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_stacks, 2);
	assert_int_equal(session->live[0].stack, 1);
	assert_int_equal(session->live[1].stack, 1);
	assert_int_equal(session->live[2].stack, 1);
	assert_int_equal(session->live[3].stack, 0);
	assert_int_equal(session->stacks[1].frames[0].module, 0);
	tb_free_all(t, session);
}

static void test_the_same_program_elsewhere_has_the_same_stacks(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_image(t, 1, tb_exec(t, "/bin/prog", MT_EXEC_SPAWN), 1002);
	tb_alloc(t, 0x1000, 1, "main>a");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_stacks, 2);
	assert_int_equal(session->n_sites, 2);
	assert_int_equal(session->n_modules, 2);
	assert_int_equal(session->processes[1].parent, 0);
	assert_false(session->processes[1].is_image_of_parent);
	assert_true(session->is_complete);
	tb_free_all(t, session);
}

static void test_an_exec_ends_the_image_and_keeps_what_was_live(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 30, "main>a");
	uint64_t token = tb_exec(t, "/bin/other", 0);

	tb_drain(t);
	tb_image(t, 1, token, 1001);
	tb_alloc(t, 0x1000, 4, "main>a");
	tb_free(t, 0x2000);                  /* nothing is inherited through exec */
	tb_at(t, 5000);
	tb_ended(t, 1001, MT_END_EXIT, 3);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[0].end_how, MT_END_EXEC);
	assert_true(session->processes[1].is_image_of_parent);
	assert_int_equal(session->processes[1].end_how, MT_END_EXIT);
	assert_int_equal(session->processes[1].end_status, 3);
	assert_int_equal(session->processes[1].end_ns, 5000);
	assert_int_equal(session->processes[1].totals.n_unknown_frees, 1);
	assert_int_equal(session->totals.live_bytes, 34);
	assert_true(session->is_complete);
	tb_free_all(t, session);
}

static void test_an_image_that_knows_only_its_token_finds_its_parent(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_image(t, 0, tb_exec(t, "/bin/child", MT_EXEC_SPAWN), 1002);
	tb_image(t, 0, tb_exec(t, "/bin/other", 0), 1002);
	tb_image(t, 0, 99, 1003);            /* of an exec that nobody told of */
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[1].parent, 0);
	assert_int_equal(session->processes[2].parent, 1);
	assert_true(session->processes[2].is_image_of_parent);
	assert_int_equal(session->processes[1].end_how, MT_END_EXEC);
	assert_int_equal(session->processes[3].parent, AN_NONE);
	tb_free_all(t, session);
}

static void test_an_exec_that_nobody_answered_was_not_followed(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_note note = { true, 1, tb_text("static-program"), tb_text("busybox") };
	struct mt_exec_failed failed;

	(void)state;
	failed = (struct mt_exec_failed){ tb_exec(t, "/bin/absent", 0), 2 };
	TB_EXTENDED(t, MT_KIND_EXEC_FAILED, mt_put_exec_failed, &failed);
	tb_exec(t, "/bin/helper", MT_EXEC_SPAWN);
	TB_EXTENDED(t, MT_KIND_NOTE, mt_put_note, &note);
	tb_exec(t, "/bin/busybox", MT_EXEC_SPAWN);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_notes, 2);
	assert_string_equal(session->notes[0].reason, "not-followed");
	assert_string_equal(session->notes[0].detail, "/bin/helper");
	assert_string_equal(session->notes[1].reason, "static-program");
	assert_int_equal(session->notes[1].process, 0);
	assert_false(session->is_complete);
	tb_free_all(t, session);
}

static void test_the_runner_knows_the_status_and_the_process_the_way(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_fork(t);
	tb_says_end(t, MT_END__EXIT, 5);
	tb_ended(t, 1002, MT_END_EXIT, 5);
	tb_process(t, 1);
	tb_fork(t);
	tb_says_end(t, MT_END_EXIT, 0);      /* but a destructor crashed */
	tb_ended(t, 1003, MT_END_SIGNAL, 11);
	tb_process(t, 1);
	tb_fork(t);
	tb_ended(t, 1004, MT_END_RUNNING, 0);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[0].end_how, MT_END_RUNNING); /* nobody said */
	assert_int_equal(session->processes[1].end_how, MT_END__EXIT);
	assert_int_equal(session->processes[1].end_status, 5);
	assert_int_equal(session->processes[2].end_how, MT_END_SIGNAL);
	assert_int_equal(session->processes[2].end_status, 11);
	assert_int_equal(session->processes[3].end_how, MT_END_RUNNING);
	tb_free_all(t, session);
}

static void test_a_pid_that_is_used_again_ends_twice(void **state)
{
	struct trace_builder *t = trace_builder();
	uint32_t status = 1;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct mt_process child = { .parent = 1, .origin = MT_ORIGIN_FORK,
					    .token = ++t->n_tokens, .pid = 5555 };

		tb_process(t, 1);
		tb_begin(t, child);
		tb_ended(t, 5555, MT_END_EXIT, status++);
		tb_drain(t);
	}
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[1].end_status, 1);
	assert_int_equal(session->processes[2].end_status, 2);
	tb_free_all(t, session);
}

static void test_claims_about_parents_make_no_ring(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_process claim = { .parent = 3, .origin = MT_ORIGIN_FORK, .token = 90,
				    .pid = 5 };

	(void)state;
	tb_begin(t, claim);                  /* 2, of 3 */
	claim.parent = 2;
	tb_begin(t, claim);                  /* 3, of 2 */
	tb_free(t, 0x1000);
	claim.parent = 4;
	tb_begin(t, claim);                  /* 4, of itself */
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	for (uint32_t i = 0; i < session->n_processes; i++) {
		uint32_t at = i, n = 0;

		for (; at != AN_NONE && n < 10; n++)
			at = session->processes[at].parent;
		assert_true(n < 10);
	}
	tb_free_all(t, session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_child_begins_with_nothing_of_its_own),
		cmocka_unit_test(test_a_free_of_what_was_inherited_is_only_that),
		cmocka_unit_test(test_what_the_parent_frees_after_the_fork_the_child_still_has),
		cmocka_unit_test(test_a_grandchild_inherits_through_both),
		cmocka_unit_test(test_a_realloc_of_what_was_inherited_frees_it_unless_it_fails),
		cmocka_unit_test(test_a_child_uses_its_parents_stacks_and_modules),
		cmocka_unit_test(test_the_same_program_elsewhere_has_the_same_stacks),
		cmocka_unit_test(test_an_exec_ends_the_image_and_keeps_what_was_live),
		cmocka_unit_test(test_an_image_that_knows_only_its_token_finds_its_parent),
		cmocka_unit_test(test_an_exec_that_nobody_answered_was_not_followed),
		cmocka_unit_test(test_the_runner_knows_the_status_and_the_process_the_way),
		cmocka_unit_test(test_a_pid_that_is_used_again_ends_twice),
		cmocka_unit_test(test_claims_about_parents_make_no_ring),
	};

	return RUN_UNIT_TESTS(tests);
}
