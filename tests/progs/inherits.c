/* SPDX-License-Identifier: Apache-2.0 */
/* inherits: a forked child that ends with exit, and its parent after it. What each
 * makes and holds is by what its argument says:
 *
 *   last      the child loses 33 bytes from make_own(), its only allocation
 *   list      the child hangs 40 bytes from make_own() on a list that its parent made and
 *             a global holds: 24 bytes from make_list()
 *   lost      the child hangs 40 bytes from make_own(), which hold 48 from make_next(), on
 *             24 bytes from make_list() that nobody holds
 *   freed     the child writes where 40 bytes from make_own() are into what its parent made
 *             and the child then freed: 256 bytes from make_list()
 *   grown     as list, by a child of the child, while the others free the list
 *   own_ring  the child makes 32 and 48 bytes that hold each other, and hold 24 from
 *             make_list() that nobody else holds
 */
#include "tests/progs/progs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void **volatile global;
/* The complement of an address is none. */
static volatile uintptr_t hidden;

#define MAKER(name) \
	APART static void **name(size_t size) \
	{ \
		void **made = keep(calloc(1, size)); \
		STAY(); \
		return made; \
	}
MAKER(make_own)
MAKER(make_next)
MAKER(make_list)

APART static void far_below(void (*run)(void))
{
	char room[65536];

	keep(room);
	run();
	STAY();
	keep(room);
}

APART static void nothing(void)
{
	STAY();
}

APART static void make_global(void)
{
	global = make_list(24);
}

APART static void make_hidden(void)
{
	hidden = ~(uintptr_t)make_list(24);
}

APART static void make_big(void)
{
	global = make_list(256);
}

APART static void lose_last(void)
{
	make_own(33);
}

APART static void hang_on_list(void)
{
	global[1] = make_own(40);
}

APART static void hang_on_hidden(void)
{
	void **holder = (void **)~hidden;

	holder[1] = make_own(40);
	((void **)holder[1])[2] = make_next(48);
}

APART static void leave_in_freed(void)
{
	global[16] = make_own(40);
	free(global);
	global = NULL;
}

APART static void make_ring(void)
{
	void **one = make_own(32), **other = make_next(48);

	one[1] = other;
	other[1] = one;
	one[2] = (void *)~hidden;
}

static void let_go(void)
{
	free(global);
	global = NULL;
}

/* A child of the child; what lies between frees its own before that goes on. */
static int grow(void (*run)(void))
{
	int ends[2];
	char byte = 0;

	if (pipe(ends))
		return 1;
	if (fork()) {
		let_go();
		close(ends[0]);
		if (write(ends[1], &byte, 1) != 1)
			return 1;
		wait(NULL);
		return 0;
	}
	if (read(ends[0], &byte, 1) != 1)
		return 1;
	far_below(run);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*before)(void), (*in_child)(void); } all[] = {
		{ "last", nothing, lose_last }, { "list", make_global, hang_on_list },
		{ "lost", make_hidden, hang_on_hidden }, { "freed", make_big, leave_in_freed },
		{ "grown", make_global, hang_on_list }, { "own_ring", make_hidden, make_ring },
	};
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(name, all[i].name))
			continue;
		far_below(all[i].before);
		if (fork()) {
			let_go();
			wait(NULL);
		} else if (!strcmp(name, "grown")) {
			return grow(all[i].in_child);
		} else {
			far_below(all[i].in_child);
		}
	}
	return 0;
}
