/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c -- see filter.h. A place is matched once, however many stacks pass
 * through it. */
#include "analyzer/findings/filter.h"
#include "analyzer/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_name(const char *path, const char *wanted)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(path, wanted) || (slash && !strcmp(slash + 1, wanted));
}

bool an_filter_is_process(const struct an_process *process, const char *wanted)
{
	char pid[24];

	snprintf(pid, sizeof pid, "%llu", (unsigned long long)process->pid);
	return !strcmp(pid, wanted) || is_name(process->exe, wanted) ||
	       (process->n_argv && is_name(process->argv[0], wanted));
}

static bool is_match(const regex_t *expression, const char *text)
{
	return text && !regexec(expression, text, 0, NULL, 0);
}

bool *an_filter_places(const struct an_stack_names *names, const regex_t *expression)
{
	bool *is_place = xcalloc(names->n_places, sizeof *is_place);

	for (uint32_t i = 0; i < names->n_places; i++) {
		const struct an_named_place *place = &names->places[i];

		for (uint32_t j = 0; j < place->n_lines && !is_place[i]; j++) {
			const struct an_named_line *line = &names->lines[place->first_line + j];

			is_place[i] = is_match(expression, line->function) ||
				      is_match(expression, line->file) ||
				      is_match(expression, line->module);
		}
	}
	return is_place;
}

bool an_filter_has_place(const struct an_stack_names *names, uint32_t stack,
			 const bool *is_place)
{
	for (uint64_t i = names->first_frame[stack]; i < names->first_frame[stack + 1]; i++)
		if (is_place[names->frames[i]])
			return true;
	return false;
}
