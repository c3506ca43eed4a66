/* SPDX-License-Identifier: Apache-2.0 */
/* test_suppress.c -- other tools' suppression files, read and written. */
#include "tests/unit/unit.h"

#include "analyzer/findings/suppress.h"

#include <stdlib.h>
#include <string.h>

static struct an_named_line lines[] = {
	{ .function = "make(int)", .linkage = "_Z4makei", .file = "/src/make.cc", .line = 7,
	  .module = "prog", .path = "/usr/bin/prog" },
	{ .function = "load", .linkage = "load", .module = "libload.so.1",
	  .path = "/usr/lib/libload.so.1" },
	{ .function = "main", .linkage = "main", .module = "prog", .path = "/usr/bin/prog" },
};
static const struct an_line_list list = { lines, 3, 3 };

/* Does the text suppress a definite leak made by that function? */
static bool is_suppressed(const char *text, uint8_t api)
{
	struct an_suppressions *suppressions = an_suppressions_new();
	const char *what;
	bool is;

	assert_int_equal(an_suppressions_add(suppressions, "file", text, &what), 0);
	is = an_suppressions_match(suppressions, &list, api, AN_KIND_DEFINITE) != AN_NONE;
	an_suppressions_free(suppressions);
	return is;
}

static void test_leak_patterns_match_any_frame(void **state)
{
	(void)state;
	assert_true(is_suppressed("leak:load\n", MT_API_MALLOC));
	assert_true(is_suppressed("# why\nleak:libload.so\n", MT_API_MALLOC));
	assert_true(is_suppressed("leak:/src/*.cc\n", MT_API_MALLOC));
	assert_true(is_suppressed("leak:^main$\n", MT_API_MALLOC));
	assert_false(is_suppressed("leak:^oad\n", MT_API_MALLOC));
	assert_false(is_suppressed("leak:other\n", MT_API_MALLOC));
}

static void test_valgrinds_match_frame_by_frame_from_the_allocation(void **state)
{
	(void)state;
	assert_true(is_suppressed("{\n a\n Memcheck:Leak\n fun:malloc\n fun:_Z4make*\n}\n",
				  MT_API_MALLOC));
	assert_false(is_suppressed("{\n a\n Memcheck:Leak\n fun:malloc\n fun:load\n}\n",
				   MT_API_MALLOC));
	assert_false(is_suppressed("{\n a\n Memcheck:Leak\n fun:load\n}\n", MT_API_MALLOC));
	assert_true(is_suppressed("{\n a\n Memcheck:Leak\n fun:_Znwm\n fun:make(int)\n"
				  " obj:*/libload.so*\n}\n", MT_API_NEW));
	assert_true(is_suppressed("{\n a\n Memcheck:Leak\n fun:*alloc\n ...\n fun:main\n}\n",
				  MT_API_CALLOC));
	assert_true(is_suppressed("{\n a\n Memcheck:Leak\n ...\n fun:load\n ...\n}\n",
				  MT_API_MALLOC));
	assert_true(is_suppressed("{\n a\n Memcheck:Leak\n ...\n src:make.cc:7\n}\n",
				  MT_API_MALLOC));
	assert_false(is_suppressed("{\n a\n Memcheck:Leak\n ...\n fun:nobody\n}\n",
				   MT_API_MALLOC));
}

static void test_kinds_limit_what_is_suppressed(void **state)
{
	(void)state;
	assert_false(is_suppressed("{\n a\n Memcheck:Leak\n match-leak-kinds: possible,"
				   "reachable\n ...\n fun:main\n}\n", MT_API_MALLOC));
	assert_true(is_suppressed("{\n a\n Memcheck:Leak\n match-leak-kinds: all\n ...\n"
				  " fun:main\n}\n", MT_API_MALLOC));
}

static void test_suppressions_of_other_errors_are_passed_over(void **state)
{
	(void)state;
	assert_true(is_suppressed("{\n a\n Memcheck:Param\n write(buf)\n fun:write\n}\n"
				  "{\n b\n Memcheck:Leak\n ...\n fun:main\n}\n", MT_API_MALLOC));
	assert_false(is_suppressed("{\n a\n Memcheck:Cond\n fun:malloc\n}\n", MT_API_MALLOC));
}

static void test_a_line_that_is_no_suppression_is_told(void **state)
{
	struct an_suppressions *suppressions = an_suppressions_new();
	const char *what = NULL;

	(void)state;
	assert_int_equal(an_suppressions_add(suppressions, "f", "leak:a\nnonsense\n", &what), 2);
	assert_non_null(what);
	assert_int_equal(an_suppressions_count(suppressions), 1);
	assert_int_equal(an_suppressions_add(suppressions, "f", "{\n a\n", &what), 2);
	assert_int_equal(an_suppressions_add(suppressions, "f", "{\n a\n Memcheck:Leak\n x\n}\n",
					     &what), 4);
	an_suppressions_free(suppressions);
}

static void test_what_is_written_suppresses_what_it_was_written_for(void **state)
{
	char *text = NULL;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);

	(void)state;
	an_suppression_write(to, "L-123456", &list, MT_API_NEW_ARRAY, "definite");
	fclose(to);
	assert_non_null(strstr(text, "fun:_Znam\n   fun:_Z4makei\n   fun:load\n   fun:main\n"));
	assert_true(is_suppressed(text, MT_API_NEW_ARRAY));
	assert_false(is_suppressed(text, MT_API_NEW));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leak_patterns_match_any_frame),
		cmocka_unit_test(test_valgrinds_match_frame_by_frame_from_the_allocation),
		cmocka_unit_test(test_kinds_limit_what_is_suppressed),
		cmocka_unit_test(test_suppressions_of_other_errors_are_passed_over),
		cmocka_unit_test(test_a_line_that_is_no_suppression_is_told),
		cmocka_unit_test(test_what_is_written_suppresses_what_it_was_written_for),
	};

	return RUN_UNIT_TESTS(tests);
}
