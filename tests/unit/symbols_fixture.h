/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols_fixture.h -- small programs, built by the test with the compiler at
 * hand in a folder of their own, and looked up.
 */
#ifndef TESTS_UNIT_SYMBOLS_FIXTURE_H
#define TESTS_UNIT_SYMBOLS_FIXTURE_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/symbols/symbols.h"

enum { PATH_ROOM = 512, LINE_ROOM = 4096 };

static char fixture_dir[] = "/tmp/memtrace-symbols-XXXXXX";

/* Runs a shell command in the fixture's folder; true if it succeeded. */
__attribute__((format(printf, 1, 2), unused))
static bool can_run(const char *format, ...)
{
	char command[LINE_ROOM];
	va_list arguments;
	int n = snprintf(command, sizeof(command), "cd %s && exec >>log 2>&1; ", fixture_dir);

	va_start(arguments, format);
	vsnprintf(command + n, sizeof(command) - (size_t)n, format, arguments);
	va_end(arguments);
	return system(command) == 0;
}

#define run(...) assert_true(can_run(__VA_ARGS__))

__attribute__((unused))
static void write_file(const char *name, const char *text)
{
	char path[PATH_ROOM];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", fixture_dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* The absolute path of a file of the fixture. */
__attribute__((unused))
static const char *in_dir(const char *name)
{
	static char paths[4][PATH_ROOM];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_ROOM, "%s/%s", fixture_dir, name);
	return path;
}

static const char c_header[] =
	"static inline __attribute__((always_inline)) int peek(const int *at)\n"
	"{\n"
	"	return __atomic_load_n(at, __ATOMIC_SEQ_CST);\n"
	"}\n"
	"static inline __attribute__((always_inline)) int parse(const int *at, int n)\n"
	"{\n"
	"	int sum = 0;\n"
	"	for (int i = 0; i < n; i++)\n"
	"		sum += peek(at + i) * i;\n"
	"	return sum;\n"
	"}\n";

static const char c_source[] =
	"#include <stdlib.h>\n"
	"#include \"include/parse.h\"\n"
	"__attribute__((noinline, noclone)) static int hidden(const int *at, int n)\n"
	"{\n"
	"	if (__builtin_expect(n > 1000, 0))\n"
	"		abort();\n"
	"	return parse(at, n) + 1;\n"
	"}\n"
	"__attribute__((noinline, noclone)) int exported(const int *at, int n)\n"
	"{\n"
	"	return hidden(at, n) + parse(at, 2);\n"
	"}\n"
	"__attribute__((noinline, noclone)) int twice(int n)\n"
	"{\n"
	"	return n ? twice(n - 1) * 2 + exported(&n, 1) : 1;\n"
	"}\n"
	"int main(int n, char **arguments)\n"
	"{\n"
	"	(void)arguments;\n"
	"	return exported(&n, 1) + twice(n);\n"
	"}\n";

static int build_c(const char *flags, const char *output)
{
	return can_run("gcc %s main.c -o %s", flags, output) ? 0 : -1;
}

/* Group setup: the folder, with a C program and its sources. */
static int fixture_setup(void **state)
{
	(void)state;
	if (!mkdtemp(fixture_dir) || !can_run("mkdir include"))
		return -1;
	write_file("include/parse.h", c_header);
	write_file("main.c", c_source);
	return build_c("-g -O2", "plain");
}

static int fixture_teardown(void **state)
{
	char command[PATH_ROOM];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", fixture_dir);
	return system(command);
}

/* What a command prints, read line by line. */
__attribute__((unused))
static FILE *output_of(const char *format, const char *argument)
{
	char command[LINE_ROOM];
	FILE *output;

	snprintf(command, sizeof(command), format, argument);
	output = popen(command, "r");
	assert_non_null(output);
	return output;
}

/* The address of a symbol of a program of the fixture, as nm knows it. */
__attribute__((unused))
static uint64_t address_of(const char *program, const char *symbol)
{
	char line[LINE_ROOM], name[LINE_ROOM], type;
	unsigned long address, found = 0;
	FILE *output = output_of("nm %s", in_dir(program));

	while (fgets(line, sizeof(line), output))
		if (sscanf(line, "%lx %c %s", &address, &type, name) == 3 &&
		    strcmp(name, symbol) == 0)
			found = address;
	pclose(output);
	assert_int_not_equal(found, 0);
	return found;
}

/* The build-id of a program of the fixture; returns its length. */
__attribute__((unused))
static size_t build_id_of(const char *program, uint8_t build_id[64])
{
	char line[LINE_ROOM];
	const char *hex;
	size_t n = 0;
	FILE *output = output_of("readelf -nW %s", in_dir(program));

	while (fgets(line, sizeof(line), output)) {
		hex = strstr(line, "Build ID: ");
		for (hex = hex ? hex + 10 : ""; n < 64 && sscanf(hex, "%2hhx", &build_id[n]) == 1;
		     hex += 2)
			n++;
	}
	pclose(output);
	return n;
}

/* An an_symbols and a module of it. */
struct looked_up {
	struct an_symbols *symbols;
	uint32_t module;
};

__attribute__((unused))
static struct looked_up open_with(const char *path, const uint8_t *build_id, size_t n_build_id,
				  const struct an_symbols_options *options)
{
	struct an_module_name name = { path, build_id, n_build_id };
	struct looked_up l = { an_symbols_new(options), 0 };

	l.module = an_symbols_module(l.symbols, &name);
	return l;
}

__attribute__((unused))
static struct looked_up open_path(const char *path)
{
	return open_with(path, NULL, 0, NULL);
}

/* The function of the code itself (the outermost line) at address. */
__attribute__((unused))
static const char *function_at(const struct looked_up *l, uint64_t address)
{
	const struct an_line *lines;
	size_t n = an_symbols_look_up(l->symbols, l->module, address, &lines);

	return lines[n - 1].function;
}

#endif
