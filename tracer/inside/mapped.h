/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapped.h -- which memory an allocator that is not libc's has mapped for itself.
 *
 * What such an allocator notes there, and what it has taken back, looks like
 * anybody's memory: its caches alone would hold every allocation that is lost. So
 * its calls of mmap are told by who makes them, and the snapshot takes what they gave
 * for heap. In doubt memory is the program's: then a leak is missed, not invented.
 */
#ifndef TRACER_INSIDE_MAPPED_H
#define TRACER_INSIDE_MAPPED_H

#include <stdbool.h>
#include <stdint.h>

/* [start, end) is mapped by the allocator, or else: by another, or is about to be
 * unmapped. From any thread. */
void tr_mapped_add(uintptr_t start, uintptr_t end, bool is_allocators);
/* Whether it is the allocator's at an address; *until: as far as that holds. */
bool tr_mapped_is(uintptr_t at, uintptr_t *until);

#endif
