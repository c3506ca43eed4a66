/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iconv_all: opens and closes 12 converters 3 times over, so that libc loads and
 * unloads their libraries without dlopen or dlclose; between them convert_take()
 * allocates 36 times 20 bytes and keeps them.
 */
#include "tests/progs/progs.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

APART static void convert_take(void)
{
	keep(malloc(20));
	STAY();
}

int main(void)
{
	static const char *const names[] = { "EUC-KR", "SJIS", "BIG5", "ISO-8859-15", "KOI8-R",
		"CP1252", "UTF-16", "UTF-7", "GBK", "IBM850", "EUC-JP", "CP949" };
	int n = 0;

	for (int i = 0; i < 36; i++) {
		iconv_t converter = iconv_open("UTF-8", names[i % 12]);

		convert_take();
		if (converter == (iconv_t)-1)
			continue;
		n++;
		iconv_close(converter);
	}
	printf("%d converters\n", n);
	return 0;
}
