/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errors_state.h -- what a replay remembers for errors.c. Only analyzer/heap
 * includes this.
 */
#ifndef ANALYZER_HEAP_ERRORS_STATE_H
#define ANALYZER_HEAP_ERRORS_STATE_H

#include "analyzer/heap/errors.h"

/* The latest release of an address. */
struct an_freed {
	uint64_t addr;               /* 0: none */
	uint64_t size;
	uint32_t site;
	uint32_t free_stack;         /* id */
};

/*
 * What a process freed last, by a hash of the address. A newer address takes the
 * place of an older one, so memory stays bounded and an old double free may be
 * forgotten, but what is there is the latest free of its address: an address
 * that is allocated again is live, and freed again it is overwritten here.
 */
struct an_freed_cache {
	struct an_freed *slots;
	uint32_t n_slots;            /* a power of two, or 0 */
	uint32_t n_filled;
};

/* Wrong releases with the same key: what is above n. Stacks are ids until
 * an_errors_resolve. */
struct an_error_state {
	uint8_t kind, release;
	uint32_t process;            /* index of this replay */
	uint32_t site;               /* of the allocation, or AN_NONE */
	uint32_t free_stack, first_free_stack;
	uint64_t n, bytes;
	uint64_t addr, size, ticks;
	uint64_t declared_size, offset;
	uint8_t declared_align_log2;
	bool is_align_wrong;
	uint32_t module;             /* of the session, or AN_NONE */
};

/* A release of what was not live. What it was is decided at the end. */
struct an_stray {
	struct an_error_state error; /* kind: what it would be */
	uint32_t thread;
	uint64_t number;             /* of the thread's events */
	bool is_intent;
	bool has_evidence;           /* freed before, or inside an allocation */
	bool is_orderly;             /* no order was impossible so far */
};

#endif
