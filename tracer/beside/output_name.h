/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output_name.h -- where a trace goes: the name given, with % expanded, and the
 * file behind it. An earlier trace steps aside once, to FILE.old; nothing else
 * is ever overwritten, and no symbolic link is followed.
 */
#ifndef TRACER_BESIDE_OUTPUT_NAME_H
#define TRACER_BESIDE_OUTPUT_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_output_names {
	const char *program;    /* as given: %n is its last component */
	uint64_t pid;           /* %p */
	int64_t time_s;         /* %t, seconds since 1970: 20260304T101207Z */
};

/* Expands pattern into to, absolute and terminated. 0, or -1 with errno set:
 * ENAMETOOLONG, EINVAL for a % that means nothing, getcwd's errors. */
int run_output_expand(const char *pattern, const struct run_output_names *names, char *to,
		      size_t room);

/* Moves an earlier path to path.old, and path.live to path.live.old. 0, or -1
 * with errno set: EEXIST if one of them is not a regular file. */
int run_output_step_aside(const char *path);

/* Creates path, 0600, not through a symbolic link, not an existing one.
 * The descriptor, or -1 with errno set. */
int run_output_create(const char *path);

/* True if path is the file behind fd. */
bool run_output_is_same(const char *path, int fd);

#endif
