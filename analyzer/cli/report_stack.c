/* SPDX-License-Identifier: Apache-2.0 */
/* report_stack.c -- stacks and sites as a person reads them: the responsible
 * frame first, names shortened to what fits, paths below the working directory
 * without it. */
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report.h"

#include <string.h>

enum {
	CALLERS = 5,             /* behind the responsible frame, without --full */
	NAME_COLUMNS_MAX = 48,   /* a longer name leaves no room for its location */
	WHERE_BYTES = 4200,
};

/* "sessions.c:41", "libc.so.6", or the address in no module. */
static void locate(char to[WHERE_BYTES], const struct an_named_line *line, const char *cwd)
{
	if (line->file && line->line)
		snprintf(to, WHERE_BYTES, "%s:%u", text_relative(line->file, cwd), line->line);
	else if (line->file)
		snprintf(to, WHERE_BYTES, "%s", text_relative(line->file, cwd));
	else if (line->module && line->function)
		snprintf(to, WHERE_BYTES, "in %s", line->module);
	else
		snprintf(to, WHERE_BYTES, line->module ? "" : "in no module");
}

/* A place that is too long loses the folders in front: its end says more. */
static void put_place(struct out *out, const char *where, unsigned room)
{
	const char *at = where;

	while (text_width(at) + (at > where) > room && strchr(at + 1, '/'))
		at = strchr(at + 1, '/');
	if (at > where)
		fputs("…", out->to);
	text_put_fitted(out->to, at, -(int)(room - (at > where)));
}

const char *report_text_name(char to[REPORT_NAME_BYTES], const struct an_named_line *line,
			     bool is_full)
{
	if (line->function && is_full)
		return line->function;
	if (line->function)
		an_normalise_function(to, REPORT_NAME_BYTES, line->function);
	else
		snprintf(to, REPORT_NAME_BYTES, "%.200s%s0x%llx",
			 line->module ? line->module : "", line->module ? "+" : "",
			 (unsigned long long)line->offset);
	return to;
}

static void put_cut(struct out *out, const struct an_named_line *line, unsigned indent)
{
	char count[TEXT_BYTES];

	fprintf(out->to, "%*s", (int)indent, "");
	if (line->n_cut)
		fprintf(out->to, "… %s missing here: the stack was too deep\n",
			text_plural(count, line->n_cut, "frame is", "frames are"));
	else
		fputs("… the callers beyond this are not known\n", out->to);
}

static void put_line(struct out *out, const struct an_named_line *line, unsigned n_name,
		     const struct report_stack_style *style)
{
	char name[REPORT_NAME_BYTES], where[WHERE_BYTES];
	const char *after = line->is_inlined ? "  (inlined)" : line->is_guess ? "  (a guess)" : "";
	int room = (int)out->width - (int)style->indent - (int)n_name - 2 - (int)strlen(after);

	if (line->is_cut) {
		put_cut(out, line, style->indent);
		return;
	}
	locate(where, line, style->cwd);
	fprintf(out->to, "%*s", (int)style->indent, "");
	text_put_fitted(out->to, report_text_name(name, line, style->is_full),
			*where || *after ? (int)n_name : -(int)n_name);
	if (*where || *after)
		fputs("  ", out->to);
	out_style(out, OUT_DIM);
	if (style->is_full || room < 16)
		text_put(out->to, where);
	else
		put_place(out, where, (unsigned)room);
	fputs(after, out->to);
	out_style(out, OUT_PLAIN);
	fputc('\n', out->to);
}

/* The widest name of the lines, as far as there is room for it. */
static unsigned name_columns(const struct out *out, const struct an_line_list *list,
			     size_t first, size_t end, const struct report_stack_style *style)
{
	unsigned most = style->is_full ? 400 : out->width / 2;
	unsigned widest = 12;

	if (!style->is_full && out->width <= 100 && most > NAME_COLUMNS_MAX)
		most = NAME_COLUMNS_MAX;
	for (size_t i = first; i < end; i++) {
		char name[REPORT_NAME_BYTES];
		unsigned width = 0;

		if (!list->at[i].is_cut)
			width = text_width(report_text_name(name, &list->at[i], style->is_full));
		widest = width > widest ? width : widest;
	}
	return widest < most ? widest : most;
}

/* One past the last line worth showing: what lies between the user's outermost
 * frame and the root is the same for every stack. */
static size_t end_of_interest(const struct an_line_list *list, size_t first)
{
	size_t end = list->n;

	while (end > first + 1 && !list->at[end - 1].is_cut &&
	       list->at[end - 1].owner == AN_OWNER_SYSTEM)
		end--;
	return end;
}

void report_text_stack(struct out *out, const struct an_line_list *list,
		       const struct report_stack_style *style)
{
	size_t first = style->is_full ? 0 : an_lines_responsible(list);
	size_t end = style->is_full ? list->n : end_of_interest(list, first);
	size_t n = end - first, most = style->is_full ? n : 1 + CALLERS;
	unsigned n_name;
	char count[TEXT_BYTES];

	/* A depth that was asked for is shown, be it more than the usual. */
	if (style->depth != UINT64_MAX)
		most = style->depth;
	/* A line that says "1 more" is as long as the line it hides. */
	if (n > most && !(n == most + 1 && style->depth > most))
		n = most;
	n_name = name_columns(out, list, first, first + n, style);
	for (size_t i = first; i < first + n; i++)
		put_line(out, &list->at[i], n_name, style);
	if (first + n < end)
		fprintf(out->to, "%*s… and %s\n", (int)style->indent, "",
			text_plural(count, end - first - n, "caller", "callers"));
}

void report_text_site(struct out *out, const struct an_line_list *list, unsigned column,
		      const char *cwd)
{
	size_t at = an_lines_responsible(list);
	const struct an_named_line *line = &list->at[at];
	char name[REPORT_NAME_BYTES], where[WHERE_BYTES];
	int room = (int)(out->width > column + 24 ? out->width - column : 24);
	int n_name = room * 3 / 5 < 32 ? room * 3 / 5 : 32, n_most;

	if (line->is_cut) {
		fputs("(the stack is not known)\n", out->to);
		return;
	}
	locate(where, line, cwd);
	report_text_name(name, line, false);
	/* A name that is too long for its column may take what its place leaves. */
	n_most = room - 2 - (int)text_width(where);
	if (!*where || ((int)text_width(name) > n_name && n_most > n_name))
		n_name = -n_most;
	text_put_fitted(out->to, name, n_name);
	if (*where) {
		fputs("  ", out->to);
		put_place(out, where, n_name < 0 ? text_width(where)
						 : (unsigned)(room - n_name - 2));
	}
	fputc('\n', out->to);
}

void report_text_type(struct out *out, const struct an_findings *findings, uint32_t stack)
{
	const char *type = an_type_name_of_stack(findings->types, stack);

	if (!type)
		return;
	fputs(" of ", out->to);
	text_put_fitted(out->to, type, -(int)(out->width / 3));
}
