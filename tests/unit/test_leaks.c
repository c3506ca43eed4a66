/* SPDX-License-Identifier: Apache-2.0 */
/* test_leaks.c -- from a snapshot and the events to what leaked and why. Heap is at
 * 0x10000, the program's data at 0x5000, a stack at 0x70000. */
#include "tests/unit/unit.h"

#include "analyzer/findings/findings.h"
#include "tests/unit/named_trace.h"
#include "tests/unit/snapshot_builder.h"

enum { DATA = 0x5000, HEAP = 0x10000, HEAP_END = 0x20000, STACK = 0x70000 };

static const struct an_findings_options everything;

static struct an_findings *findings_of(struct trace_builder *t, struct an_session **session,
				       const struct an_findings_options *options)
{
	*session = tb_open(t, NULL);
	nt_name(*session, t);
	return an_findings_new(*session, options);
}

static void release(struct trace_builder *t, struct an_session *session,
		    struct an_findings *findings)
{
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void assert_sum(const struct an_findings *findings, enum an_class class, uint64_t n,
		       uint64_t bytes)
{
	assert_int_equal(findings->sums.at[class].n, n);
	assert_int_equal(findings->sums.at[class].bytes, bytes);
}

static void assert_conserved(const struct an_findings *findings)
{
	uint64_t n = 0, bytes = 0;

	for (unsigned i = 0; i < AN_N_CLASSES; i++) {
		n += findings->sums.at[i].n;
		bytes += findings->sums.at[i].bytes;
	}
	assert_int_equal(n, findings->totals.n_live);
	assert_int_equal(bytes, findings->totals.live_bytes);
}

static void test_what_a_global_holds_is_reachable_and_the_rest_is_lost(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>held");
	tb_alloc(t, 0x10100, 32, "main>lost");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 1, 16);
	assert_sum(findings, AN_CLASS_DEFINITE, 1, 32);
	assert_conserved(findings);
	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(findings->findings[0].bytes, 32);
	assert_int_equal(findings->findings[0].cause, AN_CAUSE_LAST_POINTER_LOST);
	assert_int_equal(findings->findings[0].confidence, AN_CONFIDENCE_HIGH);
	assert_int_equal(findings->verdict, AN_FINDINGS);
	assert_true(findings->is_complete);
	release(t, session, findings);
}

static void test_only_reachable_memory_is_a_clean_verdict(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>held");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_thread(&s, 101, MT_HOLD_SELF, 0x10000);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 1, 16);
	assert_int_equal(findings->n_findings, 0);
	assert_int_equal(findings->verdict, AN_CLEAN);
	release(t, session, findings);
}

static void test_a_lost_list_is_one_finding_that_retains_its_members(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>head");
	tb_alloc(t, 0x10100, 100, "main>member");
	tb_alloc(t, 0x10200, 100, "main>member");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10000, 0x10100);
	sb_word(&s, 0x10108, 0x10200);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_DEFINITE, 1, 16);
	assert_sum(findings, AN_CLASS_INDIRECT, 2, 200);
	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(findings->findings[0].bytes, 16);
	assert_int_equal(findings->findings[0].retained_bytes, 216);
	release(t, session, findings);
}

static void test_what_allocations_of_one_finding_share_is_its_own(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>head");
	tb_alloc(t, 0x10040, 16, "main>head");
	tb_alloc(t, 0x10080, 16, "main>other");
	tb_alloc(t, 0x10100, 100, "main>member");
	tb_alloc(t, 0x10200, 1000, "main>member");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10000, 0x10100);
	sb_word(&s, 0x10008, 0x10200);
	sb_word(&s, 0x10040, 0x10100);
	sb_word(&s, 0x10080, 0x10200);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_DEFINITE, 3, 48);
	assert_sum(findings, AN_CLASS_INDIRECT, 2, 1100);
	assert_int_equal(findings->n_findings, 2);
	assert_int_equal(findings->findings[0].bytes, 32);
	assert_int_equal(findings->findings[0].retained_bytes, 132);
	assert_int_equal(findings->findings[1].retained_bytes, 16);
	release(t, session, findings);
}

static void test_a_pointer_to_the_inside_makes_it_possibly_lost(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>inside");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_STACK, STACK, STACK + 0x1000);
	sb_word(&s, STACK + 16, 0x10020);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_POSSIBLE, 1, 64);
	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(findings->findings[0].class, AN_CLASS_POSSIBLE);
	assert_int_equal(findings->verdict, AN_CLEAN);
	release(t, session, findings);
}

static void test_the_count_before_an_array_of_objects_does_not_hide_it(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	t->api = MT_API_NEW_ARRAY;
	tb_alloc(t, 0x10000, 64, "main>array");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA, 0x10008);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 1, 64);
	release(t, session, findings);
}

static void test_the_words_around_a_pointer_say_that_it_holds_the_whole(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 108, "main>counted");
	tb_alloc(t, 0x10100, 65, "main>string");
	tb_alloc(t, 0x10200, 88, "main>array");
	tb_alloc(t, 0x10300, 108, "main>other");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10008);
	sb_word(&s, DATA + 16, 0x10118);
	sb_word(&s, DATA + 24, 0x10208);
	sb_word(&s, DATA + 32, 0x10308);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	/* In no order, and one of them twice. */
	sb_plain(&s, 0x10300, 99);
	sb_plain(&s, 0x10108, 40);
	sb_plain(&s, 0x10000, 100);
	sb_plain(&s, 0x10100, 13);
	sb_plain(&s, 0x10100, 13);
	sb_plain(&s, 0x10200, 4);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 3, 108 + 65 + 88);
	assert_sum(findings, AN_CLASS_POSSIBLE, 1, 108);
	assert_conserved(findings);
	release(t, session, findings);
}

static void test_rings_of_one_shape_are_one_finding(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		tb_alloc(t, 0x10000 + i * 0x100, 32, "main>one");
		tb_alloc(t, 0x10080 + i * 0x100, 32, "main>other");
	}
	tb_alloc(t, 0x10400, 8, "main>hanging");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	for (uint64_t i = 0; i < 3; i++) {
		sb_word(&s, 0x10000 + i * 0x100, 0x10080 + i * 0x100);
		sb_word(&s, 0x10088 + i * 0x100, 0x10000 + i * 0x100);
		if (!i)
			sb_word(&s, 0x10090, 0x10400);
	}
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);
	const struct an_finding *finding = &findings->findings[0];

	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(finding->cause, AN_CAUSE_CYCLE);
	assert_int_equal(finding->n_rings, 3);
	assert_int_equal(finding->n_allocations, 6);
	assert_int_equal(finding->bytes, 192);
	assert_int_equal(finding->retained_bytes, 200);
	assert_non_null(finding->ring);
	assert_int_equal(finding->ring->length, 2);
	assert_int_equal(finding->ring->n_members, 2);
	assert_int_equal(finding->ring->n_edges, 2);
	assert_int_equal(finding->ring->n_weaken, 1);
	assert_int_equal(finding->ring->edges[0].offset + finding->ring->edges[1].offset, 8);
	assert_sum(findings, AN_CLASS_DEFINITE, 3, 96);
	assert_sum(findings, AN_CLASS_INDIRECT, 4, 104);
	release(t, session, findings);
}

static void test_the_stack_of_a_thread_that_is_gone_holds_nothing(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>worker");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_DEAD_STACK, STACK, STACK + 0x1000);
	sb_word(&s, STACK + 8, 0x10000);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_DEFINITE, 1, 16);
	assert_int_equal(findings->findings[0].cause, AN_CAUSE_THREAD_EXITED);
	release(t, session, findings);
}

static void test_a_frame_that_returned_is_no_thread_that_is_gone(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>a");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_DEAD_STACK, STACK, STACK + 0x1000);
	sb_word(&s, STACK + 8, 0x10000);
	sb_range(&s, MT_RANGE_STACK, STACK + 0x1000, STACK + 0x2000);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_DEFINITE, 1, 16);
	assert_int_equal(findings->findings[0].cause, AN_CAUSE_LAST_POINTER_LOST);
	release(t, session, findings);
}

static void test_freed_memory_holds_nothing_and_is_named_as_the_cause(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>holder");
	tb_alloc(t, 0x10100, 16, "main>held");
	tb_free(t, 0x10000);
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10020, 0x10100);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_DEFINITE, 1, 16);
	assert_int_equal(findings->findings[0].cause, AN_CAUSE_HELD_BY_FREED);
	release(t, session, findings);
}

static void test_what_is_freed_after_the_cut_still_holds_but_does_not_count(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>holder");
	tb_alloc(t, 0x10100, 16, "main>held");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_DEMAND);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10020, 0x10100);
	sb_end(&s);
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10000, 5, "main>later");
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 1, 16);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 5);
	assert_conserved(findings);
	assert_int_equal(findings->findings[0].class, AN_CLASS_UNCLASSIFIED);
	release(t, session, findings);
}

static void test_what_a_thread_has_in_hand_is_part_of_the_graph(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10100, 16, "main>held");
	struct snapshot_builder s = sb_begin_pending(t, MT_SNAPSHOT_DEMAND, 0x10000, 64);

	sb_thread(&s, 101, MT_HOLD_SELF, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10008, 0x10100);
	sb_end(&s);
	tb_alloc(t, 0x10000, 64, "main>pending");
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 2, 80);
	assert_conserved(findings);
	release(t, session, findings);
}

static void test_a_snapshot_that_is_cut_tells_of_no_leak(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>held");
	tb_alloc(t, 0x10100, 32, "main>unknown");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA, 0x10000);
	sb_flush(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 1, 16);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 32);
	assert_conserved(findings);
	assert_false(findings->is_complete);
	assert_int_equal(findings->verdict, AN_INCONCLUSIVE);
	release(t, session, findings);
}

static void test_a_snapshot_that_lacks_words_tells_of_no_leak(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>unknown");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 0x2000, 0x10000);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(session->snapshots[0].n_bad_words, 1);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 16);
	assert_false(findings->is_complete);
	release(t, session, findings);
}

static void test_a_process_without_a_snapshot_says_what_it_cannot_answer(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	bool is_said = false;

	(void)state;
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_end(&s);
	tb_image(t, 1, tb_exec(t, "/bin/prog", MT_EXEC_SPAWN), 1002);
	tb_alloc(t, 0x10000, 20, "main>keep");
	struct an_findings *findings = findings_of(t, &session, &everything);

	for (uint32_t i = 0; i < findings->n_notes; i++)
		is_said |= !strcmp(findings->notes[i].reason, "no-snapshot") &&
			   findings->notes[i].process == 1 && findings->notes[i].affects_verdict;
	assert_true(is_said);
	assert_int_equal(findings->verdict, AN_INCONCLUSIVE);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 20);
	release(t, session, findings);
}

static void test_a_thread_that_ran_on_may_hold_anything(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>a");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_thread(&s, 102, MT_HOLD_RUNNING, 0);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 16);
	assert_false(findings->is_complete);
	assert_int_equal(findings->verdict, AN_INCONCLUSIVE);
	release(t, session, findings);
}

static void test_what_a_child_has_from_its_parent_holds_its_own(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>parents");
	tb_fork(t);
	tb_alloc(t, 0x10100, 16, "main>childs");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10008, 0x10100);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 1, 16);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 64);
	assert_conserved(findings);
	release(t, session, findings);
}

static void test_what_a_child_lost_of_its_parents_holds_nothing(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>parents");
	tb_fork(t);
	tb_alloc(t, 0x10100, 16, "main>childs");
	tb_alloc(t, 0x10200, 24, "main>next");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10008, 0x10100);
	sb_word(&s, 0x10108, 0x10200);
	sb_word(&s, 0x10200, 0x10000);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_DEFINITE, 1, 16);
	assert_sum(findings, AN_CLASS_INDIRECT, 1, 24);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 64);
	assert_int_equal(findings->findings[1].cause, AN_CAUSE_INHERITED);
	assert_int_equal(findings->findings[1].retained_bytes, 40);
	assert_conserved(findings);
	release(t, session, findings);
}

static void test_what_a_child_freed_of_its_parents_holds_nothing(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>parents");
	tb_fork(t);
	tb_alloc(t, 0x10100, 16, "main>childs");
	tb_free(t, 0x10000);
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10008, 0x10100);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_DEFINITE, 1, 16);
	assert_sum(findings, AN_CLASS_REACHABLE, 0, 0);
	assert_int_equal(findings->findings[1].cause, AN_CAUSE_HELD_BY_FREED);
	release(t, session, findings);
}

static void test_a_suppressed_leak_takes_along_what_hangs_on_it(void **state)
{
	struct an_suppressions *suppressions = an_suppressions_new();
	struct an_findings_options options = { .suppressions = suppressions };
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	const char *what;

	(void)state;
	assert_int_equal(an_suppressions_add(suppressions, "f", "leak:head\nleak:nobody\n",
					     &what), 0);
	tb_alloc(t, 0x10000, 16, "main>head");
	tb_alloc(t, 0x10100, 100, "main>member");
	tb_alloc(t, 0x10200, 1, "main>alone");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10000, 0x10100);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &options);

	assert_sum(findings, AN_CLASS_SUPPRESSED, 2, 116);
	assert_sum(findings, AN_CLASS_DEFINITE, 1, 1);
	assert_sum(findings, AN_CLASS_INDIRECT, 0, 0);
	assert_int_equal(findings->leaks.n_used[0], 1);
	assert_int_equal(findings->leaks.n_used[1], 0);
	release(t, session, findings);
	an_suppressions_free(suppressions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_global_holds_is_reachable_and_the_rest_is_lost),
		cmocka_unit_test(test_only_reachable_memory_is_a_clean_verdict),
		cmocka_unit_test(test_a_lost_list_is_one_finding_that_retains_its_members),
		cmocka_unit_test(test_what_allocations_of_one_finding_share_is_its_own),
		cmocka_unit_test(test_a_pointer_to_the_inside_makes_it_possibly_lost),
		cmocka_unit_test(test_the_count_before_an_array_of_objects_does_not_hide_it),
		cmocka_unit_test(test_the_words_around_a_pointer_say_that_it_holds_the_whole),
		cmocka_unit_test(test_rings_of_one_shape_are_one_finding),
		cmocka_unit_test(test_the_stack_of_a_thread_that_is_gone_holds_nothing),
		cmocka_unit_test(test_a_frame_that_returned_is_no_thread_that_is_gone),
		cmocka_unit_test(test_freed_memory_holds_nothing_and_is_named_as_the_cause),
		cmocka_unit_test(test_what_is_freed_after_the_cut_still_holds_but_does_not_count),
		cmocka_unit_test(test_what_a_thread_has_in_hand_is_part_of_the_graph),
		cmocka_unit_test(test_a_snapshot_that_is_cut_tells_of_no_leak),
		cmocka_unit_test(test_a_snapshot_that_lacks_words_tells_of_no_leak),
		cmocka_unit_test(test_a_process_without_a_snapshot_says_what_it_cannot_answer),
		cmocka_unit_test(test_a_thread_that_ran_on_may_hold_anything),
		cmocka_unit_test(test_what_a_child_has_from_its_parent_holds_its_own),
		cmocka_unit_test(test_what_a_child_lost_of_its_parents_holds_nothing),
		cmocka_unit_test(test_what_a_child_freed_of_its_parents_holds_nothing),
		cmocka_unit_test(test_a_suppressed_leak_takes_along_what_hangs_on_it),
	};

	return RUN_UNIT_TESTS(tests);
}
