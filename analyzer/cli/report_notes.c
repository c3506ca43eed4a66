/* SPDX-License-Identifier: Apache-2.0 */
/* report_notes.c -- the end of every report: what was not seen, or that nothing
 * was missed. The words of the contract become sentences here. */
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report.h"
#include "analyzer/findings/notes.h"

#include <stdlib.h>
#include <string.h>

enum { MODULES_SHOWN = 4 };     /* of those without symbols */

struct wording {
	const char *reason;
	const char *one, *many;     /* what follows the count; NULL: no count is said */
};

static const struct wording wordings[] = {
	{ "events-dropped", "event was not recorded", "events were not recorded" },
	{ "static-program", "statically linked program was not recorded",
	  "statically linked programs were not recorded" },
	{ "set-uid-program", "set-uid program was not recorded",
	  "set-uid programs were not recorded" },
	{ "not-followed", "program that was started did not answer and was not recorded",
	  "programs that were started did not answer and were not recorded" },
	{ "allocator-bypassed", "allocator went past the recorded functions",
	  "allocators went past the recorded functions" },
	{ "order-conflict", "event came in an order that is impossible",
	  "events came in an order that is impossible" },
	{ "no-snapshot", NULL, "there is no snapshot: leaks cannot be told from what is still "
	  "held" },
	{ "threads-not-stopped", "thread ran on while pointers were looked for",
	  "threads ran on while pointers were looked for" },
	{ "snapshot-refused", NULL, "a snapshot could not be taken" },
	{ "roots-not-scanned", "piece of memory was not searched for pointers",
	  "pieces of memory were not searched for pointers" },
	{ "trace-cut", NULL, "the end of the trace is missing" },
	{ "trace-damaged", "piece of the trace could not be read",
	  "pieces of the trace could not be read" },
	{ "stacks-cut", "stack does not reach its root", "stacks do not reach their root" },
	{ "stacks-unknown", "allocation whose stack was lost", "allocations whose stack was lost" },
	{ "unknown-frees", "free of memory whose allocation was not seen",
	  "frees of memory whose allocation was not seen" },
	{ "annotations-unknown", "address that the program spoke of lies in no live allocation",
	  "addresses that the program spoke of lie in no live allocation" },
	{ "live-file-elsewhere", NULL,
	  "the .live file was in another folder: had all died at once, it would be lost" },
	{ "modules-without-symbols", NULL, "no debug information for" },
	{ "other-initfirst-library", NULL,
	  "another library is initialised first: what it allocated before us was not seen" },
};

/* text in lines of the width, those after the first further in. */
static void put_wrapped(struct out *out, const char *text)
{
	unsigned column = 2;
	bool is_first = true;

	fputs("  ", out->to);
	while (*text) {
		size_t n = strcspn(text, " ");
		unsigned width = 0;

		for (size_t i = 0; i < n; i++)
			width += ((unsigned char)text[i] & 0xc0) != 0x80;
		if (!is_first && column + 1 + width > out->width) {
			fputs("\n    ", out->to);
			column = 4;
		} else if (!is_first) {
			fputc(' ', out->to);
			column++;
		}
		is_first = false;
		fwrite(text, 1, n, out->to);
		column += width;
		text += n + (text[n] == ' ');
	}
	fputc('\n', out->to);
}

static bool is_about_symbols(const struct an_note *note)
{
	return !strcmp(note->reason, "modules-without-symbols");
}

/* The detail with the first digits of the build-id only. */
static void put_short_build_id(FILE *to, const char *detail)
{
	const char *id = strstr(detail, "(build-id ");
	size_t n_before, n_digits;

	n_before = id ? (size_t)(id - detail) + strlen("(build-id ") : 0;
	n_digits = strspn(detail + n_before, "0123456789abcdef");
	if (!id || n_digits <= 8) {
		text_put(to, detail);
		return;
	}
	text_put_bytes(to, detail, n_before + 8);
	fputs("…", to);
	text_put(to, detail + n_before + n_digits);
}

static void put_words(FILE *to, const struct an_session *session, const struct an_note *note)
{
	const struct wording *wording = NULL;
	char count[TEXT_BYTES];

	for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
		if (!strcmp(wordings[i].reason, note->reason))
			wording = &wordings[i];
	if (!wording)
		fprintf(to, "%s %s", note->reason, text_count(count, note->count));
	else if (!wording->one)
		fputs(wording->many, to);
	else
		fprintf(to, "%s %s", text_count(count, note->count),
			note->count == 1 ? wording->one : wording->many);
	if (is_about_symbols(note)) {
		fputc(' ', to);
		put_short_build_id(to, note->detail);
	} else if (*note->detail) {
		fputs(": ", to);
		text_put(to, note->detail);
	}
	if (note->process < session->n_processes && session->n_processes > 1)
		fprintf(to, " (process %u)", session->processes[note->process].id);
}

static void put_note(struct out *out, const struct an_session *session,
		     const struct an_note *note)
{
	char *text = NULL;
	size_t n_text;
	FILE *words = open_memstream(&text, &n_text);

	if (!words)
		return;
	put_words(words, session, note);
	fclose(words);
	if (note->is_missing)
		out_style(out, OUT_WARN);
	put_wrapped(out, text);
	if (note->is_missing)
		out_style(out, OUT_PLAIN);
	free(text);
}

/* What report_text_hints says. */
static bool is_hint(const struct an_note *note)
{
	return !strcmp(note->reason, AN_NOTE_POINTER_MASK) ||
	       !strcmp(note->reason, AN_NOTE_ALLOCATOR_CACHE);
}

/* What an image held when exec replaced it is not asked about, one by one. */
static bool is_about_exec(const struct an_note *note)
{
	return note->is_missing && !note->affects_verdict && !strcmp(note->reason, "no-snapshot");
}

static void put_replaced(struct out *out, const struct an_note *notes, uint32_t n_notes)
{
	unsigned n_replaced = 0;
	char count[TEXT_BYTES];

	for (uint32_t i = 0; i < n_notes; i++)
		n_replaced += is_about_exec(&notes[i]);
	if (n_replaced)
		fprintf(out->to, "  what %s held when exec replaced %s went with the old memory\n",
			text_plural(count, n_replaced, "program", "programs"),
			n_replaced == 1 ? "it" : "them");
}

void report_text_notes(struct out *out, const struct an_session *session,
		       const struct an_note *notes, uint32_t n_notes)
{
	bool is_any_missing = false;
	unsigned n_modules = 0;
	char count[TEXT_BYTES];

	for (uint32_t i = 0; i < n_notes; i++)
		is_any_missing |= notes[i].is_missing && !is_about_exec(&notes[i]);
	out_style(out, OUT_HEAD);
	fputs("NOT SEEN", out->to);
	out_style(out, OUT_PLAIN);
	if (!is_any_missing)
		fprintf(out->to, "  nothing was missed: every event of %s.\n",
			text_plural(count, session->n_processes, "process", "processes"));
	else
		fputc('\n', out->to);
	for (uint32_t i = 0; i < n_notes; i++)
		if (notes[i].is_missing && !is_about_exec(&notes[i]))
			put_note(out, session, &notes[i]);
	put_replaced(out, notes, n_notes);
	for (uint32_t i = 0; i < n_notes; i++) {
		if (notes[i].is_missing || is_hint(&notes[i]))
			continue;
		if (!is_about_symbols(&notes[i]) || n_modules < MODULES_SHOWN)
			put_note(out, session, &notes[i]);
		n_modules += is_about_symbols(&notes[i]);
	}
	if (n_modules > MODULES_SHOWN)
		fprintf(out->to, "  … nor for %s (--json lists them)\n",
			text_plural(count, n_modules - MODULES_SHOWN, "more module",
				    "more modules"));
}
