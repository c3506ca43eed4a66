/* SPDX-License-Identifier: Apache-2.0 */
/* A test that frees what it makes. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char *copy = strdup("a name");
	int is_wrong = !copy || strcmp(copy, "a name");

	free(copy);
	return is_wrong;
}
