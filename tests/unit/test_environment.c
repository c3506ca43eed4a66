/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_environment.c -- the program sees the environment it was given, and its
 * children find the channel all the same.
 */
#include "tests/unit/unit.h"

#include "tracer/inside/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
	(void)state;
	memset(&tr, 0, sizeof(tr));
	tr.trace_id = 0xabc;
	return 0;
}

static size_t count(char *const *envp)
{
	size_t n = 0;

	while (envp[n])
		n++;
	return n;
}

static void test_what_the_runner_put_in_is_taken_out(void **state)
{
	char preload[] = "LD_PRELOAD=/opt/lib/libmemtrace.so", a[] = "A=1", z[] = "Z=2";
	char channel[] = "MEMTRACE_CHANNEL=abc,sock,7,/tmp/t.live";
	char *envp[] = { a, preload, channel, z, NULL };

	(void)state;
	assert_true(tr_environment_clean(envp));
	assert_int_equal(count(envp), 2);
	assert_string_equal(envp[0], "A=1");
	assert_string_equal(envp[1], "Z=2");
	assert_string_equal(tr.channel_name, "sock");
	assert_string_equal(tr.live_path, "/tmp/t.live");
	assert_string_equal(tr.library, "/opt/lib/libmemtrace.so");
	assert_int_equal(tr.token, 7);
}

static void test_the_users_own_preload_stays(void **state)
{
	char preload[] = "LD_PRELOAD=/x/libmemtrace.so:/x/libmemtrace-oracle.so:/mine.so:/two.so";
	char *envp[] = { preload, NULL };

	(void)state;
	assert_false(tr_environment_clean(envp));
	assert_int_equal(count(envp), 1);
	assert_string_equal(envp[0], "LD_PRELOAD=/mine.so:/two.so");
	assert_string_equal(tr.library, "/x/libmemtrace.so:/x/libmemtrace-oracle.so");
}

static void test_an_environment_without_us_is_left_alone(void **state)
{
	char preload[] = "LD_PRELOAD=/mine.so", path[] = "PATH=/bin", odd[] = "MEMTRACE_CHANNELS=1";
	char *envp[] = { preload, path, odd, NULL };

	(void)state;
	assert_false(tr_environment_clean(envp));
	assert_int_equal(count(envp), 3);
	assert_string_equal(envp[0], "LD_PRELOAD=/mine.so");
}

static void test_a_channel_that_makes_no_sense_is_no_channel(void **state)
{
	const char *const values[] = { "", "abc", "abc,", "abc,sock", "abc,sock,1", "abc;s,1,/p" };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char entry[64];
		char *envp[] = { entry, NULL };

		set_up(NULL);
		snprintf(entry, sizeof(entry), "MEMTRACE_CHANNEL=%s", values[i]);
		assert_false(tr_environment_clean(envp));
		assert_null(envp[0]);
	}
}

static void test_a_child_gets_library_and_channel_before_its_own_preload(void **state)
{
	char mine[] = "LD_PRELOAD=/mine.so", a[] = "A=1";
	char *given[] = { a, mine, NULL };
	char **to = malloc(tr_environment_count(given) * sizeof(*to));
	char *preload, *channel;

	(void)state;
	strcpy(tr.library, "/x/libmemtrace.so");
	strcpy(tr.channel_name, "sock");
	strcpy(tr.live_path, "/tmp/t.live");
	preload = malloc(tr_preload_bytes(given));
	channel = malloc(tr_channel_bytes());
	tr_environment_make(given, 42, to, preload, channel);
	assert_int_equal(count(to), 3);
	assert_string_equal(to[0], "LD_PRELOAD=/x/libmemtrace.so:/mine.so");
	assert_string_equal(to[1], "MEMTRACE_CHANNEL=abc,sock,42,/tmp/t.live");
	assert_string_equal(to[2], "A=1");

	/* And what the child takes out again is what it was given. */
	memset(&tr, 0, sizeof(tr));
	assert_true(tr_environment_clean(to));
	assert_int_equal(count(to), 2);
	assert_string_equal(to[0], "LD_PRELOAD=/mine.so");
	assert_string_equal(to[1], "A=1");
	assert_int_equal(tr.token, 42);
	free(to);
	free(preload);
	free(channel);
}

static void test_no_environment_at_all_is_an_empty_one(void **state)
{
	char *to[4], preload[64], channel[128];

	(void)state;
	strcpy(tr.library, "/l.so");
	assert_true(tr_environment_count(NULL) <= 4);
	assert_true(tr_preload_bytes(NULL) <= sizeof(preload));
	tr_environment_make(NULL, 1, to, preload, channel);
	assert_int_equal(count(to), 2);
	assert_string_equal(to[0], "LD_PRELOAD=/l.so");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_the_runner_put_in_is_taken_out, set_up),
		cmocka_unit_test_setup(test_the_users_own_preload_stays, set_up),
		cmocka_unit_test_setup(test_an_environment_without_us_is_left_alone, set_up),
		cmocka_unit_test_setup(test_a_channel_that_makes_no_sense_is_no_channel, set_up),
		cmocka_unit_test_setup(
			test_a_child_gets_library_and_channel_before_its_own_preload, set_up),
		cmocka_unit_test_setup(test_no_environment_at_all_is_an_empty_one, set_up),
	};

	return RUN_UNIT_TESTS(tests);
}
