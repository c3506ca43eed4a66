/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_types.c -- allocations named by their types. The programs tests/progs/
 * ten_types.c and .cc are compiled with debug information; each allocation is a
 * stack that returns to where a line of them calls the allocator.
 */
#include "tests/unit/unit.h"

#include "analyzer/objects/types.h"
#include "analyzer/symbols/symbols.h"
#include "tests/unit/trace_builder.h"

#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/memtrace-types-XXXXXX";
static char program[64];

/* Where functions lie that objdump shows, and where they call something. */
static uint64_t return_of(const char *function, const char *callee)
{
	char command[256];
	unsigned long address = 0;
	FILE *from;

	snprintf(command, sizeof command,
		 "objdump -d --no-show-raw-insn --disassemble='%s' %s | grep -A1 'call.*<%s' | "
		 "tail -n 1 | sed 's/^ *\\([0-9a-f]*\\):.*/\\1/'", function, program, callee);
	from = popen(command, "r");
	if (!from || fscanf(from, "%lx", &address) != 1)
		fail_msg("%s does not call %s", function, callee);
	pclose(from);
	return address;
}

static int compile(const char *compiler, const char *source, const char *options)
{
	char command[256];

	snprintf(command, sizeof command, "%s -g %s -I. -o %s tests/progs/%s", compiler, options,
		 program, source);
	return system(command);
}

/* What of so many bytes that a stack of these return addresses allocated is; the
 * innermost first, 0 ends them. */
static const char *type_of(const uint64_t *returns, uint64_t size)
{
	static char name[256];
	struct an_symbols *symbols = an_symbols_new(NULL);
	struct an_frame frames[8] = { 0 };
	struct an_stack stacks[2] = { { 0 }, { .frames = frames } };
	struct an_module modules[1] = { { .path = program } };
	struct an_session session = { .symbols = symbols, .stacks = stacks, .n_stacks = 2,
				      .modules = modules, .n_modules = 1 };
	struct an_types *types;
	const char *found;

	for (; returns[stacks[1].n_frames]; stacks[1].n_frames++)
		frames[stacks[1].n_frames].look_up = returns[stacks[1].n_frames] - 1;
	types = an_types_new(&session);
	found = an_type_of_site(types, &session, 1, size);
	snprintf(name, sizeof name, "%s", found ? found : "");
	assert_ptr_equal(an_type_of_site(types, &session, 1, size), found);
	an_types_free(types);
	an_symbols_free(symbols);
	return name;
}

static const char *in(const char *function, const char *callee, uint64_t size)
{
	return type_of((const uint64_t[]){ return_of(function, callee), 0 }, size);
}

static const char *through(const char *function, const char *wrapper, uint64_t size)
{
	uint64_t outer = return_of(function, wrapper);
	uint64_t inner = return_of(wrapper, !strcmp(wrapper, "xmalloc") ? "malloc" : "xmalloc");

	if (!strcmp(wrapper, "xmalloc"))
		return type_of((const uint64_t[]){ inner, outer, 0 }, size);
	return type_of((const uint64_t[]){ return_of("xmalloc", "malloc"), inner, outer, 0 }, size);
}

static void check_c(const char *options)
{
	if (compile("gcc -std=gnu11", "ten_types.c", options))
		skip();
	assert_string_equal(in("make_one", "malloc", 32), "one");
	assert_string_equal(in("make_two", "calloc", 40), "two");
	assert_string_equal(in("make_three", "malloc", 240), "three");
	assert_string_equal(through("make_four", "xmalloc", 56), "four");
	assert_string_equal(through("make_five", "xzalloc", 72), "five");
	assert_string_equal(in("make_six", "malloc", 80), "six");
	assert_string_equal(in("make_seven", "calloc", 264), "seven");
	assert_string_equal(in("make_nine", "malloc", 104), "nine");
	assert_string_equal(in("make_ten", "realloc", 112), "ten");
	assert_string_equal(in("make_bytes", "malloc", 960), "char");
	assert_string_equal(through("make_either", "xmalloc", 120), "");
}

static void test_each_way_of_allocating_in_c_is_named_by_its_type(void **state)
{
	(void)state;
	check_c("-O0");
	check_c("-O1");
	check_c("-O2");
	check_c("-O1 -gdwarf-4");
}

static void test_without_debug_information_nothing_is_named(void **state)
{
	(void)state;
	if (compile("gcc -std=gnu11", "ten_types.c", "-O1 -g0"))
		skip();
	assert_string_equal(in("make_one", "malloc", 32), "");
}

static void test_a_size_that_no_type_has_is_not_named(void **state)
{
	(void)state;
	if (compile("gcc -std=gnu11", "ten_types.c", "-O1"))
		skip();
	assert_string_equal(in("make_one", "malloc", 33), "");
	assert_string_equal(in("make_one", "malloc", 0), "");
}

static void test_the_fields_of_a_named_type_are_found_by_their_offset(void **state)
{
	struct an_symbols *symbols = an_symbols_new(NULL);
	const struct an_module_name module = { program, NULL, 0 };
	struct an_type_query query = { 0, 0, 48 };
	const char *name = NULL;

	(void)state;
	if (compile("gcc -std=gnu11", "ten_types.c", "-O1"))
		skip();
	query.module = an_symbols_module(symbols, &module);
	query.address = return_of("make_three", "malloc") - 1;
	assert_int_equal(an_symbols_type_at(symbols, &query, &name), AN_TYPE_NAMED);
	assert_string_equal(name, "three");
	assert_string_equal(an_symbols_field(symbols, name, 8), "y");
	assert_string_equal(an_symbols_field(symbols, name, 24), "links.up");
	assert_string_equal(an_symbols_field(symbols, name, 32), "links.down");
	assert_string_equal(an_symbols_field(symbols, name, 44), "tags[1]");
	assert_null(an_symbols_field(symbols, name, 4));
	assert_null(an_symbols_field(symbols, name, 48));
	assert_null(an_symbols_field(symbols, "other", 0));
	an_symbols_free(symbols);
}

/* Both ways of knowing decide alike, whatever the size. */
static void test_types_from_a_symbols_block_are_those_of_debug_information(void **state)
{
	static const char *const makers[] = { "make_one", "make_three", "make_six", "make_eight" };
	struct an_symbols *there = an_symbols_new(NULL);
	struct an_symbols *elsewhere =
		an_symbols_new(&(struct an_symbols_options){ .is_offline = true });
	const struct an_module_name module = { program, NULL, 0 };
	struct an_place places[4] = { { 0 } };
	size_t n_done, n_bytes;
	uint8_t *payload;

	(void)state;
	if (compile("gcc -std=gnu11", "ten_types.c", "-O1"))
		skip();
	for (int i = 0; i < 4; i++)
		places[i] = (struct an_place){ .module = an_symbols_module(there, &module),
					       .address = return_of(makers[i], "malloc") - 1,
					       .wants_type = true };
	payload = an_symbols_encode(there, places, 4, &n_done, &n_bytes);
	assert_int_equal(n_done, 4);
	assert_int_equal(an_symbols_add_block(elsewhere, payload, n_bytes), 0);
	for (int i = 0; i < 4; i++)
		for (uint64_t size = 0; size < 300; size++) {
			struct an_type_query query = { places[i].module, places[i].address, size };
			const char *name = "", *other = "";
			enum an_type_answer answer = an_symbols_type_at(there, &query, &name);

			query.module = an_symbols_module(elsewhere, &module);
			assert_int_equal(an_symbols_type_at(elsewhere, &query, &other), answer);
			assert_string_equal(name, other);
			for (uint64_t at = 0; *name && at < 64; at += 8) {
				const char *field = an_symbols_field(there, name, at);
				const char *carried = an_symbols_field(elsewhere, other, at);

				assert_string_equal(field ? field : "", carried ? carried : "");
			}
		}
	free(payload);
	an_symbols_free(there);
	an_symbols_free(elsewhere);
}

static void test_objects_of_cxx_are_named_with_their_namespace(void **state)
{
	(void)state;
	if (compile("g++ -std=c++17", "ten_types_cxx.cc", "-O1"))
		skip();
	assert_string_equal(in("_ZL10make_plainv", "_Znwm", 32), "plain");
	assert_string_equal(in("_ZL10make_builtv", "_Znwm", 40), "built");
	assert_string_equal(in("_ZL10make_orderv", "_Znwm", 48), "shop::order");
	assert_string_equal(in("_ZL10make_itemsv", "_Zna", 224), "item");
	assert_string_equal(in("_ZL11make_circlev", "_Znwm", 88), "");
}

static void test_only_the_exact_place_behind_a_vtables_symbol_is_a_class(void **state)
{
	struct an_symbols *symbols = an_symbols_new(NULL);
	const struct an_module_name name = { program, NULL, 0 };
	unsigned long address = 0;
	char command[128];
	uint32_t module;
	FILE *from;

	(void)state;
	if (compile("g++ -std=c++17", "ten_types_cxx.cc", "-O1"))
		skip();
	snprintf(command, sizeof command, "nm %s | sed -n 's/ . _ZTV6circle$//p'", program);
	from = popen(command, "r");
	assert_int_equal(fscanf(from, "%lx", &address), 1);
	pclose(from);
	module = an_symbols_module(symbols, &name);
	assert_string_equal(an_symbols_vtable(symbols, module, address + 16), "circle");
	assert_null(an_symbols_vtable(symbols, module, address));
	assert_null(an_symbols_vtable(symbols, module, address + 24));
	assert_null(an_symbols_vtable(symbols, module, 0));
	an_symbols_free(symbols);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(program, sizeof program, "%s/program", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(program);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_way_of_allocating_in_c_is_named_by_its_type),
		cmocka_unit_test(test_without_debug_information_nothing_is_named),
		cmocka_unit_test(test_a_size_that_no_type_has_is_not_named),
		cmocka_unit_test(test_the_fields_of_a_named_type_are_found_by_their_offset),
		cmocka_unit_test(test_types_from_a_symbols_block_are_those_of_debug_information),
		cmocka_unit_test(test_objects_of_cxx_are_named_with_their_namespace),
		cmocka_unit_test(test_only_the_exact_place_behind_a_vtables_symbol_is_a_class),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
