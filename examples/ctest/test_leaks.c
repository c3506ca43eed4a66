/* SPDX-License-Identifier: Apache-2.0 */
/* A test that passes, and loses the three names that it makes. */
#include <stdlib.h>
#include <string.h>

static char *volatile last;

static void remember(const char *name)
{
	last = strdup(name);
}

int main(void)
{
	remember("one");
	remember("two");
	remember("three");
	last = NULL;
	return 0;
}
