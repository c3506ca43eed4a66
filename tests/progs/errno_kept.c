/* SPDX-License-Identifier: Apache-2.0 */
/* errno_kept: no successful call of the family changes errno; prints 0 changes. */
#include "tests/progs/progs.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

static int n_changes;

static void look(void)
{
	n_changes += errno != 4242;
	errno = 4242;
}

static void *turn(void *unused)
{
	(void)unused;
	errno = 4242;
	for (int i = 1; i < 2000; i++) {
		void *p = keep(malloc((size_t)i * 7)), *q;

		look();
		p = keep(realloc(p, (size_t)i * 11));
		look();
		q = keep(calloc(3, (size_t)i));
		look();
		free(q);
		look();
		if (posix_memalign(&q, 64, 100) == 0)
			free(keep(q));
		look();
		free(keep(memalign(32, 10)));
		look();
		free(p);
		look();
	}
	return NULL;
}

int main(void)
{
	turn(NULL);
	printf("%d changes\n", n_changes);
	return n_changes != 0;
}
