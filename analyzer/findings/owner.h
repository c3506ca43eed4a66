/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owner.h -- whose code a frame is: the user's program, an interpreter, or the
 * system beneath. Decided by tables of modules, source folders and functions, so
 * that a new runtime is one line.
 */
#ifndef ANALYZER_FINDINGS_OWNER_H
#define ANALYZER_FINDINGS_OWNER_H

/* The lower, the more a person can do about it. */
enum an_owner {
	AN_OWNER_USER,
	AN_OWNER_INTERPRETER,   /* runs the user's code, but is not it */
	AN_OWNER_SYSTEM,        /* libc, libstdc++, GLib, allocators, startup code */
};

/* module is a file's base name, function and file as an_line has them; each may
 * be NULL. */
enum an_owner an_owner_of(const char *module, const char *function, const char *file);

#endif
