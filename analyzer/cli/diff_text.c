/* SPDX-License-Identifier: Apache-2.0 */
/* diff_text.c -- a diff for a person: as text, and as a table in Markdown. */
#include "analyzer/cli/diff.h"
#include "analyzer/cli/check.h"
#include "analyzer/cli/out_text.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 1024 };

static const char *sentence_of(char to[128], const struct an_diff_row *row)
{
	return row->finding ? check_sentence(to, row->finding) : NULL;
}

/* "read_line  io.c:55", not escaped. To be freed. */
static char *place_of(const struct an_diff_row *row)
{
	const struct an_named_line *line = row->n_lines ? &row->lines[row->responsible] : NULL;
	char name[NAME_BYTES] = "", *place = NULL;
	int n;

	if (line && line->function)
		an_normalise_function(name, sizeof name, line->function);
	else if (line)
		snprintf(name, sizeof name, "%.200s+0x%llx", line->module ? line->module : "",
			 (unsigned long long)line->offset);
	if (line && line->file && line->line)
		n = asprintf(&place, "%s  %s:%u", name, text_relative(line->file, row->cwd),
			     line->line);
	else
		n = asprintf(&place, "%s", name);
	if (n < 0)
		abort();
	return place;
}

/* "96 B in 3 → 48 B in 2" */
static void put_change(FILE *to, const struct an_diff_row *row, bool is_exact)
{
	char a[TEXT_BYTES], b[TEXT_BYTES], n_a[TEXT_BYTES], n_b[TEXT_BYTES];

	text_bytes(a, row->before.bytes, is_exact);
	text_bytes(b, row->after.bytes, is_exact);
	text_count(n_a, row->before.n);
	text_count(n_b, row->after.n);
	if (row->change == AN_IS_NEW)
		fprintf(to, "%s in %s", b, n_b);
	else if (row->change == AN_IS_GONE)
		fprintf(to, "%s in %s", a, n_a);
	else
		fprintf(to, "%s in %s → %s in %s", a, n_a, b, n_b);
}

static void put_objects(FILE *to, const struct an_diff_row *row)
{
	char made[TEXT_BYTES], gone[TEXT_BYTES];

	if (!row->finding && (row->change == AN_HAS_GROWN || row->change == AN_HAS_SHRUNK))
		fprintf(to, "  (%s made, %s freed)", text_count(made, row->n_made),
			text_count(gone, row->n_gone));
}

static void put_row(struct out *out, const struct an_diff_row *row)
{
	char sentence[128], *place = place_of(row);
	const char *why = sentence_of(sentence, row);

	fprintf(out->to, "  %-6s  ", an_change_name(row->change));
	if (row->finding)
		fprintf(out->to, "%s  ", row->id);
	put_change(out->to, row, out->is_exact);
	put_objects(out->to, row);
	if (why)
		fprintf(out->to, "  %s", why);
	fputs("  ", out->to);
	text_put(out->to, place);
	fputc('\n', out->to);
	free(place);
}

/* A row is shown unless it is the same, or one too many of its kind. */
static bool is_shown(const struct an_diff *diff, uint32_t i, uint64_t n_top)
{
	enum an_change_kind change = diff->rows[i].change;

	return change != AN_IS_SAME &&
	       (i < n_top || diff->rows[i - n_top].change != change);
}

static void put_sums(FILE *to, const struct an_diff *diff, bool is_exact)
{
	char a[TEXT_BYTES], b[TEXT_BYTES], n_a[TEXT_BYTES], n_b[TEXT_BYTES];

	fprintf(to, "%s in %s → %s in %s: ", text_bytes(a, diff->before.bytes, is_exact),
		text_count(n_a, diff->before.n), text_bytes(b, diff->after.bytes, is_exact),
		text_count(n_b, diff->after.n));
	for (unsigned i = 0; i < AN_N_CHANGES; i++)
		fprintf(to, "%s%u %s", i ? ", " : "", diff->n_changes[i], an_change_name(i));
}

static const char *what_of(const struct an_diff *diff)
{
	return diff->is_of_objects ? "Live, by the function that made it: "
				   : "Leaked, not freed or wrongly released: ";
}

/* A trace that misses something may miss a leak: so neither "new" nor "gone" is sure. */
static void put_missing(FILE *to, const struct diff_sides *sides)
{
	for (unsigned i = 0; i < 2; i++)
		if (!sides->is_complete[i]) {
			fputs("  not everything was seen of ", to);
			text_put(to, sides->names[i]);
			fputs(": memtrace report says what\n", to);
		}
}

void diff_text(const struct an_diff *diff, const struct diff_sides *sides,
	       const struct diff_options *options, struct out *out)
{
	uint32_t n_hidden = 0;

	text_put(out->to, sides->names[0]);
	fputs(" → ", out->to);
	text_put(out->to, sides->names[1]);
	fprintf(out->to, "\n%s", what_of(diff));
	put_sums(out->to, diff, out->is_exact);
	fputs(".\n", out->to);
	for (uint32_t i = 0; i < diff->n_rows; i++) {
		bool is_told = is_shown(diff, i, options->n_top);

		if (is_told)
			put_row(out, &diff->rows[i]);
		n_hidden += !is_told && diff->rows[i].change != AN_IS_SAME;
	}
	if (n_hidden)
		fprintf(out->to, "  … and %u more (--top=N)\n", n_hidden);
	put_missing(out->to, sides);
}

/* What would end a cell or begin something else than text. */
static void put_cell(FILE *to, const char *text)
{
	char *escaped;
	size_t n = text_escape(NULL, 0, text, strlen(text));

	escaped = xmalloc(n + 1);
	text_escape(escaped, n + 1, text, strlen(text));
	escaped[n] = 0;
	for (const char *at = escaped; *at; at++) {
		if (strchr("|\\`*_<>[]", *at))
			fputc('\\', to);
		fputc(*at, to);
	}
	free(escaped);
}

void diff_markdown(const struct an_diff *diff, const struct diff_sides *sides,
		   const struct diff_options *options, FILE *to)
{
	fputs("**memtrace diff** ", to);
	put_cell(to, sides->names[0]);
	fputs(" → ", to);
	put_cell(to, sides->names[1]);
	fprintf(to, "\n\n%s", what_of(diff));
	put_sums(to, diff, cmd_settings.is_exact);
	fputs(".\n\n| change | finding | how much | where |\n| --- | --- | --- | --- |\n", to);
	for (uint32_t i = 0; i < diff->n_rows; i++) {
		const struct an_diff_row *row = &diff->rows[i];
		char sentence[128], *place;
		const char *why = sentence_of(sentence, row);

		if (!is_shown(diff, i, options->n_top))
			continue;
		place = place_of(row);
		fprintf(to, "| %s | %s%s%s | ", an_change_name(row->change), row->id,
			why ? " " : "", why ? why : "");
		put_change(to, row, cmd_settings.is_exact);
		put_objects(to, row);
		fputs(" | ", to);
		put_cell(to, place);
		fputs(" |\n", to);
		free(place);
	}
}
