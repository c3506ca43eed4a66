/* SPDX-License-Identifier: Apache-2.0 */
/* test_gate.c -- limits, baselines and what is allowed, and what they make of traces. */
#include "tests/unit/unit.h"

#include "analyzer/findings/gate.h"
#include "tests/unit/named_trace.h"

static void assert_number(const char *text, uint64_t expected)
{
	uint64_t number;

	assert_true(an_limit_number(text, &number));
	assert_int_equal(number, expected);
}

static void test_numbers_have_decimal_and_binary_units(void **state)
{
	static const char *const wrong[] = { "", "k", "-1", "1x", "1kk", "1 k", "99999999999T",
					     "18446744073709551616", "1Bk" };
	uint64_t number;

	(void)state;
	assert_number("0", 0);
	assert_number("12", 12);
	assert_number("64k", 64000);
	assert_number("64kB", 64000);
	assert_number("2Ki", 2048);
	assert_number("200M", 200000000);
	assert_number("1GiB", 1u << 30);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(an_limit_number(wrong[i], &number));
}

static void test_a_limit_is_kind_measure_program_and_number(void **state)
{
	struct an_limits limits = { 0 };

	(void)state;
	assert_null(an_limits_add(&limits, "program(a b)/possible.count:3"));
	assert_null(an_limits_add(&limits, "site(ns::f*):64k"));
	assert_null(an_limits_add(&limits, "cycle.findings:1@every-run"));
	assert_int_equal(limits.n, 3);
	assert_string_equal(limits.at[0].program, "a b");
	assert_int_equal(limits.at[0].which, AN_CLASS_POSSIBLE);
	assert_int_equal(limits.at[0].measure, AN_MEASURE_COUNT);
	assert_string_equal(limits.at[1].pattern, "ns::f*");
	assert_int_equal(limits.at[1].most, 64000);
	assert_true(limits.at[2].is_every_run);
	assert_int_equal(limits.at[2].what, AN_LIMIT_CAUSE);
	an_limits_release(&limits);
}

static void test_a_later_limit_replaces_an_earlier_one_of_its_kind(void **state)
{
	struct an_limits limits = { 0 };
	uint32_t n_defaults;

	(void)state;
	an_limits_add_defaults(&limits);
	n_defaults = limits.n;
	assert_null(an_limits_add(&limits, "definite:100"));
	assert_int_equal(limits.n, n_defaults);
	assert_int_equal(limits.at[0].most, 100);
	assert_false(limits.at[0].is_default);
	assert_null(an_limits_add(&limits, "definite:none"));
	assert_int_equal(limits.n, n_defaults - 1);
	an_limits_release(&limits);
}

static void test_what_is_no_limit_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", ":", "definite", "definite:", "definite:x", "nothing:0", "definite.size:0",
		"peak.findings:1", "allocations.bytes:1", "program():0", "program(a)definite:0",
		"program(a)/:0", "site(:1", "site(a)b:1", "peak:1@every-run", "definite:0@always",
		"unknown:0",
	};
	struct an_limits limits = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (!an_limits_add(&limits, wrong[i]))
			fail_msg("\"%s\" was taken", wrong[i]);
	assert_int_equal(limits.n, 0);
	an_limits_release(&limits);
}

static char *write_baseline(const struct an_baseline *baseline)
{
	char *text = NULL;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);

	assert_non_null(to);
	an_baseline_write(baseline, to);
	fclose(to);
	return text;
}

static void test_a_baseline_is_written_as_it_was_read(void **state)
{
	static const char text[] =
		"# memtrace baseline 1\n"
		"# for everybody\n"
		"\n"
		"# of this one\n"
		"L-0123456789abcdef bytes=5 allocations=1 kind=definite function=f owner=me "
		"expires=2027-01-01 reason=some words, and more\n"
		"L-ffffff bytes=0 allocations=7\n";
	struct an_baseline baseline = { 0 };
	const char *what;
	char *written;

	(void)state;
	assert_int_equal(an_baseline_parse(&baseline, text, "2027-01-02", &what), 0);
	assert_int_equal(baseline.n, 2);
	assert_true(baseline.at[0].is_expired);
	assert_false(baseline.at[1].is_expired);
	assert_string_equal(baseline.at[0].reason, "some words, and more");
	written = write_baseline(&baseline);
	assert_string_equal(written, text);
	free(written);
	an_baseline_release(&baseline);
}

static void test_a_finding_is_known_by_the_longest_name_that_it_begins_with(void **state)
{
	static const char text[] = "L-123456 bytes=1\nL-1234567 bytes=2\nE-123456 bytes=3\n";
	struct an_baseline baseline = { 0 };
	const char *what;

	(void)state;
	assert_int_equal(an_baseline_parse(&baseline, text, "2027-01-02", &what), 0);
	assert_int_equal(an_baseline_find(&baseline, "L-", "12345678")->bytes, 2);
	assert_int_equal(an_baseline_find(&baseline, "L-", "12345688")->bytes, 1);
	assert_int_equal(an_baseline_find(&baseline, "E-", "12345678")->bytes, 3);
	assert_null(an_baseline_find(&baseline, "L-", "22345678"));
	an_baseline_release(&baseline);
}

static void test_allowed_is_a_reason_and_whose(void **state)
{
	struct an_allowances allowed = { 0 };

	(void)state;
	assert_null(an_allowances_add(&allowed, "static-program:help*,trace-cut"));
	assert_non_null(an_allowances_add(&allowed, "static"));
	assert_non_null(an_allowances_add(&allowed, "static-program:"));
	assert_true(an_allowances_match(&allowed, "static-program", "/bin/helper", "sh"));
	assert_false(an_allowances_match(&allowed, "static-program", "/bin/other", "sh"));
	assert_true(an_allowances_match(&allowed, "trace-cut", "whatever", ""));
	assert_false(an_allowances_match(&allowed, "trace-damaged", "", ""));
	an_allowances_release(&allowed);
}

static void test_changed_lines_are_those_of_the_new_file(void **state)
{
	struct an_changes changes = { 0 };

	(void)state;
	an_changes_add(&changes, "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n"
		       "@@ -3,2 +5,3 @@ int f(void)\n-a\n-b\n+a\n+b\n+c\n@@ -9 +20 @@\n"
		       "@@ -30,2 +31,0 @@\n", "/repo");
	assert_true(an_changes_has(&changes, "/repo/x.c", NULL, 5));
	assert_true(an_changes_has(&changes, "../x.c", "/repo/build", 7));
	assert_true(an_changes_has(&changes, "/repo/./x.c", NULL, 20));
	assert_false(an_changes_has(&changes, "/repo/x.c", NULL, 8));
	assert_false(an_changes_has(&changes, "/repo/x.c", NULL, 31));
	assert_false(an_changes_has(&changes, "/other/x.c", NULL, 5));
	an_changes_release(&changes);
}

/* Two traces: one leaks 8 in a, the other 8 in a and 100 in b; nobody could ask what is
 * lost, so all of it is not-freed. */
static void feed(struct an_gate *gate)
{
	for (unsigned i = 0; i < 2; i++) {
		struct trace_builder *t = trace_builder();
		struct an_session *session;

		tb_alloc(t, 0x1000, 8, "main>a");
		if (i)
			tb_alloc(t, 0x2000, 100, "main>b");
		session = tb_open(t, NULL);
		nt_name(session, t);
		an_gate_add(gate, session, false);
		tb_free_all(t, session);
	}
}

static struct an_gate *gate_of(struct an_limits *limits, const char *limit, bool are_runs,
			       struct an_baseline *baseline)
{
	struct an_gate_options options = { .limits = limits, .baseline = baseline,
					   .are_runs = are_runs };
	struct an_gate *gate;

	assert_null(an_limits_add(limits, limit));
	gate = an_gate_new(&options);
	feed(gate);
	an_gate_judge(gate);
	return gate;
}

static void test_traces_of_a_suite_add_up_and_of_runs_the_worst_counts(void **state)
{
	struct an_limits limits = { 0 };
	struct an_gate *suite = gate_of(&limits, "not-freed:0", false, NULL);

	(void)state;
	assert_int_equal(suite->verdict, AN_FINDINGS);
	assert_int_equal(suite->limits[0].actual, 116);
	assert_int_equal(suite->limits[0].actual_n, 3);
	assert_int_equal(suite->n_rows, 2);
	an_gate_free(suite);
	struct an_gate *runs = gate_of(&limits, "not-freed:0", true, NULL);

	assert_int_equal(runs->limits[0].actual, 108);
	an_gate_free(runs);
	struct an_gate *every = gate_of(&limits, "not-freed:0@every-run", true, NULL);

	assert_int_equal(every->limits[0].actual, 8);
	an_gate_free(every);
	an_limits_release(&limits);
}

static void test_a_baseline_covers_as_much_as_it_says_of_each_trace(void **state)
{
	struct an_limits limits = { 0 };
	struct an_baseline baseline = { 0 };
	struct an_gate *gate = gate_of(&limits, "not-freed:0", false, &baseline);
	char text[300];
	const char *what;

	(void)state;
	assert_int_equal(gate->rows[0].bytes, 100);
	snprintf(text, sizeof text, "%s bytes=60 allocations=1\n%s bytes=8 allocations=1\n",
		 gate->rows[0].id, gate->rows[1].id);
	assert_int_equal(an_baseline_parse(&baseline, text, "2027-01-01", &what), 0);
	an_gate_judge(gate);
	assert_int_equal(gate->n_status[AN_GATE_GREW], 1);
	assert_int_equal(gate->n_status[AN_GATE_KNOWN], 1);
	assert_int_equal(gate->limits[0].actual, 40);
	assert_int_equal(gate->verdict, AN_FINDINGS);
	baseline.at[0].bytes = baseline.at[1].bytes = 100;
	an_gate_judge(gate);
	assert_int_equal(gate->limits[0].actual, 0);
	/* Nobody could ask what is lost. */
	assert_int_equal(gate->verdict, AN_INCONCLUSIVE);
	an_gate_free(gate);
	an_baseline_release(&baseline);
	an_limits_release(&limits);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_have_decimal_and_binary_units),
		cmocka_unit_test(test_a_limit_is_kind_measure_program_and_number),
		cmocka_unit_test(test_a_later_limit_replaces_an_earlier_one_of_its_kind),
		cmocka_unit_test(test_what_is_no_limit_is_refused),
		cmocka_unit_test(test_a_baseline_is_written_as_it_was_read),
		cmocka_unit_test(test_a_finding_is_known_by_the_longest_name_that_it_begins_with),
		cmocka_unit_test(test_allowed_is_a_reason_and_whose),
		cmocka_unit_test(test_changed_lines_are_those_of_the_new_file),
		cmocka_unit_test(test_traces_of_a_suite_add_up_and_of_runs_the_worst_counts),
		cmocka_unit_test(test_a_baseline_covers_as_much_as_it_says_of_each_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
