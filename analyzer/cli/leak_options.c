/* SPDX-License-Identifier: Apache-2.0 */
/* leak_options.c -- see leak_options.h. */
#include "analyzer/cli/leak_options.h"
#include "analyzer/base/vec.h"

#include <errno.h>
#include <string.h>

static const char *suppressions, *pointer_masks;

const struct opt leak_options[] = {
	{ "suppressions", 0, OPT_TEXT, "FILES",
	  "leave out leaks that these files describe (Valgrind's or LeakSanitizer's form), "
	  "colon-separated", &suppressions, NULL },
	{ "pointer-mask", 0, OPT_TEXT, "MASKS",
	  "also follow a pointer after \"and\" with each of these, in hexadecimal, "
	  "comma-separated", &pointer_masks, NULL },
	{ 0 },
};

/* The texts of the files: suppressions borrow nothing of them but their names. */
static char *names;
static VEC(uint64_t) masks;

static char *read_file(const char *name)
{
	FILE *from = fopen(name, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!from)
		return NULL;
	errno = 0;
	n = getdelim(&text, &room, '\0', from);
	if (n < 0 && !ferror(from) && !errno) {
		free(text);
		text = xstrdup("");
	} else if (n < 0) {
		free(text);
		text = NULL;
	}
	fclose(from);
	return text;
}

static int add_file(const struct cmd *cmd, const char *name, struct an_suppressions *to)
{
	char message[400];
	const char *what;
	char *text = read_file(name);
	unsigned line;

	if (!text) {
		snprintf(message, sizeof message, "--suppressions: %.200s: %s", name,
			 strerror(errno));
		return cmd_usage_error(cmd, message);
	}
	line = an_suppressions_add(to, name, text, &what);
	free(text);
	if (!line)
		return EXIT_DONE;
	snprintf(message, sizeof message, "--suppressions: %.200s:%u: %.100s", name, line, what);
	return cmd_usage_error(cmd, message);
}

static int read_masks(const struct cmd *cmd, struct an_findings_options *wanted)
{
	for (const char *at = pointer_masks; at && *at;) {
		char *end;
		uint64_t mask = strtoull(at, &end, 16);

		if (end == at || (*end && *end != ',') || *at == '-')
			return cmd_usage_error(cmd, "--pointer-mask: hexadecimal numbers, with "
					       "commas between them");
		*VEC_PUSH(&masks) = mask;
		at = end + (*end == ',');
	}
	wanted->masks = masks.at;
	wanted->n_masks = masks.n;
	return EXIT_DONE;
}

int leak_options_open(const struct cmd *cmd, struct an_findings_options *wanted)
{
	struct an_suppressions *to;
	int exit_code = read_masks(cmd, wanted);

	if (exit_code || !suppressions)
		return exit_code;
	wanted->suppressions = to = an_suppressions_new();
	names = xstrdup(suppressions);
	for (char *rest = names, *name; !exit_code && (name = strsep(&rest, ":"));)
		if (*name)
			exit_code = add_file(cmd, name, to);
	return exit_code;
}

void leak_options_close(struct an_findings_options *wanted)
{
	an_suppressions_free((struct an_suppressions *)wanted->suppressions);
	wanted->suppressions = NULL;
	VEC_RELEASE(&masks);
	free(names);
	names = NULL;
}
