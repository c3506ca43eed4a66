/* SPDX-License-Identifier: Apache-2.0 */
/* test_hints.c -- what a snapshot tells besides findings: masks that would find lost
 * memory again, and what malloc keeps. Heap is at 0x10000, the program's data at 0x5000. */
#include "tests/unit/unit.h"

#include "analyzer/findings/findings.h"
#include "tests/unit/named_trace.h"
#include "tests/unit/snapshot_builder.h"

enum { DATA = 0x5000, HEAP = 0x10000, MB = 1 << 20 };

/* Two allocations, of 16 and of 32 bytes; data holds first, the first one second. */
static void assert_hint(uint64_t first, uint64_t second, const uint64_t *given,
			uint64_t mask, uint64_t n, uint64_t bytes)
{
	const struct an_findings_options options = { .masks = given, .n_masks = given != NULL };
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	tb_alloc(t, 0x10000, 16, "main>first");
	tb_alloc(t, 0x10100, 32, "main>second");
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_MODULE, DATA, DATA + 0x1000);
	sb_word(&s, DATA + 8, first);
	sb_range(&s, MT_RANGE_HEAP, HEAP, 0x20000);
	sb_word(&s, 0x10008, second);
	sb_end(&s);
	session = tb_open(t, NULL);
	nt_name(session, t);
	struct an_findings *findings = an_findings_new(session, &options);

	assert_int_equal(findings->leaks.n_hints, n > 0);
	if (n) {
		assert_int_equal(findings->leaks.hints[0].mask, mask);
		assert_int_equal(findings->leaks.hints[0].n, n);
		assert_int_equal(findings->leaks.hints[0].bytes, bytes);
	}
	assert_true(findings->is_complete);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_a_tag_before_all_is_worth_all_behind_it(void **state)
{
	(void)state;
	assert_hint(0x10003, 0x10100, NULL, 0xfffffffffffffff8, 2, 48);
	assert_hint(0x1000b, 0x10100, NULL, 0xfffffffffffffff0, 2, 48);
	assert_hint(0xabcd000000010000, 0x10100, NULL, 0x0000ffffffffffff, 2, 48);
}

static void test_only_what_was_lost_counts(void **state)
{
	(void)state;
	assert_hint(0x10000, 0x10101, NULL, 0xfffffffffffffff8, 1, 32);
	assert_hint(0x10003, 0x10109, NULL, 0xfffffffffffffff0, 2, 48);
}

static void test_no_mask_is_named_that_finds_nothing_again(void **state)
{
	const uint64_t given = 0xfffffffffffffff8;

	(void)state;
	assert_hint(0x10000, 0x10100, NULL, 0, 0, 0);
	assert_hint(0, 0x10101, NULL, 0, 0, 0);
	assert_hint(0x10003, 0x10101, &given, 0, 0, 0);
	/* The second word of an object is no tag. */
	assert_hint(0x10000, 0x10108, NULL, 0, 0, 0);
}

/* What is kept of heaps of these sizes, of n_freed MB that lived and one kB that does. */
static uint64_t kept_of(uint64_t first, uint64_t second, unsigned n_freed)
{
	const struct an_findings_options options = { 0 };
	struct trace_builder *t = trace_builder();
	uint64_t start = 0x1000000, kept;

	tb_alloc(t, start, 1000, "main>stays");
	for (unsigned i = 0; i < n_freed; i++)
		tb_alloc(t, 0x80000000 + (uint64_t)i * MB, MB, "main>goes");
	for (unsigned i = 0; i < n_freed; i++)
		tb_free(t, 0x80000000 + (uint64_t)i * MB);
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);

	sb_range(&s, MT_RANGE_HEAP, start, start + first);
	sb_range(&s, MT_RANGE_HEAP, 0x10000000, 0x10000000 + second);
	sb_end(&s);
	struct an_session *session = tb_open(t, NULL);

	nt_name(session, t);
	struct an_findings *findings = an_findings_new(session, &options);

	kept = findings->leaks.kept[0];
	an_findings_free(findings);
	tb_free_all(t, session);
	return kept;
}

static void test_malloc_keeps_its_heaps_less_what_lives_and_what_they_began_with(void **state)
{
	(void)state;
	assert_int_equal(kept_of(8 * MB, 0x21000, 20), 8 * MB - 1008 - 0x21000);
	assert_int_equal(kept_of(8 * MB, 4 * MB, 20), 12 * MB - 1008 - 2 * 0x21000);
}

static void test_malloc_keeps_no_more_than_the_program_gave_back(void **state)
{
	(void)state;
	assert_int_equal(kept_of(8 * MB, 4 * MB, 3), 3 * MB);
	assert_int_equal(kept_of(8 * MB, 4 * MB, 0), 0);
}

static void test_a_little_that_malloc_keeps_is_not_worth_a_word(void **state)
{
	(void)state;
	assert_int_equal(kept_of(MB, 0x21000, 20), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_tag_before_all_is_worth_all_behind_it),
		cmocka_unit_test(test_only_what_was_lost_counts),
		cmocka_unit_test(test_no_mask_is_named_that_finds_nothing_again),
		cmocka_unit_test(test_malloc_keeps_its_heaps_less_what_lives_and_what_they_began_with),
		cmocka_unit_test(test_malloc_keeps_no_more_than_the_program_gave_back),
		cmocka_unit_test(test_a_little_that_malloc_keeps_is_not_worth_a_word),
	};

	return RUN_UNIT_TESTS(tests);
}
