/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_program: linked statically, so that nothing can be loaded into it;
 * prints its arguments and ends with status 9.
 * link: -static
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	free(malloc(10));
	for (int i = 1; i < argc; i++)
		puts(argv[i]);
	return 9;
}
