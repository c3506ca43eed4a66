/* SPDX-License-Identifier: Apache-2.0 */
/* test_json.c -- the JSON that scripts stand on, read back by another parser. */
#include "tests/unit/unit.h"

#include "analyzer/cli/info.h"
#include "analyzer/cli/report.h"
#include "tests/unit/named_trace.h"

#include <jansson.h>

static const struct an_findings_options everything;
static const struct report_options plain = { .n_top = UINT64_MAX, .depth = UINT64_MAX };

static char *render(struct an_findings *findings, const struct report_options *options)
{
	char *bytes = NULL;
	size_t n_bytes;
	FILE *stream = open_memstream(&bytes, &n_bytes);

	report_json(findings, options, stream);
	fclose(stream);
	return bytes;
}

static json_t *parse(char *bytes)
{
	json_error_t error;
	json_t *root = json_loads(bytes, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("line %d: %s", error.line, error.text);
	free(bytes);
	return root;
}

/* Two processes, two sites, 30 bytes live. */
static struct an_session *small_session(struct trace_builder *t)
{
	struct an_session *session;

	tb_alloc(t, 0x1000, 10, "main>keep");
	tb_alloc(t, 0x2000, 99, "main>inner+outer");
	tb_free(t, 0x2000);
	tb_image(t, 1, tb_exec(t, "/bin/prog", MT_EXEC_SPAWN), 1002);
	tb_alloc(t, 0x1000, 20, "main>keep");
	session = tb_open(t, NULL);
	nt_name(session, t);
	return session;
}

static void assert_keys(json_t *object, const char *keys)
{
	char *copy = xstrdup(keys);

	for (char *key = strtok(copy, " "); key; key = strtok(NULL, " "))
		if (!json_object_get(object, key))
			fail_msg("no key %s", key);
	free(copy);
}

static int64_t number(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static void test_every_key_of_the_report_is_there(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session = small_session(t);
	struct an_findings *findings = an_findings_new(session, &everything);
	json_t *root = parse(render(findings, &plain)), *process, *finding, *site;

	(void)state;
	assert_keys(root, "schema tool_version trace verdict complete missing notes processes "
		    "totals leaks errors findings sites");
	assert_string_equal(json_string_value(json_object_get(root, "schema")),
			    "memtrace-report/1");
	assert_keys(json_object_get(root, "trace"), "file format_version command started "
		    "duration_ns cut cut_reason");
	process = json_array_get(json_object_get(root, "processes"), 1);
	assert_keys(process, "id pid parent_id exe command start_ns end_ns end snapshot totals "
		    "leaks errors");
	assert_int_equal(number(process, "parent_id"), 1);
	assert_keys(json_object_get(process, "end"), "how status signal");
	assert_keys(json_object_get(root, "totals"), "allocations frees allocated_bytes "
		    "freed_bytes peak_bytes peak_allocations peak_ns live_bytes live_allocations "
		    "temporary_allocations inherited_frees");
	assert_keys(json_object_get(root, "errors"), "double-free invalid-free mismatched-free "
		    "wrong-size");
	finding = json_array_get(json_object_get(root, "findings"), 0);
	assert_keys(finding, "id fingerprint kind cause reachability confidence bytes "
		    "allocations retained_bytes process process_ids type responsible stack cycle "
		    "suppressed_by evidence");
	site = json_array_get(json_object_get(root, "sites"), 1);
	assert_keys(site, "stack allocations allocated_bytes live_allocations live_bytes "
		    "peak_bytes");
	assert_keys(json_array_get(json_object_get(site, "stack"), 0),
		    "function file line module address inlined");
	json_decref(root);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_what_is_unfreed_is_unclassified_and_adds_up(void **state)
{
	static const char *const classes[] = { "definite", "indirect", "possible", "reachable",
					       "suppressed", "unclassified" };
	struct trace_builder *t = trace_builder();
	struct an_session *session = small_session(t);
	struct an_findings *findings = an_findings_new(session, &everything);
	json_t *root = parse(render(findings, &plain)), *finding, *leaks, *totals;
	int64_t bytes = 0;

	(void)state;
	leaks = json_object_get(root, "leaks");
	totals = json_object_get(root, "totals");
	for (unsigned i = 0; i < 6; i++)
		bytes += number(json_object_get(leaks, classes[i]), "bytes");
	assert_int_equal(bytes, 30);
	assert_int_equal(number(totals, "live_bytes"), 30);
	assert_int_equal(number(totals, "allocated_bytes") - number(totals, "freed_bytes"), 30);
	finding = json_array_get(json_object_get(root, "findings"), 0);
	assert_int_equal(number(finding, "bytes"), 30);
	assert_true(json_is_null(json_object_get(finding, "process")));
	assert_int_equal(json_array_size(json_object_get(finding, "process_ids")), 2);
	assert_true(json_is_null(json_object_get(finding, "reachability")));
	assert_string_equal(json_string_value(json_object_get(
		json_object_get(finding, "responsible"), "function")), "keep");
	json_decref(root);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_inlined_calls_and_relative_paths_are_in_the_stack(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session = small_session(t);
	struct an_findings *findings = an_findings_new(session, &everything);
	json_t *root = parse(render(findings, &plain)), *stack, *line;

	(void)state;
	stack = json_object_get(json_array_get(json_object_get(root, "sites"), 1), "stack");
	assert_int_equal(json_array_size(stack), 3);
	line = json_array_get(stack, 0);
	assert_string_equal(json_string_value(json_object_get(line, "function")), "inner");
	assert_string_equal(json_string_value(json_object_get(line, "file")), "prog.c");
	assert_true(json_is_true(json_object_get(line, "inlined")));
	assert_memory_equal(json_string_value(json_object_get(line, "address")), "0x", 2);
	assert_true(json_is_false(json_object_get(json_array_get(stack, 1), "inlined")));
	json_decref(root);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_depth_leaves_a_cut_that_says_how_much(void **state)
{
	const struct report_options shallow = { .n_top = UINT64_MAX, .depth = 1 };
	struct trace_builder *t = trace_builder();
	struct an_session *session = small_session(t);
	struct an_findings *findings = an_findings_new(session, &everything);
	json_t *root = parse(render(findings, &shallow)), *stack, *cut;

	(void)state;
	stack = json_object_get(json_array_get(json_object_get(root, "sites"), 1), "stack");
	assert_int_equal(json_array_size(stack), 2);
	cut = json_array_get(stack, 1);
	assert_true(json_is_null(json_object_get(cut, "function")));
	assert_int_equal(number(cut, "cut"), 2);
	json_decref(root);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_the_same_trace_prints_the_same_bytes(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session = small_session(t);
	struct an_findings *one = an_findings_new(session, &everything);
	struct an_findings *two = an_findings_new(session, &everything);
	char *first = render(one, &plain), *second = render(two, &plain);

	(void)state;
	an_findings_sort(two, AN_BY_COUNT);
	assert_string_equal(first, second);
	free(second);
	second = render(two, &plain);
	assert_string_equal(first, second);
	free(first);
	free(second);
	an_findings_free(one);
	an_findings_free(two);
	tb_free_all(t, session);
}

static void test_info_counts_and_lists_what_the_trace_holds(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session = small_session(t);
	struct an_findings *findings = an_findings_new(session, &everything);
	char *bytes = NULL;
	size_t n_bytes;
	FILE *stream = open_memstream(&bytes, &n_bytes);
	json_t *root;

	(void)state;
	info_json(findings, stream);
	fclose(stream);
	root = parse(bytes);
	assert_keys(root, "schema events bytes stacks stack_nodes modules threads snapshots "
		    "complete missing notes");
	assert_int_equal(number(json_object_get(root, "events"), "allocations"), 3);
	assert_int_equal(number(json_object_get(root, "events"), "frees"), 1);
	assert_int_equal(number(root, "stacks"), session->n_stacks - 1);
	assert_int_equal(json_array_size(json_object_get(root, "modules")), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(
		root, "modules"), 0), "build_id")), "01020304");
	json_decref(root);
	an_findings_free(findings);
	tb_free_all(t, session);
}

static void test_integers_are_exact_and_strings_any_bytes(void **state)
{
	static const char expected[] = "{\n \"n\": 18446744073709551615,\n \"s\": "
				       "\"a\\\"\\\\\\u0001\xef\xbf\xbd\xc3\xa4\",\n \"z\": null\n}\n";
	char *bytes = NULL;
	size_t n_bytes;
	FILE *stream = open_memstream(&bytes, &n_bytes);
	struct json json = { .to = stream };

	(void)state;
	out_json_open_object(&json, NULL);
	out_json_uint(&json, "n", UINT64_MAX);
	out_json_text(&json, "s", "a\"\\\1\xff\xc3\xa4");
	out_json_text(&json, "z", NULL);
	out_json_close_object(&json);
	fclose(stream);
	assert_string_equal(bytes, expected);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_of_the_report_is_there),
		cmocka_unit_test(test_what_is_unfreed_is_unclassified_and_adds_up),
		cmocka_unit_test(test_inlined_calls_and_relative_paths_are_in_the_stack),
		cmocka_unit_test(test_depth_leaves_a_cut_that_says_how_much),
		cmocka_unit_test(test_the_same_trace_prints_the_same_bytes),
		cmocka_unit_test(test_info_counts_and_lists_what_the_trace_holds),
		cmocka_unit_test(test_integers_are_exact_and_strings_any_bytes),
	};

	return RUN_UNIT_TESTS(tests);
}
