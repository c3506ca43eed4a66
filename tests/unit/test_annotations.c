/* SPDX-License-Identifier: Apache-2.0 */
/* test_annotations.c -- what a program says of itself: marks, and what it says of
 * its memory. */
#include "tests/unit/unit.h"

#include "formats/wire/annotation.h"
#include "tests/unit/trace_builder.h"
#include "tracer/inside/declared.h"

static void mark(struct trace_builder *t, const char *name)
{
	struct mt_mark told = { tb_text(name) };

	TB_EXTENDED(t, MT_KIND_MARK, mt_put_mark, &told);
	t->now += TB_TICKS;
}

static void test_marks_are_counted_by_process_and_name(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_at(t, 100);
	mark(t, "request");
	tb_at(t, 200);
	mark(t, "other");
	tb_thread(t, 2);
	tb_at(t, 300);
	mark(t, "request");
	tb_thread(t, 1);
	tb_fork(t);
	mark(t, "request");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_mark_names, 3);
	assert_string_equal(session->mark_names[0].name, "request");
	assert_int_equal(session->mark_names[0].process, 0);
	assert_int_equal(session->mark_names[0].n, 2);
	assert_int_equal(session->mark_names[0].first_ns, 100);
	assert_int_equal(session->mark_names[0].last_ns, 300);
	assert_string_equal(session->mark_names[1].name, "other");
	assert_int_equal(session->mark_names[2].process, 1);
	assert_int_equal(session->mark_names[2].n, 1);
	assert_int_equal(session->n_marks, 4);
	assert_int_equal(session->marks[1].at_ns, 200);
	assert_int_equal(session->marks[1].name, 1);
	assert_int_equal(session->marks[3].process, 1);
	tb_free_all(t, session);
}

static void test_of_marks_without_end_some_are_kept_from_begin_to_end(void **state)
{
	enum { N = 300000 };
	struct trace_builder *t = trace_builder();
	uint64_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		char name[32];

		snprintf(name, sizeof(name), "request %u", i % 10000);
		mark(t, name);
		if (i % 1000 == 0)
			tb_drain(t);
	}
	struct an_session *session = tb_open(t, NULL);

	assert_true(session->n_mark_names <= 4097);
	for (uint32_t i = 0; i < session->n_mark_names; i++)
		n += session->mark_names[i].n;
	assert_int_equal(n, N);
	assert_in_range(session->n_marks, 1 << 14, 1 << 16);
	for (uint32_t i = 1; i < session->n_marks; i++)
		assert_true(session->marks[i].at_ns > session->marks[i - 1].at_ns);
	assert_true(session->marks[0].at_ns < N / 10);
	assert_true(session->marks[session->n_marks - 1].at_ns > (uint64_t)N * TB_TICKS * 9 / 10);
	tb_free_all(t, session);
}

static void test_declared_memory_is_found_in_order_and_once(void **state)
{
	uintptr_t at = 0;

	(void)state;
	assert_int_equal(tr_declared_next(&at, UINTPTR_MAX), 0);
	assert_true(tr_declared_add(0x5000, 0x6000));
	assert_true(tr_declared_add(0x1000, 0x2000));
	assert_true(tr_declared_add(0x1000, 0x1800));
	assert_true(tr_declared_add(0x1800, 0x2800));
	at = 0;
	assert_int_equal(tr_declared_next(&at, 0x5800), 0x2000);
	assert_int_equal(at, 0x1000);
	at = 0x2000;
	assert_int_equal(tr_declared_next(&at, 0x5800), 0x2800);
	assert_int_equal(at, 0x2000);
	at = 0x2800;
	assert_int_equal(tr_declared_next(&at, 0x5800), 0x5800);
	assert_int_equal(at, 0x5000);
	at = 0x2800;
	assert_int_equal(tr_declared_next(&at, 0x5000), 0);
	for (uintptr_t i = 0; i < 2 * TR_DECLARED_MAX; i++)
		tr_declared_add(0x100000 + i * 0x1000, 0x100008 + i * 0x1000);
	assert_false(tr_declared_add(0x1, 0x2));
	assert_true(tr_declared_add(0x5000, 0x5800));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks_are_counted_by_process_and_name),
		cmocka_unit_test(test_of_marks_without_end_some_are_kept_from_begin_to_end),
		cmocka_unit_test(test_declared_memory_is_found_in_order_and_once),
	};

	return RUN_UNIT_TESTS(tests);
}
