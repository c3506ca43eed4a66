/* SPDX-License-Identifier: Apache-2.0 */
/* check_git.c -- asks git which lines were changed since a commit, those of files that
 * git does not know yet included. */
#include "analyzer/cli/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What git prints; NULL when it fails, with its own words on stderr. To be freed. */
static char *ask_git(const char *const *argv)
{
	int ends[2], status = 0;
	char *text = NULL;
	size_t room = 0;
	FILE *from;
	pid_t git;

	if (pipe2(ends, 0))
		return NULL;
	fflush(NULL);
	git = fork();
	if (!git) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execvp("git", (char *const *)argv);
		_exit(127);
	}
	close(ends[1]);
	from = fdopen(ends[0], "r");
	if (from && getdelim(&text, &room, '\0', from) < 0) {
		free(text);
		text = strdup("");
	}
	if (from)
		fclose(from);
	if (git < 0 || waitpid(git, &status, 0) < 0 || status) {
		free(text);
		return NULL;
	}
	return text;
}

/* A file that git does not know is new from its first line on. */
static void add_unknown(struct check *check, char *list, const char *root)
{
	char *name, *diff;

	while ((name = strsep(&list, "\n")))
		if (*name && asprintf(&diff, "+++ %s\n@@ -0,0 +1,%u @@\n", name,
				      UINT32_MAX) >= 0) {
			an_changes_add(&check->changes, diff, root);
			free(diff);
		}
}

int check_find_changes(struct check *check, const char *reference)
{
	const char *const ask_root[] = { "git", "rev-parse", "--show-toplevel", NULL };
	const char *const ask_diff[] = { "git", "-c", "core.quotePath=false", "diff",
					 "--unified=0", "--no-color", "--no-ext-diff",
					 "--src-prefix=a/", "--dst-prefix=b/", reference, "--",
					 NULL };
	const char *const ask_unknown[] = { "git", "-c", "core.quotePath=false", "ls-files",
					    "--others", "--exclude-standard", "--full-name",
					    ":/", NULL };
	char *root, *diff = NULL, *unknown = NULL, message[300];
	bool is_found;

	snprintf(message, sizeof message, "--changed-since=%.100s: git does not know that",
		 reference);
	if (*reference == '-')
		return cmd_usage_error(check->cmd, message);
	root = ask_git(ask_root);
	if (root) {
		root[strcspn(root, "\n")] = 0;
		diff = ask_git(ask_diff);
		unknown = ask_git(ask_unknown);
	}
	is_found = root && diff && unknown;
	if (is_found) {
		an_changes_add(&check->changes, diff, root);
		add_unknown(check, unknown, root);
	}
	free(root);
	free(diff);
	free(unknown);
	return is_found ? EXIT_DONE : cmd_usage_error(check->cmd, message);
}
