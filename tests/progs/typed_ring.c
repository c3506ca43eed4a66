/* SPDX-License-Identifier: Apache-2.0 */
/* typed_ring: loses 3 rings of two nodes of 32 bytes, made by make_node(), each the
 * other's next (offset 0) and prev (offset 8). */
#include "tests/progs/progs.h"

#include <stdlib.h>

struct Node {
	struct Node *next, *prev;
	long number;
	char *name;
};

APART static struct Node *make_node(void)
{
	struct Node *node = keep(calloc(1, sizeof(*node)));

	STAY();
	return node;
}

/* Runs where no later frame of main's looks. */
APART static void lose_rings(void)
{
	char room[65536];

	keep(room);
	for (int i = 0; i < 3; i++) {
		struct Node *one = make_node(), *other = make_node();

		one->next = one->prev = other;
		other->next = other->prev = one;
	}
	STAY();
	keep(room);
}

int main(void)
{
	lose_rings();
	return 0;
}
