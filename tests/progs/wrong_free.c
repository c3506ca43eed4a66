/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong_free HOW: allocates 48 bytes in make() and releases something wrongly in
 * wrong():
 *   twice     frees it twice, which the C library notices and aborts
 *   grown     reallocates it after it was freed, which goes unnoticed
 *   inside    frees the address 16 bytes into it; aborts
 *   static    frees a static variable; aborts
 *   stack     frees a local variable; aborts
 *   sound     frees it once
 * build: -Wno-use-after-free -Wno-free-nonheap-object
 */
#include "tests/progs/progs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static long variable[8];

APART static void *make(void)
{
	void *p = keep(malloc(48));

	STAY();
	return p;
}

APART static void first(void *p)
{
	free(keep(p));
	STAY();
}

APART static void wrong(void *p, int is_realloc)
{
	if (is_realloc)
		keep(realloc(keep(p), 4096));
	else
		free(keep(p));
	STAY();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "sound";
	long local[8] = { 0 };
	char *p = make();

	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	if (!strcmp(how, "twice") || !strcmp(how, "grown"))
		first(p);
	if (!strcmp(how, "twice"))
		wrong(p, 0);
	else if (!strcmp(how, "grown"))
		wrong(p, 1);
	else if (!strcmp(how, "inside"))
		wrong(p + 16, 0);
	else if (!strcmp(how, "static"))
		wrong(variable + 2, 0);
	else if (!strcmp(how, "stack"))
		wrong(local + 2, 0);
	else
		wrong(p, 0);
	return 0;
}
