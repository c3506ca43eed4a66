/* SPDX-License-Identifier: Apache-2.0 */
/* baseline.c -- see baseline.h. */
#include "analyzer/findings/baseline.h"
#include "analyzer/base/vec.h"

#include <string.h>

enum { HEX_MAX = 64, PREFIX = 2, NAME_BYTES = PREFIX + HEX_MAX + 1 };

static const char head_line[] = "# memtrace baseline 1";

static const char *keep(struct an_baseline *baseline, const char *text)
{
	return arena_text(&baseline->arena, text ? text : "", text ? strlen(text) : 0);
}

void an_baseline_add(struct an_baseline *baseline, const struct an_baseline_entry *entry)
{
	struct an_baseline_entry *to;

	baseline->at = vec_more(baseline->at, &baseline->room, baseline->n + 1,
				sizeof *baseline->at);
	to = &baseline->at[baseline->n++];
	*to = *entry;
	to->name = keep(baseline, entry->name);
	to->kind = keep(baseline, entry->kind);
	to->function = keep(baseline, entry->function);
	to->owner = keep(baseline, entry->owner);
	to->reason = keep(baseline, entry->reason);
	to->expires = keep(baseline, entry->expires);
	to->comment = keep(baseline, entry->comment);
}

static int compare(const void *left, const void *right)
{
	const struct an_baseline_entry *a = left, *b = right;

	return strcmp(a->name, b->name);
}

void an_baseline_sort(struct an_baseline *baseline)
{
	if (baseline->n)
		qsort(baseline->at, baseline->n, sizeof *baseline->at, compare);
}

static bool is_name(const char *name)
{
	size_t n = strlen(name);

	return n >= PREFIX + 6 && n < NAME_BYTES && name[1] == '-' && name[0] >= 'A' &&
	       name[0] <= 'Z' && strspn(name + PREFIX, "0123456789abcdef") == n - PREFIX;
}

static bool is_date(const char *text)
{
	static const char form[] = "dddd-dd-dd";

	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return !text[sizeof form - 1];
}

static bool read_number(const char *text, uint64_t *number)
{
	*number = 0;
	if (!*text)
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, (uint64_t)(*text - '0'), number))
			return false;
	return !*text;
}

/* "key=value" into the entry. NULL, or what is wrong. */
static const char *set_field(struct an_baseline_entry *entry, char *field)
{
	char *value = strchr(field, '=');

	if (!value)
		return "behind the name stand fields, as in bytes=96";
	*value++ = 0;
	if (!strcmp(field, "bytes"))
		return read_number(value, &entry->bytes) ? NULL : "bytes wants a number";
	if (!strcmp(field, "allocations"))
		return read_number(value, &entry->n) ? NULL : "allocations wants a number";
	if (!strcmp(field, "kind"))
		entry->kind = value;
	else if (!strcmp(field, "function"))
		entry->function = value;
	else if (!strcmp(field, "owner"))
		entry->owner = value;
	else if (!strcmp(field, "expires"))
		entry->expires = value;
	else
		return "a field is bytes, allocations, kind, function, owner, expires or reason";
	return *entry->expires && !is_date(entry->expires) ? "a date is YYYY-MM-DD" : NULL;
}

/* line is written to. */
static const char *parse_line(struct an_baseline_entry *entry, char *line)
{
	const char *wrong = NULL;
	char *reason = strstr(line, " reason="), *at = line, *word;

	if (reason) {
		*reason = 0;
		entry->reason = reason + strlen(" reason=");
	}
	entry->name = strsep(&at, " \t");
	if (!is_name(entry->name))
		return "a line begins with a finding's name, as in L-77aa02";
	while (!wrong && (word = strsep(&at, " \t")))
		if (*word)
			wrong = set_field(entry, word);
	return wrong;
}

static unsigned add_line(struct an_baseline *baseline, char *line, const char *comment,
			 const char *today, const char **what)
{
	struct an_baseline_entry entry = {
		.kind = "", .function = "", .owner = "", .reason = "", .expires = "",
		.comment = comment,
	};

	*what = parse_line(&entry, line);
	for (uint32_t i = 0; !*what && i < baseline->n; i++)
		if (!strcmp(baseline->at[i].name, entry.name))
			*what = "this name is there twice";
	if (*what)
		return 1;
	entry.is_expired = *entry.expires && strcmp(entry.expires, today) < 0;
	an_baseline_add(baseline, &entry);
	return 0;
}

/* Comments are collected until an entry takes them; a blank line makes the first of
 * them the file's own. */
struct comments {
	char *text;
	size_t n;
	FILE *to;
};

static void open_comments(struct comments *comments)
{
	*comments = (struct comments){ 0 };
	comments->to = open_memstream(&comments->text, &comments->n);
	if (!comments->to)
		abort();
}

static void restart_comments(struct comments *comments)
{
	fclose(comments->to);
	free(comments->text);
	open_comments(comments);
}

unsigned an_baseline_parse(struct an_baseline *baseline, const char *text, const char *today,
			   const char **what)
{
	char *copy = xstrdup(text), *rest = copy, *line;
	struct comments comments;
	unsigned number = 0, wrong = 0;

	*what = NULL;
	open_comments(&comments);
	while (!wrong && (line = strsep(&rest, "\n"))) {
		number++;
		line[strcspn(line, "\r")] = 0;
		line += strspn(line, " \t");
		if (*line == '#' && strncmp(line, head_line, strlen(head_line)) != 0) {
			fprintf(comments.to, "%s\n", line);
			continue;
		}
		fflush(comments.to);
		if (!*line && comments.n && !baseline->head && !baseline->n) {
			baseline->head = keep(baseline, comments.text);
			restart_comments(&comments);
		}
		if (!*line || *line == '#')
			continue;
		if (add_line(baseline, line, comments.text, today, what))
			wrong = number;
		restart_comments(&comments);
	}
	fclose(comments.to);
	free(comments.text);
	free(copy);
	an_baseline_sort(baseline);
	return wrong;
}

void an_baseline_release(struct an_baseline *baseline)
{
	free(baseline->at);
	arena_release(&baseline->arena);
	*baseline = (struct an_baseline){ 0 };
}

struct an_baseline_entry *an_baseline_find(const struct an_baseline *baseline, const char *id,
					   const char *fingerprint)
{
	char whole[NAME_BYTES];
	struct an_baseline_entry *best = NULL;

	snprintf(whole, sizeof whole, "%.2s%s", id, fingerprint);
	for (uint32_t i = 0; i < baseline->n; i++) {
		struct an_baseline_entry *entry = &baseline->at[i];
		size_t n = strlen(entry->name);

		if (!strncmp(entry->name, whole, n) && (!best || n > strlen(best->name)))
			best = entry;
	}
	return best;
}

static void write_word(FILE *to, const char *key, const char *value)
{
	if (!*value)
		return;
	fprintf(to, " %s=", key);
	for (; *value; value++)
		fputc((unsigned char)*value <= ' ' ? '_' : *value, to);
}

void an_baseline_write(const struct an_baseline *baseline, FILE *to)
{
	fprintf(to, "%s\n", head_line);
	if (baseline->head)
		fputs(baseline->head, to);
	fputc('\n', to);
	for (uint32_t i = 0; i < baseline->n; i++) {
		const struct an_baseline_entry *entry = &baseline->at[i];

		fprintf(to, "%s%s bytes=%llu allocations=%llu", entry->comment, entry->name,
			(unsigned long long)entry->bytes, (unsigned long long)entry->n);
		write_word(to, "kind", entry->kind);
		write_word(to, "function", entry->function);
		write_word(to, "owner", entry->owner);
		write_word(to, "expires", entry->expires);
		if (*entry->reason)
			fprintf(to, " reason=%s", entry->reason);
		fputc('\n', to);
	}
}
