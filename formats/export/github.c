/* SPDX-License-Identifier: Apache-2.0 */
/*
 * github.c -- annotations for GitHub Actions: workflow commands, which the runner
 * finds in what a step prints.
 *
 * What fails the check is an error, what is only possible a warning; what is known
 * is not told again: it would stand beside the same line in every pull request.
 * The step's summary is Markdown, and another format.
 */
#include "formats/export/rows.h"

#include <string.h>

/* Of a message; of a property ':' and ',' as well. */
static void put(FILE *to, const char *text, const char *special)
{
	for (; *text; text++)
		if (strchr(special, *text))
			fprintf(to, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, to);
}

static void put_property(FILE *to, char before, const char *name, const char *text)
{
	fprintf(to, "%c%s=", before, name);
	put(to, text, "%\r\n:,");
}

static void put_stack(FILE *to, const struct mt_export_finding *finding)
{
	char text[512];

	for (uint32_t i = finding->responsible; i < finding->n_frames; i++) {
		mt_export_frame_text(text, sizeof text, &finding->frames[i]);
		fputs("%0A    ", to);
		put(to, text, "%\r\n");
	}
}

static void put_finding(FILE *to, const struct mt_export_finding *finding)
{
	const struct mt_export_frame *place = mt_export_place(finding);
	char title[256];

	fprintf(to, "::%s", finding->level == MT_EXPORT_ERROR ? "error" : "warning");
	if (place) {
		char line[16];

		mt_export_print(line, sizeof line, "%u", place->line);
		put_property(to, ' ', "file", place->file);
		put_property(to, ',', "line", line);
	}
	mt_export_print(title, sizeof title, "%s %s", finding->id, finding->title);
	put_property(to, place ? ',' : ' ', "title", title);
	fputs("::", to);
	put(to, finding->message, "%\r\n");
	put_stack(to, finding);
	fputc('\n', to);
}

static void put_missing(FILE *to, const struct mt_export_missing *missing)
{
	char text[1024];

	mt_export_print(text, sizeof text, "%s: %s", missing->reason, missing->detail);
	fputs("::error title=memtrace did not see everything::", to);
	put(to, text, "%\r\n");
	fputc('\n', to);
}

static void put_limit(FILE *to, const struct mt_export_limit *limit)
{
	fputs("::error title=over a limit::", to);
	put(to, limit->key, "%\r\n");
	fprintf(to, " is %llu %s, the limit is %llu\n", (unsigned long long)limit->actual,
		limit->measure, (unsigned long long)limit->most);
}

int mt_export_github(const struct mt_export *rows, FILE *to)
{
	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (mt_export_is_shown(&rows->findings[i]) &&
		    rows->findings[i].level != MT_EXPORT_NOTE)
			put_finding(to, &rows->findings[i]);
	for (uint32_t i = 0; i < rows->n_limits; i++)
		if (rows->limits[i].is_over && !rows->limits[i].is_of_findings)
			put_limit(to, &rows->limits[i]);
	for (uint32_t i = 0; i < rows->n_missing; i++)
		if (mt_export_is_blinding(&rows->missing[i]))
			put_missing(to, &rows->missing[i]);
	return ferror(to) ? -1 : 0;
}
