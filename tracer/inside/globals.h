/* SPDX-License-Identifier: Apache-2.0 */
/*
 * globals.h -- what the variables of a module held when it was unloaded.
 *
 * Before dlclose nobody can know whether it unloads, and what: so the words that
 * may be pointers are set aside for all that was loaded since the program started,
 * and told for what is gone after the call. Memory is read by a system call that
 * fails where a load would be fatal: another thread may be unloading, too.
 */
#ifndef TRACER_INSIDE_GLOBALS_H
#define TRACER_INSIDE_GLOBALS_H

#include "tracer/inside/state.h"

struct tr_globals;

/* handle is dlclose's, which need not be one. NULL: there is nothing to tell. */
struct tr_globals *tr_globals_take(struct tr_context *context, void *handle);
/* Writes MODULE_GLOBALS for each module that is gone. */
void tr_globals_tell(struct tr_context *context, struct tr_globals *globals);
void tr_globals_free(struct tr_globals *globals);

/* In a forked child: whoever was in dlclose is not there. */
void tr_globals_forked(void);

#endif
