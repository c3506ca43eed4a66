/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfree_by_name: frees 1 of 2 allocations of take() by cfree, where dlsym finds
 * one, else by free.
 */
#include "tests/progs/progs.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

APART static void *take(void)
{
	return keep(malloc(40));
}

int main(void)
{
	void (*release)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "cfree");

	take();
	if (!release)
		release = free;
	release(take());
	release(NULL);
	puts("released");
	return 0;
}
