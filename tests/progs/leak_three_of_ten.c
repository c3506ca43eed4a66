/* SPDX-License-Identifier: Apache-2.0 */
/* leak_three_of_ten: 10 allocations of 16 bytes from make_node(), 3 never freed. */
#include "tests/progs/progs.h"

#include <stdlib.h>

APART static void *make_node(void)
{
	return keep(malloc(16));
}

int main(void)
{
	void *nodes[10];

	for (int i = 0; i < 10; i++)
		nodes[i] = make_node();
	for (int i = 3; i < 10; i++)
		free(nodes[i]);
	for (int i = 0; i < 10; i++)
		nodes[i] = NULL;
	keep(nodes);
	return 0;
}
