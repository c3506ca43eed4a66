/* SPDX-License-Identifier: Apache-2.0 */
/* test_variables.c -- which variable an address is in, here and from a trace. */
#include "tests/unit/symbols_fixture.h"

#include "formats/wire/status.h"

static const struct an_symbols_options offline = { .is_offline = true };

static const char source[] =
	"void *first[4];\n"
	"static void *second;\n"
	"extern void *other_name __attribute__((alias(\"first\")));\n"
	"__thread void *local_one[3] = { first };\n"
	"__thread void *local_two;\n"
	"void **f(void) { static void *kept; return &kept; }\n"
	"int main(void)\n"
	"{\n"
	"	char *self = __builtin_thread_pointer();\n"
	"	second = f();\n"
	"	__builtin_printf(\"%ld %ld\\n\", (char *)&local_one[1] - self,\n"
	"		(char *)&local_two - self);\n"
	"	return !second;\n"
	"}\n";

static int setup(void **state)
{
	if (fixture_setup(state))
		return -1;
	write_file("variables.c", source);
	return can_run("gcc -O1 variables.c -o variables && strip -s -o bare variables") ? 0 : -1;
}

static const char *variable(const struct looked_up *l, uint64_t address)
{
	const char *name = an_symbols_variable(l->symbols, l->module, address);

	return name ? name : "";
}

static void test_every_byte_of_a_variable_has_its_name(void **state)
{
	struct looked_up l = open_path(in_dir("variables"));
	uint64_t first = address_of("variables", "first");

	(void)state;
	assert_string_equal(variable(&l, first), "first");
	assert_string_equal(variable(&l, first + 31), "first");
	assert_string_not_equal(variable(&l, first + 32), "first");
	assert_string_not_equal(variable(&l, first - 1), "first");
	assert_string_equal(variable(&l, address_of("variables", "second")), "second");
	assert_string_equal(variable(&l, address_of("variables", "main")), "");
	an_symbols_free(l.symbols);
}

static void test_what_the_compiler_appends_is_not_part_of_the_name(void **state)
{
	struct looked_up l = open_path(in_dir("variables"));
	FILE *nm = output_of("nm %s | sed -n 's/ . kept[.][0-9]*$//p'", in_dir("variables"));
	unsigned long address;

	(void)state;
	assert_int_equal(fscanf(nm, "%lx", &address), 1);
	pclose(nm);
	assert_string_equal(variable(&l, address), "kept");
	an_symbols_free(l.symbols);
}

static void test_thread_local_ones_are_found_by_their_distance(void **state)
{
	struct looked_up l = open_path(in_dir("variables"));
	FILE *said = output_of("%s", in_dir("variables"));
	long one, two;

	(void)state;
	assert_int_equal(fscanf(said, "%ld %ld", &one, &two), 2);
	pclose(said);
	assert_true(one < 0 && two < 0);
	assert_string_equal(variable(&l, (uint64_t)one), "local_one");
	assert_string_equal(variable(&l, (uint64_t)two), "local_two");
	assert_string_equal(variable(&l, 0), "");
	an_symbols_free(l.symbols);
}

static void test_a_trace_knows_the_variables_that_were_put_into_it(void **state)
{
	struct looked_up l = open_path(in_dir("variables"));
	struct looked_up other = open_with(in_dir("variables"), NULL, 0, &offline);
	uint64_t first = address_of("variables", "first");
	struct an_place places[] = {
		{ l.module, first + 8, AN_PLACE_VARIABLE, false },
		{ l.module, 0xfffffffffffffff0, AN_PLACE_VARIABLE, false },
		{ l.module, 1, AN_PLACE_VARIABLE, false },
	};
	size_t n_done, n_bytes;
	uint8_t *payload = an_symbols_encode(l.symbols, places, 3, &n_done, &n_bytes);
	char *local = strdup(variable(&l, places[1].address));

	(void)state;
	assert_int_equal(n_done, 3);
	assert_int_equal(an_symbols_add_block(other.symbols, payload, n_bytes), MT_OK);
	assert_string_equal(variable(&other, first + 8), "first");
	assert_string_equal(variable(&other, first), "");
	assert_string_equal(variable(&other, places[1].address), local);
	assert_true(*local);
	free(local);
	free(payload);
	an_symbols_free(l.symbols);
	an_symbols_free(other.symbols);
}

static void test_without_a_symbol_table_nothing_is_guessed(void **state)
{
	struct looked_up l = open_path(in_dir("bare"));

	(void)state;
	assert_string_equal(variable(&l, address_of("variables", "second")), "");
	an_symbols_free(l.symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_of_a_variable_has_its_name),
		cmocka_unit_test(test_what_the_compiler_appends_is_not_part_of_the_name),
		cmocka_unit_test(test_thread_local_ones_are_found_by_their_distance),
		cmocka_unit_test(test_a_trace_knows_the_variables_that_were_put_into_it),
		cmocka_unit_test(test_without_a_symbol_table_nothing_is_guessed),
	};

	return cmocka_run_group_tests(tests, setup, fixture_teardown);
}
