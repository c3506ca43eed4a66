/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_symbols_files.c -- which files are asked about a module: its own, its
 * separate debug file wherever it may be, what dwz split off, debuginfod's; and
 * which are not: another build's, damaged ones, what is no file.
 */
#include "tests/unit/symbols_fixture.h"

#include <fcntl.h>

/* Function and line of parse() inlined into hidden() are known only with debug
 * information. */
static void expect_lines(const struct looked_up *l, const char *program)
{
	uint64_t address = address_of(program, "exported");
	const struct an_line *lines;

	assert_int_equal(an_symbols_module_state(l->symbols, l->module), AN_MODULE_LINES);
	an_symbols_look_up(l->symbols, l->module, address, &lines);
	assert_string_equal(lines[0].function, "exported");
	assert_non_null(lines[0].file);
	assert_non_null(strstr(lines[0].file, "main.c"));
	assert_int_equal(lines[0].line, 10);
}

static void expect_state(struct looked_up l, enum an_module_state state)
{
	const struct an_line *lines;
	size_t n = an_symbols_look_up(l.symbols, l.module, 0x1234, &lines);

	assert_int_equal(an_symbols_module_state(l.symbols, l.module), state);
	assert_true(n >= 1);
	if (state <= AN_MODULE_NO_SYMBOLS) {
		assert_null(lines[0].function);
		assert_null(lines[0].file);
	}
	an_symbols_free(l.symbols);
}

/* "stripped" and "stripped.debug" in a folder of their own. */
static void strip_into(const char *folder)
{
	run("rm -rf %s && mkdir -p %s && objcopy --only-keep-debug plain %s/stripped.debug && "
	    "cp plain %s/stripped && strip %s/stripped && cd %s && "
	    "objcopy --add-gnu-debuglink=stripped.debug stripped",
	    folder, folder, folder, folder, folder, folder);
}

static void test_a_stripped_library_names_what_it_exports_and_nothing_else(void **state)
{
	uint64_t exported, hidden;
	struct looked_up l;

	(void)state;
	run("gcc -O2 -shared -fPIC main.c -o libfull.so && cp libfull.so libstripped.so && "
	    "strip libstripped.so");
	exported = address_of("libfull.so", "exported");
	hidden = address_of("libfull.so", "hidden");
	l = open_path(in_dir("libstripped.so"));
	assert_string_equal(function_at(&l, exported), "exported");
	assert_string_equal(function_at(&l, exported + 3), "exported");
	assert_null(function_at(&l, hidden));
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_FUNCTIONS);
	an_symbols_free(l.symbols);
	l = open_path(in_dir("libfull.so"));
	assert_string_equal(function_at(&l, hidden), "hidden");
	an_symbols_free(l.symbols);
}

static void test_a_stripped_program_has_no_symbols(void **state)
{
	(void)state;
	run("cp plain bare && strip bare");
	expect_state(open_path(in_dir("bare")), AN_MODULE_NO_SYMBOLS);
}

static void test_the_debug_file_is_found_by_its_link(void **state)
{
	char dirs[PATH_ROOM + 16];
	struct an_symbols_options options = { .debug_dirs = dirs };

	(void)state;
	strip_into("link");
	snprintf(dirs, sizeof(dirs), "/nowhere::%s:", in_dir("d"));
	for (int i = 0; i < 3; i++) {
		struct looked_up l;

		if (i == 1)
			run("mkdir link/.debug && mv link/stripped.debug link/.debug");
		if (i == 2)
			run("mkdir -p d$PWD && mv link/.debug d$PWD/link");
		l = open_with(in_dir("link/stripped"), NULL, 0, &options);
		expect_lines(&l, "plain");
		an_symbols_free(l.symbols);
	}
}

static void test_a_debug_file_with_another_checksum_is_not_used(void **state)
{
	struct looked_up l;

	(void)state;
	run("mkdir crc && gcc -g -O2 -Wl,--build-id=none main.c -o crc/program && cd crc && "
	    "cp program full && objcopy --only-keep-debug program program.debug && "
	    "strip program && objcopy --add-gnu-debuglink=program.debug program");
	l = open_path(in_dir("crc/program"));
	expect_lines(&l, "crc/full");
	an_symbols_free(l.symbols);
	run("printf x >>crc/program.debug");
	expect_state(open_path(in_dir("crc/program")), AN_MODULE_NO_SYMBOLS);
}

/* Puts the debug file where its build-id says, below "by-id". */
static size_t move_by_build_id(const char *from, const char *program, uint8_t build_id[64])
{
	size_t n = build_id_of(program, build_id);
	char hex[129];

	assert_true(n >= 8);
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", build_id[i]);
	run("mkdir -p by-id/.build-id/%.2s && cp %s by-id/.build-id/%.2s/%s.debug", hex, from, hex,
	    hex + 2);
	return n;
}

static void test_the_debug_file_is_found_by_build_id(void **state)
{
	struct an_symbols_options options = { .debug_dirs = in_dir("by-id") };
	uint8_t build_id[64];
	size_t n;
	struct looked_up l;

	(void)state;
	strip_into("id");
	n = move_by_build_id("id/stripped.debug", "plain", build_id);
	run("rm id/stripped.debug");
	l = open_with(in_dir("id/stripped"), NULL, 0, &options);
	expect_lines(&l, "plain");
	an_symbols_free(l.symbols);
	/* Also when the program itself is gone, or is another one by now. */
	l = open_with("/nowhere/stripped", build_id, n, &options);
	expect_lines(&l, "plain");
	an_symbols_free(l.symbols);
	/* And what lies there under that name must have that build-id. */
	run("gcc -g -O1 main.c -o other");
	move_by_build_id("other", "plain", build_id);
	expect_state(open_with(in_dir("id/stripped"), NULL, 0, &options), AN_MODULE_NO_SYMBOLS);
}

static void test_a_file_with_another_build_id_is_not_used(void **state)
{
	uint8_t build_id[64];
	size_t n = build_id_of("plain", build_id);
	struct looked_up l = open_with(in_dir("plain"), build_id, n, NULL);

	(void)state;
	expect_lines(&l, "plain");
	assert_false(an_symbols_module_is_other_build(l.symbols, l.module));
	an_symbols_free(l.symbols);
	build_id[3] ^= 1;
	l = open_with(in_dir("plain"), build_id, n, NULL);
	assert_true(an_symbols_module_is_other_build(l.symbols, l.module));
	expect_state(l, AN_MODULE_NOT_FOUND);
	expect_state(open_with(in_dir("plain"), build_id, n - 1, NULL), AN_MODULE_NOT_FOUND);
}

static void test_a_sysroot_goes_before_the_path(void **state)
{
	struct an_symbols_options options = { .sysroot = in_dir("root") };
	struct looked_up l;

	(void)state;
	strip_into("root/opt");
	run("mkdir -p root/usr/lib/debug/opt && mv root/opt/stripped.debug root/usr/lib/debug/opt");
	l = open_with("/opt/stripped", NULL, 0, &options);
	expect_lines(&l, "plain");
	an_symbols_free(l.symbols);
	expect_state(open_path("/opt/stripped"), AN_MODULE_NOT_FOUND);
}

/* peek(), inlined into parse(), inlined into hidden(). */
static bool has_inlined_peek(const struct looked_up *l, uint64_t hidden)
{
	const struct an_line *lines;

	for (uint64_t at = hidden; at < hidden + 80; at++)
		if (an_symbols_look_up(l->symbols, l->module, at, &lines) == 3 &&
		    lines[0].function && strcmp(lines[0].function, "peek") == 0 &&
		    lines[1].function && strcmp(lines[1].function, "parse") == 0)
			return true;
	return false;
}

static void test_what_dwz_shares_between_debug_files_is_found(void **state)
{
	struct looked_up l;

	(void)state;
	/* dwz wants DWARF that is worth sharing, twice. */
	if (!can_run("dwz --version; mkdir dwz && gcc -gdwarf-4 -O2 main.c -o dwz/a && "
		     "gcc -gdwarf-4 -O2 main.c -DB -o dwz/b && cd dwz && "
		     "cp a a.whole && dwz -m shared -r a b && "
		     "readelf -SW a | grep gnu_debugaltlink")) {
		print_message("no dwz\n");
		skip();
	}
	l = open_path(in_dir("dwz/a"));
	expect_lines(&l, "dwz/a.whole");
	assert_true(has_inlined_peek(&l, address_of("dwz/a.whole", "hidden")));
	an_symbols_free(l.symbols);
	/* Without it: no crash, and no name out of another file. */
	run("cd dwz && rm shared && cp ../plain shared");
	l = open_path(in_dir("dwz/a"));
	assert_string_equal(function_at(&l, address_of("dwz/a.whole", "twice")), "twice");
	assert_false(has_inlined_peek(&l, address_of("dwz/a.whole", "hidden")));
	an_symbols_free(l.symbols);
}

static void test_what_is_no_ordinary_file_is_not_opened(void **state)
{
	static const char *const paths[] = {
		"", "/", "/dev/zero", "/dev/null", "/proc/kcore", "/proc/self/maps",
		"/proc/self/mem", "/sys/kernel/notes", "[vdso]", "linux-vdso.so.1",
	};
	char *longest = malloc(100001);
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		expect_state(open_path(paths[i]), AN_MODULE_NOT_FOUND);
	memset(longest, '/', 100000);
	longest[100000] = '\0';
	expect_state(open_path(longest), AN_MODULE_NOT_FOUND);
	free(longest);
	/* Nobody ever writes into it: to open it would take for ever. */
	run("mkfifo fifo");
	expect_state(open_path(in_dir("fifo")), AN_MODULE_NOT_FOUND);
	expect_state(open_path(in_dir("main.c")), AN_MODULE_NOT_FOUND);
	write_file("short", "\x7f""ELF");
	expect_state(open_path(in_dir("short")), AN_MODULE_NOT_FOUND);
	/* Sparse, and of a size that nobody has memory for. */
	fd = open(in_dir("huge"), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(ftruncate(fd, 1LL << 40), 0);
	close(fd);
	expect_state(open_path(in_dir("huge")), AN_MODULE_NOT_FOUND);
}

static void look_everywhere(const char *path)
{
	const struct an_line *lines;
	struct looked_up l = open_path(path);

	for (uint64_t at = 0x1000; at < 0x1400; at += 3)
		an_symbols_look_up(l.symbols, l.module, at, &lines);
	an_symbols_free(l.symbols);
}

static void test_a_damaged_file_gives_answers_or_none(void **state)
{
	static uint8_t bytes[64 * 1024], damaged[sizeof(bytes)];
	FILE *file = fopen(in_dir("plain"), "rb");
	size_t n = fread(bytes, 1, sizeof(bytes), file);
	uint32_t seed = 5;

	(void)state;
	fclose(file);
	assert_true(n > 1000 && n < sizeof(bytes));
	for (int round = 0; round < 400; round++) {
		size_t n_kept = n;

		memcpy(damaged, bytes, n);
		seed = seed * 1664525 + 1013904223;
		if (round % 4 == 0)
			n_kept = (seed >> 4) % n;
		for (int i = 0; round % 4 && i < 1 + round % 8; i++) {
			seed = seed * 1664525 + 1013904223;
			damaged[(seed >> 4) % n] = (uint8_t)(seed & 8 ? seed >> 24 : 0xff);
		}
		file = fopen(in_dir("damaged"), "wb");
		fwrite(damaged, 1, n_kept, file);
		fclose(file);
		look_everywhere(in_dir("damaged"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stripped_library_names_what_it_exports_and_nothing_else),
		cmocka_unit_test(test_a_stripped_program_has_no_symbols),
		cmocka_unit_test(test_the_debug_file_is_found_by_its_link),
		cmocka_unit_test(test_a_debug_file_with_another_checksum_is_not_used),
		cmocka_unit_test(test_the_debug_file_is_found_by_build_id),
		cmocka_unit_test(test_a_file_with_another_build_id_is_not_used),
		cmocka_unit_test(test_a_sysroot_goes_before_the_path),
		cmocka_unit_test(test_what_dwz_shares_between_debug_files_is_found),
		cmocka_unit_test(test_what_is_no_ordinary_file_is_not_opened),
		cmocka_unit_test(test_a_damaged_file_gives_answers_or_none),
	};

	unsetenv("DEBUGINFOD_URLS");
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
