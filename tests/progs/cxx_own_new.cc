/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cxx_own_new: the program's own operator new, over malloc, stays the one that
 * is called: 5 objects by make(), 2 kept.
 * build: -std=c++17
 */
#include "tests/progs/progs.h"

#include <cstdio>
#include <cstdlib>
#include <new>

static int n_new, n_delete;

void *operator new(std::size_t n)
{
	n_new++;
	return std::malloc(n);
}

void operator delete(void *p) noexcept
{
	n_delete++;
	std::free(p);
}

void operator delete(void *p, std::size_t) noexcept
{
	n_delete++;
	std::free(p);
}

struct thing {
	long words[4];
};

APART static thing *make()
{
	return static_cast<thing *>(keep(new thing()));
}

int main()
{
	thing *things[5];

	for (thing *&t : things)
		t = make();
	for (int i = 2; i < 5; i++)
		delete things[i];
	std::printf("%d new, %d delete\n", n_new, n_delete);
	return 0;
}
