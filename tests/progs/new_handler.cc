/* SPDX-License-Identifier: Apache-2.0 */
/*
 * new_handler: keeps a reserve of 100000 bytes from reserve_take(), which the
 * new_handler frees when a new of more than there can be fails; the second call
 * of the handler gives up. At the end 1 object of 30 bytes from lives() is live,
 * and nothing of the reserve.
 */
#include "tests/progs/progs.h"

#include <cstdio>
#include <cstdlib>
#include <new>

static void *reserve;

APART static void *reserve_take()
{
	return keep(std::malloc(100000));
}

APART static void lives()
{
	keep(operator new(30));
}

static void handler()
{
	if (!reserve)
		std::set_new_handler(nullptr);
	std::free(reserve);
	reserve = nullptr;
}

int main()
{
	reserve = reserve_take();
	std::set_new_handler(handler);
	try {
		keep(operator new((std::size_t)keep((void *)(PTRDIFF_MAX - 4096L))));
	} catch (const std::bad_alloc &e) {
		std::puts(e.what());
	}
	lives();
	return 0;
}
