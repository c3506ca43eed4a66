/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_golden.c -- traces of every format version read as they did when they
 * were made; see tests/golden/README.md, also for GOLDEN_WRITE.
 */
#include "tests/unit/unit.h"

#include <dirent.h>

#include "tests/unit/sample_trace.h"
#include "tests/unit/trace_text.h"

static const char folder[] = "tests/golden/v1";

static char *read_as_text(const char *path)
{
	struct mt_reader *reader;
	char *text;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);

	assert_int_equal(mt_reader_open_file(&reader, path), MT_OK);
	text_trace(to, reader);
	mt_reader_close(reader);
	fclose(to);
	return text;
}

static char *read_whole(const char *path)
{
	FILE *from = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (!from)
		fail_msg("%s is missing", path);
	if (getdelim(&text, &room, '\0', from) < 0)
		fail_msg("%s is empty", path);
	fclose(from);
	return text;
}

static void test_golden_traces_read_as_they_always_did(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n_traces = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char *dot = strrchr(entry->d_name, '.');
		char path[512], expected_path[520];
		char *text, *expected;

		if (!dot || strcmp(dot, ".trace") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		snprintf(expected_path, sizeof(expected_path), "%s.txt", path);
		text = read_as_text(path);
		expected = read_whole(expected_path);
		assert_string_equal(text, expected);
		free(text);
		free(expected);
		n_traces++;
	}
	closedir(dir);
	assert_true(n_traces >= 2);
}

static void write_file(const char *to_folder, const char *name, const void *bytes, size_t n_bytes)
{
	char path[512];
	FILE *to;

	snprintf(path, sizeof(path), "%s/%s", to_folder, name);
	to = fopen(path, "wb");
	if (!to || fwrite(bytes, 1, n_bytes, to) != n_bytes || fclose(to) != 0)
		perror(path), exit(1);
}

static void write_golden(const char *to_folder, const char *name, const struct memory_sink *file)
{
	char path[512], text_name[128];
	char *text;

	write_file(to_folder, name, file->bytes, file->n_bytes);
	snprintf(path, sizeof(path), "%s/%s", to_folder, name);
	snprintf(text_name, sizeof(text_name), "%s.txt", name);
	text = read_as_text(path);
	write_file(to_folder, text_name, text, strlen(text));
	free(text);
}

static int write_all(const char *to_folder)
{
	struct sample *sample = malloc(sizeof(*sample));

	sample_whole(sample, 3);
	write_golden(to_folder, "whole.trace", &sample->file);
	sample_close(sample);
	sample_every_kind(sample);
	write_golden(to_folder, "every-kind.trace", &sample->file);
	sample->file.n_bytes -= 100;
	write_golden(to_folder, "cut.trace", &sample->file);
	sample_close(sample);
	free(sample);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden_traces_read_as_they_always_did),
	};
	const char *to_folder = getenv("GOLDEN_WRITE");

	if (to_folder)
		return write_all(to_folder);
	return RUN_UNIT_TESTS(tests);
}
