/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errors.h -- releases that were wrong, as a session tells them. Included by
 * model.h.
 *
 * What is said here must be true, so the rule is what has to hold before
 * anything is said of a free whose address was not live:
 *
 *   double-free    the address was freed before, nothing was allocated there
 *                  since, and every free of the image whose allocation was not
 *                  seen is explained (else somebody allocates past the hooks)
 *   invalid-free   of an image that is no forked child: the address lies inside
 *                  a live allocation (and all such frees are explained), or
 *                  inside a loaded module
 *   either         also if it was the thread's last event and a signal of the
 *                  kind that allocators end with ended the image
 *
 * and nothing of the image was dropped, no piece of the trace is missing, and no
 * order was impossible up to then. What is left is counted as unknown, not as
 * an error: it may be older than the recording or come from elsewhere.
 *
 *   mismatched-free   new by free or realloc, malloc and the like by delete, one
 *                     object by delete[], an array by delete
 *   wrong-size        a delete that declares another size or alignment
 *
 * Both sides of these went through the hooks. A module that brings its own
 * operators, as with -static-libstdc++, calls malloc in one and free in the
 * other: what such a module may have to do with is not reported.
 */
#ifndef ANALYZER_HEAP_ERRORS_H
#define ANALYZER_HEAP_ERRORS_H

#include <stdbool.h>
#include <stdint.h>

enum an_error_kind {
	AN_ERROR_DOUBLE_FREE,
	AN_ERROR_INVALID_FREE,
	AN_ERROR_MISMATCHED_FREE,
	AN_ERROR_WRONG_SIZE,
	AN_N_ERRORS,
};

/* How something was released. */
enum an_release {
	AN_RELEASE_FREE,
	AN_RELEASE_REALLOC,
	AN_RELEASE_DELETE,
	AN_RELEASE_DELETE_ARRAY,
};

/* Errors of one kind by one process at the same stacks. */
struct an_error {
	uint8_t kind;                /* enum an_error_kind */
	uint8_t release;             /* enum an_release */
	uint32_t process;            /* index */
	uint32_t stack;              /* of the allocation; 0: unknown, or there was none */
	uint32_t free_stack;         /* of the wrong release; 0: not recorded */
	uint32_t first_free_stack;   /* double free: of the release before; 0: likewise */
	uint32_t module;             /* invalid free: the module it points into, or AN_NONE */
	uint64_t n;
	uint64_t bytes;              /* of the allocations, summed */
	/* The first one: */
	uint64_t addr, size, time_ns;
	uint64_t declared_size;      /* wrong size */
	uint8_t declared_align_log2;
	bool is_align_wrong;         /* the alignment is what is wrong */
	uint64_t offset;             /* invalid free: into the allocation, or 0 */
};

/* The word of the contract, "double-free". */
const char *an_error_name(enum an_error_kind kind);
/* "free", "realloc", "operator delete", "operator delete[]". */
const char *an_release_name(enum an_release release);

#endif
