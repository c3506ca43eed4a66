/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cxx_forms: each of the 8 forms of new keeps one object in keeps() (in all 8
 * allocations and 8 * 100 bytes) and releases one in releases() by each of the
 * 12 forms of delete (12 allocations, 12 frees).
 * build: -std=c++17
 */
#include "tests/progs/progs.h"

#include <cstdio>
#include <new>

enum { SIZE = 100 };
static const std::align_val_t wide{64};
static void *kept[8];

APART static void keeps()
{
	int i = 0;
	kept[i++] = operator new(SIZE);
	kept[i++] = operator new[](SIZE);
	kept[i++] = operator new(SIZE, std::nothrow);
	kept[i++] = operator new[](SIZE, std::nothrow);
	kept[i++] = operator new(SIZE, wide);
	kept[i++] = operator new[](SIZE, wide);
	kept[i++] = operator new(SIZE, wide, std::nothrow);
	kept[i++] = operator new[](SIZE, wide, std::nothrow);
}

APART static void releases()
{
	operator delete(keep(operator new(SIZE)));
	operator delete(keep(operator new(SIZE)), (std::size_t)SIZE);
	operator delete(keep(operator new(SIZE)), std::nothrow);
	operator delete[](keep(operator new[](SIZE)));
	operator delete[](keep(operator new[](SIZE)), (std::size_t)SIZE);
	operator delete[](keep(operator new[](SIZE)), std::nothrow);
	operator delete(keep(operator new(SIZE, wide)), wide);
	operator delete(keep(operator new(SIZE, wide)), (std::size_t)SIZE, wide);
	operator delete(keep(operator new(SIZE, wide)), wide, std::nothrow);
	operator delete[](keep(operator new[](SIZE, wide)), wide);
	operator delete[](keep(operator new[](SIZE, wide)), (std::size_t)SIZE, wide);
	operator delete[](keep(operator new[](SIZE, wide)), wide, std::nothrow);
	operator delete(nullptr);
	operator delete[](nullptr);
}

int main()
{
	keeps();
	releases();
	int aligned = 0;
	for (int i = 4; i < 8; i++)
		aligned += (uintptr_t)keep(kept[i]) % 64 == 0;
	std::printf("%d aligned\n", aligned);
	return 0;
}
