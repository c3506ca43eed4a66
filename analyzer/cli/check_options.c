/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_options.c -- the options of the gate, and the file .memtrace: one option a line as
 * on the command line, without the dashes.
 *
 * The file is read into the settings first, and the command line is parsed once more
 * after it: so what stands there wins, and lists begin with the file's.
 */
#include "analyzer/cli/check.h"
#include "analyzer/cli/leak_options.h"
#include "analyzer/base/vec.h"

#include <errno.h>
#include <string.h>

/* What makes sense for every run in a folder. */
static const struct opt file_options[] = {
	{ "limit", 0, OPT_LIST, "KIND:N", "how much may leak or be used: definite:0, "
	  "possible.count:3, peak:200M, site(PATTERN):64k, program(NAME)/live:1M, KIND:none; may "
	  "be given many times", &check_settings.limits, NULL },
	{ "allow-incomplete", 0, OPT_LIST, "REASONS", "accept that this was not seen: "
	  "REASON[:WHAT],... as the line INCONCLUSIVE names it", &check_settings.allowed, NULL },
	{ "baseline", 0, OPT_TEXT, "FILE", "what is known already (default .memtrace-baseline)",
	  &check_settings.baseline, NULL },
	{ "only-from", 0, OPT_LIST, "PATH", "count only findings whose responsible function is "
	  "in a file below PATH", &check_settings.only_from, NULL },
	{ "changed-since", 0, OPT_TEXT, "GITREF", "mark findings in lines that were changed "
	  "since then", &check_settings.changed_since, NULL },
	{ "quiet-if-clean", 0, OPT_FLAG, NULL, "say nothing at all when the verdict is clean",
	  &check_settings.is_quiet_if_clean, NULL },
	{ "leak-exit-code", 0, OPT_COUNT, "N", "end with N when a limit is exceeded",
	  &check_settings.leak_exit, NULL },
	{ "incomplete-exit-code", 0, OPT_COUNT, "N", "end with N when the verdict is "
	  "inconclusive", &check_settings.incomplete_exit, NULL },
	{ .kind = OPT_GROUP, .target = (void *)leak_options },
	{ 0 },
};

/* Of "check". "run" has an option of this name already, and takes both meanings. */
const struct opt check_output_options[] = {
	{ "output", 0, OPT_LIST, "FORMAT:FILE", "write the outcome for other programs: sarif, "
	  "junit, github, gitlab, valgrind-xml, valgrind-log, markdown or json; may be given many "
	  "times", &check_settings.outputs, NULL },
	{ 0 },
};

static const struct opt lines_of_file[] = {
	{ .kind = OPT_GROUP, .target = (void *)file_options },
	{ .kind = OPT_GROUP, .target = (void *)check_output_options },
	{ 0 },
};

const struct opt check_options[] = {
	{ .kind = OPT_GROUP, .target = (void *)file_options },
	{ "no-baseline", 0, OPT_FLAG, NULL, "take nothing for known",
	  &check_settings.has_no_baseline, NULL },
	{ "update-baseline", 0, OPT_FLAG, NULL, "write the baseline; one that exists is only "
	  "lowered", &check_settings.is_update, NULL },
	{ "force", 0, OPT_FLAG, NULL, "with --update-baseline: raise it, too, and take in what "
	  "is new", &check_settings.is_force, NULL },
	{ "config", 0, OPT_TEXT, "FILE", "read options from FILE (default .memtrace)",
	  &check_settings.config, NULL },
	{ "no-config", 0, OPT_FLAG, NULL, "read no file of options",
	  &check_settings.has_no_config, NULL },
	{ 0 },
};

char *check_read_file(const char *name)
{
	FILE *from = fopen(name, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!from)
		return NULL;
	errno = 0;
	n = getdelim(&text, &room, '\0', from);
	if (n < 0 && (ferror(from) || errno)) {
		int error = errno;

		free(text);
		fclose(from);
		errno = error;
		return NULL;
	}
	fclose(from);
	if (n >= 0)
		return text;
	free(text);
	return xstrdup("");
}

/* "limit = definite:0" becomes "--limit=definite:0" in the room before it, of which
 * there are two bytes. NULL: nothing is on the line. */
static char *make_option(char *line)
{
	char *end, *equals;
	size_t n_name;

	line += strspn(line, " \t");
	line[strcspn(line, "\r")] = 0;
	if (!*line || *line == '#')
		return NULL;
	for (end = line + strlen(line); end > line && strchr(" \t", end[-1]); end--)
		;
	*end = 0;
	n_name = strcspn(line, " \t=");
	equals = line + n_name + strspn(line + n_name, " \t");
	if (*equals == '=') {
		char *value = equals + 1 + strspn(equals + 1, " \t");

		line[n_name] = '=';
		memmove(line + n_name + 1, value, strlen(value) + 1);
	}
	return memcpy(line - 2, "--", 2);
}

static int parse_line(struct check *check, char *line, unsigned number)
{
	struct opt_result result;
	char *option = make_option(line), message[800];
	char *argv[] = { NULL, option, NULL };

	if (!option)
		return EXIT_DONE;
	if (!opt_parse(lines_of_file, 2, argv, false, &result) && result.first_operand == 2 &&
	    !result.is_help)
		return EXIT_DONE;
	snprintf(message, sizeof message, "%.200s:%u: %s", check->config, number,
		 *result.message ? result.message : "a line is NAME=VALUE or a flag's name");
	return cmd_usage_error(check->cmd, message);
}

/* text has two bytes before it that belong to it; each line makes its own by the end
 * of the one before. */
static int parse_file(struct check *check, char *text)
{
	unsigned number = 0;
	int exit_code = EXIT_DONE;
	char *line;

	while (!exit_code && (line = strsep(&text, "\n")))
		exit_code = parse_line(check, line, ++number);
	return exit_code;
}

/* Lines are spread so that each has two bytes of its own before it. */
static char *spread(const char *text)
{
	size_t n_lines = 1;
	char *spaced, *to;

	for (const char *at = text; *at; at++)
		n_lines += *at == '\n';
	to = spaced = xmalloc(strlen(text) + 2 * n_lines + 1);
	*to++ = ' ';
	*to++ = ' ';
	for (; *text; text++) {
		*to++ = *text;
		if (*text == '\n') {
			*to++ = ' ';
			*to++ = ' ';
		}
	}
	*to = 0;
	return spaced;
}

static void empty_lists(void)
{
	check_settings.limits.n = check_settings.allowed.n = check_settings.only_from.n = 0;
	check_settings.outputs.n = 0;
}

int check_read_config(struct check *check, const struct cmd_call *call)
{
	const char *name = check_settings.config ? check_settings.config : ".memtrace";
	struct opt_result result;
	char *text, message[400];
	int exit_code;

	if (check_settings.has_no_config)
		return EXIT_DONE;
	text = check_read_file(name);
	if (!text && !check_settings.config && errno == ENOENT)
		return EXIT_DONE;
	if (!text) {
		snprintf(message, sizeof message, "--config=%.200s: %s", name, strerror(errno));
		return cmd_usage_error(check->cmd, message);
	}
	check->config = name;
	check->config_text = spread(text);
	free(text);
	empty_lists();
	exit_code = parse_file(check, check->config_text);
	if (!exit_code)
		exit_code = check_read_outputs(check, false);
	if (!exit_code && opt_parse(call->cmd->options, call->n_options, call->options,
				    call->cmd->is_first_operand_last, &result))
		exit_code = cmd_usage_error(check->cmd, result.message);
	return exit_code;
}
