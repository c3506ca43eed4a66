/* SPDX-License-Identifier: Apache-2.0 */
/*
 * annotations: says of its memory what its argument says, through memtrace.h, and
 * ends with status 0. What is lost is lost far below the frames live at the end. It
 * prints "errno changed" if a call changed errno, which none does.
 *
 *   marks     marks "start" once, "request" 3 times in each of 2 threads, and NULL
 *   type      2 of 48 bytes from make_typed(), lost, both called "Session"; 1 of 64 from
 *             make_holder(), held by a global, whose bytes from 16 on are a "Part"
 *   ignore    1 of 40 bytes from make_ignored(), lost and ignored; it holds 1 of 24 from
 *             make_member(). 1 of 56 from make_left(), lost, where an ignored one was
 *             freed before
 *   realloc   1 of 80000 bytes from make_grown(), lost; ignored when it had 16
 *   root      1 of 24 bytes from make_held(): only read-only shared memory points to it,
 *             which is a root; 1 of 32 from make_member(): only an allocation from
 *             make_table() does, which is lost, and a root
 *   unknown   ignores a variable and types it twice
 */
#include "tests/progs/progs.h"
#include "tracer/memtrace.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *volatile global;

#define MAKER(name) \
	APART static void **name(size_t size) \
	{ \
		void **made = keep(malloc(size)); \
		memset(made, 0, size); \
		return made; \
	}
MAKER(make_typed)
MAKER(make_holder)
MAKER(make_ignored)
MAKER(make_member)
MAKER(make_left)
MAKER(make_held)
MAKER(make_table)

APART static void **make_grown(void **old, size_t size)
{
	void **made = keep(realloc(old, size));

	STAY();
	return made;
}

static void *work(void *unused)
{
	for (int i = 0; i < 3; i++)
		memtrace_mark("request");
	return unused;
}

static void mark(void)
{
	pthread_t threads[2];

	memtrace_mark("start");
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			exit(1);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	memtrace_mark(NULL);
}

static void type(void)
{
	memtrace_type(make_typed(48), "Session");
	memtrace_type(make_typed(48), "Session");
	global = make_holder(64);
	memtrace_type((char *)global + 16, "Part");
}

static void ignore(void)
{
	void **ignored = make_ignored(40), **gone = make_ignored(56), **left;

	memtrace_ignore(ignored);
	ignored[2] = make_member(24);
	memtrace_ignore(gone);
	free(keep(gone));
	left = make_left(56);
	if (left != gone)
		exit(1);
}

static void grow(void)
{
	void **small = make_grown(NULL, 16);

	memtrace_ignore(small);
	make_grown(small, 80000);
}

static void declare_roots(void)
{
	void **shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	void **table = make_table(72);

	if (shared == MAP_FAILED)
		exit(1);
	shared[5] = make_held(24);
	mprotect(shared, 4096, PROT_READ);
	memtrace_root(shared, 4096);
	table[3] = make_member(32);
	memtrace_root(table, 72);
}

static void confuse(void)
{
	int variable;

	memtrace_ignore(&variable);
	memtrace_type(&variable, "int");
	memtrace_type(&variable, NULL);
	memtrace_ignore(NULL);
	memtrace_root(NULL, 100);
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

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } all[] = {
		{ "marks", mark }, { "type", type }, { "ignore", ignore }, { "realloc", grow },
		{ "root", declare_roots }, { "unknown", confuse },
	};

	errno = 4242;
	for (size_t i = 0; argc > 1 && i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(argv[1], all[i].name))
			far_below(all[i].run);
	if (errno != 4242)
		puts("errno changed");
	return 0;
}
