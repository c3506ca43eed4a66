/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer.c -- what a writer leaves in the file, whole or on a full disk. */
#include "tests/unit/unit.h"

#include "tests/unit/sample_trace.h"
#include "tests/unit/trace_text.h"

static char *text_of(const struct memory_sink *file, uint64_t *n_records)
{
	struct mt_source source;
	struct mt_reader *reader = NULL;
	char *text = NULL;
	size_t n_text;
	FILE *to = open_memstream(&text, &n_text);

	mt_source_open_memory(&source, file->bytes, file->n_bytes);
	assert_int_equal(mt_reader_open(&reader, &source, NULL), MT_OK);
	*n_records = text_trace(to, reader);
	mt_reader_close(reader);
	fclose(to);
	return text;
}

static void test_a_trace_reads_the_same_at_every_level(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	const int levels[] = { 0, 1, 3, 19 };
	char *texts[4];
	uint64_t n_records;

	(void)state;
	for (int i = 0; i < 4; i++) {
		sample_whole(sample, levels[i]);
		assert_true(mt_writer_file_bytes(sample->writer) == sample->file.n_bytes);
		texts[i] = text_of(&sample->file, &n_records);
		/* The last line tells offsets, which differ. */
		*strstr(texts[i], "whole_to") = '\0';
		assert_string_equal(texts[i], texts[0]);
		assert_int_equal(n_records, SAMPLE_RECORDS);
		sample_close(sample);
	}
	for (int i = 0; i < 4; i++)
		free(texts[i]);
	free(sample);
}

static void test_a_payload_that_does_not_shrink_is_stored_as_it_is(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct mt_block_header header;

	(void)state;
	sample_open(sample, 3);
	memcpy(sample->payload, "short", 5);
	sample->out.at += 5;
	sample_block(sample, MT_BLOCK_EVENTS, 9);
	assert_int_equal(mt_get_block_header(sample->file.bytes + MT_FILE_HEADER_BYTES, &header),
			 MT_OK);
	assert_int_equal(header.compression, MT_COMPRESSION_NONE);
	assert_int_equal(header.stored_bytes, 5);
	assert_int_equal(header.epoch, 9);
	assert_true(mt_writer_raw_event_bytes(sample->writer) == 5);
	sample_close(sample);
	free(sample);
}

static void test_a_payload_larger_than_a_block_is_refused(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	uint8_t *payload = calloc(1, MT_BLOCK_RAW_BYTES_MAX + 1);

	(void)state;
	sample_open(sample, 1);
	assert_int_equal(mt_writer_block(sample->writer, MT_BLOCK_EVENTS, 0, payload,
					 MT_BLOCK_RAW_BYTES_MAX + 1), MT_ERR_FULL);
	assert_int_equal(mt_writer_block(sample->writer, MT_BLOCK_EVENTS, 0, payload,
					 MT_BLOCK_RAW_BYTES_MAX), MT_OK);
	assert_in_range(sample->file.n_bytes, MT_FILE_HEADER_BYTES, 4096);
	sample_close(sample);
	free(payload);
	free(sample);
}

static void test_after_a_full_disk_nothing_more_is_written(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	const struct mt_file_header header = { MT_FORMAT_VERSION, 0, 0 };
	struct mt_writer *writer;

	(void)state;
	sample_open(sample, 0);
	sample->file.n_bytes_max = MT_FILE_HEADER_BYTES + MT_BLOCK_HEADER_BYTES + 3;
	assert_int_equal(mt_writer_block(sample->writer, MT_BLOCK_META, 0, "abcdef", 6),
			 MT_ERR_SYSTEM);
	sample->file.n_bytes_max = 0;
	assert_int_equal(mt_writer_block(sample->writer, MT_BLOCK_META, 0, "", 0), MT_ERR_SYSTEM);
	assert_int_equal(sample->file.n_bytes, MT_FILE_HEADER_BYTES + MT_BLOCK_HEADER_BYTES + 3);
	sample->file.n_bytes_max = sample->file.n_bytes;
	assert_int_equal(mt_writer_new(&writer, &sample->sink, &header, 1), MT_ERR_SYSTEM);
	assert_null(writer);
	sample_close(sample);
	free(sample);
}

static void test_appending_goes_on_with_the_next_number(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct mt_writer *writer;
	uint64_t n_records;
	char *text;

	(void)state;
	sample_whole(sample, 1);
	assert_int_equal(mt_writer_new_append(&writer, &sample->sink, 8, 1), MT_OK);
	assert_int_equal(mt_writer_block(writer, MT_BLOCK_SYMBOLS, 0, "\x00\x00\x00", 3), MT_OK);
	mt_writer_free(writer);
	text = text_of(&sample->file, &n_records);
	assert_null(strstr(text, "damage"));
	assert_non_null(strstr(text, "cut=0 blocks=9 "));
	free(text);
	sample_close(sample);
	free(sample);
}

static void test_a_descriptor_as_sink_passes_errors_on(void **state)
{
	struct mt_sink sink;
	int fd = -1;

	(void)state;
	mt_sink_open_fd(&sink, &fd);
	errno = 0;
	assert_int_equal(sink.write(sink.context, "x", 1), MT_ERR_SYSTEM);
	assert_int_equal(errno, EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_trace_reads_the_same_at_every_level),
		cmocka_unit_test(test_a_payload_that_does_not_shrink_is_stored_as_it_is),
		cmocka_unit_test(test_a_payload_larger_than_a_block_is_refused),
		cmocka_unit_test(test_after_a_full_disk_nothing_more_is_written),
		cmocka_unit_test(test_appending_goes_on_with_the_next_number),
		cmocka_unit_test(test_a_descriptor_as_sink_passes_errors_on),
	};

	return RUN_UNIT_TESTS(tests);
}
