/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_symbols.c -- functions, files, lines and chains of inlined calls, held
 * against addr2line on programs built here.
 */
#include "tests/unit/symbols_fixture.h"

#include <dlfcn.h>
#include <link.h>
#include <time.h>

enum { N_ADDRESSES_MAX = 8192, N_RANDOM = 500 };

static const char cxx_source[] =
	"#include <map>\n"
	"#include <memory>\n"
	"#include <string>\n"
	"#include <vector>\n"
	"namespace shop {\n"
	"template <class T> struct Basket {\n"
	"	std::vector<T> all; std::map<std::string, T> by_name;\n"
	"	static inline __attribute__((always_inline)) T twice(T x) { return x + x; }\n"
	"	void add(const std::string &name, T x)\n"
	"	{ all.push_back(twice(x)); by_name[name] = x; }\n"
	"	T sum() const { T s{}; for (const T &x : all) s += x; return s; }\n"
	"};\n"
	"struct Base {\n"
	"	virtual ~Base() { delete p; } virtual int f(int) = 0; int *p = new int;\n"
	"};\n"
	"struct Derived : Base {\n"
	"	int f(int a) override {\n"
	"		struct Local {\n"
	"			static __attribute__((noinline)) int g(int x) { throw x; }\n"
	"		};\n"
	"		try { return Local::g(a); } catch (int e) { return e + 1; }\n"
	"	}\n"
	"};\n"
	"namespace { __attribute__((noinline)) int anon(int x) { return x * 3; } }\n"
	"int call(int x) { return anon(x); }\n"
	"}\n"
	"int main(int n, char **arguments)\n"
	"{\n"
	"	shop::Basket<double> a; shop::Basket<int> b;\n"
	"	for (int i = 0; i < n; i++) { a.add(arguments[i], i); b.add(arguments[i], i); }\n"
	"	std::unique_ptr<shop::Base> d(new shop::Derived);\n"
	"	auto l = [&](auto x) { return x + n; };\n"
	"	return int(a.sum()) + b.sum() + d->f(n) + shop::call(n) + l(1);\n"
	"}\n";

static const char rust_source[] =
	"use std::collections::HashMap;\n"
	"#[inline(never)]\n"
	"fn grow(m: &mut HashMap<String, Vec<u64>>, k: &str, n: u64) {\n"
	"    for i in 0..n { m.entry(k.to_string()).or_insert_with(Vec::new).push(i * i); }\n"
	"}\n"
	"fn main() {\n"
	"    let mut m = HashMap::new(); grow(&mut m, \"a\", 5); println!(\"{}\", m.len());\n"
	"}\n";

struct addresses {
	uint64_t all[N_ADDRESSES_MAX];
	size_t n;
};

/* Every function's first address, and N_RANDOM in the middle of functions, in
 * the file "addresses". Only those inside: behind a function's end addr2line
 * guesses and we do not. */
static void pick_addresses(const char *program, struct addresses *addresses)
{
	static unsigned long starts[N_ADDRESSES_MAX], sizes[N_ADDRESSES_MAX];
	unsigned long start, size;
	char line[LINE_ROOM], type;
	uint32_t seed = 7;
	size_t n = 0;
	FILE *file = output_of("nm -S --defined-only %s", in_dir(program));

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx %lx %c", &start, &size, &type) == 3 &&
		    strchr("tTwW", type) && size && n < N_ADDRESSES_MAX - N_RANDOM) {
			starts[n] = start;
			sizes[n++] = size;
		}
	pclose(file);
	assert_true(n > 4);
	memcpy(addresses->all, starts, n * sizeof(*starts));
	addresses->n = n;
	for (int i = 0; i < N_RANDOM; i++) {
		seed = seed * 1664525 + 1013904223;
		addresses->all[addresses->n++] = starts[seed % n] + (seed >> 7) % sizes[seed % n];
	}
	file = fopen(in_dir("addresses"), "w");
	for (size_t i = 0; i < addresses->n; i++)
		fprintf(file, "%#lx\n", (unsigned long)addresses->all[i]);
	fclose(file);
}

/* addr2line names a clone, we name its function. */
static void cut_clone(char *name)
{
	static const char *const marks[] = { " [clone ", ".cold", ".part", ".isra", ".constprop" };

	name[strcspn(name, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (strstr(name, marks[i]))
			*strstr(name, marks[i]) = '\0';
}

/* One line of ours against two of addr2line's. What is not of our sources has
 * a file there by guess, if any. */
static void expect_line(const struct an_line *line, char *name, char *place)
{
	char ours[LINE_ROOM];

	cut_clone(name);
	place[strcspn(place, " \n")] = '\0';
	assert_string_equal(line->function ? line->function : "??", name);
	assert_non_null(line->linkage);
	if (*place != '/' || !line->file)
		return;
	snprintf(ours, sizeof(ours), line->line ? "%s:%u" : "%s:?", line->file, line->line);
	assert_string_equal(ours, place);
}

/* addr2line prints for each address: the address, then name and place of each
 * line, innermost first. */
static void compare_with_addr2line(const char *program, size_t *n_inlined)
{
	static struct addresses addresses;
	struct looked_up l = open_path(in_dir(program));
	char name[LINE_ROOM], place[LINE_ROOM], command[LINE_ROOM];
	const struct an_line *lines;
	size_t n = 0, at = 0, n_lines = 0;
	FILE *output;

	*n_inlined = 0;
	pick_addresses(program, &addresses);
	snprintf(command, sizeof(command), "addr2line -afiC -e %%s <%s", in_dir("addresses"));
	output = output_of(command, in_dir(program));
	while (fgets(name, sizeof(name), output)) {
		if (strncmp(name, "0x", 2) == 0) {
			assert_int_equal(at, n_lines);
			assert_int_equal(strtoul(name, NULL, 16), addresses.all[n]);
			n_lines = an_symbols_look_up(l.symbols, l.module, addresses.all[n++],
						     &lines);
			at = 0;
			continue;
		}
		assert_non_null(fgets(place, sizeof(place), output));
		assert_true(at < n_lines);
		assert_int_equal(lines[at].is_inlined, at + 1 < n_lines);
		*n_inlined += lines[at].is_inlined;
		expect_line(&lines[at++], name, place);
	}
	pclose(output);
	assert_int_equal(n, addresses.n);
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_LINES);
	an_symbols_free(l.symbols);
}

static void test_a_c_program_has_the_places_that_addr2line_has(void **state)
{
	size_t n_inlined;

	(void)state;
	compare_with_addr2line("plain", &n_inlined);
	assert_true(n_inlined > 20);
	run("gcc -gdwarf-4 -O3 main.c -o dwarf4");
	compare_with_addr2line("dwarf4", &n_inlined);
	run("gcc -g -gz -O0 main.c -o compressed");
	compare_with_addr2line("compressed", &n_inlined);
}

static void test_a_cxx_program_has_the_places_that_addr2line_has(void **state)
{
	size_t n_inlined;

	(void)state;
	write_file("shop.cc", cxx_source);
	run("g++ -g -O2 shop.cc -o shop && g++ -gdwarf-4 -O1 shop.cc -o shop4");
	compare_with_addr2line("shop", &n_inlined);
	assert_true(n_inlined > 300);
	compare_with_addr2line("shop4", &n_inlined);
}

static void test_a_rust_program_has_readable_names(void **state)
{
	struct looked_up l;
	char line[LINE_ROOM], name[LINE_ROOM], type;
	unsigned long address;
	size_t n_found = 0;
	FILE *output;

	(void)state;
	write_file("grow.rs", rust_source);
	if (!can_run("rustc --version && rustc -g -O grow.rs -o grow")) {
		print_message("no rustc\n");
		skip();
	}
	l = open_path(in_dir("grow"));
	output = output_of("nm --defined-only %s", in_dir("grow"));
	while (fgets(line, sizeof(line), output)) {
		const char *function;

		if (sscanf(line, "%lx %c %s", &address, &type, name) != 3 ||
		    !strchr("tT", type))
			continue;
		function = function_at(&l, address);
		assert_non_null(function);
		assert_true(strncmp(function, "_ZN", 3) != 0 && strncmp(function, "_RN", 3) != 0);
		n_found += strcmp(function, "grow::grow") == 0;
	}
	pclose(output);
	assert_int_equal(n_found, 1);
	an_symbols_free(l.symbols);
}

static void test_split_debug_information_says_the_same(void **state)
{
	static struct addresses addresses;
	struct looked_up plain, split;

	(void)state;
	run("gcc -g -gsplit-dwarf -O2 main.c -o split");
	run("gcc -g -fdebug-types-section -O2 main.c -o typed");
	pick_addresses("split", &addresses);
	plain = open_path(in_dir("plain"));
	split = open_path(in_dir("split"));
	for (size_t i = 0; i < addresses.n; i++) {
		const struct an_line *a, *b;
		size_t n = an_symbols_look_up(plain.symbols, plain.module, addresses.all[i], &a);

		assert_int_equal(n, an_symbols_look_up(split.symbols, split.module,
						       addresses.all[i], &b));
		for (size_t j = 0; j < n; j++) {
			assert_string_equal(a[j].function, b[j].function);
			assert_int_equal(a[j].line, b[j].line);
		}
	}
	an_symbols_free(plain.symbols);
	an_symbols_free(split.symbols);
	/* Without the .dwo there are still functions and lines. */
	run("rm -f *.dwo && mkfifo split-main.dwo");
	split = open_path(in_dir("split"));
	assert_string_equal(function_at(&split, address_of("split", "twice")), "twice");
	an_symbols_free(split.symbols);
	split = open_path(in_dir("typed"));
	assert_string_equal(function_at(&split, address_of("typed", "twice")), "twice");
	an_symbols_free(split.symbols);
}

/* Where a library of this process lies, and the symbol in it. */
static uint64_t find_in_library(const char *symbol, const char **path)
{
	void *at = dlsym(RTLD_DEFAULT, symbol);
	Dl_info info;
	struct link_map *map;

	assert_non_null(at);
	assert_int_not_equal(dladdr1(at, &info, (void **)&map, RTLD_DL_LINKMAP), 0);
	*path = map->l_name;
	return (uint64_t)at - map->l_addr;
}

/* With and without libc's debug information, which has __libc_malloc and
 * __GI___strdup: the names must not depend on what is installed here. */
static void test_libc_functions_have_the_names_that_programs_call(void **state)
{
	static const char *const names[] = { "malloc", "calloc", "free", "strdup", "qsort",
					     "fopen", "getenv", "posix_memalign", "puts" };
	const char *path;
	struct looked_up l;

	(void)state;
	find_in_library("gnu_get_libc_version", &path);
	l = open_path(path);
	assert_true(an_symbols_module_state(l.symbols, l.module) >= AN_MODULE_FUNCTIONS);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *library;
		uint64_t address = find_in_library(names[i], &library);

		/* A sanitizer has some of them itself. */
		if (strcmp(library, path) == 0)
			assert_string_equal(function_at(&l, address), names[i]);
	}
	an_symbols_free(l.symbols);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_looking_up_all_of_libc_takes_a_moment(void **state)
{
	const struct an_line *lines;
	const char *path;
	uint64_t address;
	struct looked_up l;
	double began = now();
	size_t n_known = 0;

	(void)state;
	address = find_in_library("gnu_get_libc_version", &path);
	l = open_path(path);
	for (uint64_t at = 0; at < 100000; at++) {
		an_symbols_look_up(l.symbols, l.module, address + at * 4, &lines);
		n_known += lines[0].function != NULL;
	}
	/* Not a test: the machine may be busy. */
	print_message("100000 addresses of %s, state %d: %.3f s\n", path,
		      an_symbols_module_state(l.symbols, l.module), now() - began);
	assert_true(n_known > 0);
	an_symbols_free(l.symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_c_program_has_the_places_that_addr2line_has),
		cmocka_unit_test(test_a_cxx_program_has_the_places_that_addr2line_has),
		cmocka_unit_test(test_a_rust_program_has_readable_names),
		cmocka_unit_test(test_split_debug_information_says_the_same),
		cmocka_unit_test(test_libc_functions_have_the_names_that_programs_call),
		cmocka_unit_test(test_looking_up_all_of_libc_takes_a_moment),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
