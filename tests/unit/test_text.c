/* SPDX-License-Identifier: Apache-2.0 */
/* test_text.c -- numbers, times and foreign text as a person reads them. */
#include "tests/unit/unit.h"

#include "analyzer/cli/out_text.h"

#include <stdlib.h>
#include <string.h>

static char to[TEXT_BYTES];

static void test_bytes_have_three_digits_in_decimal_units(void **state)
{
	(void)state;
	assert_string_equal(text_bytes(to, 0, false), "0 B");
	assert_string_equal(text_bytes(to, 999, false), "999 B");
	assert_string_equal(text_bytes(to, 1000, false), "1.0 kB");
	assert_string_equal(text_bytes(to, 1234, false), "1.23 kB");
	assert_string_equal(text_bytes(to, 9400000, false), "9.4 MB");
	assert_string_equal(text_bytes(to, 39000000, false), "39.0 MB");
	assert_string_equal(text_bytes(to, 180000, false), "180 kB");
	assert_string_equal(text_bytes(to, 999999, false), "1.0 MB");
	assert_string_equal(text_bytes(to, 9996, false), "10.0 kB");
	assert_string_equal(text_bytes(to, 99960, false), "100 kB");
	assert_string_equal(text_bytes(to, UINT64_MAX, false), "18.4 EB");
}

static void test_exact_bytes_have_all_digits(void **state)
{
	(void)state;
	assert_string_equal(text_bytes(to, 9400312, true), "9,400,312 B");
	assert_string_equal(text_bytes(to, UINT64_MAX, true), "18,446,744,073,709,551,615 B");
}

static void test_counts_are_grouped_and_long_ones_shortened(void **state)
{
	(void)state;
	assert_string_equal(text_count(to, 7), "7");
	assert_string_equal(text_count(to, 1204), "1,204");
	assert_string_equal(text_short_count(to, 99999, false), "99,999");
	assert_string_equal(text_short_count(to, 626400, false), "626 k");
	assert_string_equal(text_short_count(to, 626400, true), "626,400");
	assert_string_equal(text_plural(to, 1, "process", "processes"), "1 process");
	assert_string_equal(text_plural(to, 0, "process", "processes"), "0 processes");
}

static void test_times_are_in_the_unit_a_person_would_take(void **state)
{
	(void)state;
	assert_string_equal(text_duration(to, 350), "350 ns");
	assert_string_equal(text_duration(to, 3100), "3.1 µs");
	assert_string_equal(text_duration(to, 41200000000), "41.2 s");
	assert_string_equal(text_duration(to, 125000000000), "2 min 5 s");
	assert_string_equal(text_duration(to, 3720000000000), "1 h 2 min");
}

static void test_a_part_is_all_only_when_it_is_all(void **state)
{
	(void)state;
	assert_string_equal(text_percent(to, 81, 100), "81 %");
	assert_string_equal(text_percent(to, 99999, 100000), "99 %");
	assert_string_equal(text_percent(to, 5, 5), "100 %");
	assert_string_equal(text_percent(to, 1, 100000), "<1 %");
	assert_string_equal(text_percent(to, 0, 0), "0 %");
}

static const char *escaped(const char *from, size_t n)
{
	static char buffer[256];

	assert_true(text_escape(buffer, sizeof buffer, from, n) < sizeof buffer);
	return buffer;
}

static void test_nothing_reaches_the_terminal_unescaped(void **state)
{
	(void)state;
	assert_string_equal(escaped("a\33[2Jb", 6), "a\\x1b[2Jb");
	assert_string_equal(escaped("a\nb\tc\r", 6), "a\\nb\\tc\\r");
	assert_string_equal(escaped("\0", 1), "\\x00");
	assert_string_equal(escaped("\x7f", 1), "\\x7f");
	assert_string_equal(escaped("\xc2\x9b" "31m", 5), "\\u{9b}31m");
	assert_string_equal(escaped("\xe2\x80\xae", 3), "\\u{202e}");
	assert_string_equal(escaped("\xff\xfe", 2), "\\xff\\xfe");
	assert_string_equal(escaped("\xc0\xaf", 2), "\\xc0\\xaf");
	assert_string_equal(escaped("\xed\xa0\x80", 3), "\\xed\\xa0\\x80");
	assert_string_equal(escaped("\xe2\x82", 2), "\\xe2\\x82");
	assert_string_equal(escaped("grün ×", strlen("grün ×")), "grün ×");
}

static void test_a_short_buffer_gets_whole_characters_only(void **state)
{
	char small[5];

	(void)state;
	assert_int_equal(text_escape(small, sizeof small, "ab\33", 3), 6);
	assert_string_equal(small, "ab");
	assert_int_equal(text_escape(small, sizeof small, "abcd", 4), 4);
	assert_string_equal(small, "abcd");
	assert_int_equal(text_escape(small, sizeof small, "abcde", 5), 5);
	assert_string_equal(small, "abcd");
}

static void assert_fitted(const char *text, int width, const char *expected)
{
	char *bytes = NULL;
	size_t n_bytes;
	FILE *stream = open_memstream(&bytes, &n_bytes);

	text_put_fitted(stream, text, width);
	fclose(stream);
	assert_string_equal(bytes, expected);
	free(bytes);
}

static void test_text_is_padded_or_shortened_in_its_middle(void **state)
{
	(void)state;
	assert_fitted("abc", 5, "abc  ");
	assert_fitted("abc", -5, "abc");
	assert_fitted("abcdefghij", 7, "abc…hij");
	assert_fitted("äöüäöüäöüä", 7, "äöü…öüä");
	assert_fitted(NULL, 3, "?  ");
}

static void test_a_path_below_the_folder_is_shown_relative_to_it(void **state)
{
	(void)state;
	assert_string_equal(text_relative("/a/b/c.c", "/a"), "b/c.c");
	assert_string_equal(text_relative("/a/b/c.c", "/a/"), "b/c.c");
	assert_string_equal(text_relative("/ab/c.c", "/a"), "/ab/c.c");
	assert_string_equal(text_relative("/a", "/a"), "/a");
	assert_string_equal(text_relative("c.c", ""), "c.c");
	assert_null(text_relative(NULL, "/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_have_three_digits_in_decimal_units),
		cmocka_unit_test(test_exact_bytes_have_all_digits),
		cmocka_unit_test(test_counts_are_grouped_and_long_ones_shortened),
		cmocka_unit_test(test_times_are_in_the_unit_a_person_would_take),
		cmocka_unit_test(test_a_part_is_all_only_when_it_is_all),
		cmocka_unit_test(test_nothing_reaches_the_terminal_unescaped),
		cmocka_unit_test(test_a_short_buffer_gets_whole_characters_only),
		cmocka_unit_test(test_text_is_padded_or_shortened_in_its_middle),
		cmocka_unit_test(test_a_path_below_the_folder_is_shown_relative_to_it),
	};

	return RUN_UNIT_TESTS(tests);
}
