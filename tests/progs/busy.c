/* SPDX-License-Identifier: Apache-2.0 */
/*
 * busy N: N times an allocation of 1 to 1000 bytes at random in busy_take(), of
 * which 1000 live at a time; all are freed at the end. Ends with status 0.
 */
#include "tests/progs/progs.h"

#include <stdlib.h>

enum { N_KEPT = 1000 };

APART static void *busy_take(unsigned *seed)
{
	return keep(malloc((size_t)(rand_r(seed) % 1000 + 1)));
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 100000;
	void *kept[N_KEPT] = { NULL };
	unsigned seed = 1;

	for (long i = 0; i < n; i++) {
		void **slot = &kept[rand_r(&seed) % N_KEPT];

		free(*slot);
		*slot = busy_take(&seed);
	}
	for (int i = 0; i < N_KEPT; i++)
		free(kept[i]);
	return 0;
}
