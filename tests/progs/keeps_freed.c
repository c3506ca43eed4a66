/* SPDX-License-Identifier: Apache-2.0 */
/* keeps_freed N: N allocations of 1000 bytes; all but the last are freed, which a global
 * holds. So the heap cannot shrink: malloc keeps 1008 bytes for each that was freed. */
#include "tests/progs/progs.h"

#include <stdlib.h>

enum { MOST = 65536 };

static void *all[MOST];

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 1;

	if (!n || n > MOST)
		return 1;
	for (unsigned i = 0; i < n; i++)
		all[i] = keep(malloc(1000));
	for (unsigned i = 0; i + 1 < n; i++) {
		free(all[i]);
		all[i] = NULL;
	}
	return 0;
}
