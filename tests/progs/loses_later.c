/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loses_later: a global holds a struct map from make_map(), which holds the only pointer to
 * a struct node of make_node(). After a first line on its input drop_map() frees the
 * map: the node is lost. After a second line it ends. It says "ready" and its pid, then
 * "lost".
 */
#include "tests/progs/progs.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct node { long key[5]; };
struct map { struct node *first; long n; };

static struct map *volatile names;

APART static struct node *make_node(void)
{
	struct node *node = keep(calloc(1, sizeof *node));

	STAY();
	return node;
}

APART static void make_map(void)
{
	struct map *map = keep(malloc(sizeof *map));

	map->first = make_node();
	map->n = 1;
	names = map;
	STAY();
}

APART static void drop_map(void)
{
	free(names);
	names = NULL;
	STAY();
}

/* Runs it where no later frame of main's looks. */
APART static void far_below(void (*run)(void))
{
	char room[65536];

	keep(room);
	run();
	STAY();
	keep(room);
}

APART static void wait_for_line(void)
{
	char c;

	while (read(0, &c, 1) == 1 && c != '\n')
		;
}

int main(void)
{
	far_below(make_map);
	dprintf(1, "ready %d\n", (int)getpid());
	wait_for_line();
	far_below(drop_map);
	dprintf(1, "lost\n");
	wait_for_line();
	return 0;
}
