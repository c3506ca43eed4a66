/* SPDX-License-Identifier: Apache-2.0 */
/*
 * execs.c -- remembers the few execs of programs that no library can be put
 * into; all others are followed, or missed by the analyzer as unanswered.
 */
#include "tracer/beside/execs.h"
#include "tracer/beside/elf_kind.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXECS_MAX = 4096 };      /* what is beyond stays "not followed" */

void run_execs_release(struct run_execs *execs)
{
	for (uint32_t i = 0; i < execs->n; i++)
		free(execs->list[i].path);
	free(execs->list);
	*execs = (struct run_execs){ 0 };
}

/* The file behind what was announced, as far as it can be told from here. */
static bool locate(char *to, size_t room, uint64_t pid, const struct mt_exec *exec)
{
	const char *path = exec->path.bytes;
	int n_bytes = (int)exec->path.n_bytes;
	char name[PATH_MAX];

	if (n_bytes <= 0 || n_bytes >= PATH_MAX)
		return false;
	snprintf(name, sizeof(name), "%.*s", n_bytes, path);
	if (exec->flags & MT_EXEC_SEARCH && !strchr(name, '/'))
		return !run_find_program(name, getenv("PATH"), to, room);
	if (*name == '/')
		return snprintf(to, room, "%s", name) < (int)room;
	/* Below its working directory; when it is gone already, most likely ours. */
	if (snprintf(to, room, "/proc/%llu/cwd", (unsigned long long)pid) < (int)room &&
	    !access(to, F_OK))
		return snprintf(to, room, "/proc/%llu/cwd/%s", (unsigned long long)pid, name) <
			(int)room;
	return snprintf(to, room, "%s", name) < (int)room;
}

static const char *reason_of(const char *path)
{
	char culprit[PATH_MAX];

	switch (run_elf_kind(path, culprit, sizeof(culprit))) {
	case RUN_ELF_STATIC:
		return "static-program";
	case RUN_ELF_PRIVILEGED:
		return "set-uid-program";
	case RUN_ELF_OTHER_CLASS:
		return "not-followed";
	default:
		return NULL;
	}
}

void run_execs_tried(struct run_execs *execs, uint32_t process, uint64_t pid,
		     const struct mt_exec *exec)
{
	char path[PATH_MAX + 64];
	const char *reason = NULL;
	struct run_exec *list;

	if (execs->n < EXECS_MAX && locate(path, sizeof(path), pid, exec))
		reason = reason_of(path);
	if (!reason)
		return;
	if (execs->n == execs->room) {
		list = realloc(execs->list, (execs->room + 64) * sizeof(*list));
		if (!list)
			return;
		execs->list = list;
		execs->room += 64;
	}
	execs->list[execs->n++] = (struct run_exec){
		exec->token, process, reason, strndup(exec->path.bytes, exec->path.n_bytes),
	};
}

void run_execs_failed(struct run_execs *execs, uint64_t token)
{
	for (uint32_t i = execs->n; i-- > 0;)
		if (execs->list[i].token == token) {
			free(execs->list[i].path);
			execs->list[i] = execs->list[--execs->n];
			return;
		}
}

void run_execs_tell(const struct run_execs *execs, struct run_trace *trace)
{
	for (uint32_t i = 0; i < execs->n; i++)
		run_trace_note(trace, execs->list[i].process, true, execs->list[i].reason,
			       execs->list[i].path ? execs->list[i].path : "");
}
