/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demangle.c -- C++ (Itanium ABI) and Rust (legacy and v0) names for people.
 *
 * libiberty does the work. It bounds its own recursion but not its output: a
 * hundred bytes of substitutions can stand for gigabytes of text. So its
 * callback form is used, whose caller may leave by longjmp as it holds no
 * memory across a callback, and the text is given up at DEMANGLED_BYTES_MAX.
 */
#include "analyzer/symbols/symbols.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/xalloc.h"

enum {
	SYMBOL_BYTES_MAX = 64 * 1024,
	DEMANGLED_BYTES_MAX = 64 * 1024,     /* heavy templates reach some 10 KiB */
	OPTIONS = DMGL_PARAMS | DMGL_ANSI,   /* as c++filt and addr2line -C */
};

struct text {
	char *bytes;
	size_t n_bytes;
	size_t n_room;
	jmp_buf too_long;
};

static void take(const char *bytes, size_t n_bytes, void *context)
{
	struct text *text = context;

	if (n_bytes > DEMANGLED_BYTES_MAX - text->n_bytes)
		longjmp(text->too_long, 1);
	if (n_bytes >= text->n_room - text->n_bytes) {
		text->n_room = 2 * (text->n_bytes + n_bytes) + 64;
		text->bytes = xreallocarray(text->bytes, text->n_room, 1);
	}
	memcpy(text->bytes + text->n_bytes, bytes, n_bytes);
	text->n_bytes += n_bytes;
}

/* setjmp stands here, so that what changes after it is nobody's local variable. */
static bool demangle(const char *symbol, struct text *text)
{
	if (setjmp(text->too_long))
		return false;
	/* Rust first: its legacy names are valid C++ ones as well. */
	if (rust_demangle_callback(symbol, OPTIONS, take, text))
		return true;
	text->n_bytes = 0;
	return cplus_demangle_v3_callback(symbol, OPTIONS, take, text);
}

char *an_demangle(const char *symbol)
{
	/* Both languages' names begin so; asking libiberty about each C name
	 * would cost more than the rest of its look-up. */
	bool is_mangled = symbol[0] == '_' && (symbol[1] == 'Z' || symbol[1] == 'R');
	struct text text = { 0 };

	if (!is_mangled || strnlen(symbol, SYMBOL_BYTES_MAX + 1) > SYMBOL_BYTES_MAX)
		return NULL;
	if (!demangle(symbol, &text) || !text.n_bytes) {
		free(text.bytes);
		return NULL;
	}
	text.bytes[text.n_bytes] = '\0';
	return text.bytes;
}
