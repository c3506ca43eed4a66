/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_format_doc.c -- formats/FORMAT.md is true: every example of a record and
 * the whole file at its end are decoded from the document itself, and every kind
 * of record has its section.
 */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdlib.h>

#include "analyzer/cli/record_names.h"
#include "tests/unit/trace_text.h"

enum { BYTES_MAX = 4096, KINDS_END = 64 };

static char *read_document(void)
{
	const char *root = getenv("SRCDIR");
	char path[512], *text = NULL;
	size_t room = 0;
	FILE *from;

	snprintf(path, sizeof(path), "%s/formats/FORMAT.md", root ? root : ".");
	from = fopen(path, "r");
	if (!from || getdelim(&text, &room, '\0', from) < 0)
		fail_msg("%s cannot be read; run from the root or set SRCDIR", path);
	fclose(from);
	return text;
}

/* Pairs of hexadecimal digits up to end; what follows # in a line is a comment. */
static size_t parse_hex(const char *from, const char *end, uint8_t *to)
{
	size_t n_bytes = 0;

	while (from < end) {
		if (*from == '#')
			while (from < end && *from != '\n')
				from++;
		if (from + 1 < end && isxdigit((unsigned char)from[0]) &&
		    isxdigit((unsigned char)from[1])) {
			const char digits[3] = { from[0], from[1], '\0' };

			assert_true(n_bytes < BYTES_MAX);
			to[n_bytes++] = (uint8_t)strtoul(digits, NULL, 16);
			from++;
		}
		from++;
	}
	return n_bytes;
}

/* What is between the next `open` and the `close` after it; NULL without. */
static const char *between(const char *from, const char *open, const char *close,
			   const char **end)
{
	const char *start = strstr(from, open);

	if (!start)
		return NULL;
	start += strlen(open);
	*end = strstr(start, close);
	assert_non_null(*end);
	return start;
}

/* One payload as text: of META if is_meta, else of an extended record. */
static char *payload_text(struct mt_stream_state *stream, bool is_meta, uint32_t kind,
			  const uint8_t *payload, size_t n_bytes)
{
	uint8_t bytes[BYTES_MAX + 64], *end;
	struct mt_stream_state writer = { 0 };
	struct mt_item item = { .meta = kind, .payload = { payload, payload + n_bytes, false } };
	struct mt_record record;
	struct mt_in in;
	char *text;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);

	if (is_meta) {
		assert_int_equal(text_meta(to, &item), MT_OK);
	} else {
		end = mt_put_extended(&writer, bytes, 0, kind, payload, n_bytes);
		in = (struct mt_in) { bytes, end, false };
		assert_int_equal(mt_get_record(stream, &in, &record), 1);
		assert_int_equal(text_record(to, stream, &record), MT_OK);
	}
	fclose(to);
	return text;
}

/* The examples of one section, which ends at section_end. */
static int check_examples(const char *section, const char *section_end, bool is_meta,
			  uint32_t kind)
{
	struct mt_stream_state stream = { 0 };
	const char *at = section, *end, *hex, *words;
	uint8_t bytes[BYTES_MAX];
	int n_examples = 0;

	while ((hex = between(at, "Example: `", "`", &end)) != NULL && hex < section_end) {
		size_t n_bytes = parse_hex(hex, end, bytes);
		char *text = payload_text(&stream, is_meta, kind, bytes, n_bytes);
		char *expected;

		words = between(end, "reads as `", "`", &at);
		assert_non_null(words);
		expected = strndup(words, (size_t)(at - words));
		/* Records begin with their time, 0 here. */
		assert_string_equal(text + strspn(text, " 0"), expected);
		free(expected);
		free(text);
		n_examples++;
	}
	return n_examples;
}

/* The section of a kind: "\n### PREFIX number NAME". */
static void check_section(const char *document, const char *prefix, uint32_t kind)
{
	char heading[64];
	const char *section, *end;

	snprintf(heading, sizeof(heading), "\n### %s%u ", prefix, kind);
	section = strstr(document, heading);
	if (!section) {
		fail_msg("FORMAT.md has no section \"%s\"", heading + 1);
		return;
	}
	end = strstr(section + 1, "\n### ");
	if (!end)
		end = section + strlen(section);
	if (check_examples(section, end, *prefix != '\0', kind) == 0)
		fail_msg("FORMAT.md has no example in \"%s\"", heading + 1);
}

static void test_every_record_kind_has_a_section_whose_examples_decode(void **state)
{
	char *document = read_document();

	(void)state;
	for (uint32_t kind = MT_KIND_FILL; kind < KINDS_END; kind++)
		if (record_kind_name(kind))
			check_section(document, "", kind);
	for (uint32_t kind = MT_META_RUN; kind <= MT_META_STANDING; kind++)
		check_section(document, "META ", kind);
	free(document);
}

static void test_the_whole_file_reads_as_the_document_says(void **state)
{
	char *document = read_document(), *text, *expected;
	const char *end = document, *hex = between(document, "```hex\n", "```", &end);
	uint8_t bytes[BYTES_MAX];
	size_t n_bytes, n_text;
	struct mt_source source;
	struct mt_reader *reader;
	FILE *to = open_memstream(&text, &n_text);
	const char *words;

	(void)state;
	assert_non_null(hex);
	n_bytes = parse_hex(hex, end, bytes);
	words = between(end, "```text\n", "```", &end);
	assert_non_null(words);
	expected = strndup(words, (size_t)(end - words));
	mt_source_open_memory(&source, bytes, n_bytes);
	assert_int_equal(mt_reader_open(&reader, &source, NULL), MT_OK);
	text_trace(to, reader);
	mt_reader_close(reader);
	fclose(to);
	assert_string_equal(text, expected);
	free(text);
	free(expected);
	free(document);
}

static void test_the_document_is_of_this_version(void **state)
{
	char *document = read_document(), line[64];

	(void)state;
	snprintf(line, sizeof(line), "\nVersion %d of the format", MT_FORMAT_VERSION);
	assert_non_null(strstr(document, line));
	free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_record_kind_has_a_section_whose_examples_decode),
		cmocka_unit_test(test_the_whole_file_reads_as_the_document_says),
		cmocka_unit_test(test_the_document_is_of_this_version),
	};

	return RUN_UNIT_TESTS(tests);
}
