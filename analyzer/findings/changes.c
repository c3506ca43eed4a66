/* SPDX-License-Identifier: Apache-2.0 */
/* changes.c -- see changes.h. Of a diff only "+++ name" and "@@ -a,b +c,d @@" are
 * read; with --unified=0 the second range is what was written anew. */
#include "analyzer/findings/changes.h"
#include "analyzer/base/vec.h"

#include <stdio.h>
#include <string.h>

void an_changes_release(struct an_changes *changes)
{
	free(changes->at);
	arena_release(&changes->arena);
	*changes = (struct an_changes){ 0 };
}

char *an_whole_path(const char *path, const char *cwd)
{
	char *joined, *to;

	if (*path == '/' || !cwd)
		cwd = "";
	joined = xmalloc(strlen(cwd) + strlen(path) + 3);
	sprintf(joined, "%s/%s", cwd, path);
	to = joined;
	for (char *at = joined; *at;) {
		size_t n;

		at += strspn(at, "/");
		n = strcspn(at, "/");
		if (n == 2 && !strncmp(at, "..", 2)) {
			while (to > joined && *--to != '/')
				;
		} else if (n && !(n == 1 && *at == '.')) {
			*to++ = '/';
			memmove(to, at, n);
			to += n;
		}
		at += n;
	}
	*to = 0;
	return joined;
}

bool an_is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	while (n && folder[n - 1] == '/')
		n--;
	return !strncmp(path, folder, n) && (!path[n] || path[n] == '/');
}

static void add_hunk(struct an_changes *changes, const char *file, const char *line)
{
	const char *plus = strstr(line, " +");
	unsigned first, n = 1;

	if (!plus || sscanf(plus + 2, "%u,%u", &first, &n) < 1 || !n)
		return;
	changes->at = vec_more(changes->at, &changes->room, changes->n + 1, sizeof *changes->at);
	changes->at[changes->n++] = (struct an_change){ file, first, first + n - 1 };
}

void an_changes_add(struct an_changes *changes, const char *diff, const char *root)
{
	const char *file = NULL;

	for (const char *line = diff; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (!strncmp(line, "+++ ", 4)) {
			const char *name = line + 4 + (!strncmp(line + 4, "b/", 2) ? 2 : 0);
			char *text = xstrndup(name, strcspn(name, "\n\t")), *whole;

			whole = an_whole_path(text, root);
			file = arena_text(&changes->arena, whole, strlen(whole));
			free(whole);
			free(text);
		} else if (!strncmp(line, "@@ ", 3) && file) {
			add_hunk(changes, file, line + 2);
		}
	}
}

bool an_changes_has(const struct an_changes *changes, const char *file, const char *cwd,
		    uint32_t line)
{
	char *whole = an_whole_path(file, cwd);
	bool is_found = false;

	for (uint32_t i = 0; i < changes->n && !is_found; i++)
		is_found = line >= changes->at[i].first && line <= changes->at[i].last &&
			   !strcmp(changes->at[i].file, whole);
	free(whole);
	return is_found;
}
