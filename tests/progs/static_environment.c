/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_environment: prints its environment, and is linked statically.
 * link: -static
 */
#include <stdio.h>
#include <unistd.h>

extern char **environ;

int main(void)
{
	for (char **at = environ; *at; at++)
		puts(*at);
	return 0;
}
