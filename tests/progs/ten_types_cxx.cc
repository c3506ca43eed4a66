/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ten_types_cxx: objects by new, in functions named make_TYPE, and never freed:
 * plain, with a constructor, in a namespace, an array, a derived class as its base,
 * and what std::vector allocates for itself.
 * build: -std=c++17
 */
#include "tests/progs/progs.h"

#include <vector>

struct plain { long a[4]; };
struct built { built(int n) { a[0] = n; } long a[5]; };
namespace shop { struct order { long a[6]; }; }
struct item { long a[7]; };
struct shape { virtual ~shape() {} long a[8]; };
struct circle : shape { long radius[2]; };
struct entry { long a[9]; };

APART static void store(void *p)
{
	keep(p);
}

APART static void make_plain()
{
	plain *p = new plain;

	store(p);
}

APART static void make_built()
{
	built *p = new built(3);

	store(p);
}

APART static shop::order *make_order()
{
	shop::order *p = new shop::order();

	STAY();
	return p;
}

APART static void make_items()
{
	item *p = new item[4];

	store(p);
}

APART static void make_circle()
{
	shape *p = new circle();

	store(p);
}

APART static void make_entries()
{
	std::vector<entry> &entries = *new std::vector<entry>;

	entries.reserve(3);
	store(entries.data());
}

int main()
{
	make_plain();
	make_built();
	store(make_order());
	make_items();
	make_circle();
	make_entries();
	return 0;
}
