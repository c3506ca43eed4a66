/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suppress.c -- see suppress.h.
 *
 * Matching is iterative and remembers one place to go back to, as matching a
 * file name does: after a "..." (or "*") that failed further on, only the last
 * one can usefully take more.
 */
#include "analyzer/findings/suppress.h"
#include "analyzer/base/arena.h"
#include "analyzer/base/vec.h"

#include <ctype.h>
#include <string.h>

enum pattern_kind { PATTERN_FUN, PATTERN_OBJ, PATTERN_SRC, PATTERN_ANY };

struct pattern {
	enum pattern_kind kind;
	const char *text;
};

struct suppression {
	const char *name, *file;
	unsigned line;
	unsigned kinds;
	const char *leak;            /* LeakSanitizer's pattern; NULL: Valgrind's */
	size_t first, n;             /* of patterns */
};

struct an_suppressions {
	struct arena arena;
	VEC(struct suppression) all;
	VEC(struct pattern) patterns;
};

struct an_suppressions *an_suppressions_new(void)
{
	return xcalloc(1, sizeof(struct an_suppressions));
}

void an_suppressions_free(struct an_suppressions *suppressions)
{
	if (!suppressions)
		return;
	VEC_RELEASE(&suppressions->all);
	VEC_RELEASE(&suppressions->patterns);
	arena_release(&suppressions->arena);
	free(suppressions);
}

/* What is being read: the block of Valgrind's that is open, if one is. */
struct reading {
	struct an_suppressions *to;
	const char *file;
	unsigned line;
	enum { OUTSIDE, WANTS_NAME, WANTS_KIND, IN_STACK, IN_OTHER } state;
	struct suppression open;
	const char *wrong;
};

static void put_pattern(struct reading *reading, enum pattern_kind kind, const char *text)
{
	*VEC_PUSH(&reading->to->patterns) = (struct pattern){ kind, text };
	reading->open.n++;
}

static unsigned kinds_of(const char *text)
{
	static const char *const names[] = { "definite", "indirect", "possible", "reachable" };
	unsigned kinds = 0;

	for (unsigned i = 0; i < 4; i++)
		if (strstr(text, names[i]))
			kinds |= 1u << i;
	return strstr(text, "all") ? AN_KIND_ALL : kinds;
}

static void read_frame(struct reading *reading, const char *text)
{
	if (!strcmp(text, "..."))
		put_pattern(reading, PATTERN_ANY, "");
	else if (!strncmp(text, "fun:", 4))
		put_pattern(reading, PATTERN_FUN, text + 4);
	else if (!strncmp(text, "obj:", 4))
		put_pattern(reading, PATTERN_OBJ, text + 4);
	else if (!strncmp(text, "src:", 4))
		put_pattern(reading, PATTERN_SRC, text + 4);
	else if (!strncmp(text, "match-leak-kinds:", 17))
		reading->open.kinds = kinds_of(text + 17);
	else
		reading->wrong = "a frame begins with fun:, obj: or src:, or is \"...\"";
}

/* "Memcheck:Leak", also in a list of tools. Those of other errors are read over. */
static void read_kind(struct reading *reading, const char *text)
{
	const char *colon = strchr(text, ':');

	if (!colon) {
		reading->wrong = "the kind is missing; a leak's is Memcheck:Leak";
		return;
	}
	reading->state = !strcmp(colon + 1, "Leak") && strstr(text, "Memcheck") ? IN_STACK
										: IN_OTHER;
}

static void close_block(struct reading *reading)
{
	if (reading->state == IN_STACK && reading->open.n)
		*VEC_PUSH(&reading->to->all) = reading->open;
	else if (reading->state != IN_OTHER)
		reading->wrong = "a suppression ends before its stack";
	reading->state = OUTSIDE;
}

static void open_block(struct reading *reading)
{
	reading->state = WANTS_NAME;
	reading->open = (struct suppression){ .file = reading->file, .line = reading->line,
					      .kinds = AN_KIND_ALL,
					      .first = reading->to->patterns.n };
}

static void read_outside(struct reading *reading, const char *text)
{
	if (!strcmp(text, "{")) {
		open_block(reading);
	} else if (!strncmp(text, "leak:", 5) && text[5]) {
		*VEC_PUSH(&reading->to->all) = (struct suppression){
			.name = text, .file = reading->file, .line = reading->line,
			.kinds = AN_KIND_ALL, .leak = text + 5,
		};
	} else {
		reading->wrong = "neither Valgrind's \"{\" nor LeakSanitizer's \"leak:\"";
	}
}

static void read_line(struct reading *reading, const char *text)
{
	if (reading->state == OUTSIDE) {
		read_outside(reading, text);
	} else if (!strcmp(text, "}")) {
		close_block(reading);
	} else if (reading->state == WANTS_NAME) {
		reading->open.name = text;
		reading->state = WANTS_KIND;
	} else if (reading->state == WANTS_KIND) {
		read_kind(reading, text);
	} else if (reading->state == IN_STACK) {
		read_frame(reading, text);
	}
}

unsigned an_suppressions_add(struct an_suppressions *suppressions, const char *file,
			     const char *text, const char **what)
{
	struct reading reading = { .to = suppressions, .file = file };

	for (const char *at = text; *at && !reading.wrong;) {
		size_t n = strcspn(at, "\n"), n_line = n;
		const char *from = at;

		while (n_line && isspace((unsigned char)*from))
			from++, n_line--;
		while (n_line && isspace((unsigned char)from[n_line - 1]))
			n_line--;
		reading.line++;
		if (n_line && *from != '#')
			read_line(&reading, arena_text(&suppressions->arena, from, n_line));
		at += n + (at[n] == '\n');
	}
	if (!reading.wrong && reading.state != OUTSIDE)
		reading.wrong = "the last suppression has no \"}\"";
	*what = reading.wrong;
	return reading.wrong ? reading.line : 0;
}

uint32_t an_suppressions_count(const struct an_suppressions *suppressions)
{
	return (uint32_t)suppressions->all.n;
}

const char *an_suppression_name(const struct an_suppressions *suppressions, uint32_t index,
				const char **file, unsigned *line)
{
	const struct suppression *suppression = &suppressions->all.at[index];

	*file = suppression->file;
	*line = suppression->line;
	return suppression->name;
}

/* A whole text against a pattern with * and ?. */
static bool is_like(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = text;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == *text || *pattern == '?') {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* LeakSanitizer's: anywhere in the text unless ^ or $ hold it to an end. */
static bool is_found(const char *leak, const char *text)
{
	bool is_begin = *leak == '^';
	size_t n = strlen(leak += is_begin);
	bool is_end = n && leak[n - 1] == '$';
	char pattern[1024];

	if (!text)
		return false;
	snprintf(pattern, sizeof pattern, "%s%.*s%s", is_begin ? "" : "*",
		 (int)(n - is_end < 1000 ? n - is_end : 1000), leak, is_end ? "" : "*");
	return is_like(pattern, text);
}

static const char *api_linkage(uint8_t api)
{
	static const char *const names[MT_N_APIS] = {
		[MT_API_NEW] = "_Znwm",
		[MT_API_NEW_ARRAY] = "_Znam",
		[MT_API_NEW_NOTHROW] = "_ZnwmRKSt9nothrow_t",
		[MT_API_NEW_ARRAY_NOTHROW] = "_ZnamRKSt9nothrow_t",
		[MT_API_NEW_ALIGNED] = "_ZnwmSt11align_val_t",
		[MT_API_NEW_ARRAY_ALIGNED] = "_ZnamSt11align_val_t",
		[MT_API_NEW_ALIGNED_NOTHROW] = "_ZnwmSt11align_val_tRKSt9nothrow_t",
		[MT_API_NEW_ARRAY_ALIGNED_NOTHROW] = "_ZnamSt11align_val_tRKSt9nothrow_t",
	};

	return api < MT_N_APIS && names[api] ? names[api] : mt_api_name(api);
}

/* Is the innermost line the allocation function itself? */
static bool has_api_line(const struct an_line_list *list, uint8_t api)
{
	const struct an_named_line *line = list->at;

	if (!list->n || !line->function)
		return false;
	return !strcmp(line->function, api_linkage(api)) ||
	       (line->linkage && !strcmp(line->linkage, api_linkage(api)));
}

static bool is_frame(const struct pattern *pattern, const struct an_named_line *line)
{
	const char *source = line->file;

	if (pattern->kind == PATTERN_FUN)
		return (line->function && is_like(pattern->text, line->function)) ||
		       (line->linkage && is_like(pattern->text, line->linkage));
	if (pattern->kind == PATTERN_OBJ)
		return (line->path && is_like(pattern->text, line->path)) ||
		       (line->module && is_like(pattern->text, line->module));
	if (source && strrchr(source, '/') && !strchr(pattern->text, '/'))
		source = strrchr(source, '/') + 1;
	if (source && strchr(pattern->text, ':')) {
		char place[4200];

		snprintf(place, sizeof place, "%s:%u", source, line->line);
		return is_like(pattern->text, place);
	}
	return source && is_like(pattern->text, source);
}

/* The patterns from the first line on; lines that are left over do not matter. */
static bool is_stack(const struct pattern *patterns, size_t n, const struct an_line_list *list,
		     uint8_t api)
{
	struct an_named_line first = { .function = mt_api_name(api), .linkage = api_linkage(api) };
	size_t n_extra = !has_api_line(list, api), n_lines = list->n + n_extra;
	size_t at = 0, line = 0, any = n, retry = 0;

	while (at < n) {
		const struct an_named_line *frame = line < n_extra ? &first
						    : line < n_lines ? &list->at[line - n_extra]
								     : NULL;

		if (patterns[at].kind == PATTERN_ANY) {
			any = at++;
			retry = line;
		} else if (frame && is_frame(&patterns[at], frame)) {
			at++;
			line++;
		} else if (any < n && retry < n_lines) {
			at = any + 1;
			line = ++retry;
		} else {
			return false;
		}
	}
	return true;
}

static bool is_leak(const char *leak, const struct an_line_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_found(leak, list->at[i].function) || is_found(leak, list->at[i].file) ||
		    is_found(leak, list->at[i].path ? list->at[i].path : list->at[i].module))
			return true;
	return false;
}

uint32_t an_suppressions_match(const struct an_suppressions *suppressions,
			       const struct an_line_list *list, uint8_t api, unsigned kinds)
{
	for (uint32_t i = 0; i < suppressions->all.n; i++) {
		const struct suppression *suppression = &suppressions->all.at[i];

		if (!(suppression->kinds & kinds))
			continue;
		if (suppression->leak ? is_leak(suppression->leak, list)
				      : is_stack(suppressions->patterns.at + suppression->first,
						 suppression->n, list, api))
			return i;
	}
	return AN_NONE;
}

void an_suppression_write(FILE *to, const char *name, const struct an_line_list *list,
			  uint8_t api, const char *kind)
{
	size_t n = list->n < 23 ? list->n : 23;

	fprintf(to, "{\n   %s\n   Memcheck:Leak\n   match-leak-kinds: %s\n", name, kind);
	if (!has_api_line(list, api))
		fprintf(to, "   fun:%s\n", api_linkage(api));
	for (size_t i = 0; i < n; i++) {
		const struct an_named_line *line = &list->at[i];
		const char *function = line->linkage ? line->linkage : line->function;

		if (line->is_cut)
			fputs("   ...\n", to);
		else if (function && !strpbrk(function, "\n\r\x1b"))
			fprintf(to, "   fun:%s\n", function);
		else if (line->path && !strpbrk(line->path, "\n\r\x1b"))
			fprintf(to, "   obj:%s\n", line->path);
		else
			fputs("   ...\n", to);
	}
	if (n < list->n)
		fputs("   ...\n", to);
	fputs("}\n", to);
}
