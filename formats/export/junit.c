/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit.c -- test cases, as Jenkins, GitLab and others read them.
 *
 * A trace is a test case, named by its command: it fails for findings that belong
 * to none of its tests, or if the program did, and is an error when something was not
 * seen. A test of a
 * test program that a finding was made in is a case of its own. A limit on what is
 * no finding, like the peak, is one too. So the file never is without a case, and a
 * case keeps its name when its findings change.
 */
#include "formats/export/rows.h"
#include "formats/export/xml.h"

#include <stdlib.h>
#include <string.h>

/* One test that something was found in. */
struct found {
	const struct mt_export_test *test;
	const char *suite;
};

static bool fails(const struct mt_export_finding *finding)
{
	return finding->level == MT_EXPORT_ERROR && mt_export_is_shown(finding);
}

static int compare(const void *left, const void *right)
{
	const struct found *a = left, *b = right;
	int suites = strcmp(a->suite, b->suite);

	return suites ? suites : strcmp(a->test->name, b->test->name);
}

static const char *suite_of(const struct mt_export *rows, const struct mt_export_finding *finding,
			    const struct mt_export_test *test)
{
	if (test->suite)
		return test->suite;
	return finding->n_traces ? rows->traces[finding->traces[0]].program : "memtrace";
}

/* Every test once, sorted. To be freed; NULL: none, or no memory. */
static struct found *list_tests(const struct mt_export *rows, size_t *n)
{
	size_t n_all = 0, n_once = 0;
	struct found *list;

	*n = 0;
	for (uint32_t i = 0; i < rows->n_findings; i++)
		n_all += rows->findings[i].n_tests;
	list = n_all ? calloc(n_all, sizeof *list) : NULL;
	if (!list)
		return NULL;
	for (uint32_t i = 0; i < rows->n_findings; i++) {
		const struct mt_export_finding *finding = &rows->findings[i];

		for (uint32_t j = 0; fails(finding) && j < finding->n_tests; j++) {
			list[*n].test = &finding->tests[j];
			list[(*n)++].suite = suite_of(rows, finding, &finding->tests[j]);
		}
	}
	qsort(list, *n, sizeof *list, compare);
	for (size_t i = 0; i < *n; i++)
		if (!i || compare(&list[i], &list[n_once - 1]))
			list[n_once++] = list[i];
	*n = n_once;
	return list;
}

static bool is_in_test(const struct mt_export *rows, const struct mt_export_finding *finding,
		       const struct found *found)
{
	for (uint32_t i = 0; i < finding->n_tests; i++)
		if (!strcmp(finding->tests[i].name, found->test->name) &&
		    !strcmp(suite_of(rows, finding, &finding->tests[i]), found->suite))
			return true;
	return false;
}

static bool is_in_trace(const struct mt_export_finding *finding, uint32_t trace)
{
	for (uint32_t i = 0; i < finding->n_traces; i++)
		if (finding->traces[i] == trace)
			return true;
	return false;
}

/* Does the finding belong to this case: of a test, or of a trace? */
static bool is_of_case(const struct mt_export *rows, const struct mt_export_finding *finding,
		       const struct found *found, uint32_t trace)
{
	if (!fails(finding))
		return false;
	return found ? is_in_test(rows, finding, found)
		     : !finding->n_tests && is_in_trace(finding, trace);
}

static void put_finding(FILE *to, const struct mt_export_finding *finding)
{
	char text[512];

	mt_xml_text(to, finding->id);
	fputc(' ', to);
	mt_xml_text(to, finding->message);
	fputc('\n', to);
	for (uint32_t i = finding->responsible; i < finding->n_frames; i++) {
		mt_export_frame_text(text, sizeof text, &finding->frames[i]);
		fputs("    ", to);
		mt_xml_text(to, text);
		fputc('\n', to);
	}
}

/* The one failure that a case may have tells all of its findings. */
static void put_failure(const struct mt_export *rows, const struct found *found, uint32_t trace,
			FILE *to)
{
	const struct mt_export_finding *first = NULL;
	char message[640];
	uint32_t n = 0;

	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (is_of_case(rows, &rows->findings[i], found, trace) && !n++)
			first = &rows->findings[i];
	if (!n && !found && rows->traces[trace].is_ended && rows->traces[trace].status)
		fprintf(to, "   <failure type=\"status\" message=\"the program ended with status "
			"%u\"/>\n", rows->traces[trace].status);
	if (!n)
		return;
	if (n > 1)
		mt_export_print(message, sizeof message, "%s, and %u more", first->message, n - 1);
	else
		mt_export_print(message, sizeof message, "%s", first->message);
	fputs("   <failure", to);
	mt_xml_attribute(to, "type", first->cause);
	mt_xml_attribute(to, "message", message);
	fputs(">", to);
	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (is_of_case(rows, &rows->findings[i], found, trace))
			put_finding(to, &rows->findings[i]);
	fputs("</failure>\n", to);
}

static void put_blindness(const struct mt_export *rows, uint32_t trace, FILE *to)
{
	const struct mt_export_missing *first = NULL;

	for (uint32_t i = 0; i < rows->n_missing && !first; i++)
		if (rows->missing[i].trace == trace && mt_export_is_blinding(&rows->missing[i]))
			first = &rows->missing[i];
	if (!first)
		return;
	fputs("   <error type=\"inconclusive\"", to);
	mt_xml_attribute(to, "message", first->reason);
	fputs(">", to);
	for (uint32_t i = 0; i < rows->n_missing; i++) {
		if (rows->missing[i].trace != trace || !mt_export_is_blinding(&rows->missing[i]))
			continue;
		mt_xml_text(to, rows->missing[i].reason);
		fputs(": ", to);
		mt_xml_text(to, rows->missing[i].detail);
		fputc('\n', to);
	}
	fputs("</error>\n", to);
}

static void open_case(FILE *to, const char *class_name, const char *name, uint64_t ns)
{
	fputs("  <testcase", to);
	mt_xml_attribute(to, "classname", class_name);
	mt_xml_attribute(to, "name", name);
	fprintf(to, " time=\"%llu.%03llu\">\n", (unsigned long long)(ns / 1000000000),
		(unsigned long long)(ns / 1000000 % 1000));
}

static uint32_t put_limits(const struct mt_export *rows, FILE *to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < rows->n_limits; i++) {
		const struct mt_export_limit *limit = &rows->limits[i];

		if (limit->is_of_findings)
			continue;
		n++;
		open_case(to, "memtrace.limit", limit->key, 0);
		if (limit->is_over)
			fprintf(to, "   <failure type=\"limit\" message=\"%llu %s, the limit is "
				"%llu\"/>\n", (unsigned long long)limit->actual, limit->measure,
				(unsigned long long)limit->most);
		fputs("  </testcase>\n", to);
	}
	return n;
}

/* The command; of several traces of one command each has its file's name with it. */
static void open_trace(const struct mt_export *rows, uint32_t trace, FILE *to)
{
	const struct mt_export_trace *at = &rows->traces[trace];
	bool is_only = true;
	char name[4096];

	for (uint32_t i = 0; i < rows->n_traces && is_only; i++)
		is_only = i == trace || strcmp(rows->traces[i].command, at->command) != 0;
	if (is_only)
		mt_export_print(name, sizeof name, "%s", at->command);
	else
		mt_export_print(name, sizeof name, "%s (%s)", at->command, at->path);
	open_case(to, "memtrace", name, at->duration_ns);
}

/* The cases into body, so that the counts can stand before them. */
static uint32_t put_cases(const struct mt_export *rows, const struct found *tests, size_t n_tests,
			  FILE *to)
{
	for (uint32_t i = 0; i < rows->n_traces; i++) {
		open_trace(rows, i, to);
		put_failure(rows, NULL, i, to);
		put_blindness(rows, i, to);
		fputs("  </testcase>\n", to);
	}
	for (size_t i = 0; i < n_tests; i++) {
		open_case(to, tests[i].suite, tests[i].test->name, 0);
		put_failure(rows, &tests[i], 0, to);
		fputs("  </testcase>\n", to);
	}
	return rows->n_traces + (uint32_t)n_tests + put_limits(rows, to);
}

static uint32_t count(const char *body, const char *what)
{
	uint32_t n = 0;

	while ((body = strstr(body, what))) {
		n++;
		body++;
	}
	return n;
}

int mt_export_junit(const struct mt_export *rows, FILE *to)
{
	char *body = NULL, counts[128];
	size_t n_bytes = 0, n_tests;
	struct found *tests = list_tests(rows, &n_tests);
	FILE *stream = open_memstream(&body, &n_bytes);
	uint32_t n;

	if (!stream) {
		free(tests);
		return -1;
	}
	n = put_cases(rows, tests, n_tests, stream);
	free(tests);
	if (fclose(stream) || !body) {
		free(body);
		return -1;
	}
	mt_export_print(counts, sizeof counts,
			"name=\"memtrace\" tests=\"%u\" failures=\"%u\" errors=\"%u\"", n,
			count(body, "<failure "), count(body, "<error "));
	fprintf(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites %s>\n"
		" <testsuite %s skipped=\"0\">\n%s </testsuite>\n</testsuites>\n", counts,
		counts, body);
	free(body);
	return ferror(to) ? -1 : 0;
}
