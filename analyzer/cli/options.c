/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c -- see options.h. Nothing here prints: a mistake becomes a message
 * in the result, so that the caller chooses the exit code and tests can read it.
 */
#include "analyzer/cli/options.h"
#include "analyzer/base/vec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 64 };

void opt_for_each(const struct opt *options,
		  void (*visit)(void *context, const struct opt *option), void *context)
{
	for (const struct opt *option = options; option && option->kind; option++) {
		if (option->kind == OPT_GROUP)
			opt_for_each(option->target, visit, context);
		else
			visit(context, option);
	}
}

static const struct opt *find_option(const struct opt *options, const char *name,
				     size_t n_name, char letter)
{
	for (const struct opt *option = options; option && option->kind; option++) {
		const struct opt *found = NULL;

		if (option->kind == OPT_GROUP)
			found = find_option(option->target, name, n_name, letter);
		else if (letter ? option->letter == letter
				: strlen(option->name) == n_name &&
				  !memcmp(option->name, name, n_name))
			found = option;
		if (found)
			return found;
	}
	return NULL;
}

bool opt_has(const struct opt *options, const char *name, size_t n_name)
{
	return find_option(options, name, n_name, 0) != NULL;
}

/* Levenshtein's distance, for words shorter than the row. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[33];
	size_t n_b = strlen(b);

	if (n_b > 32 || strlen(a) > 32)
		return UINT32_MAX;
	for (unsigned j = 0; j <= n_b; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= n_b; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n_b];
}

const char *opt_nearest(const char *word, const char *const *candidates)
{
	const char *nearest = NULL;
	unsigned best = (unsigned)strlen(word) / 3 + 1;

	for (; *candidates; candidates++) {
		unsigned steps = distance(word, *candidates);

		if (steps < best || (steps == best && !nearest)) {
			best = steps;
			nearest = *candidates;
		}
	}
	return nearest;
}

struct names {
	const char *at[NAMES_MAX + 1];
	unsigned n;
};

static void collect_name(void *context, const struct opt *option)
{
	struct names *names = context;

	if (names->n < NAMES_MAX)
		names->at[names->n++] = option->name;
}

static int fail_unknown(const struct opt *options, const char *name, size_t n_name,
			struct opt_result *result)
{
	struct names names = { 0 };
	char word[33];
	const char *nearest;

	snprintf(word, sizeof word, "%.*s", (int)(n_name > 32 ? 32 : n_name), name);
	opt_for_each(options, collect_name, &names);
	nearest = opt_nearest(word, names.at);
	snprintf(result->message, sizeof result->message, "unknown option --%s%s%s%s", word,
		 nearest ? "; did you mean --" : "", nearest ? nearest : "", nearest ? "?" : "");
	return -1;
}

static int set_count(const struct opt *option, const char *value, struct opt_result *result)
{
	char *end;

	errno = 0;
	*(uint64_t *)option->target = strtoull(value, &end, 10);
	if (*value >= '0' && *value <= '9' && !*end && !errno)
		return 0;
	snprintf(result->message, sizeof result->message,
		 "--%s wants a number, not \"%.100s\"", option->name, value);
	return -1;
}

static int set_choice(const struct opt *option, const char *value, struct opt_result *result)
{
	size_t room = sizeof result->message;
	int n;

	for (unsigned i = 0; option->choices[i]; i++) {
		if (!strcmp(option->choices[i], value)) {
			*(unsigned *)option->target = i;
			return 0;
		}
	}
	n = snprintf(result->message, room, "--%s cannot be \"%.100s\"; it is one of", option->name,
		     value);
	for (unsigned i = 0; option->choices[i] && (size_t)n < room; i++)
		n += snprintf(result->message + n, room - (size_t)n, "%s %s", i ? "," : "",
			      option->choices[i]);
	return -1;
}

static void add_to_list(struct opt_list *list, const char *value)
{
	list->at = vec_more(list->at, &list->room, list->n + 1, sizeof *list->at);
	list->at[list->n++] = value;
}

static int set_value(const struct opt *option, const char *value, struct opt_result *result)
{
	switch (option->kind) {
	case OPT_TEXT:
		*(const char **)option->target = value;
		return 0;
	case OPT_LIST:
		add_to_list(option->target, value);
		return 0;
	case OPT_COUNT:
		return set_count(option, value, result);
	case OPT_CHOICE:
		return set_choice(option, value, result);
	default:
		*(bool *)option->target = true;
		return 0;
	}
}

static int fail_no_value(const struct opt *option, struct opt_result *result)
{
	snprintf(result->message, sizeof result->message, "--%s wants a value: --%s=%s",
		 option->name, option->name, option->argument);
	return -1;
}

/* argument is "--name" or "--name=value", next what follows it or NULL. How many
 * of the two it took, or -1. */
static int parse_long(const struct opt *options, const char *argument, const char *next,
		      struct opt_result *result)
{
	const char *name = argument + 2;
	size_t n_name = strcspn(name, "=");
	const char *value = name[n_name] ? name + n_name + 1 : NULL;
	const struct opt *option = find_option(options, name, n_name, 0);

	if (!option)
		return fail_unknown(options, name, n_name, result);
	if (option->kind == OPT_FLAG && value) {
		snprintf(result->message, sizeof result->message, "--%s takes no value",
			 option->name);
		return -1;
	}
	if (option->kind == OPT_FLAG || value)
		return set_value(option, value, result) < 0 ? -1 : 1;
	if (!next)
		return fail_no_value(option, result);
	return set_value(option, next, result) < 0 ? -1 : 2;
}

/* argument is "-abc": flags, of which the last may be an option with a value. */
static int parse_short(const struct opt *options, const char *argument, const char *next,
		       struct opt_result *result)
{
	for (const char *at = argument + 1; *at; at++) {
		const struct opt *option = find_option(options, NULL, 0, *at);

		if (!option) {
			snprintf(result->message, sizeof result->message, "unknown option -%.1s",
				 at);
			return -1;
		}
		if (option->kind == OPT_FLAG) {
			set_value(option, NULL, result);
			continue;
		}
		if (at[1])
			return set_value(option, at + 1, result) < 0 ? -1 : 1;
		if (!next)
			return fail_no_value(option, result);
		return set_value(option, next, result) < 0 ? -1 : 2;
	}
	return 1;
}

/* Moves argv[from .. from + n) down to argv[to], keeping the order of the rest. */
static void move_down(char **argv, int from, int n, int to)
{
	for (; n > 0; n--, from++, to++) {
		char *moved = argv[from];

		memmove(argv + to + 1, argv + to, (size_t)(from - to) * sizeof *argv);
		argv[to] = moved;
	}
}

int opt_parse(const struct opt *options, int argc, char **argv, bool is_first_operand_last,
	      struct opt_result *result)
{
	int i = 1;

	*result = (struct opt_result){ .first_operand = 1 };
	while (i < argc) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;
		int n_taken = 1;

		if (argv[i][0] != '-' || !argv[i][1]) {
			if (is_first_operand_last)
				break;
			i++;
			continue;
		}
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			result->is_help = true;
			return 0;
		}
		if (argv[i][1] != '-')
			n_taken = parse_short(options, argv[i], next, result);
		else if (argv[i][2])
			n_taken = parse_long(options, argv[i], next, result);
		if (n_taken < 0)
			return -1;
		bool is_end = !strcmp(argv[i], "--");

		move_down(argv, i, n_taken, result->first_operand);
		result->first_operand += n_taken;
		i += n_taken;
		if (is_end)
			break;
	}
	return 0;
}
