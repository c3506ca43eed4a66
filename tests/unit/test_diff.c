/* SPDX-License-Identifier: Apache-2.0 */
/* test_diff.c -- two snapshots of one run, object by object. Heap is at 0x10000. */
#include "tests/unit/unit.h"

#include "analyzer/findings/diff.h"
#include "tests/unit/named_trace.h"
#include "tests/unit/snapshot_builder.h"

#include <stdio.h>
#include <unistd.h>

enum { HEAP = 0x10000, HEAP_END = 0x20000 };

static char path[] = "/tmp/test_diff-XXXXXX";

static void snapshot(struct trace_builder *t)
{
	struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_DEMAND);

	sb_range(&s, MT_RANGE_HEAP, HEAP, HEAP_END);
	sb_end(&s);
}

/* The trace as of its snapshots 1 and 2, compared; frees the builder. */
static struct an_diff compare(struct trace_builder *t)
{
	struct an_session *whole = tb_open_file(t, path), *sides[2];
	struct an_diff diff;

	for (uint32_t i = 0; i < 2; i++) {
		struct an_until until;

		assert_true(an_session_until(whole, i, &until));
		sides[i] = tb_open_until(t, path, &until);
		nt_name(sides[i], t);
	}
	an_diff_of_objects(&diff, sides[0], sides[1]);
	an_session_close(sides[0]);
	an_session_close(sides[1]);
	tb_free_all(t, whole);
	return diff;
}

static const struct an_diff_row *row_of(const struct an_diff *diff, const char *function)
{
	for (uint32_t i = 0; i < diff->n_rows; i++)
		if (!strcmp(diff->rows[i].lines[0].function, function))
			return &diff->rows[i];
	fail_msg("%s is in no row", function);
	return NULL;
}

static void test_objects_are_made_freed_or_stay(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x10000, 8, "main>stays");
	tb_alloc(t, 0x10100, 16, "main>goes");
	tb_alloc(t, 0x10200, 32, "main>turns");
	tb_alloc(t, 0x10300, 32, "main>turns");
	snapshot(t);
	tb_free(t, 0x10100);
	tb_free(t, 0x10200);
	tb_alloc(t, 0x10400, 64, "main>comes");
	tb_alloc(t, 0x10500, 32, "main>turns");
	tb_alloc(t, 0x10600, 32, "main>turns");
	snapshot(t);
	struct an_diff diff = compare(t);

	assert_true(diff.is_of_objects);
	assert_int_equal(diff.n_rows, 4);
	assert_int_equal(row_of(&diff, "stays")->change, AN_IS_SAME);
	assert_int_equal(row_of(&diff, "goes")->change, AN_IS_GONE);
	assert_int_equal(row_of(&diff, "goes")->n_gone, 1);
	assert_int_equal(row_of(&diff, "comes")->change, AN_IS_NEW);
	assert_int_equal(row_of(&diff, "turns")->change, AN_HAS_GROWN);
	assert_int_equal(row_of(&diff, "turns")->n_made, 2);
	assert_int_equal(row_of(&diff, "turns")->n_gone, 1);
	assert_int_equal(row_of(&diff, "turns")->after.bytes, 96);
	assert_int_equal(diff.before.bytes, 88);
	assert_int_equal(diff.after.bytes, 168);
	an_diff_release(&diff);
}

static void test_another_object_at_the_same_address_is_another_object(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x10000, 8, "main>again");
	snapshot(t);
	tb_free(t, 0x10000);
	tb_alloc(t, 0x10000, 8, "main>again");
	snapshot(t);
	struct an_diff diff = compare(t);
	const struct an_diff_row *row = row_of(&diff, "again");

	assert_int_equal(row->change, AN_IS_SAME);
	assert_int_equal(row->n_made, 1);
	assert_int_equal(row->n_gone, 1);
	an_diff_release(&diff);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects_are_made_freed_or_stay),
		cmocka_unit_test(test_another_object_at_the_same_address_is_another_object),
	};
	int fd = mkstemp(path), result;

	if (fd < 0)
		return 1;
	close(fd);
	result = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return result;
}
