/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pqueue.c -- children of i are 2i + 1 and 2i + 2.
 */
#include "analyzer/base/pqueue.h"

static bool is_before(const struct pqueue_item *a, const struct pqueue_item *b)
{
	return a->key != b->key ? a->key < b->key : a->value < b->value;
}

void pqueue_release(struct pqueue *queue)
{
	VEC_RELEASE(&queue->items);
}

void pqueue_reset(struct pqueue *queue)
{
	queue->items.n = 0;
}

void pqueue_push(struct pqueue *queue, uint64_t key, uint32_t value)
{
	struct pqueue_item item = { key, value };
	size_t i = queue->items.n;

	*VEC_PUSH(&queue->items) = item;
	for (; i > 0 && is_before(&item, &queue->items.at[(i - 1) / 2]); i = (i - 1) / 2)
		queue->items.at[i] = queue->items.at[(i - 1) / 2];
	queue->items.at[i] = item;
}

struct pqueue_item pqueue_first(const struct pqueue *queue)
{
	return queue->items.at[0];
}

static void sift_down(struct pqueue *queue, struct pqueue_item item)
{
	struct pqueue_item *at = queue->items.at;
	size_t n = queue->items.n, i = 0;

	for (size_t child = 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n && is_before(&at[child + 1], &at[child]))
			child++;
		if (!is_before(&at[child], &item))
			break;
		at[i] = at[child];
		i = child;
	}
	at[i] = item;
}

void pqueue_pop(struct pqueue *queue)
{
	struct pqueue_item last = queue->items.at[--queue->items.n];

	if (queue->items.n)
		sift_down(queue, last);
}

void pqueue_change_first(struct pqueue *queue, uint64_t key)
{
	struct pqueue_item item = { key, queue->items.at[0].value };

	sift_down(queue, item);
}

bool pqueue_stays_first(const struct pqueue *queue, uint64_t key)
{
	struct pqueue_item item = { key, queue->items.at[0].value };

	for (size_t child = 1; child < 3 && child < queue->items.n; child++)
		if (is_before(&queue->items.at[child], &item))
			return false;
	return true;
}
