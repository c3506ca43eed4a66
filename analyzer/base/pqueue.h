/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pqueue.h -- the smallest of many, again and again: a binary heap of
 * (key, value), smallest key first, smallest value among equal keys, so that
 * the order is the same in every run. A zeroed queue is empty.
 */
#ifndef ANALYZER_BASE_PQUEUE_H
#define ANALYZER_BASE_PQUEUE_H

#include "analyzer/base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct pqueue_item {
	uint64_t key;
	uint32_t value;
};

struct pqueue {
	VEC(struct pqueue_item) items;
};

void pqueue_release(struct pqueue *queue);
void pqueue_reset(struct pqueue *queue);
void pqueue_push(struct pqueue *queue, uint64_t key, uint32_t value);
/* The three below want a queue that is not empty. */
struct pqueue_item pqueue_first(const struct pqueue *queue);
void pqueue_pop(struct pqueue *queue);
/* Gives the first one another key. */
void pqueue_change_first(struct pqueue *queue, uint64_t key);
/* Would the first one, with this key, still be first? */
bool pqueue_stays_first(const struct pqueue *queue, uint64_t key);

#endif
