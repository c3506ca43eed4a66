/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle.h -- the second opinion on a stack: libunwind, in a library of its own
 * (libmemtrace-oracle.so), loaded only when it is asked for.
 *
 * It may take the loader's lock, open descriptors and change errno: it is for
 * verification, not for recording. It must not be called from inside itself;
 * what it allocates comes back to the hooks, which have to let it pass.
 */
#ifndef TRACER_INSIDE_ORACLE_H
#define TRACER_INSIDE_ORACLE_H

#include <stdint.h>

/*
 * Fills frames with at most room return addresses, innermost first, and returns
 * how many. The first lie in the library's own functions and in the hook: the
 * caller looks for the address it knows as its frame 0 and takes what follows.
 * The address of an interrupted instruction stands as it is, like the others.
 */
typedef int (*tr_oracle_fn)(uintptr_t *frames, int room);

/* The name to look up. */
#define TR_ORACLE_SYMBOL "tr_oracle_walk"

int tr_oracle_walk(uintptr_t *frames, int room);

#endif
