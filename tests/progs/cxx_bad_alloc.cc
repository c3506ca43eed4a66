/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cxx_bad_alloc: new of more than there can be throws bad_alloc through our
 * hooks, nothrow returns NULL, a new_handler is called until it gives up; and in
 * lives() exactly 1 object of 30 bytes is kept.
 * build: -std=c++17
 */
#include "tests/progs/progs.h"

#include <cstdio>
#include <new>

static int n_calls;

static void handler()
{
	if (++n_calls == 3)
		std::set_new_handler(nullptr);
}

static std::size_t too_much()
{
	return (std::size_t)keep((void *)(PTRDIFF_MAX - 4096L));
}

APART static void lives()
{
	keep(operator new(30));
}

template <class F> static void attempt(const char *what, F f)
{
	try {
		std::printf("%s: %s\n", what, f() ? "memory" : "NULL");
	} catch (const std::bad_alloc &e) {
		std::printf("%s: %s\n", what, e.what());
	}
}

int main()
{
	const std::align_val_t wide{64};

	attempt("new", [] { return operator new(too_much()); });
	attempt("new[]", [] { return operator new[](too_much()); });
	attempt("nothrow", [] { return operator new(too_much(), std::nothrow); });
	attempt("nothrow[]", [] { return operator new[](too_much(), std::nothrow); });
	attempt("aligned", [=] { return operator new(too_much(), wide); });
	attempt("aligned nothrow", [=] { return operator new(too_much(), wide, std::nothrow); });
	std::set_new_handler(handler);
	attempt("handled", [] { return operator new(too_much()); });
	std::printf("handler called %d times\n", n_calls);
	std::set_new_handler([] { throw std::bad_alloc(); });
	attempt("throwing handler, nothrow", [] { return operator new(too_much(), std::nothrow); });
	lives();
	return 0;
}
