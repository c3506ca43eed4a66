/* SPDX-License-Identifier: Apache-2.0 */
/* held_where: makes what its argument says, and keeps it in one place only; what goes away
 * does so 64 kB further down the stack than the frames that are live at the end.
 *
 *   private       24 bytes from make_one(), held by memory mapped private
 *   shared        24 bytes from make_one(), held by memory mapped shared
 *   unmapped      24 bytes from make_one(), held by memory that was mapped and is no more
 *   intrusive     30 of 64 bytes from make_link(), each held by the link inside of the one
 *                 before it, at offset 24; a global holds the first one's link
 *   intrusive_lost   the same list, which nobody holds
 *   few_links     the same as intrusive, of 5
 *   zero          4 of 0 bytes from make_one(), each held by a word of a global
 *   zero_lost     4 of 0 bytes from make_one(), which nobody holds
 *   past          24 bytes from make_one(), which malloc gives 24 and no more; a global holds
 *                 the address behind its last
 */
#include "tests/progs/progs.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct link {
	struct link *next;
};
struct item {
	char text[24];
	struct link link;
	char more[32];
};

static void *volatile global[4];
static struct link *volatile head;

APART static void *make_one(size_t size)
{
	void *made = keep(malloc(size));

	STAY();
	return made;
}

APART static struct item *make_link(void)
{
	struct item *made = keep(calloc(1, sizeof(*made)));

	STAY();
	return made;
}

APART static void far_below(void (*run)(void))
{
	char room[65536];

	keep(room);
	run();
	STAY();
	keep(room);
}

static void *volatile *map(int flags)
{
	void *mapped = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	if (mapped == MAP_FAILED)
		exit(1);
	return mapped;
}

APART static void hold_private(void)
{
	map(MAP_PRIVATE)[1000] = make_one(24);
}

APART static void hold_shared(void)
{
	map(MAP_SHARED)[1000] = make_one(24);
}

APART static void unmap(void)
{
	void *volatile *mapped = map(MAP_PRIVATE);

	mapped[1000] = make_one(24);
	if (munmap((void *)mapped, 1 << 16))
		exit(1);
}

static struct link *make_list(unsigned n)
{
	struct link *first = NULL;

	while (n--) {
		struct item *item = make_link();

		item->link.next = first;
		first = &item->link;
	}
	return first;
}

APART static void hold_list(void)
{
	head = make_list(30);
}

APART static void lose_list(void)
{
	keep(make_list(30));
	STAY();
}

APART static void hold_few(void)
{
	head = make_list(5);
}

APART static void hold_zero(void)
{
	for (int i = 0; i < 4; i++)
		global[i] = make_one(0);
}

APART static void lose_zero(void)
{
	for (int i = 0; i < 4; i++)
		make_one(0);
}

APART static void hold_end(void)
{
	global[0] = (char *)make_one(24) + 24;
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } all[] = {
		{ "private", hold_private }, { "shared", hold_shared }, { "unmapped", unmap },
		{ "intrusive", hold_list }, { "intrusive_lost", lose_list },
		{ "few_links", hold_few }, { "zero", hold_zero }, { "zero_lost", lose_zero },
		{ "past", hold_end },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(argv[1], all[i].name))
			far_below(all[i].run);
	return 0;
}
