/* SPDX-License-Identifier: Apache-2.0 */
/* notes.c -- see notes.h. */
#include "analyzer/findings/notes.h"
#include "analyzer/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How well the places in one file were named. */
struct file_use {
	uint32_t module;         /* index of one module that is this file */
	uint64_t n_places;
	uint64_t n_no_function;
	uint64_t n_lines;        /* places with a source line */
};

static int compare_notes(const void *left, const void *right)
{
	const struct an_note *a = left, *b = right;
	int order = strcmp(a->reason, b->reason);

	if (!order)
		order = strcmp(a->detail, b->detail);
	if (!order)
		order = (a->process > b->process) - (a->process < b->process);
	return order ? order : (a->count > b->count) - (a->count < b->count);
}

static struct file_use *count_uses(const struct an_stack_names *names, uint32_t *n_files)
{
	struct file_use *uses;

	*n_files = 0;
	for (uint32_t i = 0; i < names->n_places; i++)
		if (names->places[i].file != AN_NONE && names->places[i].file >= *n_files)
			*n_files = names->places[i].file + 1;
	uses = xcalloc(*n_files, sizeof *uses);
	for (uint32_t i = 0; i < names->n_places; i++) {
		const struct an_named_place *place = &names->places[i];
		/* The last line is the code itself: the others are inlined into it. */
		const struct an_named_line *line =
			&names->lines[place->first_line + place->n_lines - 1];

		if (place->file == AN_NONE)
			continue;
		uses[place->file].module = place->module;
		uses[place->file].n_places++;
		uses[place->file].n_no_function += !line->function;
		uses[place->file].n_lines += line->file != NULL;
	}
	return uses;
}

static const char *describe(const struct an_module *module, const char *what,
			    struct arena *arena)
{
	const char *slash = strrchr(module->path, '/');
	char build_id[48] = "no build-id", *text;
	int n = 0;

	for (uint32_t i = 0; i < module->n_build_id && i < 20; i++)
		n = snprintf(build_id + 2 * i, 3, "%02x", module->build_id[i]);
	if (asprintf(&text, "%s (%s%s): %s", slash && slash[1] ? slash + 1 : module->path,
		     n ? "build-id " : "", build_id, what) < 0)
		return "";
	what = arena_text(arena, text, strlen(text));
	free(text);
	return what;
}

/* What can be said of one file, or NULL: of the system's own files nobody expects
 * lines, nor names for each of their inner functions (a stripped libc has none for
 * what calls main), but the user's want to be built with -g. */
static const char *complaint(const struct an_module *module, const struct file_use *use,
			     uint64_t *count)
{
	const char *slash = strrchr(module->path, '/');
	const char *name = slash && slash[1] ? slash + 1 : module->path;

	*count = use->n_no_function;
	if (strstr(name, "vdso") || !use->n_places)
		return NULL;
	if (use->n_no_function && !use->n_lines && use->n_no_function == use->n_places)
		return "no names; install its debug symbols";
	if (an_owner_of(name, NULL, NULL) != AN_OWNER_USER)
		return NULL;
	*count = use->n_places;
	if (!use->n_lines)
		return "function names only; build with -g, or install its debug symbols";
	return NULL;
}

static void push(struct an_note *notes, uint32_t *n_notes, const char *reason, const char *detail,
		 uint32_t process, uint64_t count)
{
	notes[(*n_notes)++] = (struct an_note){
		.is_missing = true, .affects_verdict = true, .reason = reason,
		.count = count, .process = process, .detail = detail,
	};
}

/* What leaked cannot be said of a process without a snapshot. Of one that exec
 * replaced nobody wants to know: its memory went with it. */
static void note_snapshots(const struct an_session *session, const struct an_leaks *leaks,
			   struct an_note *notes, uint32_t *n_notes)
{
	for (uint32_t i = 0; i < session->n_processes; i++) {
		const struct an_process *process = &session->processes[i];
		const struct an_snapshot *snapshot = process->snapshot < session->n_snapshots
						     ? &session->snapshots[process->snapshot]
						     : NULL;

		/* Of the others nobody asks what was at that moment. */
		if (session->at_snapshot < session->n_snapshots &&
		    session->snapshots[session->at_snapshot].process != i)
			continue;
		if (!leaks->is_asked[i] && process->totals.n_live) {
			push(notes, n_notes, "no-snapshot", "", i, 1);
			notes[*n_notes - 1].affects_verdict = process->end_how != MT_END_EXEC;
			continue;
		}
		if (leaks->n_running[i])
			push(notes, n_notes, "threads-not-stopped", "", i, leaks->n_running[i]);
		if (leaks->n_unread[i])
			push(notes, n_notes, "roots-not-scanned", "", i, leaks->n_unread[i]);
		else if (leaks->is_asked[i] && !snapshot->is_complete)
			push(notes, n_notes, "roots-not-scanned",
			     snapshot->is_cut ? "the snapshot is cut short" : snapshot->reason, i,
			     1);
	}
}

/* What is neither missing nor a finding. */
static void note_hints(const struct an_session *session, const struct an_leaks *leaks,
		       struct arena *arena, struct an_note *notes, uint32_t *n_notes)
{
	char detail[96];

	for (size_t i = 0; i < leaks->n_hints; i++) {
		const struct an_mask_hint *hint = &leaks->hints[i];
		int n = snprintf(detail, sizeof detail, "0x%016llx: %llu bytes",
				 (unsigned long long)hint->mask, (unsigned long long)hint->bytes);

		notes[(*n_notes)++] = (struct an_note){
			.reason = AN_NOTE_POINTER_MASK, .count = hint->n,
			.process = hint->process,
			.detail = arena_text(arena, detail, (size_t)n),
		};
	}
	for (uint32_t i = 0; i < session->n_processes; i++)
		if (leaks->kept[i])
			notes[(*n_notes)++] = (struct an_note){
				.reason = AN_NOTE_ALLOCATOR_CACHE, .count = leaks->kept[i],
				.process = i, .detail = "bytes, about",
			};
}

enum { NOTES_OF_PROCESS = 2 + AN_MASK_HINTS + 1 };

struct an_note *an_notes_collect(const struct an_stack_names *names,
				 const struct an_leaks *leaks, struct arena *arena,
				 uint32_t *n_notes)
{
	const struct an_session *session = names->session;
	uint32_t n_files;
	struct file_use *uses = count_uses(names, &n_files);
	size_t n_room = (size_t)session->n_notes + n_files +
			(size_t)session->n_processes * NOTES_OF_PROCESS;
	struct an_note *notes = arena_alloc(arena, n_room, sizeof *notes);

	for (*n_notes = 0; *n_notes < session->n_notes; ++*n_notes)
		notes[*n_notes] = session->notes[*n_notes];
	note_snapshots(session, leaks, notes, n_notes);
	note_hints(session, leaks, arena, notes, n_notes);
	for (uint32_t i = 0; i < n_files; i++) {
		const struct an_module *module = &session->modules[uses[i].module];
		uint64_t count;
		const char *what = uses[i].n_places ? complaint(module, &uses[i], &count) : NULL;

		if (what)
			notes[(*n_notes)++] = (struct an_note){
				.reason = "modules-without-symbols",
				.count = count,
				.process = AN_NONE,
				.detail = describe(module, what, arena),
			};
	}
	qsort(notes, *n_notes, sizeof *notes, compare_notes);
	free(uses);
	return notes;
}
