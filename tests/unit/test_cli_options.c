/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_options.c -- what a command line means, and what is said of a wrong one. */
#include "tests/unit/unit.h"

#include "analyzer/cli/options.h"

#include <string.h>

static bool is_quiet, is_full;
static const char *output;
static uint64_t n_top;
static unsigned order;
static const char *const orders[] = { "live", "peak", NULL };
static struct opt_result result;

static const struct opt shared[] = {
	{ "full", 'f', OPT_FLAG, NULL, "", &is_full, NULL },
	{ 0 },
};
static const struct opt options[] = {
	{ "quiet", 'q', OPT_FLAG, NULL, "", &is_quiet, NULL },
	{ "output", 'o', OPT_TEXT, "FILE", "", &output, NULL },
	{ "top", 'n', OPT_COUNT, "N", "", &n_top, NULL },
	{ "sort", 0, OPT_CHOICE, "KEY", "", &order, orders },
	{ .kind = OPT_GROUP, .target = (void *)shared },
	{ 0 },
};

static char *line[16];
static int n_line;

/* Parses the words, which end with NULL, after the command's name. */
static int parse(bool is_first_operand_last, ...)
{
	va_list words;
	char *word;

	is_quiet = is_full = false;
	output = NULL;
	n_top = order = 0;
	n_line = 0;
	line[n_line++] = (char *)"report";
	va_start(words, is_first_operand_last);
	while ((word = va_arg(words, char *)))
		line[n_line++] = word;
	va_end(words);
	line[n_line] = NULL;
	return opt_parse(options, n_line, line, is_first_operand_last, &result);
}

static void test_a_value_follows_an_equals_sign_a_space_or_the_letter(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "--output=a", "--top", "7", NULL), 0);
	assert_string_equal(output, "a");
	assert_int_equal(n_top, 7);
	assert_int_equal(parse(false, "-o", "b", "-n9", NULL), 0);
	assert_string_equal(output, "b");
	assert_int_equal(n_top, 9);
	assert_int_equal(parse(false, "--output=", NULL), 0);
	assert_string_equal(output, "");
}

static void test_flags_combine_and_the_last_may_take_a_value(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "-qfo", "x", NULL), 0);
	assert_true(is_quiet);
	assert_true(is_full);
	assert_string_equal(output, "x");
	assert_int_equal(result.first_operand, n_line);
}

static void test_options_may_follow_operands_which_keep_their_order(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "a", "--top", "3", "b", "-q", "c", NULL), 0);
	assert_int_equal(n_top, 3);
	assert_true(is_quiet);
	assert_int_equal(n_line - result.first_operand, 3);
	assert_string_equal(line[result.first_operand], "a");
	assert_string_equal(line[result.first_operand + 1], "b");
	assert_string_equal(line[result.first_operand + 2], "c");
}

static void test_two_dashes_end_the_options(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "-q", "--", "-f", "--top", NULL), 0);
	assert_false(is_full);
	assert_int_equal(n_line - result.first_operand, 2);
	assert_string_equal(line[result.first_operand], "-f");
}

static void test_the_words_of_a_program_are_not_ours(void **state)
{
	(void)state;
	assert_int_equal(parse(true, "-q", "prog", "-f", "--help", "--", NULL), 0);
	assert_false(is_full);
	assert_false(result.is_help);
	assert_int_equal(n_line - result.first_operand, 4);
	assert_string_equal(line[result.first_operand], "prog");
	assert_string_equal(line[result.first_operand + 3], "--");
	assert_int_equal(parse(true, "--", "-prog", NULL), 0);
	assert_string_equal(line[result.first_operand], "-prog");
}

static void test_a_single_dash_is_an_operand(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "-", NULL), 0);
	assert_int_equal(n_line - result.first_operand, 1);
}

static void test_help_is_an_option_of_every_command(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "x", "--help", "--nonsense", NULL), 0);
	assert_true(result.is_help);
	assert_int_equal(parse(true, "-h", NULL), 0);
	assert_true(result.is_help);
	assert_int_equal(parse(false, "-o", "--help", NULL), 0);
	assert_false(result.is_help);
	assert_string_equal(output, "--help");
}

static void test_an_unknown_name_brings_the_one_that_was_meant(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "--ouptut=x", NULL), -1);
	assert_non_null(strstr(result.message, "--ouptut"));
	assert_non_null(strstr(result.message, "did you mean --output?"));
	assert_int_equal(parse(false, "--ful", NULL), -1);
	assert_non_null(strstr(result.message, "did you mean --full?"));
	assert_int_equal(parse(false, "--elephant", NULL), -1);
	assert_null(strstr(result.message, "did you mean"));
	assert_int_equal(parse(false, "-z", NULL), -1);
	assert_non_null(strstr(result.message, "-z"));
}

static void test_names_are_not_abbreviated(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "--out=x", NULL), -1);
}

static void test_a_wrong_value_is_named(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "--top=many", NULL), -1);
	assert_non_null(strstr(result.message, "many"));
	assert_int_equal(parse(false, "--top=-1", NULL), -1);
	assert_int_equal(parse(false, "--top=99999999999999999999", NULL), -1);
	assert_int_equal(parse(false, "--top=", NULL), -1);
	assert_int_equal(parse(false, "--top", NULL), -1);
	assert_non_null(strstr(result.message, "--top=N"));
	assert_int_equal(parse(false, "--sort=size", NULL), -1);
	assert_non_null(strstr(result.message, "live, peak"));
	assert_int_equal(parse(false, "--quiet=yes", NULL), -1);
	assert_int_equal(parse(false, "-o", NULL), -1);
}

static void test_a_choice_is_its_number(void **state)
{
	(void)state;
	assert_int_equal(parse(false, "--sort=peak", NULL), 0);
	assert_int_equal(order, 1);
}

static void test_a_near_word_is_found_and_a_far_one_is_not(void **state)
{
	static const char *const words[] = { "run", "report", "info", "dump", NULL };

	(void)state;
	assert_string_equal(opt_nearest("repotr", words), "report");
	assert_string_equal(opt_nearest("dmp", words), "dump");
	assert_null(opt_nearest("frobnicate", words));
	assert_null(opt_nearest("a word that is longer than any command could ever be", words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_value_follows_an_equals_sign_a_space_or_the_letter),
		cmocka_unit_test(test_flags_combine_and_the_last_may_take_a_value),
		cmocka_unit_test(test_options_may_follow_operands_which_keep_their_order),
		cmocka_unit_test(test_two_dashes_end_the_options),
		cmocka_unit_test(test_the_words_of_a_program_are_not_ours),
		cmocka_unit_test(test_a_single_dash_is_an_operand),
		cmocka_unit_test(test_help_is_an_option_of_every_command),
		cmocka_unit_test(test_an_unknown_name_brings_the_one_that_was_meant),
		cmocka_unit_test(test_names_are_not_abbreviated),
		cmocka_unit_test(test_a_wrong_value_is_named),
		cmocka_unit_test(test_a_choice_is_its_number),
		cmocka_unit_test(test_a_near_word_is_found_and_a_far_one_is_not),
	};

	return RUN_UNIT_TESTS(tests);
}
