/* SPDX-License-Identifier: Apache-2.0 */
/* test_frame.c -- see test_frame.h. */
#include "formats/export/test_frame.h"

#include <string.h>

/* What a class name of GoogleTest's ends with, before the function. */
#define BODY "::TestBody"
#define TAIL "_Test"

/* Of "ns::List_Pushes_Test<int>::TestBody()" the name "List_Pushes" and its length;
 * NULL: it is none. */
static const char *find_class(const char *function, size_t *n)
{
	const char *end = strstr(function, BODY), *at;
	unsigned depth = 0;

	if (!end || (end[sizeof BODY - 1] && end[sizeof BODY - 1] != '('))
		return NULL;
	if (end > function && end[-1] == '>') {
		do {
			end--;
			depth += *end == '>';
			depth -= *end == '<';
		} while (depth && end > function);
	}
	if ((size_t)(end - function) <= sizeof TAIL - 1)
		return NULL;
	end -= sizeof TAIL - 1;
	if (memcmp(end, TAIL, sizeof TAIL - 1))
		return NULL;
	for (at = end; at > function && at[-1] != ':'; at--)
		;
	*n = (size_t)(end - at);
	return *n ? at : NULL;
}

/* The names have no underscore, says GoogleTest; where they have, the suite is what
 * stands before the first. */
static bool is_google_test(const struct mt_export_frame *frame, char *to, size_t room,
			   struct mt_export_test *test)
{
	size_t n;
	const char *name = frame->function ? find_class(frame->function, &n) : NULL;
	char *bar;

	if (!name)
		return false;
	mt_export_print(to, room, "%.*s", (int)n, name);
	bar = strchr(to + 1, '_');
	if (!bar || !bar[1]) {
		*test = (struct mt_export_test){ NULL, to };
		return true;
	}
	*bar = '\0';
	*test = (struct mt_export_test){ to, bar + 1 };
	return true;
}

static bool is_of_cmocka(const struct mt_export_frame *frame)
{
	return frame->module && !strncmp(frame->module, "libcmocka.so", 12);
}

/* The function that the outermost frames of cmocka call. Further in it may be there
 * once more: its own malloc. */
static bool is_cmocka_test(const struct mt_export_frame *frames, uint32_t n,
			   struct mt_export_test *test)
{
	while (n && !is_of_cmocka(&frames[n - 1]))
		n--;
	while (n && is_of_cmocka(&frames[n - 1]))
		n--;
	if (!n || !frames[n - 1].function || frames[n - 1].is_cut)
		return false;
	*test = (struct mt_export_test){ NULL, frames[n - 1].function };
	return true;
}

bool mt_export_find_test(const struct mt_export_frame *frames, uint32_t n, char *to, size_t room,
			 struct mt_export_test *test)
{
	for (uint32_t i = n; i-- > 0;)
		if (is_google_test(&frames[i], to, room, test))
			return true;
	return is_cmocka_test(frames, n, test);
}
