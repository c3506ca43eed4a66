/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module_file.h -- the files that know about one module.
 *
 *   file    sysroot + path
 *   debug   what was split off it: DIR/.build-id/xx/yyyy.debug, then the name
 *           in .gnu_debuglink beside the file, in .debug, in DIR/<its folder>;
 *           then debuginfod. DIR: the user's, then /usr/lib/debug.
 *   alt     what dwz moved out of several debug files (.gnu_debugaltlink)
 *
 * The build-id decides: a file with another one than the trace's, or than the
 * file's, is as good as none. Where there is none, a debuglink's checksum does.
 */
#ifndef ANALYZER_SYMBOLS_MODULE_FILE_H
#define ANALYZER_SYMBOLS_MODULE_FILE_H

#include "analyzer/symbols/debuginfod.h"
#include "analyzer/symbols/elf_file.h"
#include "analyzer/symbols/symbols.h"

/* Where to look. */
struct an_search {
	char *sysroot;           /* "" for none */
	char **debug_dirs;
	size_t n_debug_dirs;
	struct an_debuginfod debuginfod;
};
void an_search_init(struct an_search *search, const char *sysroot, const char *debug_dirs);
void an_search_release(struct an_search *search);

/* Valid when zeroed. */
struct an_module_files {
	struct an_elf_file file;
	struct an_elf_file debug;
	struct an_elf_file alt;
	Dwarf *dwarf;            /* of file or debug; NULL: no debug information */
	Dwarf *alt_dwarf;
	bool is_other_build;     /* a file is there, with another build-id */
};

/* Finds and opens what there is. */
void an_module_files_open(struct an_module_files *files, struct an_search *search,
			  const struct an_module_name *name);
void an_module_files_close(struct an_module_files *files);

#endif
