/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peak_in_the_middle: load_table() allocates 100 times 10000 bytes, all freed;
 * small_rest() keeps 7 times 10; churn() allocates and frees 5000 times 32 in a
 * row. The peak, over 1000000 bytes, is load_table's.
 */
#include "tests/progs/progs.h"

#include <stdlib.h>

APART static void *load_table(void)
{
	return keep(malloc(10000));
}

APART static void small_rest(void)
{
	keep(malloc(10));
	STAY();
}

APART static void churn(void)
{
	for (int i = 0; i < 5000; i++)
		free(keep(malloc(32)));
}

int main(void)
{
	void *table[100];

	for (int i = 0; i < 7; i++)
		small_rest();
	for (int i = 0; i < 100; i++)
		table[i] = load_table();
	for (int i = 0; i < 100; i++)
		free(table[i]);
	churn();
	return 0;
}
