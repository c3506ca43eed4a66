/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errors_foreign.c -- may a mismatched release be the work of a module that
 * brings its own operator new and delete?
 *
 *   main         new  ──▶ ours            plugin      new ──▶ its own ──▶ malloc ──▶ ours
 *   plugin    delete  ──▶ its own ──▶ free ──▶ ours   main     delete ──▶ ours
 *
 * Both are sound, and look like a mismatch from outside. A malloc that an
 * operator new stands behind gives itself away by its stack. A free gives itself
 * away by its stack where that was recorded (--free-stacks); else no module of
 * the process may have an operator delete of its own.
 */
#include "analyzer/heap/replay.h"
#include "analyzer/symbols/symbols.h"

#include <string.h>

enum { FRAMES_LOOKED_AT = 4 };   /* an operator, and what it calls to allocate */

static bool is_runtime(const char *path)
{
	static const char *const names[] = { "libstdc++.so", "libc++.so", "libc++abi.so",
					     "libmemtrace", "linux-vdso" };
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(name, names[i], strlen(names[i])))
			return true;
	return false;
}

static uint32_t number_of(const struct an_session *session, uint32_t module)
{
	const struct an_module *from = &session->modules[module];
	const struct an_module_name name = { from->path, from->build_id, from->n_build_id };

	return an_symbols_module(session->symbols, &name);
}

/* What is not known counts as its own. */
static bool may_have_own(const struct an_session *session, uint32_t module)
{
	const char *path = session->modules[module].path;

	return *path && *path != '[' && !is_runtime(path) &&
	       an_symbols_has_operators(session->symbols, number_of(session, module)) !=
		       AN_OPERATORS_NONE;
}

static bool is_operator(const struct an_line *line)
{
	return !line->function || !strncmp(line->function, "operator new", 12) ||
	       !strncmp(line->function, "operator delete", 15);
}

/* Does one of the innermost functions of a stack look like an operator, or not
 * say what it is? */
static bool has_operator(const struct an_session *session, uint32_t stack)
{
	const struct an_stack *at = &session->stacks[stack];

	if (!at->n_frames)
		return true;
	for (uint32_t i = 0; i < at->n_frames && i < FRAMES_LOOKED_AT; i++) {
		const struct an_line *lines;
		size_t n;

		if (at->frames[i].module == AN_NONE)
			return true;
		n = an_symbols_look_up(session->symbols,
				       number_of(session, at->frames[i].module),
				       at->frames[i].look_up, &lines);
		for (size_t j = 0; j < n; j++)
			if (is_operator(&lines[j]))
				return true;
	}
	return false;
}

bool an_error_may_be_foreign(const struct an_session *session, const struct an_error *error)
{
	uint8_t api = session->stacks[error->stack].api;
	bool is_ours = api >= MT_API_NEW;        /* the allocation was by our operator */

	if (!error->stack)
		return true;
	if (is_ours && error->release != AN_RELEASE_FREE && error->release != AN_RELEASE_REALLOC)
		return false;
	if (!is_ours)
		return has_operator(session, error->stack);
	if (error->free_stack)
		return has_operator(session, error->free_stack);
	for (uint32_t i = 0; i < session->n_modules; i++)
		if (session->modules[i].process == error->process && may_have_own(session, i))
			return true;
	return false;
}
