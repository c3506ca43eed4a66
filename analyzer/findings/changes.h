/* SPDX-License-Identifier: Apache-2.0 */
/* changes.h -- which lines a person has changed, from what "git diff --unified=0"
 * prints. */
#ifndef ANALYZER_FINDINGS_CHANGES_H
#define ANALYZER_FINDINGS_CHANGES_H

#include "analyzer/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct an_change {
	const char *file;        /* absolute */
	uint32_t first, last;
};

/* Zeroed is empty. */
struct an_changes {
	struct an_change *at;
	uint32_t n;
	size_t room;
	struct arena arena;
};

void an_changes_release(struct an_changes *changes);
/* root: the folder that the names of the diff begin in, absolute. */
void an_changes_add(struct an_changes *changes, const char *diff, const char *root);
/* file absolute, or relative to cwd (which may be NULL). */
bool an_changes_has(const struct an_changes *changes, const char *file, const char *cwd,
		    uint32_t line);

/* path, or cwd/path if it is relative, with "." and ".." taken out. To be freed. */
char *an_whole_path(const char *path, const char *cwd);
/* Is path the folder, or below it? Both whole. */
bool an_is_below(const char *path, const char *folder);

#endif
