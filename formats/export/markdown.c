/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown.c -- a summary for people: a pull request's comment, or the summary of a
 * step (GITHUB_STEP_SUMMARY). The answer, a table of findings, and their stacks
 * folded away.
 *
 * A name from a trace could be a link, an image or a table of its own: every ASCII
 * punctuation that means something is escaped, and stacks are indented code, which
 * nothing in them can end.
 */
#include "formats/export/rows.h"

#include <string.h>

static void put(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '&')
			fputs("&amp;", to);
		else if (strchr("\\`*_{}[]()>#+-.!|~@$^=:", *text))
			fprintf(to, "\\%c", *text);
		else
			fputc(*text, to);
	}
}

/* Inside a block of HTML, where Markdown is not read. */
static void put_html(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '&')
			fputs("&amp;", to);
		else
			fputc(*text, to);
	}
}

static void put_place(FILE *to, const struct mt_export_finding *finding)
{
	const struct mt_export_frame *place = mt_export_place(finding);
	char text[512];

	if (!place && finding->responsible < finding->n_frames)
		place = &finding->frames[finding->responsible];
	if (!place)
		return;
	mt_export_frame_text(text, sizeof text, place);
	put(to, text);
}

static void put_tests(FILE *to, const struct mt_export_finding *finding)
{
	for (uint32_t i = 0; i < finding->n_tests; i++) {
		fputs(i ? ", " : "", to);
		if (finding->tests[i].suite) {
			put(to, finding->tests[i].suite);
			put(to, ".");
		}
		put(to, finding->tests[i].name);
	}
}

static void put_row(FILE *to, const struct mt_export_finding *finding)
{
	fprintf(to, "| %s | ", finding->level == MT_EXPORT_ERROR ? "**fails**" : "");
	put(to, finding->status);
	fputs(" | ", to);
	put(to, finding->id);
	fputs(" | ", to);
	put(to, finding->size);
	fprintf(to, " | %llu | ", (unsigned long long)finding->n_allocations);
	put(to, finding->title);
	fputs(" | ", to);
	put_place(to, finding);
	fputs(" | ", to);
	put_tests(to, finding);
	fputs(" |\n", to);
}

/* HTML begins and ends a line of its own, with blank ones around the Markdown. */
static void put_stack(FILE *to, const struct mt_export_finding *finding)
{
	char text[512];

	fputs("\n<details><summary>", to);
	put_html(to, finding->id);
	fputs(" ", to);
	put_html(to, finding->title);
	fputs("</summary>\n\n", to);
	put(to, finding->message);
	fputs("\n\n", to);
	for (uint32_t i = 0; i < finding->n_frames; i++) {
		mt_export_frame_text(text, sizeof text, &finding->frames[i]);
		fprintf(to, "    %s\n", text);
	}
	fputs("\n</details>\n", to);
}

static void put_findings(const struct mt_export *rows, FILE *to)
{
	bool has_head = false;

	for (uint32_t i = 0; i < rows->n_findings; i++) {
		if (!mt_export_is_shown(&rows->findings[i]))
			continue;
		if (!has_head)
			fputs("\n| | | finding | size | × | why | where | tests |\n"
			      "|---|---|---|--:|--:|---|---|---|\n", to);
		has_head = true;
		put_row(to, &rows->findings[i]);
	}
	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (mt_export_is_shown(&rows->findings[i]))
			put_stack(to, &rows->findings[i]);
}

static void put_lists(const struct mt_export *rows, FILE *to)
{
	for (uint32_t i = 0; i < rows->n_limits; i++) {
		const struct mt_export_limit *limit = &rows->limits[i];

		if (!limit->is_over || limit->is_of_findings)
			continue;
		fputs("\n- over a limit: ", to);
		put(to, limit->key);
		fprintf(to, " is %llu %s, the limit is %llu\n", (unsigned long long)limit->actual,
			limit->measure, (unsigned long long)limit->most);
	}
	for (uint32_t i = 0; i < rows->n_missing; i++) {
		if (!rows->missing[i].affects_verdict)
			continue;
		fprintf(to, "\n- not seen%s: ", rows->missing[i].is_allowed ? " (allowed)" : "");
		put(to, rows->missing[i].reason);
		fputs(": ", to);
		put(to, rows->missing[i].detail);
		fputs("\n", to);
	}
}

int mt_export_markdown(const struct mt_export *rows, FILE *to)
{
	fputs("### memtrace: ", to);
	put(to, rows->verdict);
	fputs("\n\n", to);
	put(to, rows->summary);
	fputs("\n", to);
	put_findings(rows, to);
	put_lists(rows, to);
	return ferror(to) ? -1 : 0;
}
