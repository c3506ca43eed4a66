/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ten_types: a structure in each way people allocate one in C, by functions named
 * make_TYPE, and never freed: one, zeroed, an array, through wrappers, for a member,
 * as the result. make_bytes and make_either allocate what has no certain type.
 */
#include "tests/progs/progs.h"

#include <stdlib.h>
#include <string.h>

struct one { long a[3]; struct one *next; };                 /* 32 bytes */
struct two { char name[36]; int n; };                        /* 40 */
struct three { double x, y, z; struct { struct three *up, *down; } links; int tags[2]; }; /* 48 */
struct four { struct four *left, *right; long key[5]; };     /* 56 */
struct five { long a[9]; };                                  /* 72 */
struct six { long a[10]; };                                  /* 80 */
typedef struct { long a[11]; } seven;                        /* 88 */
struct eight { long a[12]; };                                /* 96 */
struct nine { long a[13]; };                                 /* 104 */
struct ten { long a[14]; };                                  /* 112 */
struct box { struct nine *inside; long n; };

APART static void store(void *p)
{
	keep(p);
}

APART static void *xmalloc(size_t n)
{
	void *p = malloc(n);

	if (!p)
		abort();
	STAY();
	return p;
}

APART static void *xzalloc(size_t n)
{
	void *p = xmalloc(n);

	memset(p, 0, n);
	STAY();
	return p;
}

APART static void make_one(void)
{
	struct one *p = malloc(sizeof *p);

	store(p);
}

APART static void make_two(void)
{
	struct two *p;

	p = calloc(1, sizeof *p);
	store(p);
}

APART static void make_three(void)
{
	struct three *p = malloc(5 * sizeof *p);

	store(p);
}

APART static void make_four(void)
{
	struct four *p = xmalloc(sizeof *p);

	store(p);
}

APART static void make_five(void)
{
	struct five *p = xzalloc(sizeof *p);

	store(p);
}

APART static struct six *make_six(void)
{
	struct six *p = malloc(sizeof(struct six));

	STAY();
	return p;
}

APART static void make_seven(void)
{
	seven *p = calloc(3, sizeof(seven));

	store(p);
}

static inline struct eight *fresh(void)
{
	return malloc(sizeof(struct eight));
}

APART static void make_eight(void)
{
	store(fresh());
}

APART static void make_nine(struct box *box)
{
	box->inside = malloc(sizeof *box->inside);
	store(box->inside);
}

APART static void make_ten(void)
{
	struct ten *p = realloc(keep(NULL), sizeof *p);

	store(p);
}

APART static void make_bytes(size_t n)
{
	char *text = malloc(n);

	store(text);
}

/* Two types of one size: nobody can tell. */
struct left { long a[15]; };
struct right { long a[15]; };
APART static void make_either(int is_left)
{
	struct left *left;
	struct right *right;

	left = NULL;
	right = NULL;
	if (is_left)
		left = xmalloc(120);
	else
		right = xmalloc(120);
	store(left ? (void *)left : (void *)right);
}

int main(int argc, char **argv)
{
	struct box box = { NULL, 0 };

	(void)argv;
	make_one();
	make_two();
	make_three();
	make_four();
	make_five();
	store(make_six());
	make_seven();
	make_eight();
	make_nine(&box);
	make_ten();
	make_bytes(960);
	make_either(argc);
	return 0;
}
