/* SPDX-License-Identifier: Apache-2.0 */
/* test_export.c -- the outcome of a check in the formats of other programs: what each
 * must hold on whatever the rows say. Whole documents are read in tests/e2e/outputs. */
#include "tests/unit/unit.h"

#include "formats/export/test_frame.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct mt_export_frame frames[] = {
	{ .function = "malloc", .module = "libc.so.6", .path = "/lib/libc.so.6", .address = 0x10 },
	{ .function = "read<\"a|b\">", .file = "src/in out.c", .line = 55, .module = "prog",
	  .path = "/bin/prog", .address = 0x20 },
	{ .is_cut = true, .n_cut = 3 },
	{ .function = "main", .file = "/usr/src/main.c", .line = 7, .address = 0x30 },
};
static const struct mt_export_frame bare[] = {
	{ .function = "helper", .module = "libz.so.1", .address = 0x40 },
};
/* Built without debug information, on a system that has libc's. */
static const struct mt_export_frame without_source[] = {
	{ .function = "helper", .module = "prog" },
	{ .function = "__libc_start_main", .file = "libc-start.c", .line = 58, .is_foreign = true },
};
static const struct mt_export_test tests[] = { { "List", "Pushes" }, { NULL, "test_pop" } };
static const uint32_t first_trace[] = { 0 };

static const struct mt_export_finding findings[] = {
	{ .id = "L-77aa02", .fingerprint = "77aa02ff", .kind = "leak", .cause = "last-pointer-lost",
	  .reachability = "definite", .title = "The last pointer was lost",
	  .message = "96 B in 3 allocations, 100 %: lost, at last", .size = "96 B", .status = "new",
	  .level = MT_EXPORT_ERROR, .bytes = 96, .n_allocations = 3, .frames = frames,
	  .n_frames = 4, .responsible = 1, .tests = tests, .n_tests = 2, .traces = first_trace,
	  .n_traces = 1 },
	{ .id = "L-000001", .fingerprint = "000001ff", .kind = "leak", .cause = "unknown",
	  .reachability = "possible", .title = "Only its inside is pointed at",
	  .message = "8 B in 1 allocation", .size = "8 B", .status = "new",
	  .level = MT_EXPORT_WARNING, .bytes = 8, .n_allocations = 1, .frames = bare,
	  .n_frames = 1, .traces = first_trace, .n_traces = 1 },
	{ .id = "L-000002", .fingerprint = "000002ff", .kind = "leak", .cause = "cycle",
	  .reachability = "definite", .title = "A cycle", .message = "16 B in 2 allocations",
	  .size = "16 B", .status = "known", .level = MT_EXPORT_NOTE, .bytes = 16,
	  .n_allocations = 2, .traces = first_trace, .n_traces = 1 },
	{ .id = "L-000003", .fingerprint = "000003ff", .kind = "leak", .cause = "cycle",
	  .reachability = "suppressed", .title = "A cycle", .message = "suppressed", .size = "1 B",
	  .status = "new", .is_suppressed = true, .bytes = 1, .n_allocations = 1,
	  .traces = first_trace, .n_traces = 1 },
	{ .id = "E-000004", .fingerprint = "000004ff", .kind = "error", .cause = "double-free",
	  .title = "Freed twice", .message = "8 B freed twice", .size = "8 B", .status = "new",
	  .level = MT_EXPORT_ERROR, .bytes = 8, .n_allocations = 1, .frames = bare,
	  .n_frames = 1, .traces = first_trace, .n_traces = 1 },
	{ .id = "L-000005", .fingerprint = "000005ff", .kind = "leak", .cause = "cycle",
	  .reachability = "definite", .title = "A cycle", .message = "elsewhere", .size = "1 B",
	  .status = "elsewhere", .bytes = 1, .n_allocations = 1, .traces = first_trace,
	  .n_traces = 1 },
};
static const struct mt_export_limit limits[] = {
	{ .key = "definite", .measure = "bytes", .actual = 96, .is_over = true,
	  .is_of_findings = true },
	{ .key = "peak", .measure = "bytes", .most = 100, .actual = 200, .is_over = true },
};
static const struct mt_export_missing missing[] = {
	{ .reason = "static-program", .detail = "helper", .count = 1, .affects_verdict = true },
	{ .reason = "trace-cut", .detail = "end", .affects_verdict = true, .is_allowed = true },
};
static const struct mt_export_trace traces[] = {
	{ .path = "trace.bin", .command = "./prog --a & <b>", .program = "prog",
	  .duration_ns = 1234000000, .is_ended = true },
};
static const struct mt_export full = {
	.tool_version = "1.2", .verdict = "findings", .summary = "2 new, 1 known",
	.has_baseline = true, .findings = findings, .n_findings = 6, .limits = limits,
	.n_limits = 2, .missing = missing, .n_missing = 2, .traces = traces, .n_traces = 1,
};
static const struct mt_export clean = {
	.tool_version = "1.2", .verdict = "clean", .summary = "nothing", .is_complete = true,
	.traces = traces, .n_traces = 1,
};

/* To be freed. */
static char *write_text(mt_export_write *write, const struct mt_export *rows)
{
	char *bytes = NULL;
	size_t n_bytes;
	FILE *stream = open_memstream(&bytes, &n_bytes);

	assert_int_equal(write(rows, stream), 0);
	fclose(stream);
	return bytes;
}

static json_t *write_tree(mt_export_write *write, const struct mt_export *rows)
{
	char *bytes = write_text(write, rows);
	json_error_t error;
	json_t *root = json_loads(bytes, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("line %d: %s", error.line, error.text);
	free(bytes);
	return root;
}

static void assert_has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("no '%s' in:\n%s", what, text);
}

static void assert_has_not(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("'%s' in:\n%s", what, text);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* A member by its path, dots and numbers: "runs.0.results". */
static json_t *at(json_t *node, const char *path)
{
	char copy[128], *rest = copy, *word;

	snprintf(copy, sizeof copy, "%s", path);
	while ((word = strsep(&rest, ".")))
		node = json_is_array(node) ? json_array_get(node, strtoul(word, NULL, 10))
					   : json_object_get(node, word);
	if (!node)
		fail_msg("nothing at %s", path);
	return node;
}

static const char *text_at(json_t *node, const char *path)
{
	return json_string_value(at(node, path));
}

static void test_a_stack_is_a_code_flow_from_main_to_the_allocation(void **state)
{
	json_t *root = write_tree(mt_export_sarif, &full);
	json_t *steps = at(root, "runs.0.results.0.codeFlows.0.threadFlows.0.locations");

	(void)state;
	assert_int_equal(json_array_size(steps), 4);
	assert_string_equal(text_at(steps, "0.location.physicalLocation.artifactLocation.uri"),
			    "file:///usr/src/main.c");
	assert_string_equal(text_at(steps, "1.location.message.text"), "(3 frames are missing)");
	assert_string_equal(text_at(steps, "3.location.message.text"), "malloc  (libc.so.6)");
	json_decref(root);
}

static void test_a_line_of_the_system_is_not_pointed_at(void **state)
{
	struct mt_export_finding finding = { .frames = without_source, .n_frames = 2 };

	(void)state;
	assert_null(mt_export_place(&finding));
	finding.responsible = 1;
	assert_ptr_equal(mt_export_place(&finding), &without_source[1]);
}

static void assert_test(const struct mt_export_frame *stack, uint32_t n, const char *suite,
			const char *name)
{
	struct mt_export_test test;
	char text[64];

	if (!mt_export_find_test(stack, n, text, sizeof text, &test)) {
		assert_null(name);
		return;
	}
	assert_string_equal(test.name, name);
	if (suite)
		assert_string_equal(test.suite, suite);
	else
		assert_null(test.suite);
}

static void assert_body(const char *function, const char *suite, const char *name)
{
	assert_test(&(struct mt_export_frame){ .function = function }, 1, suite, name);
}

static void test_a_body_of_googletest_names_suite_and_test(void **state)
{
	(void)state;
	assert_body("List_Pushes_Test::TestBody()", "List", "Pushes");
	assert_body("List_Pushes_Test::TestBody", "List", "Pushes");
	assert_body("(anonymous namespace)::List_Pops_When_Full_Test::TestBody()", "List",
		    "Pops_When_Full");
	assert_body("ns::Typed_Works_Test<std::vector<int> >::TestBody()", "Typed", "Works");
	assert_body("Plain_Test::TestBody()", NULL, "Plain");
	assert_body("_Test::TestBody()", NULL, NULL);
	assert_body("::TestBody()", NULL, NULL);
	assert_body("<>>::TestBody()", NULL, NULL);
	assert_body("List_Pushes_Test::TestBodyguard()", NULL, NULL);
	assert_body("main", NULL, NULL);
	assert_test(NULL, 0, NULL, NULL);
}

static void test_what_cmocka_calls_is_the_test(void **state)
{
	const struct mt_export_frame stack[] = {
		{ .function = "_test_malloc", .module = "libcmocka.so.0" },
		{ .function = "helper", .module = "prog" },
		{ .function = "test_pop", .module = "prog" },
		{ .module = "libcmocka.so.0" },
		{ .function = "_cmocka_run_group_tests", .module = "libcmocka.so.0" },
		{ .function = "main", .module = "prog" },
	};

	(void)state;
	assert_test(stack, 6, NULL, "test_pop");
	assert_test(stack, 3, NULL, NULL);
	assert_test(stack + 3, 3, NULL, NULL);
}

static void test_a_path_is_a_uri_below_the_root_of_the_sources(void **state)
{
	json_t *root = write_tree(mt_export_sarif, &full);
	json_t *place = at(root, "runs.0.results.0.locations.0.physicalLocation");

	(void)state;
	assert_string_equal(text_at(place, "artifactLocation.uri"), "src/in%20out.c");
	assert_string_equal(text_at(place, "artifactLocation.uriBaseId"), "%SRCROOT%");
	assert_int_equal(json_integer_value(at(place, "region.startLine")), 55);
	json_decref(root);
}

static void test_each_result_names_a_rule_that_is_there(void **state)
{
	json_t *root = write_tree(mt_export_sarif, &full);
	json_t *results = at(root, "runs.0.results"), *rules = at(root, "runs.0.tool.driver.rules");
	json_t *result;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(results), 5);
	assert_int_equal(json_array_size(rules), 4);
	json_array_foreach(results, i, result) {
		size_t rule = (size_t)json_integer_value(at(result, "ruleIndex"));

		assert_string_equal(text_at(json_array_get(rules, rule), "id"),
				    text_at(result, "ruleId"));
	}
	json_decref(root);
}

static void test_sarif_tells_new_from_known_and_suppressed(void **state)
{
	json_t *root = write_tree(mt_export_sarif, &full), *results = at(root, "runs.0.results");

	(void)state;
	assert_string_equal(text_at(results, "0.baselineState"), "new");
	assert_string_equal(text_at(results, "2.baselineState"), "unchanged");
	assert_string_equal(text_at(results, "3.suppressions.0.kind"), "external");
	assert_null(json_object_get(at(results, "0"), "suppressions"));
	json_decref(root);
}

static void test_a_blind_run_was_not_successful(void **state)
{
	json_t *root = write_tree(mt_export_sarif, &full);
	json_t *invocation = at(root, "runs.0.invocations.0");

	(void)state;
	assert_true(json_is_false(at(invocation, "executionSuccessful")));
	assert_string_equal(text_at(invocation, "toolExecutionNotifications.0.level"), "error");
	assert_string_equal(text_at(invocation, "toolExecutionNotifications.1.level"), "note");
	json_decref(root);
	root = write_tree(mt_export_sarif, &clean);
	assert_true(json_is_true(at(root, "runs.0.invocations.0.executionSuccessful")));
	json_decref(root);
}

static void test_junit_fails_a_test_for_what_was_made_in_it(void **state)
{
	char *text = write_text(mt_export_junit, &full);

	(void)state;
	assert_has(text, "<testcase classname=\"List\" name=\"Pushes\" time=\"0.000\">\n"
			 "   <failure type=\"last-pointer-lost\"");
	assert_has(text, "<testcase classname=\"prog\" name=\"test_pop\"");
	assert_has(text, "name=\"./prog --a &amp; &lt;b&gt;\" time=\"1.234\">\n"
			 "   <failure type=\"double-free\"");
	assert_has(text, "read&lt;&quot;a|b&quot;&gt;  src/in out.c:55");
	free(text);
}

static void test_junit_counts_what_it_lists(void **state)
{
	char *text = write_text(mt_export_junit, &full);

	(void)state;
	assert_has(text, "<testsuites name=\"memtrace\" tests=\"4\" failures=\"4\" errors=\"1\">");
	assert_int_equal(count(text, "<testcase "), 4);
	assert_int_equal(count(text, "<failure "), 4);
	assert_int_equal(count(text, "<error "), 1);
	free(text);
}

static void test_a_clean_trace_is_a_test_that_passed(void **state)
{
	char *text = write_text(mt_export_junit, &clean);

	(void)state;
	assert_has(text, "tests=\"1\" failures=\"0\" errors=\"0\"");
	assert_int_equal(count(text, "<testcase "), 1);
	free(text);
}

static void test_runs_of_one_command_are_cases_of_their_own(void **state)
{
	const struct mt_export_trace both[] = {
		{ .path = "trace.1.bin", .command = "./prog", .program = "prog" },
		{ .path = "trace.2.bin", .command = "./prog", .program = "prog" },
	};
	const struct mt_export rows = { .traces = both, .n_traces = 2 };
	char *text = write_text(mt_export_junit, &rows);

	(void)state;
	assert_has(text, " name=\"./prog (trace.1.bin)\" ");
	assert_has(text, " name=\"./prog (trace.2.bin)\" ");
	free(text);
}

static void test_an_annotation_is_one_line_whatever_is_in_it(void **state)
{
	char *text = write_text(mt_export_github, &full);

	(void)state;
	assert_has(text, "::error file=src/in out.c,line=55,title=L-77aa02 The last pointer was lost"
			 "::96 B in 3 allocations, 100 %25: lost, at last%0A    read<\"a|b\">");
	assert_has(text, "\n::warning title=L-000001 ");
	assert_has(text, "\n::error title=over a limit::peak is 200 bytes, the limit is 100\n");
	assert_has(text, "\n::error title=memtrace did not see everything::static-program: helper\n");
	assert_has_not(text, "L-000002");
	assert_has_not(text, "L-000003");
	assert_has_not(text, "L-000005");
	assert_has_not(text, "trace-cut");
	assert_int_equal(count(text, "\n"), 5);
	free(text);
}

static void test_a_clean_check_annotates_nothing(void **state)
{
	char *text = write_text(mt_export_github, &clean);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

static void test_gitlab_gets_a_path_and_a_line_for_every_issue(void **state)
{
	json_t *root = write_tree(mt_export_gitlab, &full), *issue;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(root), 4);
	json_array_foreach(root, i, issue) {
		assert_non_null(text_at(issue, "location.path"));
		assert_true(json_integer_value(at(issue, "location.lines.begin")) > 0);
		assert_non_null(text_at(issue, "description"));
		assert_non_null(text_at(issue, "fingerprint"));
	}
	assert_string_equal(text_at(root, "0.location.path"), "src/in out.c");
	assert_string_equal(text_at(root, "0.severity"), "major");
	assert_string_equal(text_at(root, "1.location.path"), "libz.so.1");
	assert_string_equal(text_at(root, "2.severity"), "info");
	json_decref(root);
	root = write_tree(mt_export_gitlab, &clean);
	assert_int_equal(json_array_size(root), 0);
	json_decref(root);
}

static void test_the_log_counts_what_fails_and_nothing_else(void **state)
{
	char *text = write_text(mt_export_valgrind_log, &full);

	(void)state;
	assert_has(text, "==1== 96 bytes in 3 blocks are definitely lost in loss record 1 of 2\n");
	assert_has(text, "==1== Invalid free() / delete / delete[] / realloc()\n");
	assert_int_equal(count(text, " lost in loss record "), 1);
	assert_int_equal(count(text, "Invalid free()"), 1);
	assert_has(text, "==1== memtrace: INCONCLUSIVE: static-program: helper\n");
	assert_has_not(text, "trace-cut");
	free(text);
}

static void test_every_error_is_counted_once_in_valgrinds_xml(void **state)
{
	char *text = write_text(mt_export_valgrind_xml, &full);

	(void)state;
	assert_int_equal(count(text, "<error>"), 4);
	assert_int_equal(count(text, "<pair>"), 4);
	assert_has(text, "<dir>/usr/src</dir>\n      <file>main.c</file>\n      <line>7</line>");
	assert_has(text, "<fn>read&lt;&quot;a|b&quot;&gt;</fn>");
	assert_has(text, "<kind>InvalidFree</kind>");
	free(text);
}

static void test_nothing_in_a_name_is_markdown(void **state)
{
	char *text = write_text(mt_export_markdown, &full);

	(void)state;
	assert_has(text, "read&lt;\"a\\|b\"\\>");
	assert_has(text, "List\\.Pushes, test\\_pop");
	assert_has(text, "\n    (3 frames are missing)\n");
	assert_has(text, "| **fails** | new | L\\-77aa02 | 96 B | 3 |");
	assert_has_not(text, "L-000005");
	free(text);
}

static void test_what_is_cut_ends_with_a_whole_character(void **state)
{
	char text[8];

	(void)state;
	mt_export_print(text, sizeof text, "%s", "abcde\xc3\xa4z");
	assert_string_equal(text, "abcde\xc3\xa4");
	mt_export_print(text, sizeof text, "%s", "abcdef\xc3\xa4z");
	assert_string_equal(text, "abcdef");
	mt_export_print(text, sizeof text, "%s", "abcdefghij");
	assert_string_equal(text, "abcdefg");
	mt_export_print(text, sizeof text, "%s", "abc\xf0\x9f\x98\x80\xf0\x9f\x98\x80");
	assert_string_equal(text, "abc\xf0\x9f\x98\x80");
	mt_export_print(text, sizeof text, "%s", "abcd");
	assert_string_equal(text, "abcd");
}

static void test_a_full_disk_is_told(void **state)
{
	FILE *to;

	(void)state;
	for (const struct mt_export_format *format = mt_export_formats; format->name; format++) {
		to = fopen("/dev/full", "w");
		assert_non_null(to);
		setvbuf(to, NULL, _IONBF, 0);
		if (format->write(&full, to) != -1)
			fail_msg("%s says it wrote", format->name);
		fclose(to);
	}
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_a_stack_is_a_code_flow_from_main_to_the_allocation),
		cmocka_unit_test(test_a_path_is_a_uri_below_the_root_of_the_sources),
		cmocka_unit_test(test_a_line_of_the_system_is_not_pointed_at),
		cmocka_unit_test(test_a_body_of_googletest_names_suite_and_test),
		cmocka_unit_test(test_what_cmocka_calls_is_the_test),
		cmocka_unit_test(test_each_result_names_a_rule_that_is_there),
		cmocka_unit_test(test_sarif_tells_new_from_known_and_suppressed),
		cmocka_unit_test(test_a_blind_run_was_not_successful),
		cmocka_unit_test(test_junit_fails_a_test_for_what_was_made_in_it),
		cmocka_unit_test(test_junit_counts_what_it_lists),
		cmocka_unit_test(test_a_clean_trace_is_a_test_that_passed),
		cmocka_unit_test(test_runs_of_one_command_are_cases_of_their_own),
		cmocka_unit_test(test_an_annotation_is_one_line_whatever_is_in_it),
		cmocka_unit_test(test_a_clean_check_annotates_nothing),
		cmocka_unit_test(test_gitlab_gets_a_path_and_a_line_for_every_issue),
		cmocka_unit_test(test_the_log_counts_what_fails_and_nothing_else),
		cmocka_unit_test(test_every_error_is_counted_once_in_valgrinds_xml),
		cmocka_unit_test(test_nothing_in_a_name_is_markdown),
		cmocka_unit_test(test_what_is_cut_ends_with_a_whole_character),
		cmocka_unit_test(test_a_full_disk_is_told),
	};

	return RUN_UNIT_TESTS(all);
}
