/* SPDX-License-Identifier: Apache-2.0 */
/* test_demangle.c -- names of C++ and Rust as their programmers know them. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/symbols/symbols.h"

static void expect(const char *symbol, const char *name)
{
	char *demangled = an_demangle(symbol);

	if (name)
		assert_string_equal(demangled, name);
	else
		assert_null(demangled);
	free(demangled);
}

static void test_cxx_names_have_their_arguments(void **state)
{
	(void)state;
	expect("_Z3addii", "add(int, int)");
	expect("_ZN4shop6BasketC1Ev", "shop::Basket::Basket()");
	expect("_ZNSt6vectorIiSaIiEE9push_backEOi",
	       "std::vector<int, std::allocator<int> >::push_back(int&&)");
	expect("_ZN12_GLOBAL__N_14anonEi", "(anonymous namespace)::anon(int)");
	expect("_ZZ4mainENKUliE_clEi", "main::{lambda(int)#1}::operator()(int) const");
}

static void test_a_clone_is_named_after_its_function(void **state)
{
	(void)state;
	expect("_Z3addii.constprop.0", "add(int, int) [clone .constprop.0]");
	expect("_Z3addii.cold", "add(int, int) [clone .cold]");
}

static void test_rust_names_lose_their_hash(void **state)
{
	(void)state;
	expect("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
	expect("_ZN50_$LT$T$u20$as$u20$core..convert..Into$LT$U$GT$$GT$4into17h0123456789abcdefE",
	       "<T as core::convert::Into<U>>::into");
	expect("_RNvC6_123foo3bar", "123foo::bar");
	expect("_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>");
	expect("_RNCNvC4main3runs_0", "main::run::{closure#1}");
}

static void test_what_is_not_mangled_is_left_alone(void **state)
{
	(void)state;
	expect("", NULL);
	expect("main", NULL);
	expect("_", NULL);
	expect("_Z", NULL);
	expect("_R", NULL);
	expect("_Zebra", NULL);
	expect("_Read", NULL);
	expect("_ZN", NULL);
	expect("_ZNSt6vectorIiSaIiEE9push_", NULL);
}

/* f(A, P<A, A>, P<that, that>, ...): each step doubles the text. */
static void double_it(char *symbol, int n_steps)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	int n = sprintf(symbol, "_Z1f1A1PIS_S_E");

	for (int i = 1; i <= n_steps; i++)
		n += sprintf(symbol + n, "S0_IS%c_S%c_E", digits[i], digits[i]);
}

static void test_a_name_that_stands_for_gigabytes_is_given_up(void **state)
{
	char symbol[512];

	(void)state;
	double_it(symbol, 1);
	expect(symbol, "f(A, P<A, A>, P<P<A, A>, P<A, A> >)");
	double_it(symbol, 32);
	expect(symbol, NULL);
}

static void test_a_name_of_a_hundred_thousand_bytes_is_not_tried(void **state)
{
	size_t n = 100000;
	char *symbol = malloc(n + 1);

	(void)state;
	memset(symbol, 'P', n);
	memcpy(symbol, "_Z1f", 4);
	memcpy(symbol + n - 1, "i", 2);
	expect(symbol, NULL);
	free(symbol);
}

static void test_deep_nesting_does_not_overflow_the_stack(void **state)
{
	enum { n = 60000 };
	static char symbol[n + 1];

	(void)state;
	memset(symbol, 'P', n);
	memcpy(symbol, "_Z1f", 4);
	memcpy(symbol + n - 1, "i", 2);
	free(an_demangle(symbol));
	memset(symbol + 4, 'I', n - 4);
	free(an_demangle(symbol));
	memset(symbol, 'N', n);
	memcpy(symbol, "_RNv", 4);
	free(an_demangle(symbol));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cxx_names_have_their_arguments),
		cmocka_unit_test(test_a_clone_is_named_after_its_function),
		cmocka_unit_test(test_rust_names_lose_their_hash),
		cmocka_unit_test(test_what_is_not_mangled_is_left_alone),
		cmocka_unit_test(test_a_name_that_stands_for_gigabytes_is_given_up),
		cmocka_unit_test(test_a_name_of_a_hundred_thousand_bytes_is_not_tried),
		cmocka_unit_test(test_deep_nesting_does_not_overflow_the_stack),
	};

	return RUN_UNIT_TESTS(tests);
}
