/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_output.c -- --output=FORMAT:FILE, any number of them: what each names, and the
 * files they make.
 *
 * A report that could not be written is an error of ours: a pipeline that reads last
 * week's file would be green for ever. So an old one is gone even when we fail.
 */
#include "analyzer/cli/check_rows.h"

#include <errno.h>
#include <string.h>

/* Of "sarif:FILE" the format; name NULL: there is none such. The write function of
 * json is NULL: it is ours. */
static struct mt_export_format find_format(const char *text)
{
	size_t n = strcspn(text, ":");
	const struct mt_export_format *format = mt_export_formats;

	if (n == 4 && !memcmp(text, "json", n))
		return (struct mt_export_format){ .name = "json" };
	while (format->name && (strlen(format->name) != n || memcmp(format->name, text, n)))
		format++;
	return *format;
}

bool check_is_output(const char *text)
{
	return strchr(text, ':') && find_format(text).name;
}

const char *check_trace_name(const char *instead)
{
	for (size_t i = check_settings.outputs.n; i-- > 0;)
		if (!check_is_output(check_settings.outputs.at[i]))
			return check_settings.outputs.at[i];
	return instead;
}

/* "sariff:x" is a mistake, and not the name of a trace. */
static bool looks_like_format(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz-");

	return text[n] == ':';
}

int check_read_outputs(const struct check *check, bool can_be_trace)
{
	for (size_t i = 0; i < check_settings.outputs.n; i++) {
		const char *text = check_settings.outputs.at[i];
		char message[512];

		if (check_is_output(text) ? strchr(text, ':')[1] != 0
					  : can_be_trace && *text && !looks_like_format(text))
			continue;
		snprintf(message, sizeof message, "--output=%.200s: must be FORMAT:FILE, and "
			 "FORMAT sarif, junit, github, gitlab, valgrind-xml, valgrind-log, "
			 "markdown or json", text);
		return cmd_usage_error(check->cmd, message);
	}
	return EXIT_DONE;
}

static int write_to(const struct check *check, const struct mt_export_format *format,
		    const struct mt_export *rows, FILE *to)
{
	if (format->write)
		return format->write(rows, to);
	check_json(check, to);
	return ferror(to) ? -1 : 0;
}

/* mode "we", or "ae" to add to what is there. */
static int write_file(const struct check *check, const struct mt_export_format *format,
		      const struct mt_export *rows, const char *name, const char *mode)
{
	FILE *to = fopen(name, mode);
	int status;

	if (!to) {
		out_message(name, "cannot write it: %s", strerror(errno));
		return -1;
	}
	errno = 0;
	status = write_to(check, format, rows, to);
	if (fclose(to) || status) {
		out_message(name, "cannot write it: %s", errno ? strerror(errno) : "no memory");
		return -1;
	}
	return 0;
}

/* GitHub's annotations come from what a step prints, its summary from a file. */
static int add_summary(const struct check *check, const struct mt_export *rows)
{
	const struct mt_export_format markdown = { "markdown", mt_export_markdown };
	const char *name = getenv("GITHUB_STEP_SUMMARY");

	return name && *name ? write_file(check, &markdown, rows, name, "ae") : 0;
}

static int write_one(const struct check *check, const char *text, const struct mt_export *rows,
		     struct out *out)
{
	struct mt_export_format format = find_format(text);
	const char *name = strchr(text, ':') + 1;
	int status;

	if (strcmp(name, "-")) {
		status = write_file(check, &format, rows, name, "we");
	} else {
		status = write_to(check, &format, rows, out->to);
		out_flush(out);
	}
	if (!strcmp(format.name, "github") && add_summary(check, rows))
		status = -1;
	return status;
}

int check_write_outputs(const struct check *check, struct out *out)
{
	struct check_rows *rows;
	int status = 0;

	if (!check_settings.outputs.n)
		return 0;
	rows = check_rows_new(check);
	for (size_t i = 0; i < check_settings.outputs.n; i++)
		if (check_is_output(check_settings.outputs.at[i]) &&
		    write_one(check, check_settings.outputs.at[i], check_rows_export(rows),
			      out) < 0)
			status = -1;
	check_rows_free(rows);
	return status;
}
