// SPDX-License-Identifier: Apache-2.0
// uncaught: loses 48 bytes of make_lost(), then throws what nobody catches.
#include "tests/progs/progs.h"

#include <cstdlib>
#include <stdexcept>
#include <sys/resource.h>

APART static void make_lost()
{
	keep(std::malloc(48));
	STAY();
}

APART static void scrub()
{
	char volatile room[16384];

	for (unsigned i = 0; i < sizeof(room); i++)
		room[i] = 0;
}

APART static void throw_it()
{
	throw std::runtime_error("nobody catches this");
}

int main()
{
	struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	make_lost();
	scrub();
	throw_it();
}
