/* SPDX-License-Identifier: Apache-2.0 */
/* test_findings.c -- what is worth saying about a trace, and what it is called. */
#include "tests/unit/unit.h"

#include "analyzer/findings/findings.h"
#include "tests/unit/named_trace.h"

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

static void test_nothing_unfreed_is_a_clean_verdict(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 8, "main>a");
	tb_free(t, 0x1000);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(findings->n_findings, 0);
	assert_int_equal(findings->n_costs, 1);
	assert_int_equal(findings->verdict, AN_CLEAN);
	release(t, session, findings);
}

static void test_findings_come_by_bytes_and_are_named_by_their_fingerprint(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 8, "main>small");
	tb_alloc(t, 0x2000, 100, "main>big");
	tb_alloc(t, 0x3000, 100, "main>big");
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(findings->n_findings, 2);
	assert_int_equal(findings->findings[0].bytes, 200);
	assert_int_equal(findings->findings[0].n_allocations, 2);
	assert_int_equal(findings->findings[1].bytes, 8);
	for (unsigned i = 0; i < 2; i++) {
		const struct an_finding *finding = &findings->findings[i];

		assert_int_equal(strlen(finding->fingerprint), 64);
		assert_true(strlen(finding->id) >= 8);
		assert_memory_equal(finding->id, "L-", 2);
		assert_memory_equal(finding->id + 2, finding->fingerprint,
				    strlen(finding->id) - 2);
	}
	assert_int_equal(findings->verdict, AN_INCONCLUSIVE);
	release(t, session, findings);
}

static void test_zero_bytes_that_were_not_freed_are_a_finding(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 0, "main>nothing");
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(findings->n_findings, 1);
	assert_int_equal(findings->findings[0].bytes, 0);
	assert_int_equal(findings->verdict, AN_INCONCLUSIVE);
	release(t, session, findings);
}

static void test_one_fingerprint_is_one_finding_over_the_whole_tree(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 10, "main>keep");
	tb_image(t, 1, tb_exec(t, "/bin/prog", MT_EXEC_SPAWN), 1002);
	tb_alloc(t, 0x1000, 20, "main>keep");
	tb_alloc(t, 0x2000, 1, "main>alone");
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(findings->n_findings, 2);
	assert_int_equal(findings->findings[0].bytes, 30);
	assert_int_equal(findings->findings[0].n_processes, 2);
	assert_int_equal(findings->findings[0].processes[0], 0);
	assert_int_equal(findings->findings[0].processes[1], 1);
	assert_int_equal(findings->findings[1].n_processes, 1);
	/* Equal code at other addresses is one site. */
	assert_int_equal(findings->n_costs, 2);
	assert_int_equal(findings->costs[0].live_bytes, 30);
	release(t, session, findings);
}

static void test_a_process_is_chosen_by_its_pid_or_name(void **state)
{
	struct an_findings_options wanted = { .process = "1002" };
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 10, "main>keep");
	tb_image(t, 1, tb_exec(t, "/bin/prog", MT_EXEC_SPAWN), 1002);
	tb_alloc(t, 0x1000, 20, "main>keep");
	struct an_findings *findings = findings_of(t, &session, &wanted);

	assert_int_equal(findings->n_chosen, 1);
	assert_int_equal(findings->totals.live_bytes, 20);
	assert_int_equal(findings->findings[0].bytes, 20);
	an_findings_free(findings);
	wanted.process = "prog";
	findings = an_findings_new(session, &wanted);
	assert_int_equal(findings->n_chosen, 2);
	assert_int_equal(findings->totals.live_bytes, 30);
	an_findings_free(findings);
	wanted.process = "pro";
	findings = an_findings_new(session, &wanted);
	assert_int_equal(findings->n_chosen, 0);
	release(t, session, findings);
}

static void test_focus_and_ignore_choose_stacks_but_change_no_name(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_findings_options wanted = { 0 };
	struct an_session *session;
	regex_t expression;

	(void)state;
	tb_alloc(t, 0x1000, 10, "main>load>table");
	tb_alloc(t, 0x2000, 20, "main>keep");
	struct an_findings *all = findings_of(t, &session, &everything);

	assert_int_equal(regcomp(&expression, "^lo[a]d$", REG_EXTENDED), 0);
	wanted.focus = &expression;
	struct an_findings *focused = an_findings_new(session, &wanted);

	wanted.focus = NULL;
	wanted.ignore = &expression;
	struct an_findings *ignored = an_findings_new(session, &wanted);

	assert_int_equal(focused->n_findings, 1);
	assert_int_equal(focused->findings[0].bytes, 10);
	assert_int_equal(focused->n_costs, 1);
	assert_int_equal(focused->totals.live_bytes, 30);
	assert_string_equal(focused->findings[0].id, all->findings[1].id);
	assert_int_equal(ignored->n_findings, 1);
	assert_string_equal(ignored->findings[0].id, all->findings[0].id);
	regfree(&expression);
	an_findings_free(focused);
	an_findings_free(ignored);
	release(t, session, all);
}

static void test_sites_are_in_the_order_that_was_asked_for(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 10, "main>live");
	tb_alloc(t, 0x2000, 500, "main>large");
	tb_free(t, 0x2000);
	for (unsigned i = 0; i < 3; i++) {
		tb_alloc(t, 0x3000, 1, "main>often");
		tb_free(t, 0x3000);
	}
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_int_equal(findings->costs[0].live_bytes, 10);
	an_findings_sort(findings, AN_BY_ALLOCATED);
	assert_int_equal(findings->costs[0].allocated_bytes, 500);
	an_findings_sort(findings, AN_BY_COUNT);
	assert_int_equal(findings->costs[0].n_allocations, 3);
	an_findings_sort(findings, AN_BY_TEMPORARY);
	assert_int_equal(findings->costs[0].n_temporary, 3);
	an_findings_sort(findings, AN_BY_PEAK);
	assert_int_equal(findings->costs[0].peak_bytes, 500);
	release(t, session, findings);
}

static void test_every_inlined_call_is_a_line_of_its_own(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_line_list list = { 0 };
	struct an_session *session;

	(void)state;
	tb_alloc(t, 0x1000, 10, "main>inner+outer");
	struct an_findings *findings = findings_of(t, &session, &everything);

	an_stack_names_lines(findings->names, findings->findings[0].stack, &list);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.at[0].function, "inner");
	assert_true(list.at[0].is_inlined);
	assert_string_equal(list.at[1].function, "outer");
	assert_false(list.at[1].is_inlined);
	assert_true(list.at[0].address == list.at[1].address);
	assert_string_equal(list.at[2].function, "main");
	assert_string_equal(list.at[2].module, "prog");
	free(list.at);
	release(t, session, findings);
}

static void test_a_module_without_lines_is_noted(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 10, "main>a");
	struct an_session *session = tb_open(t, NULL);
	struct an_findings *findings = an_findings_new(session, &everything);

	assert_int_equal(findings->n_notes, 2);
	assert_string_equal(findings->notes[0].reason, "modules-without-symbols");
	assert_int_equal(findings->notes[0].count, 2);
	assert_non_null(strstr(findings->notes[0].detail, "prog (build-id 01020304)"));
	release(t, session, findings);
}

static void test_a_trace_that_is_not_whole_is_inconclusive_when_clean(void **state)
{
	struct trace_builder *t = trace_builder();
	struct an_session *session;

	(void)state;
	t->is_endless = true;
	tb_alloc(t, 0x1000, 8, "main>a");
	tb_free(t, 0x1000);
	struct an_findings *findings = findings_of(t, &session, &everything);

	assert_false(session->is_complete);
	assert_int_equal(findings->verdict, AN_INCONCLUSIVE);
	release(t, session, findings);
}

static void test_the_users_innermost_frame_is_responsible(void **state)
{
	struct an_named_line lines[] = {
		{ .function = "__strdup", .module = "libc.so.6", .owner = AN_OWNER_SYSTEM },
		{ .function = "xstrdup", .module = "prog", .owner = AN_OWNER_SYSTEM },
		{ .function = "parse", .module = "prog" },
		{ .function = "main", .module = "prog" },
	};
	struct an_line_list list = { lines, 4, 4 };

	(void)state;
	assert_int_equal(an_lines_responsible(&list), 2);
	list.n = 2;
	assert_int_equal(an_lines_responsible(&list), 0);
}

static void test_tables_tell_whose_a_frame_is(void **state)
{
	(void)state;
	assert_int_equal(an_owner_of("libc.so.6", "strdup", NULL), AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("libstdc++.so.6.0.30", NULL, NULL), AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("ld-linux-x86-64.so.2", NULL, NULL), AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("libglib-2.0.so.0", "g_malloc", NULL), AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("python3.11", "PyUnicode_New", NULL), AN_OWNER_INTERPRETER);
	assert_int_equal(an_owner_of("python3.11", "PyObject_Malloc", NULL), AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("libperl.so.5.36", NULL, NULL), AN_OWNER_INTERPRETER);
	assert_int_equal(an_owner_of("prog", "parse", "/home/me/parse.c"), AN_OWNER_USER);
	assert_int_equal(an_owner_of("libmagic.so.1", "magic_open", NULL), AN_OWNER_USER);
	assert_int_equal(an_owner_of("prog", "xmalloc", NULL), AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("prog", "xmalloc_stats", NULL), AN_OWNER_USER);
	assert_int_equal(an_owner_of("prog", "void std::vector<int>::push_back(int)", NULL),
			 AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("prog", "std::vector<int> make<int>(int)", NULL),
			 AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of("prog", "grow", "/usr/include/c++/12/bits/new_allocator.h"),
			 AN_OWNER_SYSTEM);
	assert_int_equal(an_owner_of(NULL, NULL, NULL), AN_OWNER_USER);
}

static void assert_normal(const char *function, const char *expected)
{
	char to[256];

	an_normalise_function(to, sizeof to, function);
	assert_string_equal(to, expected);
}

static void test_names_are_folded_to_what_builds_have_in_common(void **state)
{
	(void)state;
	assert_normal("parse", "parse");
	assert_normal("parse.isra.0", "parse");
	assert_normal("parse.part.1.constprop.0", "parse");
	assert_normal("parse.cold", "parse");
	assert_normal("parse(int, char*) [clone .isra.0]", "parse");
	assert_normal("void ns::grow<int>(std::vector<int>&)", "ns::grow");
	assert_normal("std::vector<int, std::allocator<int> >::push_back(int const&)",
		      "std::vector::push_back");
	assert_normal("Tree::size() const", "Tree::size");
	assert_normal("(anonymous namespace)::make(int)", "(anonymous_namespace)::make");
	assert_normal("Set::operator()(int) const", "Set::operator()");
	assert_normal("Set::operator<(Set const&) const", "Set::operator<");
	assert_normal("operator<< <char>(std::ostream&, char)", "operator<<");
	assert_normal("Ptr<int>::operator->() const", "Ptr::operator->");
	assert_normal("Set::operator bool() const", "Set::operator bool");
	assert_normal("operator new(unsigned long)", "operator new");
	assert_normal("main::{lambda(int)#1}::operator()(int) const",
		      "main::{lambda#1}::operator()");
	assert_normal("alloc::vec::Vec::push::h0123456789abcdef", "alloc::vec::Vec::push");
	assert_normal("void (*std::for_each<int*, void (*)(int)>(int*, int*, void (*)(int)))(int)",
		      "std::for_each");
	assert_normal("call(void (*)(int))", "call");
	assert_normal("<T as core::fmt::Debug>::fmt", "::fmt");
}

static void fingerprint_of(char to[65], const char *const *functions, const char *module)
{
	struct an_named_line lines[8] = { 0 };
	struct an_line_list list = { lines, 0, 8 };

	for (; functions[list.n]; list.n++) {
		lines[list.n].function = functions[list.n];
		lines[list.n].module = module;
		lines[list.n].line = (uint32_t)(7 * list.n);
		lines[list.n].address = (uintptr_t)to;
		lines[list.n].owner = (uint8_t)an_owner_of(module, functions[list.n], NULL);
	}
	an_fingerprint(to, &list);
}

static void assert_same(const char *const *a, const char *module_a, const char *const *b,
			const char *module_b, bool is_same)
{
	char left[65], right[65];

	fingerprint_of(left, a, module_a);
	fingerprint_of(right, b, module_b);
	assert_int_equal(!strcmp(left, right), is_same);
}

static void test_what_compilers_do_differently_does_not_count(void **state)
{
	static const char *const plain[] = { "part", "caller", "main", NULL };
	static const char *const split[] = { "part.part.0", "part", "caller", "main", NULL };
	static const char *const deep[] = { "walk", "walk", "walk", "main", NULL };
	static const char *const flat[] = { "walk", "main", NULL };
	static const char *const lambda[] = { "f()::{lambda(int)#2}::operator()(int)", "f", NULL };
	static const char *const other[] = { "f()::$_0::operator()(int) const", "f", NULL };
	static const char *const inlined[] = { "operator()", "f", NULL };
	static const char *const vector[] = { "std::vector<int>::reserve(unsigned long)", "f",
					      NULL };
	static const char *const inner[] = { "std::__new_allocator<int>::allocate(unsigned long)",
					     "std::vector<int>::push_back(int&&)", "f", NULL };
	static const char *const string[] = { "std::string::assign(char const*)", "f", NULL };

	(void)state;
	assert_same(plain, "prog", split, "prog", true);
	assert_same(deep, "prog", flat, "prog", true);
	assert_same(lambda, "prog", other, "prog", true);
	assert_same(lambda, "prog", inlined, "prog", true);
	assert_same(vector, "prog", inner, "prog", true);
	assert_same(vector, "prog", string, "prog", false);
	assert_same(plain, "prog", flat, "prog", false);
	assert_same(plain, "libfoo.so.1.2.3", plain, "libfoo.so.2", true);
	assert_same(plain, "libfoo-1.2.so", plain, "libfoo-1.3.so", true);
	assert_same(plain, "libfoo.so", plain, "libbar.so", false);
	assert_same(plain, "prog1", plain, "prog2", false);
}

static void test_a_function_without_a_name_is_its_place_in_the_file(void **state)
{
	struct an_named_line one[] = { { .module = "prog", .offset = 0x10 },
				       { .function = "main", .module = "prog" } };
	struct an_line_list list = { one, 2, 2 };
	char a[65], b[65];

	(void)state;
	an_fingerprint(a, &list);
	one[0].address = 0x7f0010;
	an_fingerprint(b, &list);
	assert_string_equal(a, b);
	one[0].offset = 0x20;
	an_fingerprint(b, &list);
	assert_string_not_equal(a, b);
}

static void test_a_fingerprint_outlives_a_build_but_not_another_path(void **state)
{
	const char *one[] = { "make<int>(int)", "main", "_start", NULL };
	const char *same[] = { "make<long>(long) [clone .part.0]", "main", NULL };
	const char *other[] = { "make(int)", "load", "main", NULL };
	char a[65], b[65], c[65], d[65];

	(void)state;
	fingerprint_of(a, one, "prog");
	fingerprint_of(b, same, "prog");
	fingerprint_of(c, other, "prog");
	fingerprint_of(d, one, "libprog.so");
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_string_not_equal(a, d);
	assert_memory_not_equal(a, a + 32, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_unfreed_is_a_clean_verdict),
		cmocka_unit_test(test_findings_come_by_bytes_and_are_named_by_their_fingerprint),
		cmocka_unit_test(test_zero_bytes_that_were_not_freed_are_a_finding),
		cmocka_unit_test(test_one_fingerprint_is_one_finding_over_the_whole_tree),
		cmocka_unit_test(test_a_process_is_chosen_by_its_pid_or_name),
		cmocka_unit_test(test_focus_and_ignore_choose_stacks_but_change_no_name),
		cmocka_unit_test(test_sites_are_in_the_order_that_was_asked_for),
		cmocka_unit_test(test_every_inlined_call_is_a_line_of_its_own),
		cmocka_unit_test(test_a_module_without_lines_is_noted),
		cmocka_unit_test(test_a_trace_that_is_not_whole_is_inconclusive_when_clean),
		cmocka_unit_test(test_the_users_innermost_frame_is_responsible),
		cmocka_unit_test(test_tables_tell_whose_a_frame_is),
		cmocka_unit_test(test_names_are_folded_to_what_builds_have_in_common),
		cmocka_unit_test(test_what_compilers_do_differently_does_not_count),
		cmocka_unit_test(test_a_function_without_a_name_is_its_place_in_the_file),
		cmocka_unit_test(test_a_fingerprint_outlives_a_build_but_not_another_path),
	};

	return RUN_UNIT_TESTS(tests);
}
