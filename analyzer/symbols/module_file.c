/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module_file.c -- the files that know about one module.
 *
 * elfutils could find them too (libdwfl), but would open whatever a name leads
 * to. Here every name goes through an_elf_file_open and is held to the build-id
 * before anything is read out of it.
 */
#include "analyzer/symbols/module_file.h"

#include <elfutils/libdwelf.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/xalloc.h"

enum { BUILD_ID_BYTES_MAX = 64 };

/* What a candidate is held to. */
struct wanted {
	const uint8_t *build_id;
	size_t n_build_id;       /* 0: unknown */
	bool has_crc;
	uint32_t crc;            /* counts only where there is no build-id */
};

static void add_dir(struct an_search *search, const char *prefix, const char *dir, size_t n)
{
	char path[PATH_MAX];

	if (!n || snprintf(path, sizeof(path), "%s%.*s", prefix, (int)n, dir) >= PATH_MAX)
		return;
	search->debug_dirs = xreallocarray(search->debug_dirs, search->n_debug_dirs + 1,
					   sizeof(*search->debug_dirs));
	search->debug_dirs[search->n_debug_dirs++] = xstrdup(path);
}

void an_search_init(struct an_search *search, const char *sysroot, const char *debug_dirs)
{
	static const char standard[] = "/usr/lib/debug";

	memset(search, 0, sizeof(*search));
	search->sysroot = xstrdup(sysroot ? sysroot : "");
	for (const char *dir = debug_dirs; dir && *dir;) {
		size_t n = strcspn(dir, ":");

		add_dir(search, "", dir, n);
		dir += n + (dir[n] == ':');
	}
	if (*search->sysroot)
		add_dir(search, search->sysroot, standard, strlen(standard));
	add_dir(search, "", standard, strlen(standard));
}

void an_search_release(struct an_search *search)
{
	for (size_t i = 0; i < search->n_debug_dirs; i++)
		free(search->debug_dirs[i]);
	free(search->debug_dirs);
	free(search->sysroot);
	an_debuginfod_release(&search->debuginfod);
	memset(search, 0, sizeof(*search));
}

/* True if file is what is wanted and has anything to say. */
static bool is_wanted(const struct an_elf_file *file, const struct wanted *wanted)
{
	if (!an_elf_file_has_section(file, ".debug_info") &&
	    !an_elf_file_has_section(file, ".symtab") &&
	    !an_elf_file_has_section(file, ".debug_str"))
		return false;
	if (wanted->n_build_id && file->n_build_id)
		return an_elf_file_may_be(file, wanted->build_id, wanted->n_build_id);
	return wanted->has_crc && an_elf_file_crc(file) == wanted->crc;
}

static bool take(struct an_elf_file *file, const struct wanted *wanted)
{
	if (is_wanted(file, wanted))
		return true;
	an_elf_file_close(file);
	return false;
}

/* Opens the file of that name, if it is the one wanted. */
__attribute__((format(printf, 3, 4)))
static bool try(struct an_elf_file *file, const struct wanted *wanted, const char *format, ...)
{
	va_list arguments;
	char path[PATH_MAX];
	int n;

	va_start(arguments, format);
	n = vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	return n >= 0 && n < PATH_MAX && an_elf_file_open(file, path) && take(file, wanted);
}

static bool find_by_build_id(struct an_elf_file *file, const struct an_search *search,
			     const struct wanted *wanted)
{
	char hex[2 * BUILD_ID_BYTES_MAX + 1];

	if (wanted->n_build_id < 2 || wanted->n_build_id > BUILD_ID_BYTES_MAX)
		return false;
	for (size_t i = 0; i < wanted->n_build_id; i++)
		snprintf(hex + 2 * i, 3, "%02x", wanted->build_id[i]);
	for (size_t i = 0; i < search->n_debug_dirs; i++)
		if (try(file, wanted, "%s/.build-id/%.2s/%s.debug", search->debug_dirs[i], hex,
			hex + 2))
			return true;
	return false;
}

/* In the folder of path, in its .debug, and in its twin below each debug
 * folder. path begins with the sysroot; its twin does not. */
static bool find_beside(struct an_elf_file *file, const struct an_search *search,
			const struct wanted *wanted, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int n_dir = slash ? (int)(slash - path) : 1;
	const char *dir = slash ? path : ".", *twin = dir;
	size_t n_sysroot = strlen(search->sysroot);
	int n_twin = n_dir;

	if (n_sysroot && (size_t)n_dir >= n_sysroot &&
	    strncmp(dir, search->sysroot, n_sysroot) == 0) {
		twin += n_sysroot;
		n_twin -= (int)n_sysroot;
	}
	if (try(file, wanted, "%.*s/%s", n_dir, dir, name) ||
	    try(file, wanted, "%.*s/.debug/%s", n_dir, dir, name))
		return true;
	for (size_t i = 0; i < search->n_debug_dirs; i++)
		if (try(file, wanted, "%s/%.*s/%s", search->debug_dirs[i], n_twin, twin, name))
			return true;
	return false;
}

static bool find_by_link(struct an_module_files *files, const struct an_search *search,
			 struct wanted wanted)
{
	GElf_Word crc;
	const char *name;
	char *real;
	bool is_found;

	if (!files->file.elf)
		return false;
	name = dwelf_elf_gnu_debuglink(files->file.elf, &crc);
	if (!name || !*name || strchr(name, '/'))
		return false;
	wanted.has_crc = true;
	wanted.crc = crc;
	if (find_beside(&files->debug, search, &wanted, files->file.path, name))
		return true;
	/* /lib is a link to /usr/lib, and either may be below the debug folder. */
	real = realpath(files->file.path, NULL);
	is_found = real && strcmp(real, files->file.path) != 0 &&
		   find_beside(&files->debug, search, &wanted, real, name);
	free(real);
	return is_found;
}

static bool find_over_network(struct an_elf_file *file, struct an_search *search,
			      const struct wanted *wanted)
{
	char *path;
	int fd = an_debuginfod_find(&search->debuginfod, wanted->build_id, wanted->n_build_id,
				    &path);
	bool is_found;

	if (fd < 0)
		return false;
	is_found = an_elf_file_open_fd(file, fd, path) && take(file, wanted);
	free(path);
	return is_found;
}

static void open_file(struct an_module_files *files, const struct an_search *search,
		      const struct an_module_name *name)
{
	char path[PATH_MAX];
	bool wants_slash = *search->sysroot && *name->path != '/';

	if (snprintf(path, sizeof(path), "%s%s%s", search->sysroot, wants_slash ? "/" : "",
		     name->path) >= PATH_MAX)
		return;
	if (an_elf_file_open(&files->file, path) &&
	    !an_elf_file_may_be(&files->file, name->build_id, name->n_build_id)) {
		an_elf_file_close(&files->file);
		files->is_other_build = true;
	}
}

/* The file that dwz made, which the debug information of from refers to.
 * Returns false if libdw, which looks for it by itself when it is not given
 * one, would take what is not the right one. */
static bool open_alt(struct an_module_files *files, struct an_search *search,
		     const struct an_elf_file *from)
{
	const char *name, *slash = strrchr(from->path, '/');
	const void *build_id;
	ssize_t n_build_id = dwelf_dwarf_gnu_debugaltlink(files->dwarf, &name, &build_id);
	struct wanted wanted = { build_id, n_build_id > 0 ? (size_t)n_build_id : 0, false, 0 };
	int n_dir = slash ? (int)(slash - from->path) : 0;

	if (n_build_id <= 0)
		return true;
	if (!find_by_build_id(&files->alt, search, &wanted) &&
	    !(*name == '/' && try(&files->alt, &wanted, "%s%s", search->sysroot, name)) &&
	    !(*name == '/' && try(&files->alt, &wanted, "%s", name)) &&
	    !(*name != '/' && try(&files->alt, &wanted, "%.*s/%s", n_dir, from->path, name)) &&
	    !find_over_network(&files->alt, search, &wanted))
		return *name != '/' || access(name, F_OK) != 0;
	files->alt_dwarf = dwarf_begin_elf(files->alt.elf, DWARF_C_READ, NULL);
	if (files->alt_dwarf)
		dwarf_setalt(files->dwarf, files->alt_dwarf);
	return true;
}

void an_module_files_open(struct an_module_files *files, struct an_search *search,
			  const struct an_module_name *name)
{
	struct wanted wanted = { name->build_id, name->n_build_id, false, 0 };
	struct an_elf_file *from = &files->file;

	memset(files, 0, sizeof(*files));
	open_file(files, search, name);
	if (!wanted.n_build_id) {
		wanted.build_id = files->file.build_id;
		wanted.n_build_id = files->file.n_build_id;
	}
	if (!an_elf_file_has_section(from, ".debug_info") &&
	    !an_elf_file_has_section(from, ".zdebug_info")) {
		from = &files->debug;
		if (!find_by_build_id(from, search, &wanted) &&
		    !find_by_link(files, search, wanted) &&
		    !find_over_network(from, search, &wanted))
			return;
	}
	files->dwarf = dwarf_begin_elf(from->elf, DWARF_C_READ, NULL);
	if (files->dwarf && !open_alt(files, search, from)) {
		dwarf_end(files->dwarf);
		files->dwarf = NULL;
	}
}

void an_module_files_close(struct an_module_files *files)
{
	dwarf_end(files->dwarf);
	dwarf_end(files->alt_dwarf);
	an_elf_file_close(&files->alt);
	an_elf_file_close(&files->debug);
	an_elf_file_close(&files->file);
	memset(files, 0, sizeof(*files));
}
