/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held_types: a global holds one struct table of make_table(), whose 4 buckets are
 * lists of 5 struct node each from make_node(); each node holds 100 bytes of
 * make_body(). 3 more nodes, one list, are lost. So of 23 nodes 20 are reachable, 4
 * are held by the table, 18 by the node before, one by nobody.
 */
#include "tests/progs/progs.h"

#include <stdlib.h>

struct node { struct node *next; char *body; long key; };
struct table { long n; struct node *buckets[4]; };

static struct table *volatile names;

APART static struct table *make_table(void)
{
	struct table *table = keep(calloc(1, sizeof *table));

	STAY();
	return table;
}

APART static char *make_body(void)
{
	char *body = keep(malloc(100));

	STAY();
	return body;
}

APART static struct node *make_node(struct node *next)
{
	struct node *node = keep(malloc(sizeof *node));

	node->next = next;
	node->body = make_body();
	node->key = 1;
	STAY();
	return node;
}

APART static void lose(void)
{
	struct node *node = NULL;

	for (int i = 0; i < 3; i++)
		node = make_node(node);
	keep(node);
	node = NULL;
	keep(node);
}

APART static void far_below(void)
{
	char room[65536];

	keep(room);
	lose();
	STAY();
	keep(room);
}

APART static void fill(void)
{
	names = make_table();
	for (int i = 0; i < 20; i++)
		names->buckets[i % 4] = make_node(names->buckets[i % 4]);
	STAY();
}

int main(void)
{
	far_below();
	fill();
	return 0;
}
