/* SPDX-License-Identifier: Apache-2.0 */
/* test_annotations.c -- what a program says of itself: marks, and what it says of
 * its memory. */
#include "tests/unit/unit.h"

#include "analyzer/findings/findings.h"
#include "formats/wire/annotation.h"
#include "tests/unit/named_trace.h"
#include "tests/unit/snapshot_builder.h"
#include "tracer/inside/declared.h"

static void mark(struct trace_builder *t, const char *name)
{
	struct mt_mark told = { tb_text(name) };

	TB_EXTENDED(t, MT_KIND_MARK, mt_put_mark, &told);
	t->now += TB_TICKS;
}

static void say(struct trace_builder *t, uint8_t what, uint64_t addr, uint64_t size,
		const char *text)
{
	struct mt_annotation told = { what, addr, size, tb_text(text) };

	TB_EXTENDED(t, MT_KIND_ANNOTATION, mt_put_annotation, &told);
	t->now += TB_TICKS;
}

/* An exit at which nothing points anywhere, but for one word. */
static void end_with_word(struct trace_builder *t, uint64_t slot, uint64_t value)
{
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, 0x10000, 0x20000);
	if (slot)
		sb_word(&s, slot, value);
	sb_end(&s);
}

static uint64_t n_strangers(const struct an_session *session)
{
	for (uint32_t i = 0; i < session->n_notes; i++)
		if (!strcmp(session->notes[i].reason, "annotations-unknown"))
			return session->notes[i].count;
	return 0;
}

static const struct an_findings_options everything;

static struct an_findings *findings_of(struct trace_builder *t, struct an_session **session)
{
	*session = tb_open(t, NULL);
	nt_name(*session, t);
	return an_findings_new(*session, &everything);
}

static void test_what_is_said_ends_with_the_free(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>a");
	say(t, MT_ANNOTATION_TYPE, 0x10000, 0, "Old");
	say(t, MT_ANNOTATION_TYPE, 0x10010, 0, "OldPart");
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10000, 64, "main>b");
	tb_alloc(t, 0x10100, 64, "main>c");
	say(t, MT_ANNOTATION_TYPE, 0x10100, 0, "Wrong");
	say(t, MT_ANNOTATION_TYPE, 0x10100, 0, "New");
	say(t, MT_ANNOTATION_TYPE, 0x10120, 0, "Part");
	tb_alloc(t, 0x10200, 64, "main>d");
	say(t, MT_ANNOTATION_TYPE, 0x10200, 0, "Gone");
	say(t, MT_ANNOTATION_TYPE, 0x10200, 0, "");
	end_with_word(t, 0, 0);
	struct an_session *session = tb_open(t, NULL);
	const struct an_snapshot *snapshot = &session->snapshots[0];

	assert_int_equal(snapshot->n_annotations, 2);
	assert_null(an_annotation_at(snapshot, 0x10000));
	assert_string_equal(an_annotation_at(snapshot, 0x10100)->type, "New");
	assert_null(an_annotation_at(snapshot, 0x10110));
	assert_string_equal(an_annotation_before(snapshot, 0x10118)->type, "New");
	assert_string_equal(an_annotation_before(snapshot, 0x10128)->type, "Part");
	assert_null(an_annotation_before(snapshot, 0x100f0));
	assert_int_equal(n_strangers(session), 1);
	tb_free_all(t, session);
}

static void test_realloc_keeps_what_was_said_and_a_failed_one_changes_nothing(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>a");
	say(t, MT_ANNOTATION_TYPE, 0x10000, 0, "Kept");
	tb_realloc(t, 0x10000, 0x10100, 128, "main>b");
	tb_realloc(t, 0x10100, 0x10100, 256, "main>b");
	tb_intent(t, 0x10100);
	tb_intent_end(t, false);
	tb_alloc(t, 0x10000, 64, "main>c");
	end_with_word(t, 0, 0);
	struct an_session *session = tb_open(t, NULL);
	const struct an_snapshot *snapshot = &session->snapshots[0];

	assert_int_equal(snapshot->n_annotations, 1);
	assert_string_equal(an_annotation_at(snapshot, 0x10100)->type, "Kept");
	assert_int_equal(n_strangers(session), 0);
	tb_free_all(t, session);
}

static void test_what_was_freed_after_the_snapshot_was_called_so_then(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>a");
	say(t, MT_ANNOTATION_TYPE, 0x10000, 0, "Before");
	end_with_word(t, 0, 0);
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10000, 32, "main>b");
	say(t, MT_ANNOTATION_TYPE, 0x10000, 0, "After");
	struct an_session *session = tb_open(t, NULL);
	const struct an_snapshot *snapshot = &session->snapshots[0];

	assert_int_equal(snapshot->n_annotations, 1);
	assert_string_equal(an_annotation_at(snapshot, 0x10000)->type, "Before");
	tb_free_all(t, session);
}

static void test_what_is_ignored_is_suppressed_with_what_hangs_on_it(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>ignored");
	tb_alloc(t, 0x10100, 32, "main>member");
	tb_alloc(t, 0x10200, 16, "main>lost");
	say(t, MT_ANNOTATION_IGNORE, 0x10020, 0, "");
	end_with_word(t, 0x10008, 0x10100);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(findings->sums.at[AN_CLASS_SUPPRESSED].bytes, 96);
	assert_int_equal(findings->sums.at[AN_CLASS_DEFINITE].bytes, 16);
	assert_int_equal(findings->n_findings, 2);
	assert_int_equal(findings->findings[0].bytes, 64);
	assert_int_equal(findings->findings[0].suppressed_by, AN_BY_PROGRAM);
	assert_int_equal(findings->findings[1].suppressed_by, AN_NONE);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_without_a_snapshot_what_is_ignored_is_suppressed_alone(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>a");
	tb_alloc(t, 0x10100, 32, "main>a");
	say(t, MT_ANNOTATION_IGNORE, 0x10000, 0, "");
	say(t, MT_ANNOTATION_TYPE, 0x10100, 0, "T");
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(findings->sums.at[AN_CLASS_SUPPRESSED].bytes, 64);
	assert_int_equal(findings->sums.at[AN_CLASS_UNCLASSIFIED].bytes, 32);
	assert_string_equal(an_type_name_of_stack(findings->types, session->sites[0].stack), "T");
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_two_types_at_one_site_are_none(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>a");
	tb_alloc(t, 0x10100, 64, "main>a");
	say(t, MT_ANNOTATION_TYPE, 0x10000, 0, "One");
	say(t, MT_ANNOTATION_TYPE, 0x10100, 0, "Other");
	struct an_findings *findings = findings_of(t, &session);

	assert_null(an_type_name_of_stack(findings->types, session->sites[0].stack));
	an_findings_free(findings);
	tb_free_all(t, session);
}

/* 0x10000, lost, holds 0x10100: as a root it holds that up; not itself. */
static void test_declared_roots_hold_and_a_forked_child_has_them(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	say(t, MT_ANNOTATION_ROOT, 0x18000, 0x100, "");
	say(t, MT_ANNOTATION_ROOT, 0x18080, 0x80, "");
	tb_fork(t);
	tb_alloc(t, 0x10000, 64, "main>table");
	tb_alloc(t, 0x10100, 32, "main>held");
	tb_alloc(t, 0x10200, 32, "main>mapped");
	say(t, MT_ANNOTATION_ROOT, 0x10000, 64, "");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_DEAD_STACK, 0x10000, 0x20000);
	sb_word(&s, 0x10008, 0x10100);
	sb_word(&s, 0x180f8, 0x10200);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(session->snapshots[0].n_declared, 2);
	assert_int_equal(session->snapshots[0].declared[1].end, 0x18100);
	assert_int_equal(findings->sums.at[AN_CLASS_DEFINITE].bytes, 64);
	assert_int_equal(findings->sums.at[AN_CLASS_REACHABLE].bytes, 64);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_what_lies_in_nothing_live_is_not_kept_for_ever(void **state)
{
	enum { N = 300000 };
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>a");
	say(t, MT_ANNOTATION_TYPE, 0x10008, 0, "Part");
	for (uint32_t i = 0; i < N; i++)
		say(t, MT_ANNOTATION_IGNORE, 0x1000000 + i * 8ull, 0, "");
	end_with_word(t, 0, 0);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(n_strangers(session), N);
	assert_int_equal(session->snapshots[0].n_annotations, 1);
	tb_free_all(t, session);
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
		cmocka_unit_test(test_what_is_said_ends_with_the_free),
		cmocka_unit_test(test_realloc_keeps_what_was_said_and_a_failed_one_changes_nothing),
		cmocka_unit_test(test_what_was_freed_after_the_snapshot_was_called_so_then),
		cmocka_unit_test(test_what_is_ignored_is_suppressed_with_what_hangs_on_it),
		cmocka_unit_test(test_without_a_snapshot_what_is_ignored_is_suppressed_alone),
		cmocka_unit_test(test_two_types_at_one_site_are_none),
		cmocka_unit_test(test_declared_roots_hold_and_a_forked_child_has_them),
		cmocka_unit_test(test_what_lies_in_nothing_live_is_not_kept_for_ever),
		cmocka_unit_test(test_marks_are_counted_by_process_and_name),
		cmocka_unit_test(test_of_marks_without_end_some_are_kept_from_begin_to_end),
		cmocka_unit_test(test_declared_memory_is_found_in_order_and_once),
	};

	return RUN_UNIT_TESTS(tests);
}
