/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reader.c -- what a reader gives of FILE, of FILE.live, and of both
 * together: every record once, in the order of its stream, and every hole told.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/sample_trace.h"
#include "tests/unit/trace_text.h"

/* What a reading gave. */
struct reading {
	int status;          /* of opening */
	char *text;
	uint64_t n_records;
};

static struct reading read_through(struct mt_reader *reader, int status)
{
	struct reading r = { .status = status };
	size_t n_text;
	FILE *to = open_memstream(&r.text, &n_text);

	if (status == MT_OK)
		r.n_records = text_trace(to, reader);
	mt_reader_close(reader);
	fclose(to);
	return r;
}

static struct reading read_both(const struct memory_sink *file, const uint8_t *live, size_t n_live)
{
	struct mt_source trace_source, live_source;
	struct mt_reader *reader;
	int status;

	if (file)
		mt_source_open_memory(&trace_source, file->bytes, file->n_bytes);
	mt_source_open_memory(&live_source, live, n_live);
	status = mt_reader_open(&reader, file ? &trace_source : NULL, live ? &live_source : NULL);
	return read_through(reader, status);
}

static bool has(const struct reading *r, const char *text)
{
	return strstr(r->text, text) != NULL;
}

static void release(struct reading *r)
{
	free(r->text);
	memset(r, 0, sizeof(*r));
}

static void test_a_whole_trace_gives_every_record_and_its_end(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct reading r;

	(void)state;
	sample_whole(sample, 1);
	r = read_both(&sample->file, NULL, 0);
	assert_int_equal(r.n_records, SAMPLE_RECORDS);
	assert_false(has(&r, "damage") || has(&r, "gap") || has(&r, "bad"));
	assert_true(has(&r, "end\nsymbols"));
	assert_true(has(&r, "no error cut=0 blocks=8 "));
	assert_true(has(&r, "command=\"./demo\\x00-x\\x00\""));
	release(&r);
	sample_close(sample);
	free(sample);
}

static void test_blocks_and_records_of_later_versions_are_skipped(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct reading r;

	(void)state;
	sample_whole(sample, 0);
	r = read_both(&sample->file, NULL, 0);
	assert_true(has(&r, "kind=4000 n_bytes=27"));
	assert_true(has(&r, "meta=99 n_bytes=5"));
	assert_false(has(&r, "a block of a later"));
	release(&r);
	sample_close(sample);
	free(sample);
}

static void test_a_trace_without_end_is_cut(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct reading r;

	(void)state;
	sample_open(sample, 1);
	sample_run(sample);
	r = read_both(&sample->file, NULL, 0);
	assert_true(has(&r, "cut=1 blocks=1 "));
	assert_false(has(&r, "damage"));
	release(&r);
	sample_close(sample);
	free(sample);
}

/* Reads a trace of one EVENTS block with what is in sample->payload. */
static struct reading read_payload(struct sample *sample)
{
	struct reading r;

	sample_block(sample, MT_BLOCK_EVENTS, 0);
	sample_block(sample, MT_BLOCK_END, 0);
	r = read_both(&sample->file, NULL, 0);
	sample_close(sample);
	return r;
}

/* A fill with two spans, the second of them at *second. */
static void two_spans(struct sample *sample, uint64_t fill, uint8_t **second)
{
	sample_begin(&sample->a, 1, 1, fill);
	sample_alloc(&sample->a, 0x1000, 16, 1);
	sample_span(&sample->a, &sample->out);
	*second = sample->out.at;
	sample_free(&sample->a, 0x1000);
	sample_span(&sample->a, &sample->out);
}

static void test_a_span_with_bytes_missing_before_it_is_a_gap_up_to_the_next_fill(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct reading r;
	uint8_t *second;

	(void)state;
	sample_open(sample, 1);
	two_spans(sample, 0, &second);
	sample->out.at = second;
	sample->a.span.offset += 7;          /* as if seven bytes had been lost */
	sample_free(&sample->a, 0x2000);
	sample_span(&sample->a, &sample->out);
	sample_free(&sample->a, 0x3000);
	sample_span(&sample->a, &sample->out);
	two_spans(sample, 1, &second);
	r = read_payload(sample);
	assert_int_equal(r.n_records, 2 + 3);
	assert_true(has(&r, "n_bytes=0 epoch=0 gap"));
	assert_null(strstr(strstr(r.text, "gap") + 1, "gap"));
	assert_true(has(&r, "fill=1 offset=0"));
	release(&r);
	free(sample);
}

static void test_a_fill_that_never_came_is_a_gap_at_the_end(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct reading r;
	uint8_t *second;

	(void)state;
	sample_open(sample, 1);
	two_spans(sample, 2, &second);
	two_spans(sample, 5, &second);
	r = read_payload(sample);
	assert_int_equal(r.n_records, 6);
	assert_true(has(&r, "fill=1 offset=0 n_bytes=0 epoch=1 gap"));
	assert_true(has(&r, "fill=4 offset=0 n_bytes=0 epoch=1 gap"));
	release(&r);
	free(sample);
}

static void test_fills_of_a_stream_may_come_in_any_order(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct sample_stream *a = &sample->a;
	struct reading r;
	uint8_t *second;

	(void)state;
	sample_open(sample, 1);
	two_spans(sample, 2, &second);
	two_spans(sample, 0, &second);
	sample->b = *a;                  /* goes on behind the next fill */
	sample->b.span.bytes = sample->b.bytes + (a->span.bytes - a->bytes);
	sample->b.end = sample->b.bytes + (a->end - a->bytes);
	two_spans(sample, 1, &second);
	sample_alloc(&sample->b, 0x1010, 16, 1);
	sample_span(&sample->b, &sample->out);
	r = read_payload(sample);
	assert_int_equal(r.n_records, 10);
	assert_true(has(&r, " alloc addr=0x1010 size=16 stack=1"));
	assert_false(has(&r, "gap") || has(&r, "bad"));
	release(&r);
	free(sample);
}

static void test_a_span_told_twice_is_read_once(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct sample_stream *a = &sample->a;
	struct reading r;
	uint8_t *second;

	(void)state;
	sample_open(sample, 1);
	two_spans(sample, 0, &second);
	a->span.bytes = a->bytes;
	a->span.offset = 0;
	sample_free(a, 0x3000);
	sample_span(a, &sample->out);
	r = read_payload(sample);
	assert_int_equal(r.n_records, 4);
	assert_false(has(&r, "gap"));
	release(&r);
	free(sample);
}

static void test_a_fill_said_to_be_over_gives_its_state_back(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct mt_source source;
	struct mt_reader *reader;
	struct mt_stream_state *first = NULL;
	struct mt_item item;

	(void)state;
	sample_open(sample, 1);
	for (uint32_t stream = 1; stream <= 3; stream++) {
		sample_begin(&sample->a, 1, stream, 0);
		sample_span(&sample->a, &sample->out);
		sample_span(&sample->a, &sample->out);   /* no bytes: it is over */
	}
	sample_block(sample, MT_BLOCK_EVENTS, 0);
	mt_source_open_memory(&source, sample->file.bytes, sample->file.n_bytes);
	assert_int_equal(mt_reader_open(&reader, &source, NULL), MT_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(mt_reader_next(reader, &item), 1);
		if (!first)
			first = item.state;
		assert_ptr_equal(item.state, first);
	}
	assert_int_equal(mt_reader_next(reader, &item), 0);
	mt_reader_close(reader);
	sample_close(sample);
	free(sample);
}

static void test_more_open_fills_than_states_are_lent_to_the_recent_ones(void **state)
{
	enum { N = 40000 };
	struct sample *sample = malloc(sizeof(*sample));
	struct reading r;

	(void)state;
	sample_open(sample, 1);
	for (uint32_t i = 0; i < N; i++) {
		sample_begin(&sample->a, 1, i, 0);
		sample_span(&sample->a, &sample->out);
		if (i % 200 == 199)
			sample_block(sample, MT_BLOCK_EVENTS, 0);
	}
	sample_free(&sample->a, 0x10);
	sample_span(&sample->a, &sample->out);   /* the last still has its state */
	sample_begin(&sample->b, 1, 0, 0);
	sample_span(&sample->b, &(struct mt_out){ sample->b.bytes + 100, NULL, false });
	sample_free(&sample->b, 0x10);
	sample_span(&sample->b, &sample->out);   /* the first has not */
	r = read_payload(sample);
	assert_int_equal(r.n_records, N + 1);
	assert_true(has(&r, "stream=0 fill=0 offset=5 n_bytes=0 epoch=0 gap"));
	release(&r);
	free(sample);
}

static void test_a_caller_can_give_up_a_fill(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct mt_source source;
	struct mt_reader *reader;
	struct mt_item item;
	uint8_t *second;

	(void)state;
	sample_open(sample, 1);
	two_spans(sample, 0, &second);
	two_spans(sample, 1, &second);
	sample_block(sample, MT_BLOCK_EVENTS, 0);
	mt_source_open_memory(&source, sample->file.bytes, sample->file.n_bytes);
	assert_int_equal(mt_reader_open(&reader, &source, NULL), MT_OK);
	assert_int_equal(mt_reader_next(reader, &item), 1);
	mt_reader_skip_fill(reader, &item);
	assert_int_equal(mt_reader_next(reader, &item), 1);
	assert_int_equal(item.span.fill, 1);
	assert_int_equal(item.span.offset, 0);
	mt_reader_close(reader);
	sample_close(sample);
	free(sample);
}

static void test_a_live_file_alone_is_a_trace(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	size_t n_live;
	uint8_t *live = sample_live_new(4, &n_live);
	struct reading r;
	uint8_t *second;

	(void)state;
	sample_open(sample, 1);
	/* In the order of the file the second fill comes first. */
	two_spans(sample, 1, &second);
	sample_live_put(live, 1, &sample->a);
	two_spans(sample, 0, &second);
	sample_live_put(live, 3, &sample->a);
	((struct mt_live_header *)(void *)live)->n_dropped[MT_DROP_FULL] = 7;
	r = read_both(NULL, live, n_live);
	assert_int_equal(r.n_records, 6);
	assert_false(has(&r, "gap"));
	assert_true(has(&r, "live\nmeta run clock=2 started_realtime_ns=1700000000000000000"));
	assert_true(has(&r, "process_dropped process=0 dropped.reason=0 dropped.n_events=7"));
	assert_true(has(&r, "cut=1"));
	release(&r);
	free(live);
	sample_close(sample);
	free(sample);
}

static void test_of_a_live_file_only_what_the_trace_has_not_is_read(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	size_t n_live;
	uint8_t *live = sample_live_new(4, &n_live);
	struct sample_stream *a = &sample->a, *b = &sample->b;
	struct reading r;

	(void)state;
	sample_open(sample, 1);
	sample_run(sample);
	sample_begin(a, 1, 1, 0);
	sample_live_put(live, 1, a);          /* an old fill whose segment was not reused */
	sample_span(a, &sample->out);
	sample_begin(a, 1, 1, 1);
	sample_alloc(a, 0x1000, 16, 1);
	sample_span(a, &sample->out);
	sample_block(sample, MT_BLOCK_EVENTS, 4);
	sample_free(a, 0x1000);
	sample_live_put(live, 2, a);          /* the first half of it is in FILE */
	sample_begin(b, 1, 2, 0);
	sample_live_put(live, 3, b);          /* FILE knows nothing of it */
	r = read_both(&sample->file, live, n_live);
	assert_int_equal(r.n_records, 1 + 2 + 1 + 1);
	assert_true(has(&r, "stream=2 fill=0 offset=0 n_bytes=5 epoch=5\n"));
	assert_false(has(&r, "gap"));
	release(&r);
	free(live);
	sample_close(sample);
	free(sample);
}

static void test_segments_that_are_free_or_of_an_earlier_owner_are_not_read(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	size_t n_live;
	uint8_t *live = sample_live_new(4, &n_live);
	struct reading r;
	uint8_t *second;

	(void)state;
	sample_open(sample, 1);
	two_spans(sample, 0, &second);
	sample_live_put(live, 1, &sample->a)->state = mt_segment_state(5, MT_SEGMENT_FREE);
	sample_live_put(live, 2, &sample->a)->state = mt_segment_state(4, MT_SEGMENT_FULL);
	sample_live_put(live, 3, &sample->a)->published = 0;
	r = read_both(NULL, live, n_live);
	assert_int_equal(r.n_records, 0);
	release(&r);
	free(live);
	sample_close(sample);
	free(sample);
}

static void test_a_live_file_of_another_trace_is_damage_and_not_read(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	size_t n_live;
	uint8_t *live = sample_live_new(2, &n_live);
	struct reading r;

	(void)state;
	sample_whole(sample, 1);
	((struct mt_live_header *)(void *)live)->trace_id++;
	sample_begin(&sample->a, 9, 9, 0);
	sample_live_put(live, 1, &sample->a);
	r = read_both(&sample->file, live, n_live);
	assert_int_equal(r.n_records, SAMPLE_RECORDS);
	assert_true(has(&r, "damage at=0 n_skipped=0 the header is not whole"));
	release(&r);
	free(live);
	sample_close(sample);
	free(sample);
}

static void test_what_is_not_a_trace_is_refused_with_its_reason(void **state)
{
	struct mt_file_header header = { MT_FORMAT_VERSION + 1, 0, 0 };
	uint8_t newer[MT_FILE_HEADER_BYTES];
	struct memory_sink text = { .bytes = (uint8_t *)"some text", .n_bytes = 9 };
	struct memory_sink empty = { .bytes = (uint8_t *)"", .n_bytes = 0 };
	struct memory_sink later = { .bytes = newer, .n_bytes = sizeof(newer) };
	struct reading r[3];

	(void)state;
	mt_put_file_header(newer, &header);
	r[0] = read_both(&text, NULL, 0);
	r[1] = read_both(&empty, NULL, 0);
	r[2] = read_both(&later, NULL, 0);
	assert_int_equal(r[0].status, MT_ERR_NOT_A_TRACE);
	assert_int_equal(r[1].status, MT_ERR_HEADER);
	assert_int_equal(r[2].status, MT_ERR_VERSION);
	for (int i = 0; i < 3; i++)
		release(&r[i]);
}

/* A folder with the files that are given; NULL: not there. */
static void write_file(const char *path, const uint8_t *bytes, size_t n_bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n_bytes), (ssize_t)n_bytes);
	close(fd);
}

static struct reading read_file(const char *path)
{
	struct mt_reader *reader;
	int status = mt_reader_open_file(&reader, path);

	return read_through(reader, status);
}

static void test_a_path_opens_the_file_and_its_live_file_in_any_combination(void **state)
{
	char folder[] = "/tmp/memtrace-test-XXXXXX", path[64], live_path[64];
	struct sample *sample = malloc(sizeof(*sample));
	size_t n_live;
	uint8_t *live = sample_live_new(2, &n_live);
	struct reading r[7];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/t", folder);
	snprintf(live_path, sizeof(live_path), "%s/t.live", folder);
	sample_whole(sample, 1);
	sample_begin(&sample->a, 1, 3, 0);
	sample_live_put(live, 1, &sample->a);
	r[0] = read_file(path);                               /* neither */
	write_file(live_path, live, n_live);
	r[1] = read_file(path);                               /* only the live one */
	r[2] = read_file(live_path);                          /* named itself */
	write_file(path, NULL, 0);
	r[3] = read_file(path);                               /* an empty FILE */
	write_file(path, sample->file.bytes, 20);
	r[4] = read_file(path);                               /* not even a header */
	write_file(path, sample->file.bytes, sample->file.n_bytes);
	r[5] = read_file(path);                               /* both */
	unlink(live_path);
	r[6] = read_file(path);                               /* only FILE */
	unlink(path);
	rmdir(folder);
	assert_int_equal(r[0].status, MT_ERR_SYSTEM);
	assert_int_equal(r[1].n_records, 1);
	assert_int_equal(r[2].n_records, 1);
	assert_int_equal(r[3].n_records, 1);
	assert_false(has(&r[3], "damage"));
	assert_int_equal(r[4].n_records, 1);
	assert_true(has(&r[4], "damage at=0 n_skipped=20 the trace is cut"));
	assert_int_equal(r[5].n_records, SAMPLE_RECORDS + 1);
	assert_int_equal(r[6].n_records, SAMPLE_RECORDS);
	for (int i = 0; i < 7; i++)
		release(&r[i]);
	free(live);
	sample_close(sample);
	free(sample);
}

static void test_a_folder_or_a_pipe_is_refused_and_not_waited_for(void **state)
{
	char folder[] = "/tmp/memtrace-test-XXXXXX", path[64];
	struct mt_reader *reader;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(mt_reader_open_file(&reader, folder), MT_ERR_SYSTEM);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(mt_reader_open_file(&reader, path), MT_ERR_SYSTEM);
	assert_int_equal(errno, EINVAL);
	assert_null(reader);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_trace_gives_every_record_and_its_end),
		cmocka_unit_test(test_blocks_and_records_of_later_versions_are_skipped),
		cmocka_unit_test(test_a_trace_without_end_is_cut),
		cmocka_unit_test(test_a_span_with_bytes_missing_before_it_is_a_gap_up_to_the_next_fill),
		cmocka_unit_test(test_a_fill_that_never_came_is_a_gap_at_the_end),
		cmocka_unit_test(test_fills_of_a_stream_may_come_in_any_order),
		cmocka_unit_test(test_a_span_told_twice_is_read_once),
		cmocka_unit_test(test_a_fill_said_to_be_over_gives_its_state_back),
		cmocka_unit_test(test_more_open_fills_than_states_are_lent_to_the_recent_ones),
		cmocka_unit_test(test_a_caller_can_give_up_a_fill),
		cmocka_unit_test(test_a_live_file_alone_is_a_trace),
		cmocka_unit_test(test_of_a_live_file_only_what_the_trace_has_not_is_read),
		cmocka_unit_test(test_segments_that_are_free_or_of_an_earlier_owner_are_not_read),
		cmocka_unit_test(test_a_live_file_of_another_trace_is_damage_and_not_read),
		cmocka_unit_test(test_what_is_not_a_trace_is_refused_with_its_reason),
		cmocka_unit_test(test_a_path_opens_the_file_and_its_live_file_in_any_combination),
		cmocka_unit_test(test_a_folder_or_a_pipe_is_refused_and_not_waited_for),
	};

	return RUN_UNIT_TESTS(tests);
}
