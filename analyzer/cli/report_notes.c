/* SPDX-License-Identifier: Apache-2.0 */
/* report_notes.c -- the end of every report: what was not seen, or that nothing
 * was missed. The words of the contract become sentences here. */
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report.h"

#include <string.h>

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
	{ "trace-cut", NULL, "the end of the trace is missing" },
	{ "trace-damaged", "piece of the trace could not be read",
	  "pieces of the trace could not be read" },
	{ "stacks-cut", "stack does not reach its root", "stacks do not reach their root" },
	{ "stacks-unknown", "allocation whose stack was lost", "allocations whose stack was lost" },
	{ "unknown-frees", "free of memory whose allocation was not seen",
	  "frees of memory whose allocation was not seen" },
	{ "live-file-elsewhere", NULL,
	  "the .live file was in another folder: had all died at once, it would be lost" },
	{ "modules-without-symbols", "address without a name or line in",
	  "addresses without a name or line in" },
	{ "other-initfirst-library", NULL,
	  "another library is initialised first: what it allocated before us was not seen" },
};

static void put_note(struct out *out, const struct an_session *session,
		     const struct an_note *note)
{
	const struct wording *wording = NULL;
	char count[TEXT_BYTES];

	for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
		if (!strcmp(wordings[i].reason, note->reason))
			wording = &wordings[i];
	fputs("  ", out->to);
	if (note->is_missing)
		out_style(out, OUT_WARN);
	if (!wording) {
		text_put(out->to, note->reason);
		fprintf(out->to, " %s", text_count(count, note->count));
	} else if (!wording->one) {
		fputs(wording->many, out->to);
	} else {
		fputs(text_count(count, note->count), out->to);
		fprintf(out->to, " %s", note->count == 1 ? wording->one : wording->many);
	}
	if (note->is_missing)
		out_style(out, OUT_PLAIN);
	if (note->detail && *note->detail) {
		fputs(wording && !strcmp(note->reason, "modules-without-symbols") ? " " : ": ",
		      out->to);
		text_put(out->to, note->detail);
	}
	if (note->process < session->n_processes && session->n_processes > 1)
		fprintf(out->to, " (process %u)", session->processes[note->process].id);
	fputc('\n', out->to);
}

void report_text_notes(struct out *out, const struct an_session *session,
		       const struct an_note *notes, uint32_t n_notes)
{
	bool is_any_missing = false;
	char count[TEXT_BYTES];

	for (uint32_t i = 0; i < n_notes; i++)
		is_any_missing = is_any_missing || notes[i].is_missing;
	out_style(out, OUT_HEAD);
	fputs("NOT SEEN", out->to);
	out_style(out, OUT_PLAIN);
	if (!is_any_missing)
		fprintf(out->to, "  nothing was missed: every event of %s.\n",
			text_plural(count, session->n_processes, "process", "processes"));
	else
		fputc('\n', out->to);
	for (uint32_t i = 0; i < n_notes; i++)
		if (notes[i].is_missing)
			put_note(out, session, &notes[i]);
	for (uint32_t i = 0; i < n_notes; i++)
		if (!notes[i].is_missing)
			put_note(out, session, &notes[i]);
}
