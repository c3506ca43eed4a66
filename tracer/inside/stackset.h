/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stackset.h -- which stacks have a number already.
 *
 * A set of 64-bit hashes of whole stacks, shared by all threads without a lock.
 * It holds no frames: those went into the trace when the number was given. Two
 * of ten million stacks collide with a probability of 3 in a million.
 */
#ifndef TRACER_INSIDE_STACKSET_H
#define TRACER_INSIDE_STACKSET_H

#include <stdint.h>

/* The number of the stack with this hash, or 0. */
uint32_t tr_stackset_find(uint64_t hash);
/* A number nobody has yet. */
uint32_t tr_stackset_new_id(void);
/* Makes the number findable, which the caller does once the definition is in
 * the trace. When another thread was first, or there is no memory for more,
 * nothing happens: the stack then has two numbers, which a reader merges. */
void tr_stackset_add(uint64_t hash, uint32_t id);
/* The last number given. */
uint32_t tr_stackset_last_id(void);

#endif
