/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "tracer/beside/elf_kind.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int enter_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test_elf_kind.XXXXXX");
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int leave_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") || system(command) ? -1 : 0;
}

static void write_bytes(const char *path, const void *bytes, size_t n_bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
	fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
}

static void write_text(const char *path, const char *text)
{
	write_bytes(path, text, strlen(text));
}

struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
};

/* The smallest file that passes for a program, with or without PT_INTERP. */
static struct image image(bool has_interpreter)
{
	struct image made = {
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
			.e_phoff = sizeof(Elf64_Ehdr), .e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2,
		},
		.segments = { { .p_type = PT_LOAD }, { .p_type = PT_NOTE } },
	};

	if (has_interpreter)
		made.segments[1].p_type = PT_INTERP;
	return made;
}

static void write_image(const char *path, const struct image *made)
{
	/* Longer than a "#!" line may be, as real programs are. */
	uint8_t bytes[4096] = { 0 };

	memcpy(bytes, made, sizeof(*made));
	write_bytes(path, bytes, sizeof(bytes));
}

static enum run_elf_kind kind_of(const char *path)
{
	char culprit[PATH_MAX];

	return run_elf_kind(path, culprit, sizeof(culprit));
}

static void test_a_program_with_an_interpreter_is_dynamic_and_one_without_is_static(void **state)
{
	struct image dynamic = image(true), bare = image(false);

	(void)state;
	write_image("dynamic", &dynamic);
	write_image("static", &bare);
	assert_int_equal(kind_of("./dynamic"), RUN_ELF_DYNAMIC);
	assert_int_equal(kind_of("./static"), RUN_ELF_STATIC);
	assert_int_equal(kind_of("/proc/self/exe"), RUN_ELF_DYNAMIC);
}

static void test_the_dynamic_linker_itself_loads_libraries(void **state)
{
	struct image linker = image(false);

	(void)state;
	linker.header.e_type = ET_DYN;
	write_image("ld-linux-x86-64.so.2", &linker);
	write_image("static-pie", &linker);
	assert_int_equal(kind_of("./ld-linux-x86-64.so.2"), RUN_ELF_DYNAMIC);
	assert_int_equal(kind_of("./static-pie"), RUN_ELF_STATIC);
}

static void test_programs_of_other_machines_are_told(void **state)
{
	struct image narrow = image(true), foreign = image(true);

	(void)state;
	narrow.header.e_ident[EI_CLASS] = ELFCLASS32;
	foreign.header.e_machine = EM_RISCV;
	write_image("narrow", &narrow);
	write_image("foreign", &foreign);
	assert_int_equal(kind_of("./narrow"), RUN_ELF_OTHER_CLASS);
	assert_int_equal(kind_of("./foreign"), RUN_ELF_OTHER_CLASS);
}

static void test_a_script_is_what_its_interpreter_is_through_several(void **state)
{
	struct image bare = image(false);
	char culprit[PATH_MAX];

	(void)state;
	write_image("static", &bare);
	write_text("one", "#! ./static -x\necho\n");
	write_text("two", "#!./one\n");
	write_text("three", "#!\t./two");
	assert_int_equal(run_elf_kind("./three", culprit, sizeof(culprit)), RUN_ELF_STATIC);
	assert_string_equal(culprit, "./static");
	write_text("lost", "#!/no/such/interpreter\n");
	assert_int_equal(run_elf_kind("./lost", culprit, sizeof(culprit)),
			 RUN_ELF_NO_INTERPRETER);
	assert_string_equal(culprit, "/no/such/interpreter");
}

static void test_a_script_that_interprets_itself_ends(void **state)
{
	(void)state;
	write_text("loop", "#!./loop\n");
	assert_int_not_equal(kind_of("./loop"), RUN_ELF_STATIC);
}

static void test_what_is_no_program_is_an_unknown_format(void **state)
{
	(void)state;
	write_text("empty", "");
	write_text("short", "#!");
	write_text("text", "echo hello\n");
	write_text("blank", "#!   \n");
	assert_int_equal(kind_of("./empty"), RUN_ELF_UNKNOWN_FORMAT);
	assert_int_equal(kind_of("./short"), RUN_ELF_UNKNOWN_FORMAT);
	assert_int_equal(kind_of("./text"), RUN_ELF_UNKNOWN_FORMAT);
	assert_int_equal(kind_of("./blank"), RUN_ELF_UNKNOWN_FORMAT);
}

static void test_an_image_cut_at_every_byte_is_judged(void **state)
{
	struct image dynamic = image(true);

	(void)state;
	for (size_t n_bytes = 0; n_bytes < sizeof(dynamic); n_bytes++) {
		write_bytes("cut", &dynamic, n_bytes);
		assert_int_not_equal(kind_of("./cut"), RUN_ELF_DYNAMIC);
	}
}

static void test_set_uid_counts_only_when_it_changes_the_user(void **state)
{
	struct image dynamic = image(true);

	(void)state;
	write_image("own", &dynamic);
	assert_int_equal(chmod("own", 04755), 0);
	assert_int_equal(kind_of("./own"), RUN_ELF_DYNAMIC);
	if (getuid() != 0)
		return;
	write_image("other", &dynamic);
	assert_int_equal(chown("other", 65534, 65534), 0);
	assert_int_equal(chmod("other", 04755), 0);
	assert_int_equal(kind_of("./other"), RUN_ELF_PRIVILEGED);
	assert_int_equal(chmod("other", 02755), 0);
	assert_int_equal(kind_of("./other"), RUN_ELF_PRIVILEGED);
	/* Without the group's execute bit it means something else. */
	assert_int_equal(chmod("other", 02745), 0);
	assert_int_equal(kind_of("./other"), RUN_ELF_DYNAMIC);
}

static void test_names_are_looked_up_as_execvp_does(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(mkdir("a", 0755), 0);
	assert_int_equal(mkdir("b", 0755), 0);
	assert_int_equal(mkdir("a/tool", 0755), 0);
	write_text("b/tool", "#!/bin/sh\n");
	write_text("here", "#!/bin/sh\n");
	write_text("plain", "no");
	assert_int_equal(chmod("plain", 0644), 0);
	/* A directory of that name is passed over. */
	assert_int_equal(run_find_program("tool", "a:b", path, sizeof(path)), 0);
	assert_string_equal(path, "b/tool");
	/* An empty entry is the working directory. */
	assert_int_equal(run_find_program("here", "a::b", path, sizeof(path)), 0);
	assert_string_equal(path, "here");
	assert_int_equal(run_find_program("here", "a:b", path, sizeof(path)), ENOENT);
	assert_int_equal(run_find_program("plain", ":b", path, sizeof(path)), EACCES);
	assert_int_equal(run_find_program("./plain", "b", path, sizeof(path)), EACCES);
	assert_int_equal(run_find_program("./a", "b", path, sizeof(path)), EACCES);
	assert_int_equal(run_find_program("./plain/x", "b", path, sizeof(path)), ENOENT);
	assert_int_equal(run_find_program("", "b", path, sizeof(path)), ENOENT);
	assert_int_equal(run_find_program("sh", NULL, path, sizeof(path)), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(
			test_a_program_with_an_interpreter_is_dynamic_and_one_without_is_static),
		IN_FOLDER(test_the_dynamic_linker_itself_loads_libraries),
		IN_FOLDER(test_programs_of_other_machines_are_told),
		IN_FOLDER(test_a_script_is_what_its_interpreter_is_through_several),
		IN_FOLDER(test_a_script_that_interprets_itself_ends),
		IN_FOLDER(test_what_is_no_program_is_an_unknown_format),
		IN_FOLDER(test_an_image_cut_at_every_byte_is_judged),
		IN_FOLDER(test_set_uid_counts_only_when_it_changes_the_user),
		IN_FOLDER(test_names_are_looked_up_as_execvp_does),
	};

	return RUN_UNIT_TESTS(tests);
}
