// SPDX-License-Identifier: Apache-2.0
// leak_cxx: what C++ allocates, held or lost as its argument says; what is lost is
// lost 64 kB further down the stack than the frames that are live at the end.
//
//   shared_cycle  2 cycles of two shared_ptr's, Parent and Child
//   array         16 objects with destructors by one new[], held by a global
//   inheritance   1 object held by a pointer to its second base
//   held          a string, a vector of 10 strings and a map of 10, held by globals
//   contents      a vector of 10 long strings made by new and lost
//   map           a map of 10 long strings made by new and lost
#include "tests/progs/progs.h"

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct Child;
struct Parent {
	std::shared_ptr<Child> child;
	char name[32];
};
struct Child {
	std::shared_ptr<Parent> parent;
};

struct Destroyed {
	~Destroyed() { keep(this); }
	long value;
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

static Destroyed *volatile held_array;
static Second *volatile held_base;
static std::string *volatile held_string;
static std::vector<std::string> *volatile held_vector;
static std::map<int, std::string> *volatile held_map;

static const char *const long_text = "a text that is too long for the string itself";

APART static void make_cycle()
{
	auto parent = std::make_shared<Parent>();

	parent->child = std::make_shared<Child>();
	parent->child->parent = parent;
	STAY();
}

APART static void make_cycles()
{
	for (int i = 0; i < 2; i++)
		make_cycle();
	STAY();
}

APART static void make_array()
{
	held_array = new Destroyed[16];
	STAY();
}

APART static void make_both()
{
	held_base = new Both;
	STAY();
}

APART static void make_held()
{
	held_string = new std::string(long_text);
	held_vector = new std::vector<std::string>(10, long_text);
	held_map = new std::map<int, std::string>;
	for (int i = 0; i < 10; i++)
		(*held_map)[i] = long_text;
	STAY();
}

APART static void make_contents()
{
	keep(new std::vector<std::string>(10, long_text));
	STAY();
}

APART static void make_map()
{
	auto made = new std::map<int, std::string>;

	for (int i = 0; i < 10; i++)
		(*made)[i] = long_text;
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
		{ "shared_cycle", make_cycles }, { "array", make_array },
		{ "inheritance", make_both }, { "held", make_held }, { "contents", make_contents },
		{ "map", make_map },
	};

	for (const auto &one : all)
		if (argc > 1 && !std::strcmp(argv[1], one.name))
			far_below(one.run);
	return 0;
}
