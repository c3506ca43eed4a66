/* SPDX-License-Identifier: Apache-2.0 */
/* stale_words: loses allocations that words nobody wrote on purpose still point to. Valgrind
 * knows those words as undefined, and calls all of this lost.
 *
 *   1 of 24 bytes from make_in_slot(), in an array of a live frame that was not written
 *   1 of 40 bytes from make_in_word(), in an allocation that was not written, which a
 *     global holds
 *   2 of 56 bytes from make_lost(), which nothing points to
 */
#include "tests/progs/progs.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_WORDS = 512, WORD = 5 };

static void *volatile *volatile global;

#define MAKER(name) \
	APART static void *name(size_t size) \
	{ \
		void *made = keep(calloc(1, size)); \
		STAY(); \
		return made; \
	}
MAKER(make_in_slot)
MAKER(make_in_word)
MAKER(make_lost)

/* Leaves a pointer in what becomes the middle of another frame. */
APART static void leave_slot(void)
{
	void *volatile room[ROOM_WORDS];

	for (int i = 0; i < ROOM_WORDS; i++)
		room[i] = NULL;
	room[ROOM_WORDS / 2] = make_in_slot(24);
	STAY();
}

APART static void leave_word(void)
{
	void *volatile *was = malloc(80);

	was[WORD] = make_in_word(40);
	free(keep((void *)was));
	global = malloc(80);
}

APART static void lose(void)
{
	char room[16384];

	memset(room, 0, sizeof room);
	keep(room);
	keep(make_lost(56));
	keep(make_lost(56));
	memset(room, 0, sizeof room);
	keep(room);
	STAY();
}

APART static void end(void)
{
	void *volatile room[ROOM_WORDS];

	keep((void *)room);
	exit(0);
}

int main(void)
{
	lose();
	leave_word();
	leave_slot();
	end();
	return 0;
}
