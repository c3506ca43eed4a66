/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmocka with memtrace: each finding is told with the test that it was made in.
 *
 *     gcc -g -O1 -o test_list test_list.c -lcmocka
 *     memtrace run --check --output=junit:leaks.xml ./test_list
 *
 * cmocka's own check sees only what is made by its test_malloc; this one sees all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

struct node {
	struct node *next;
	int value;
};

static struct node *push(struct node *list, int value)
{
	struct node *node = malloc(sizeof *node);

	assert_non_null(node);
	*node = (struct node){ list, value };
	return node;
}

static void release(struct node *list)
{
	while (list) {
		struct node *next = list->next;

		free(list);
		list = next;
	}
}

static void test_the_last_pushed_is_first(void **state)
{
	struct node *list = push(push(NULL, 1), 2);

	(void)state;
	assert_int_equal(list->value, 2);
	release(list);
}

/* Forgets to release. */
static void test_a_list_holds_what_was_pushed(void **state)
{
	struct node *list = push(push(NULL, 1), 2);

	(void)state;
	assert_int_equal(list->next->value, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_last_pushed_is_first),
		cmocka_unit_test(test_a_list_holds_what_was_pushed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
