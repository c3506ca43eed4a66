// SPDX-License-Identifier: Apache-2.0
// build: -D_GLIBCXX_USE_CXX11_ABI=0
// heuristics: one allocation that a global points into, in the way its argument
// says; made and held 64 kB further down the stack than the frames that are live at
// the end. (The build option: strings of the old kind, which share their contents.)
//
//   string       a string's contents, behind length, capacity and references
//   length       4000 bytes behind their number
//   array        3 objects of 24 bytes with destructors by new[], behind their number
//   inheritance  an object by its second base
//   no_length    4000 bytes behind a word that is no number of them
//   no_vtable    an object without virtual functions by its second base
//   lost         objects of three classes: 5 of Both, 2 of Second, nobody holds them
#include "tests/progs/progs.h"

#include <cstdlib>
#include <cstring>
#include <string>

struct Destroyed {
	~Destroyed() { keep(this); }
	long values[3];
};

struct First {
	virtual ~First() {}
	long one = 1;
};
struct Second {
	virtual ~Second() {}
	long two = 2;
};
struct Both : First, Second {
	long three = 3;
};

struct PlainFirst { long one = 0; };
struct PlainSecond { long two = 0; };
struct PlainBoth : PlainFirst, PlainSecond { long three = 0; };

static std::string *volatile held_string;
static void *volatile held;

APART static void make_string()
{
	static char room[sizeof(std::string)];

	held_string = new (room) std::string("a text of forty bytes, without its zero");
	STAY();
}

APART static void make_length()
{
	size_t *made = static_cast<size_t *>(std::calloc(1, 4008));

	made[0] = 4000;
	held = made + 1;
	STAY();
}

APART static void make_no_length()
{
	size_t *made = static_cast<size_t *>(std::calloc(1, 4008));

	made[0] = 3999;
	held = made + 1;
	STAY();
}

APART static void make_array()
{
	held = new Destroyed[3];
	STAY();
}

APART static void make_both()
{
	held = static_cast<Second *>(new Both);
	STAY();
}

APART static void make_plain()
{
	held = static_cast<PlainSecond *>(new PlainBoth);
	STAY();
}

APART static void *make_lost(bool is_both)
{
	void *made = is_both ? static_cast<void *>(new Both) : static_cast<void *>(new Second);

	STAY();
	return made;
}

APART static void lose()
{
	for (int i = 0; i < 7; i++)
		make_lost(i < 5);
	STAY();
}

APART static void far_below(void (*run)())
{
	char room[65536];

	keep(room);
	run();
	STAY();
	keep(room);
}

int main(int argc, char **argv)
{
	const struct { const char *name; void (*run)(); } all[] = {
		{ "string", make_string }, { "length", make_length }, { "array", make_array },
		{ "inheritance", make_both }, { "no_length", make_no_length },
		{ "no_vtable", make_plain }, { "lost", lose },
	};

	for (const auto &one : all)
		if (argc > 1 && !std::strcmp(argv[1], one.name))
			far_below(one.run);
	return 0;
}
