/* SPDX-License-Identifier: Apache-2.0 */
/* state.c -- the one place where the library's state lies; see state.h. */
#include "tracer/inside/state.h"

struct tr_state tr;

__thread struct tr_thread *tr_self;
__thread uint32_t tr_depth;
__thread uintptr_t tr_inside;
__thread uint64_t tr_fork_token;
