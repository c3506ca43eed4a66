/* SPDX-License-Identifier: Apache-2.0 */
/* allow.c -- see allow.h. */
#include "analyzer/findings/allow.h"
#include "analyzer/base/vec.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static const char *const reasons[] = {
	"events-dropped", "static-program", "set-uid-program", "not-followed",
	"allocator-bypassed", "roots-not-scanned", "threads-not-stopped", "no-snapshot",
	"order-conflict", "trace-cut", "trace-damaged",
};

static char problem[400];

void an_allowances_release(struct an_allowances *allowances)
{
	free(allowances->at);
	arena_release(&allowances->arena);
	*allowances = (struct an_allowances){ 0 };
}

static bool is_reason(const char *word)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (!strcmp(reasons[i], word))
			return true;
	return false;
}

static const char *fail(const char *word)
{
	int n = snprintf(problem, sizeof problem, "\"%.40s\" is no reason; they are", word);

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		n += snprintf(problem + n, sizeof problem - (size_t)n, "%s %s", i ? "," : "",
			      reasons[i]);
	return problem;
}

const char *an_allowances_add(struct an_allowances *allowances, const char *list)
{
	char *copy = arena_text(&allowances->arena, list, strlen(list)), *item;

	while ((item = strsep(&copy, ","))) {
		char *what = strchr(item, ':');

		if (what)
			*what++ = 0;
		if (!is_reason(item))
			return fail(item);
		if (what && !*what)
			return "behind the colon stands what it is about, or there is no colon";
		allowances->at = vec_more(allowances->at, &allowances->room, allowances->n + 1,
					  sizeof *allowances->at);
		allowances->at[allowances->n++] = (struct an_allowance){ item, what, false };
	}
	return NULL;
}

/* A detail that names a program begins with its path. */
static bool is_about_program(const char *reason)
{
	return !strcmp(reason, "static-program") || !strcmp(reason, "set-uid-program") ||
	       !strcmp(reason, "not-followed");
}

const char *an_allowance_name(char *to, size_t room, const char *detail, const char *program,
			      const char *reason)
{
	if (is_about_program(reason) && *detail) {
		size_t n = strcspn(detail, " :,(");
		const char *name = detail;

		for (size_t i = 0; i < n; i++)
			if (detail[i] == '/' && i + 1 < n)
				name = detail + i + 1;
		snprintf(to, room, "%.*s", (int)(detail + n - name), name);
	} else {
		snprintf(to, room, "%s", program);
	}
	return to;
}

bool an_allowances_match(const struct an_allowances *allowances, const char *reason,
			 const char *detail, const char *program)
{
	bool is_found = false;
	char name[256];

	an_allowance_name(name, sizeof name, detail, program, reason);
	for (uint32_t i = 0; allowances && i < allowances->n; i++) {
		struct an_allowance *one = &allowances->at[i];

		if (strcmp(one->reason, reason))
			continue;
		if (one->what && fnmatch(one->what, name, 0) && fnmatch(one->what, program, 0) &&
		    strncmp(one->what, detail, strlen(one->what)) != 0)
			continue;
		one->is_used = true;
		is_found = true;
	}
	return is_found;
}
