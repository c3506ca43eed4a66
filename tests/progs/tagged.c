/* SPDX-License-Identifier: Apache-2.0 */
/* tagged: a list of 30 allocations of 32 bytes from make_node(), which a global holds. Every
 * pointer to one of them, the global's too, carries a tag:
 *
 *   none     none
 *   low      1 to 7 in turn, in the low 3 bits
 *   low4     1 to 15 in turn, in the low 4 bits
 *   high     1 to 15 in turn, in the top 16 bits
 */
#include "tests/progs/progs.h"

#include <stdlib.h>
#include <string.h>

enum { NODES = 30 };

static uintptr_t *volatile head;

APART static uintptr_t *make_node(void)
{
	uintptr_t *node = keep(calloc(1, 32));

	STAY();
	return node;
}

APART static uintptr_t tag(const char *how, unsigned n)
{
	if (!strcmp(how, "low"))
		return n % 7 + 1;
	if (!strcmp(how, "low4"))
		return n % 15 + 1;
	return strcmp(how, "high") ? 0 : (uintptr_t)(n % 15 + 1) << 48;
}

APART static void make_list(const char *how)
{
	uintptr_t last = 0;

	for (unsigned i = 0; i < NODES; i++) {
		uintptr_t *node = make_node();

		node[1] = last;
		last = (uintptr_t)node | tag(how, i);
	}
	head = (uintptr_t *)last;
}

/* What make_list left in registers and below on the stack goes. */
APART static void overwrite(void)
{
	volatile char below[65536];

	for (unsigned i = 0; i < sizeof below; i++)
		below[i] = 0;
}

int main(int argc, char **argv)
{
	make_list(argc > 1 ? argv[1] : "none");
	overwrite();
	return 0;
}
