/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.h -- can the program that is about to be started take the library?
 *
 * A static or set-uid one ignores LD_PRELOAD but would see our variables in its
 * environment; a loader for another class of ELF prints an error about the
 * library on the program's stderr. They get the environment as it was given.
 */
#ifndef TRACER_INSIDE_TARGET_H
#define TRACER_INSIDE_TARGET_H

#include <stdbool.h>

/* False only if it surely cannot: when in doubt the exec itself will tell.
 * is_search: path is a name to be looked up in the PATH of environ. Opens a
 * descriptor for a moment. */
bool tr_target_takes_us(const char *path, bool is_search);

#endif
