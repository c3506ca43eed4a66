/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owner.c -- see owner.h. Tables of beginnings, with "$" at the end of an entry
 * for "and nothing after it".
 */
#include "analyzer/findings/owner.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* ".so" ends most names, because "libm" alone would take libmagic, too. */
static const char *const system_modules[] = {
	"libc.so", "libc-2.", "libpthread", "libm.so", "libdl.so", "librt.so", "libresolv.so",
	"ld-linux", "ld-2.", "ld.so", "ld-musl", "libstdc++.so", "libsupc++", "libc++.so",
	"libc++abi.so", "libgcc_s.so", "libunwind", "libglib-2.0.so", "libgobject-2.0.so",
	"libgthread-2.0.so", "libgmodule-2.0.so", "libjemalloc", "libtcmalloc", "libmimalloc",
	"libsnmalloc", "libmemtrace", "libasan.so", "libubsan.so", "libtsan.so", "linux-vdso",
	"[vdso]", "libapr-1.so", "libtalloc.so",
};

static const char *const interpreter_modules[] = {
	"python3", "python2", "python$", "libpython", "perl$", "perl5", "libperl.so", "ruby",
	"libruby", "node$", "libnode.so", "php$", "libphp", "lua$", "lua5", "liblua", "luajit",
	"libluajit", "guile", "libguile", "tclsh", "libtcl",
};

/* What is compiled into the user's own modules, but is not theirs. */
static const char *const system_files[] = {
	"/usr/include/c++/", "/usr/lib/gcc/", "/rustc/", "/usr/lib/rustlib/",
	"/usr/src/debug/glibc",
};

static const char *const system_functions[] = {
	"std::", "__gnu_cxx::", "boost::container::", "operator new", "_start$", "__libc_",
	"__do_global_", "_init$",
	/* Rust's own library, and its allocator's shims. */
	"alloc::", "core::", "hashbrown::", "<alloc::", "<core::", "<std::", "<hashbrown::",
	"__rust_", "__rdl_", "__rg_",
	/* Allocation wrappers that so many programs carry along. */
	"malloc$", "calloc$", "realloc$", "xmalloc$", "xcalloc$", "xrealloc$", "xzalloc$",
	"xnmalloc$", "xnrealloc$", "xstrdup$", "xstrndup$", "xmemdup$", "xmallocarray$",
	"xreallocarray$", "x2realloc$", "x2nrealloc$", "xasprintf$", "xvasprintf$", "safe_malloc$",
	"safe_calloc$", "safe_realloc$", "emalloc$", "ecalloc$", "erealloc$", "estrdup$",
	"Perl_safesys", "PyMem_", "PyObject_Malloc$", "PyObject_Calloc$",
	"arena_map_", "new_arena$", "allocate_from_new_pool$", "pymalloc_alloc$", "_PyMem_",
	"PyObject_Realloc$", "_PyObject_Malloc$", "_PyObject_Realloc$",
	"g_malloc", "g_try_malloc", "g_realloc", "g_slice_alloc", "g_strdup",
};

static bool is_in(const char *text, const char *const *table, size_t n)
{
	for (size_t i = 0; text && i < n; i++) {
		size_t n_entry = strlen(table[i]);
		bool is_whole = table[i][n_entry - 1] == '$';

		n_entry -= is_whole;
		if (!strncmp(text, table[i], n_entry) && (!is_whole || !text[n_entry]))
			return true;
	}
	return false;
}

#define IS_IN(text, table) is_in(text, table, sizeof(table) / sizeof(*(table)))

/* Templates are demangled with their return type before their name. */
static const char *skip_return_type(const char *function)
{
	unsigned depth = 0;
	const char *name = function;

	for (const char *at = function; at && *at && *at != '('; at++) {
		depth += *at == '<';
		depth -= *at == '>' && depth;
		if (*at == ' ' && !depth && strncmp(name, "operator", 8))
			name = at + 1;
	}
	/* A function that returns one: "void (*std::for_each<...". */
	if (name && !strncmp(name, "(*", 2) && name[2] != ')')
		name += 2;
	return name;
}

/* As in "/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/vector". */
static bool is_cxx_header(const char *file)
{
	return file && !strncmp(file, "/usr/", 5) && strstr(file, "/include/c++/");
}

enum an_owner an_owner_of(const char *module, const char *function, const char *file)
{
	if (IS_IN(module, system_modules) || IS_IN(file, system_files) || is_cxx_header(file) ||
	    IS_IN(function, system_functions) ||
	    IS_IN(skip_return_type(function), system_functions))
		return AN_OWNER_SYSTEM;
	if (IS_IN(module, interpreter_modules))
		return AN_OWNER_INTERPRETER;
	return AN_OWNER_USER;
}
