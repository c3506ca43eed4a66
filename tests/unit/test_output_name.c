/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "tracer/beside/output_name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct run_output_names names = { "./bin/server", 4711, 1772619127 };
static char folder[64];

static int enter_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test_output_name.XXXXXX");
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int leave_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") || system(command) ? -1 : 0;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void assert_holds(const char *path, const char *text)
{
	char got[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_non_null(fgets(got, sizeof(got), file));
	fclose(file);
	assert_string_equal(got, text);
}

static void test_output_expands_pid_name_and_time(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(run_output_expand("/t/%n-%p-%t.100%%", &names, path, sizeof(path)), 0);
	assert_string_equal(path, "/t/server-4711-20260304T101207Z.100%");
}

static void test_output_becomes_absolute(void **state)
{
	char path[PATH_MAX], expected[PATH_MAX];

	(void)state;
	snprintf(expected, sizeof(expected), "%s/sub/trace.bin", folder);
	assert_int_equal(run_output_expand("sub/trace.bin", &names, path, sizeof(path)), 0);
	assert_string_equal(path, expected);
}

static void test_output_refuses_an_unknown_expansion_and_a_lone_percent(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(run_output_expand("/t/%x", &names, path, sizeof(path)), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(run_output_expand("/t/%", &names, path, sizeof(path)), -1);
	assert_int_equal(errno, EINVAL);
}

static void test_output_refuses_every_length_that_leaves_no_room_for_its_endings(void **state)
{
	char path[64];

	(void)state;
	for (size_t room = 1; room < sizeof(path); room++) {
		memset(path, 'x', sizeof(path));
		if (run_output_expand("/t/%n.bin", &names, path, room) == 0)
			assert_true(strlen("/t/server.bin") + 16 < room);
		else
			assert_int_equal(errno, ENAMETOOLONG);
		for (size_t i = room; i < sizeof(path); i++)
			assert_int_equal(path[i], 'x');
	}
}

static void test_an_earlier_trace_and_its_live_file_step_aside(void **state)
{
	(void)state;
	write_file("trace.bin", "one");
	write_file("trace.bin.live", "its");
	write_file("trace.bin.old", "zero");
	assert_int_equal(run_output_step_aside("trace.bin"), 0);
	assert_holds("trace.bin.old", "one");
	assert_holds("trace.bin.live.old", "its");
	assert_int_equal(access("trace.bin", F_OK), -1);
	assert_int_equal(run_output_step_aside("trace.bin"), 0);
	assert_holds("trace.bin.old", "one");
}

static void test_what_is_no_regular_file_stays_where_it_is(void **state)
{
	(void)state;
	write_file("target", "precious");
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(run_output_step_aside("link"), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(run_output_step_aside("folder"), -1);
	assert_int_equal(run_output_step_aside("/dev/null"), -1);
	assert_holds("target", "precious");
}

static void test_output_is_created_0600_and_never_through_a_link(void **state)
{
	mode_t old = umask(0277);
	int fd = run_output_create("made");
	struct stat status;

	(void)state;
	umask(old);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(run_output_is_same("made", fd));
	assert_int_equal(rename("made", "moved"), 0);
	assert_false(run_output_is_same("made", fd));
	close(fd);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(run_output_create("dangling"), -1);
	assert_int_equal(access("nowhere", F_OK), -1);
	assert_int_equal(run_output_create("moved"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_expands_pid_name_and_time),
		cmocka_unit_test_setup_teardown(test_output_becomes_absolute, enter_folder,
						leave_folder),
		cmocka_unit_test(test_output_refuses_an_unknown_expansion_and_a_lone_percent),
		cmocka_unit_test(
			test_output_refuses_every_length_that_leaves_no_room_for_its_endings),
		cmocka_unit_test_setup_teardown(
			test_an_earlier_trace_and_its_live_file_step_aside, enter_folder,
			leave_folder),
		cmocka_unit_test_setup_teardown(test_what_is_no_regular_file_stays_where_it_is,
						enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(
			test_output_is_created_0600_and_never_through_a_link, enter_folder,
			leave_folder),
	};

	return RUN_UNIT_TESTS(tests);
}
