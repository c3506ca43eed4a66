/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong_delete HOW: make() allocates 3 times, and each is released in a way that
 * the C library does not mind and C++ does not allow; "sound": in the right one.
 * build: -std=c++17 -w
 */
#include "tests/progs/progs.h"

#include <cstdlib>
#include <cstring>
#include <new>

struct small {
	long words[4];
};

APART static void *make(int how)
{
	void *p = how == 0 ? std::malloc(sizeof(small))
		: how == 1 ? operator new(sizeof(small))
		: how == 2 ? operator new[](sizeof(small))
			   : operator new(sizeof(small), std::align_val_t(64));

	STAY();
	return keep(p);
}

APART static void wrong(const char *how, void *(*from)(int))
{
	if (!std::strcmp(how, "malloc_delete"))
		operator delete(from(0));
	else if (!std::strcmp(how, "new_free"))
		std::free(from(1));
	else if (!std::strcmp(how, "new_realloc"))
		std::free(keep(std::realloc(from(1), 4096)));
	else if (!std::strcmp(how, "new_delete_array"))
		operator delete[](from(1));
	else if (!std::strcmp(how, "array_delete"))
		operator delete(from(2));
	else if (!std::strcmp(how, "size"))
		operator delete(from(1), sizeof(small) - 8);
	else if (!std::strcmp(how, "align"))
		operator delete(from(3), std::align_val_t(32));
	else
		operator delete(from(1), sizeof(small));
	STAY();
}

int main(int argc, char **argv)
{
	for (int i = 0; i < 3; i++)
		wrong(argc > 1 ? argv[1] : "sound", make);
	return 0;
}
