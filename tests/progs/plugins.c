/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plugins A FA B FB: loads library A, calls its function FA, closes it, loads B,
 * calls FB. Prints whether B came to stand where A had been. Each function
 * allocates and keeps 1000 bytes.
 */
#include "tests/progs/progs.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>

APART static uintptr_t use(const char *library, const char *function)
{
	struct link_map *map = dlopen(library, RTLD_NOW);
	uintptr_t at;

	if (!map) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	((void (*)(void))dlsym(map, function))();
	at = map->l_addr;
	dlclose(map);
	return at;
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	for (int i = 0; i < 3; i++) {
		uintptr_t first = use(argv[1], argv[2]), second = use(argv[3], argv[4]);

		puts(first == second ? "the same place" : "another place");
	}
	return 0;
}
