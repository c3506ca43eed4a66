/* SPDX-License-Identifier: Apache-2.0 */
/* test_cut.c -- what lived when a snapshot was taken, and what a snapshot may say that
 * cannot be. Heap is at 0x10000, the program's data at 0x5000. */
#include "tests/unit/unit.h"

#include "analyzer/findings/findings.h"
#include "tests/unit/named_trace.h"
#include "tests/unit/snapshot_builder.h"

enum { DATA = 0x5000, HEAP = 0x10000, HEAP_END = 0x20000 };

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

/* Its stamp is before the cut, but the thread stood still before the record was
 * there, and so before the real free. */
static void test_a_free_that_was_published_after_the_cut_had_not_happened(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>holder");
	tb_alloc(t, 0x10100, 16, "main>held");
	tb_thread(t, 2);
	tb_stop(t);
	tb_free(t, 0x10000);
	tb_thread(t, 1);
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10020, 0x10100);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(session->snapshots[0].n_live, 2);
	assert_sum(findings, AN_CLASS_REACHABLE, 1, 16);
	assert_conserved(findings);
	assert_true(findings->is_complete);
	release(t, session, findings);
}

/* Who writes it may come to it late: what lived is what lived when all stood still. */
static void test_a_cut_that_is_told_late_is_of_when_the_threads_stood_still(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>holder");
	tb_alloc(t, 0x10100, 16, "main>held");
	tb_alloc(t, 0x10200, 8, "main>moved");
	tb_stop(t);
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10000, 5, "main>later");
	tb_realloc(t, 0x10200, 0x10300, 9, "main>moved");
	tb_thread(t, 2);
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_DEMAND);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA, 0x10000);
	sb_word(&s, DATA + 8, 0x10200);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10020, 0x10100);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);
	const struct an_snapshot *snapshot = &session->snapshots[0];

	assert_int_equal(snapshot->n_live, 3);
	assert_int_equal(snapshot->live[0].size, 64);
	assert_true(snapshot->live[0].is_freed);
	assert_int_equal(snapshot->live[2].addr, 0x10200);
	assert_sum(findings, AN_CLASS_REACHABLE, 1, 16);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 2, 14);
	assert_conserved(findings);
	release(t, session, findings);
}

static void test_a_cut_told_after_too_many_events_is_not_believed(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>lost");
	tb_stop(t);
	for (int i = 0; i < 10; i++) {
		tb_alloc(t, 0x10100, 64, "main>other");
		tb_free(t, 0x10100);
	}
	tb_thread(t, 2);
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_DEMAND);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_false(session->snapshots[0].is_complete);
	assert_string_equal(session->snapshots[0].reason,
			    "the trace tells too late when it was");
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 64);
	release(t, session, findings);
}

static void test_a_cut_at_a_fill_that_does_not_exist_is_not_believed(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>held");
	tb_alloc(t, 0x10100, 32, "main>lost");
	t->fill_of_cuts = 7;
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA, 0x10000);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(session->snapshots[0].n_bad_cuts, 1);
	assert_sum(findings, AN_CLASS_REACHABLE, 1, 64);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 32);
	assert_false(findings->is_complete);
	release(t, session, findings);
}

/* Two that overlap cannot both have lived: the first one counts. */
static void test_allocations_that_overlap_are_not_both_in_the_graph(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>wide");
	tb_alloc(t, 0x10020, 64, "main>inside");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA, 0x10000);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(session->snapshots[0].n_live, 1);
	assert_sum(findings, AN_CLASS_REACHABLE, 1, 64);
	assert_sum(findings, AN_CLASS_UNCLASSIFIED, 1, 64);
	assert_conserved(findings);
	release(t, session, findings);
}

static void test_ranges_that_overlap_or_lie_backwards_harm_nobody(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 64, "main>held");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10000);
	sb_range(&s, MT_RANGE_SHARED, DATA + 0x800, DATA + 0x1800);
	sb_word(&s, DATA + 0x1008, 0x10000);
	sb_range(&s, MT_RANGE_ANONYMOUS, DATA - 0x1000, DATA + 0x900);
	sb_word(&s, DATA, 0xffffffffffffffffu);
	sb_end(&s);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_sum(findings, AN_CLASS_REACHABLE, 1, 64);
	assert_conserved(findings);
	release(t, session, findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_free_that_was_published_after_the_cut_had_not_happened),
		cmocka_unit_test(test_a_cut_that_is_told_late_is_of_when_the_threads_stood_still),
		cmocka_unit_test(test_a_cut_told_after_too_many_events_is_not_believed),
		cmocka_unit_test(test_a_cut_at_a_fill_that_does_not_exist_is_not_believed),
		cmocka_unit_test(test_allocations_that_overlap_are_not_both_in_the_graph),
		cmocka_unit_test(test_ranges_that_overlap_or_lie_backwards_harm_nobody),
	};

	return RUN_UNIT_TESTS(tests);
}
