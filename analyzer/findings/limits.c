/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c -- see limits.h. A limit is taken apart from both ends: program(...)/ in
 * front, @every-run and :N behind; what is left names a row of a table. */
#include "analyzer/findings/limits.h"
#include "analyzer/base/vec.h"
#include "analyzer/findings/leaks.h"

#include <stdio.h>
#include <string.h>

static char problem[300];

static const struct kind {
	const char *name;
	enum an_limit_what what;
	unsigned which;
	bool is_count;           /* has no bytes */
} kinds[] = {
	{ "definite", AN_LIMIT_CLASS, AN_CLASS_DEFINITE, false },
	{ "indirect", AN_LIMIT_CLASS, AN_CLASS_INDIRECT, false },
	{ "possible", AN_LIMIT_CLASS, AN_CLASS_POSSIBLE, false },
	{ "reachable", AN_LIMIT_CLASS, AN_CLASS_REACHABLE, false },
	{ "not-freed", AN_LIMIT_CLASS, AN_CLASS_UNCLASSIFIED, false },
	{ "total", AN_LIMIT_TOTAL, 0, false },
	{ "live", AN_LIMIT_LIVE, 0, false },
	{ "peak", AN_LIMIT_PEAK, 0, false },
	{ "allocated", AN_LIMIT_ALLOCATED, 0, false },
	{ "allocations", AN_LIMIT_ALLOCATIONS, 0, true },
	{ "errors", AN_LIMIT_ERRORS, 0, true },
};

const char *an_measure_name(enum an_measure measure)
{
	static const char *const names[] = { "bytes", "count", "findings" };

	return names[measure];
}

void an_limits_release(struct an_limits *limits)
{
	free(limits->at);
	arena_release(&limits->arena);
	*limits = (struct an_limits){ 0 };
}

bool an_limit_is_of_rows(const struct an_limit *limit)
{
	switch (limit->what) {
	case AN_LIMIT_CLASS:
		return limit->which != AN_CLASS_REACHABLE;
	case AN_LIMIT_CAUSE:
	case AN_LIMIT_ERROR:
	case AN_LIMIT_ERRORS:
	case AN_LIMIT_TOTAL:
		return true;
	default:
		return false;
	}
}

bool an_limit_number(const char *text, uint64_t *number)
{
	static const char letters[] = "kMGT";
	uint64_t value = 0, unit = 1;
	const char *letter;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return false;
	letter = *text ? strchr(letters, *text == 'K' ? 'k' : *text) : NULL;
	if (letter) {
		uint64_t step = text[1] == 'i' ? 1024 : 1000;

		for (const char *at = letters; at <= letter; at++)
			unit *= step;
		text += step == 1024 ? 2 : 1;
	}
	text += *text == 'B';
	return !*text && !__builtin_mul_overflow(value, unit, number);
}

static bool is_word(const char *name, const char *text, size_t n)
{
	return strlen(name) == n && !memcmp(name, text, n);
}

/* The kind whose name are the first n bytes of text. */
static bool find_kind(struct an_limit *limit, const char *text, size_t n, bool *is_count)
{
	*is_count = false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (is_word(kinds[i].name, text, n)) {
			limit->what = kinds[i].what;
			limit->which = kinds[i].which;
			*is_count = kinds[i].is_count;
			return true;
		}
	for (unsigned i = 1; i < AN_N_CAUSES; i++)
		if (is_word(an_cause_name(i), text, n)) {
			limit->what = AN_LIMIT_CAUSE;
			limit->which = i;
			return true;
		}
	for (unsigned i = 0; i < AN_N_ERRORS; i++)
		if (is_word(an_error_name(i), text, n)) {
			limit->what = AN_LIMIT_ERROR;
			limit->which = i;
			*is_count = true;
			return true;
		}
	return false;
}

static const char *fail_kind(const char *text, size_t n)
{
	int at = snprintf(problem, sizeof problem, "there is no kind \"%.*s\"; it is one of",
			  (int)(n > 40 ? 40 : n), text);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		at += snprintf(problem + at, sizeof problem - (size_t)at, " %s,", kinds[i].name);
	snprintf(problem + at, sizeof problem - (size_t)at,
		 " site(PATTERN), or a cause or an error as report --json names it");
	return problem;
}

/* "name(inner)" at *text: inner as a text of its own, and *text behind it. */
static const char *take_brackets(struct an_limits *limits, const char **text, const char *name)
{
	size_t n = strlen(name), n_inner;

	if (strncmp(*text, name, n) || (*text)[n] != '(')
		return NULL;
	n_inner = strcspn(*text + n + 1, ")");
	if (!n_inner || (*text)[n + 1 + n_inner] != ')')
		return NULL;
	name = arena_text(&limits->arena, *text + n + 1, n_inner);
	*text += n + n_inner + 2;
	return name;
}

static const char *parse_measure(struct an_limit *limit, const char *text, size_t n, bool is_count)
{
	limit->measure = is_count ? AN_MEASURE_COUNT : AN_MEASURE_BYTES;
	if (!n)
		return NULL;
	for (unsigned i = 0; i <= AN_MEASURE_FINDINGS; i++)
		if (is_word(an_measure_name(i), text, n)) {
			limit->measure = i;
			if (i == AN_MEASURE_FINDINGS && !an_limit_is_of_rows(limit))
				return "only of leaks and errors findings can be counted";
			if (i == AN_MEASURE_BYTES && is_count)
				return "this has no bytes";
			if (i == AN_MEASURE_COUNT && limit->what == AN_LIMIT_ALLOCATED)
				return "their number is what \"allocations\" limits";
			return NULL;
		}
	return "a limit is in .bytes, .count or .findings";
}

/* What stands before the colon. NULL, or what is wrong. */
static const char *parse_key(struct an_limits *limits, struct an_limit *limit)
{
	const char *at = limit->key;
	bool is_count = false;
	size_t n;

	limit->program = take_brackets(limits, &at, "program");
	if (limit->program && *at++ != '/')
		return "program(NAME) wants a / and a kind behind it";
	limit->pattern = take_brackets(limits, &at, "site");
	n = strcspn(at, ".");
	if (limit->pattern && n)
		return "site(PATTERN) is followed by .count or the colon";
	if (limit->pattern)
		limit->what = AN_LIMIT_SITE;
	else if (!find_kind(limit, at, n, &is_count))
		return fail_kind(at, n);
	at += n;
	return parse_measure(limit, at + (*at == '.'), strlen(at + (*at == '.')), is_count);
}

static uint32_t find_key(const struct an_limits *limits, const char *key)
{
	uint32_t i = 0;

	while (i < limits->n && strcmp(limits->at[i].key, key))
		i++;
	return i;
}

static void put(struct an_limits *limits, const struct an_limit *limit)
{
	uint32_t i = find_key(limits, limit->key);

	if (i == limits->n) {
		limits->at = vec_more(limits->at, &limits->room, limits->n + 1,
				      sizeof *limits->at);
		limits->n++;
	}
	limits->at[i] = *limit;
}

static void lift(struct an_limits *limits, const char *key)
{
	uint32_t i = find_key(limits, key);

	if (i == limits->n)
		return;
	limits->n--;
	memmove(&limits->at[i], &limits->at[i + 1], (limits->n - i) * sizeof *limits->at);
}

/* The last colon: a site's pattern may have some of its own, as in "ns::f". */
const char *an_limits_add(struct an_limits *limits, const char *text)
{
	static const char every_run[] = "@every-run";
	const char *colon = strrchr(text, ':'), *wrong;
	struct an_limit limit = { 0 };
	char number[40];

	if (!colon)
		return "a limit is KIND:N, as in definite:0 or peak:200M";
	limit.key = arena_text(&limits->arena, text, (size_t)(colon - text));
	wrong = parse_key(limits, &limit);
	if (wrong)
		return wrong;
	snprintf(number, sizeof number, "%s", colon + 1);
	if (strchr(number, '@')) {
		if (strcmp(strchr(number, '@'), every_run))
			return "behind @ stands every-run, or nothing";
		if (!an_limit_is_of_rows(&limit))
			return "@every-run is for leaks and errors";
		limit.is_every_run = true;
		*strchr(number, '@') = 0;
	}
	if (!strcmp(number, "none")) {
		lift(limits, limit.key);
		return NULL;
	}
	if (!an_limit_number(number, &limit.most))
		return "behind the colon stands a number, with k, M, G or Ki, Mi, Gi, or none";
	put(limits, &limit);
	return NULL;
}

void an_limits_add_defaults(struct an_limits *limits)
{
	/* Wrong counts are leaks of their own, but only when that is certain. */
	static const char *const certain[] = { "missing-release", "extra-release" };

	an_limits_add(limits, "definite:0");
	an_limits_add(limits, "indirect:0");
	for (unsigned i = 0; i < AN_N_ERRORS; i++) {
		char text[64];

		snprintf(text, sizeof text, "%s:0", an_error_name(i));
		an_limits_add(limits, text);
	}
	for (unsigned i = 0; i < sizeof certain / sizeof *certain; i++) {
		char text[64];

		snprintf(text, sizeof text, "%s:0", certain[i]);
		if (!an_limits_add(limits, text))
			limits->at[limits->n - 1].is_high_only = true;
	}
	for (uint32_t i = 0; i < limits->n; i++)
		limits->at[i].is_default = true;
}
