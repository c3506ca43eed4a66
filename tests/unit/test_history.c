/* SPDX-License-Identifier: Apache-2.0 */
/* test_history.c -- several snapshots of one process: which of them still held what
 * the last one calls lost. Heap is at 0x10000, the program's data at 0x5000. */
#include "tests/unit/unit.h"

#include "analyzer/findings/findings.h"
#include "analyzer/findings/story.h"
#include "tests/unit/named_trace.h"
#include "tests/unit/snapshot_builder.h"

#include <stdio.h>
#include <unistd.h>

enum { DATA = 0x5000, HEAP = 0x10000, HEAP_END = 0x20000 };

static char path[] = "/tmp/test_history-XXXXXX";

static const struct an_findings_options with_history = { .want_history = true };

/* A snapshot in which the word at DATA + 8 is value (0: nothing), and that at
 * 0x10008, in the allocation at 0x10000, is inner. */
static void snapshot(struct trace_builder *t, uint8_t why, uint64_t value, uint64_t inner)
{
	struct snapshot_builder s = sb_begin(t, why);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	if (value)
		sb_word(&s, DATA + 8, value);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	if (inner)
		sb_word(&s, 0x10008, inner);
	sb_end(&s);
}

static struct an_findings *findings_of(struct trace_builder *t, struct an_session **session)
{
	*session = tb_open_file(t, path);
	nt_name(*session, t);
	return an_findings_new(*session, &with_history);
}

static void release(struct trace_builder *t, struct an_session *session,
		    struct an_findings *findings)
{
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_lost_between_the_last_snapshot_that_held_it_and_the_first_that_did_not(
	void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>lost");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0);
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0);
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0, 0);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(session->n_snapshots, 4);
	assert_int_equal(findings->n_findings, 1);
	assert_true(findings->findings[0].has_lost_between);
	assert_int_equal(findings->findings[0].held_ns, session->snapshots[1].at_ns);
	assert_int_equal(findings->findings[0].lost_ns, session->snapshots[2].at_ns);
	release(t, session, findings);
}

static void test_one_that_is_made_after_a_snapshot_was_held_when_it_was_made(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0, 0);
	uint64_t made = t->now;

	tb_alloc(t, 0x10000, 16, "main>lost");
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(findings->findings[0].held_ns, made);
	assert_int_equal(findings->findings[0].lost_ns, session->snapshots[1].at_ns);
	release(t, session, findings);
}

/* Address 0x10000 was held when it was another allocation. */
static void test_the_same_address_is_not_the_same_allocation(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>other");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0);
	tb_free(t, 0x10000);
	uint64_t made = t->now;

	tb_alloc(t, 0x10000, 16, "main>lost");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0, 0);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(findings->findings[0].held_ns, made);
	assert_int_equal(findings->findings[0].lost_ns, session->snapshots[1].at_ns);
	release(t, session, findings);
}

static void test_of_several_the_span_covers_each(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>lost");
	tb_alloc(t, 0x10100, 16, "main>lost");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0x10100);
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10100, 0);
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0, 0);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(findings->findings[0].held_ns, session->snapshots[0].at_ns);
	assert_int_equal(findings->findings[0].lost_ns, session->snapshots[2].at_ns);
	release(t, session, findings);
}

static void test_a_ring_was_lost_when_the_way_to_it_was(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>one");
	tb_alloc(t, 0x10100, 16, "main>other");
	for (int i = 0; i < 2; i++) {
		struct snapshot_builder s = sb_begin(t, i ? MT_SNAPSHOT_EXIT
							  : MT_SNAPSHOT_DEMAND);

		sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
		if (!i)
			sb_word(&s, DATA, 0x10000);
		sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
		sb_word(&s, 0x10008, 0x10100);
		sb_word(&s, 0x10108, 0x10000);
		sb_end(&s);
	}
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(findings->findings[0].cause, AN_CAUSE_CYCLE);
	assert_int_equal(findings->findings[0].held_ns, session->snapshots[0].at_ns);
	assert_int_equal(findings->findings[0].lost_ns, session->snapshots[1].at_ns);
	release(t, session, findings);
}

static void test_one_snapshot_alone_tells_no_time(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>lost");
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(findings->n_findings, 1);
	assert_false(findings->findings[0].has_lost_between);
	release(t, session, findings);
}

/* What a snapshot that lacks something does not hold may be held all the same. */
static void test_a_damaged_snapshot_says_of_nothing_that_it_was_lost(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>lost");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0);
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_INTERVAL);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_end_as(&s, false, 0);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	struct an_findings *findings = findings_of(t, &session);

	assert_int_equal(session->n_snapshots, 3);
	assert_false(session->snapshots[1].is_complete);
	assert_true(session->snapshots[2].is_complete);
	assert_int_equal(findings->findings[0].held_ns, session->snapshots[0].at_ns);
	assert_int_equal(findings->findings[0].lost_ns, session->snapshots[2].at_ns);
	release(t, session, findings);
}

static void count_roots(void *context, const struct an_objects *objects,
			const struct an_root_edge *edge)
{
	unsigned *n = context;

	assert_int_equal(an_objects_root_kind(objects, an_root_edge_root(edge)), AN_ROOT_MODULE);
	++*n;
}

/* Of the allocation at an address in the snapshot that was kept. */
static bool tell(const struct an_session *session, uint64_t addr, unsigned *n_roots,
		 struct an_story *story)
{
	const struct an_story_options options = { .see_root = count_roots, .context = n_roots };
	const struct an_snapshot *kept = &session->snapshots[session->processes[0].snapshot];
	uint64_t i = 0;

	while (i < kept->n_live && kept->live[i].addr != addr)
		i++;
	assert_true(i < kept->n_live);
	return an_story_find(session, 0, &kept->live[i], &options, story);
}

static void test_what_led_to_it_and_was_freed_is_told_with_the_stack(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_line_list list = { 0 };
	struct an_session *session;
	struct an_story story;
	unsigned n_roots = 0;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>holder");
	tb_alloc(t, 0x10100, 32, "main>lost");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0x10100);
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0x10100);
	uint64_t freed = t->now;

	tb_free_stack(t, "main>reload");
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10000, 16, "main>later");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0);
	tb_free(t, 0x10000);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	session = tb_open_file(t, path);
	assert_true(tell(session, 0x10100, &n_roots, &story));
	assert_int_equal(story.n_there, 3);
	assert_int_equal(story.held, 1);
	assert_int_equal(story.lost, 2);
	assert_int_equal(n_roots, 2);
	assert_int_equal(story.n_links, 1);
	assert_int_equal(story.links[0].addr, 0x10000);
	assert_int_equal(story.links[0].size, 16);
	assert_int_equal(story.n_freed, 1);
	assert_int_equal(story.links[0].freed_ns, freed);
	assert_non_null(story.names);
	an_stack_names_lines(story.names, story.links[0].free_stack, &list);
	assert_int_equal(list.at[0].offset, tb_look_up(t, "reload"));
	free(list.at);
	an_story_release(&story);
	tb_free_all(t, session);
}

/* A stack may hold what nobody will use; the variable is what people know. */
static void test_the_way_from_a_variable_is_told_before_that_from_a_stack(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	struct snapshot_builder s;
	struct an_story story;
	unsigned n_roots = 0;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>holder");
	tb_alloc(t, 0x10100, 32, "main>lost");
	s = sb_begin(t, MT_SNAPSHOT_INTERVAL);
	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, 0x10000);
	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_word(&s, 0x10008, 0x10100);
	sb_range(&s, MT_RANGE_STACK, 0x70000, 0x71000);
	sb_word(&s, 0x70008, 0x10100);
	sb_end(&s);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	session = tb_open_file(t, path);
	assert_true(tell(session, 0x10100, &n_roots, &story));
	assert_int_equal(story.n_links, 1);
	assert_int_equal(story.links[0].addr, 0x10000);
	an_story_release(&story);
	tb_free_all(t, session);
}

static void test_what_is_released_after_it_was_seen_lost_is_no_cause(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	struct an_story story;
	unsigned n_roots = 0;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>holder");
	tb_alloc(t, 0x10100, 32, "main>lost");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0x10100);
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0);
	tb_free(t, 0x10000);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	session = tb_open_file(t, path);
	assert_true(tell(session, 0x10100, &n_roots, &story));
	assert_int_equal(story.lost, 1);
	assert_int_equal(story.n_links, 1);
	assert_int_equal(story.n_freed, 0);
	assert_null(story.names);
	an_story_release(&story);
	tb_free_all(t, session);
}

static void test_releases_at_many_places_are_told_apart(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	struct an_story story;
	unsigned n_roots = 0;
	char place[40];

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>holder");
	tb_alloc(t, 0x10100, 32, "main>lost");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0x10100);
	for (int i = 0; i < 40; i++) {
		tb_alloc(t, 0x11000, 8, "main>other");
		snprintf(place, sizeof place, "main>other>free_%d", i);
		tb_free_stack(t, place);
		tb_free(t, 0x11000);
	}
	tb_free_stack(t, "main>reload");
	tb_free(t, 0x10000);
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	session = tb_open_file(t, path);
	assert_true(tell(session, 0x10100, &n_roots, &story));
	assert_int_equal(story.n_freed, 1);
	struct an_line_list list = { 0 };

	an_stack_names_lines(story.names, story.links[0].free_stack, &list);
	assert_int_equal(list.at[0].offset, tb_look_up(t, "reload"));
	free(list.at);
	an_story_release(&story);
	tb_free_all(t, session);
}

static void test_what_realloc_makes_of_something_is_followed(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;
	struct an_story story;
	unsigned n_roots = 0;

	(void)state;
	uint64_t made = t->now;

	tb_alloc(t, 0x10000, 16, "main>first");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10000, 0);
	tb_realloc(t, 0x10000, 0x10200, 64, "main>grow");
	snapshot(t, MT_SNAPSHOT_INTERVAL, 0x10200, 0);
	tb_realloc(t, 0x10200, 0x10300, 128, "main>grow");
	snapshot(t, MT_SNAPSHOT_EXIT, 0, 0);
	session = tb_open_file(t, path);
	const struct an_held *held = &session->snapshots[2].live[0];

	assert_int_equal(held->n_reallocs, 2);
	assert_int_equal(held->first_ns, made);
	assert_int_not_equal(held->first_stack, held->stack);
	assert_true(tell(session, 0x10300, &n_roots, &story));
	assert_int_equal(story.n_there, 2);
	assert_int_equal(story.held, 1);
	assert_int_equal(story.lost, 2);
	an_story_release(&story);
	tb_free_all(t, session);
}

/* A trace read until one of its snapshots is what it would be had it ended then. */
static void test_reading_until_a_snapshot_knows_nothing_of_later(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *whole, *session;
	struct an_until until;

	(void)state;
	tb_alloc(t, 0x10000, 16, "main>holder");
	tb_alloc(t, 0x10100, 32, "main>held");
	tb_realloc(t, 0x10100, 0x10200, 40, "main>held");
	snapshot(t, MT_SNAPSHOT_DEMAND, 0x10000, 0x10200);
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10300, 1000, "main>later");
	snapshot(t, MT_SNAPSHOT_DEMAND, 0x10300, 0);
	tb_alloc(t, 0x10400, 5, "main>last");
	tb_image(t, 1, tb_exec(t, "/bin/prog", MT_EXEC_SPAWN), 1002);
	tb_alloc(t, 0x10000, 20, "main>elsewhere");
	whole = tb_open_file(t, path);
	assert_int_equal(whole->n_snapshots, 2);
	assert_int_equal(whole->at_snapshot, AN_NONE);
	assert_true(an_session_until(whole, 0, &until));
	assert_false(an_session_until(whole, 2, &(struct an_until){ 0 }));
	session = tb_open_until(t, path, &until);
	assert_int_equal(session->n_snapshots, 1);
	assert_int_equal(session->at_snapshot, 0);
	assert_int_equal(whole->n_processes, 2);
	assert_int_equal(session->n_processes, 1);
	assert_int_equal(session->snapshots[0].at_ns, whole->snapshots[0].at_ns);
	assert_int_equal(session->totals.live_bytes, 56);
	assert_int_equal(session->totals.n_live, 2);
	assert_int_equal(session->totals.peak_bytes, 56);
	assert_int_equal(session->snapshots[0].n_live, 2);
	assert_false(session->snapshots[0].live[0].is_freed);
	assert_true(session->duration_ns < whole->duration_ns);
	struct an_findings *findings = an_findings_new(session, &with_history);

	assert_int_equal(findings->sums.at[AN_CLASS_REACHABLE].n, 2);
	assert_int_equal(findings->sums.at[AN_CLASS_UNCLASSIFIED].n, 0);
	assert_int_equal(findings->verdict, AN_CLEAN);
	an_findings_free(findings);
	an_session_close(session);
	assert_true(an_session_until(whole, 1, &until));
	session = tb_open_until(t, path, &until);
	findings = an_findings_new(session, &with_history);
	assert_int_equal(session->n_snapshots, 2);
	assert_int_equal(session->at_snapshot, 1);
	assert_int_equal(findings->sums.at[AN_CLASS_DEFINITE].bytes, 40);
	assert_int_equal(findings->sums.at[AN_CLASS_REACHABLE].bytes, 1000);
	assert_true(findings->findings[0].has_lost_between);
	an_findings_free(findings);
	an_session_close(session);
	tb_free_all(t, whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		test_lost_between_the_last_snapshot_that_held_it_and_the_first_that_did_not),
		cmocka_unit_test(test_one_that_is_made_after_a_snapshot_was_held_when_it_was_made),
		cmocka_unit_test(test_the_same_address_is_not_the_same_allocation),
		cmocka_unit_test(test_of_several_the_span_covers_each),
		cmocka_unit_test(test_a_ring_was_lost_when_the_way_to_it_was),
		cmocka_unit_test(test_one_snapshot_alone_tells_no_time),
		cmocka_unit_test(test_a_damaged_snapshot_says_of_nothing_that_it_was_lost),
		cmocka_unit_test(test_what_led_to_it_and_was_freed_is_told_with_the_stack),
		cmocka_unit_test(test_the_way_from_a_variable_is_told_before_that_from_a_stack),
		cmocka_unit_test(test_what_is_released_after_it_was_seen_lost_is_no_cause),
		cmocka_unit_test(test_releases_at_many_places_are_told_apart),
		cmocka_unit_test(test_what_realloc_makes_of_something_is_followed),
		cmocka_unit_test(test_reading_until_a_snapshot_knows_nothing_of_later),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0 || close(fd))
		return 1;
	failed = RUN_UNIT_TESTS(tests);
	unlink(path);
	return failed;
}
