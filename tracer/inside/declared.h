/* SPDX-License-Identifier: Apache-2.0 */
/*
 * declared.h -- memory that the program declared to be roots (memtrace_root) and
 * that a snapshot must therefore look at, though it would not by itself: what is
 * read-only, or what a device shows.
 *
 * The list only grows, in memory that a forked child has, too. Memory that has gone
 * since is not in /proc/thread-self/maps, and so is never touched.
 */
#ifndef TRACER_INSIDE_DECLARED_H
#define TRACER_INSIDE_DECLARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TR_DECLARED_MAX = 1024 };

/* False: the list is full. */
bool tr_declared_add(uintptr_t start, uintptr_t end);
/* The part of [start, end) that was declared and lies lowest, at or after *at: moves
 * *at to its start and returns its end; 0: there is none. */
uintptr_t tr_declared_next(uintptr_t *at, uintptr_t end);

#endif
