/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reader_damage.c -- traces cut at every byte, with every byte flipped,
 * with bytes taken out and put in, and what the fuzzer found: a reader gets
 * past all of it, reads every block that is whole and says what it did not.
 */
#include "tests/unit/unit.h"

#include <dirent.h>

#include "tests/fuzz/read_trace.h"
#include "tests/unit/sample_trace.h"
#include "tests/unit/trace_text.h"

/* A good trace and where its blocks end. */
struct good {
	struct sample *sample;
	const uint8_t *bytes;
	size_t n_bytes;
	size_t ends[SAMPLE_BLOCKS];
	uint64_t n_records_at[SAMPLE_BLOCKS];   /* up to the end of each block */
};

struct reading {
	int status;
	char *text;
	uint64_t n_records;
	bool is_cut;
	uint64_t end_offset;
};

static struct reading read_bytes(const uint8_t *bytes, size_t n_bytes)
{
	/* A copy of its own, so that ASan sees a read past its end. */
	uint8_t *copy = malloc(n_bytes + !n_bytes);
	struct reading r = { 0 };
	struct mt_source source;
	struct mt_reader *reader;
	size_t n_text;
	FILE *to = open_memstream(&r.text, &n_text);

	if (n_bytes)
		memcpy(copy, bytes, n_bytes);
	mt_source_open_memory(&source, copy, n_bytes);
	r.status = mt_reader_open(&reader, &source, NULL);
	if (r.status == MT_OK) {
		r.n_records = text_trace(to, reader);
		r.is_cut = mt_reader_is_cut(reader);
		r.end_offset = mt_reader_end_offset(reader);
	}
	mt_reader_close(reader);
	fclose(to);
	free(copy);
	return r;
}

static void make_good(struct good *good)
{
	size_t at = MT_FILE_HEADER_BYTES;
	struct mt_block_header header;

	memset(good, 0, sizeof(*good));
	good->sample = malloc(sizeof(*good->sample));
	sample_whole(good->sample, 3);
	good->bytes = good->sample->file.bytes;
	good->n_bytes = good->sample->file.n_bytes;
	assert_in_range(good->n_bytes, 1, 16 << 10);
	for (int i = 0; i < SAMPLE_BLOCKS; i++) {
		struct reading r;

		assert_int_equal(mt_get_block_header(good->bytes + at, &header), MT_OK);
		at += MT_BLOCK_HEADER_BYTES + header.stored_bytes;
		good->ends[i] = at;
		r = read_bytes(good->bytes, at);
		good->n_records_at[i] = r.n_records;
		free(r.text);
	}
	assert_int_equal(at, good->n_bytes);
	assert_int_equal(good->n_records_at[SAMPLE_BLOCKS - 1], SAMPLE_RECORDS);
}

static void release_good(struct good *good)
{
	sample_close(good->sample);
	free(good->sample);
}

static void assert_cut_reads_well(const struct good *good, size_t cut)
{
	struct reading r = read_bytes(good->bytes, cut);
	size_t end = MT_FILE_HEADER_BYTES;
	uint64_t n_records = 0;

	for (int i = 0; i < SAMPLE_BLOCKS && good->ends[i] <= cut; i++) {
		end = good->ends[i];
		n_records = good->n_records_at[i];
	}
	if (cut < MT_FILE_HEADER_BYTES) {
		assert_int_equal(r.status, MT_ERR_HEADER);
	} else {
		assert_int_equal(r.status, MT_OK);
		assert_true(r.n_records == n_records);
		assert_true(r.end_offset == end);
		assert_int_equal(strstr(r.text, "the trace is cut") != NULL, cut != end);
		assert_int_equal(r.is_cut, cut != end || cut < good->ends[SAMPLE_BLOCKS - 2]);
	}
	free(r.text);
}

static void test_a_trace_cut_at_any_byte_is_read_to_its_last_whole_block(void **state)
{
	struct good good;

	(void)state;
	make_good(&good);
	for (size_t cut = 0; cut <= good.n_bytes; cut++)
		assert_cut_reads_well(&good, cut);
	release_good(&good);
}

static void assert_flip_is_told(const struct good *good, uint8_t *bytes, size_t at, uint8_t mask)
{
	struct reading r;

	bytes[at] ^= mask;
	r = read_bytes(bytes, good->n_bytes);
	bytes[at] ^= mask;
	if (at < MT_FILE_HEADER_BYTES) {
		assert_int_equal(r.status, at < 8 ? MT_ERR_NOT_A_TRACE : MT_ERR_HEADER);
	} else {
		assert_int_equal(r.status, MT_OK);
		assert_non_null(strstr(r.text, "damage"));
		/* One block is lost, and what of its streams cannot be read without it. */
		assert_true(r.n_records < SAMPLE_RECORDS || at < good->ends[0] ||
			    at >= good->ends[4] || (at >= good->ends[2] && at < good->ends[3]));
	}
	free(r.text);
}

static void test_any_flipped_byte_is_told_and_read_past(void **state)
{
	struct good good;
	uint8_t *bytes;

	(void)state;
	make_good(&good);
	bytes = malloc(good.n_bytes);
	memcpy(bytes, good.bytes, good.n_bytes);
	for (size_t at = 0; at < good.n_bytes; at++) {
		assert_flip_is_told(&good, bytes, at, 0xff);
		assert_flip_is_told(&good, bytes, at, 0x01);
	}
	free(bytes);
	release_good(&good);
}

static void test_a_lost_block_is_told_and_the_blocks_behind_it_are_read(void **state)
{
	struct good good;
	uint8_t *bytes;
	size_t from, n_gone;
	struct reading r;

	(void)state;
	make_good(&good);
	bytes = malloc(good.n_bytes);
	from = good.ends[1];
	n_gone = good.ends[2] - from;
	memcpy(bytes, good.bytes, from);
	memcpy(bytes + from, good.bytes + good.ends[2], good.n_bytes - good.ends[2]);
	r = read_bytes(bytes, good.n_bytes - n_gone);
	assert_non_null(strstr(r.text, "n_skipped=0 a block is damaged"));
	assert_non_null(strstr(r.text, "stream=2 fill=0"));
	assert_non_null(strstr(r.text, " gap"));
	assert_non_null(strstr(r.text, "stream=1 fill=1 offset=0"));
	assert_non_null(strstr(r.text, "cut=0 blocks=8 "));
	free(r.text);
	free(bytes);
	release_good(&good);
}

/* n_out bytes taken out at a place and n_in put in there. */
static struct reading read_shifted(const struct good *good, size_t at, size_t n_out, size_t n_in)
{
	uint8_t *bytes = calloc(1, good->n_bytes + n_in);
	struct reading r;

	memcpy(bytes, good->bytes, at);
	memcpy(bytes + at + n_in, good->bytes + at + n_out, good->n_bytes - at - n_out);
	r = read_bytes(bytes, good->n_bytes + n_in - n_out);
	free(bytes);
	return r;
}

static void test_bytes_taken_out_or_put_in_anywhere_do_not_hide_later_blocks(void **state)
{
	struct good good;

	(void)state;
	make_good(&good);
	for (size_t at = MT_FILE_HEADER_BYTES; at < good.ends[4]; at += 3) {
		struct reading out = read_shifted(&good, at, 1, 0);
		struct reading in = read_shifted(&good, at, 0, 100000);

		assert_non_null(strstr(out.text, "damage"));
		assert_non_null(strstr(in.text, "damage"));
		assert_non_null(strstr(out.text, "end\n"));
		assert_non_null(strstr(in.text, "end\n"));
		free(out.text);
		free(in.text);
	}
	release_good(&good);
}

static void put_header(uint8_t *to, uint32_t stored_bytes)
{
	const struct mt_block_header header = { .kind = 1, .stored_bytes = stored_bytes,
						.raw_bytes = stored_bytes };

	mt_put_block_header(to, &header);
}

static void test_a_file_of_headers_that_each_claim_megabytes_does_not_take_forever(void **state)
{
	enum { N_HEADERS = 120000 };
	size_t n_bytes = MT_FILE_HEADER_BYTES + (size_t)N_HEADERS * MT_BLOCK_HEADER_BYTES;
	uint8_t *bytes = malloc(n_bytes);
	struct mt_file_header header = { MT_FORMAT_VERSION, 0, 0 };
	struct reading r;

	(void)state;
	mt_put_file_header(bytes, &header);
	for (size_t i = 0; i < N_HEADERS; i++)
		/* One byte off, so that no header is where another says. */
		put_header(bytes + MT_FILE_HEADER_BYTES + i * MT_BLOCK_HEADER_BYTES,
			   (2 << 20) + 1);
	r = read_bytes(bytes, n_bytes);
	assert_int_equal(r.n_records, 0);
	free(r.text);
	free(bytes);
}

static void test_a_block_that_unpacks_to_another_size_is_damage(void **state)
{
	struct good good;
	uint8_t *bytes;
	struct mt_block_header header;
	struct reading r;

	(void)state;
	make_good(&good);
	bytes = malloc(good.n_bytes);
	memcpy(bytes, good.bytes, good.n_bytes);
	assert_int_equal(mt_get_block_header(bytes + good.ends[0], &header), MT_OK);
	assert_int_equal(header.compression, MT_COMPRESSION_ZSTD);
	header.raw_bytes++;
	mt_put_block_header(bytes + good.ends[0], &header);
	r = read_bytes(bytes, good.n_bytes);
	assert_non_null(strstr(r.text, "a block cannot be decompressed"));
	free(r.text);
	free(bytes);
	release_good(&good);
}

static void test_a_payload_that_is_no_payload_is_damage(void **state)
{
	struct sample *sample = malloc(sizeof(*sample));
	struct reading r;

	(void)state;
	sample_open(sample, 0);
	memset(sample->payload, 0xff, 30);
	sample->out.at += 30;
	sample_block(sample, MT_BLOCK_EVENTS, 0);
	sample->out.at += 30;
	sample_block(sample, MT_BLOCK_META, 0);
	sample->out.at += 30;
	sample_block(sample, MT_BLOCK_SYMBOLS, 0);
	sample_block(sample, MT_BLOCK_END, 0);
	r = read_bytes(sample->file.bytes, sample->file.n_bytes);
	assert_non_null(strstr(r.text, "damage at=64 n_skipped=30 a record is damaged\n"
				       "damage at=134 n_skipped=30 a record is damaged\n"
				       "symbols bad\nend\n"));
	free(r.text);
	sample_close(sample);
	free(sample);
}

/* Every byte of the headers of a FILE.live, at all its extremes. */
static void test_any_flipped_byte_of_a_live_file_ends_well(void **state)
{
	static const uint8_t masks[] = { 0x01, 0x80, 0xff };
	struct sample *sample = malloc(sizeof(*sample));
	size_t n_live;
	uint8_t *live = sample_live_new(3, &n_live);
	size_t at[3 * 160], n_at = 0;

	(void)state;
	sample_open(sample, 1);
	sample_begin(&sample->a, 1, 1, 0);
	sample_alloc(&sample->a, 0x1000, 16, 1);
	sample_live_put(live, 1, &sample->a);
	sample_live_put(live, 2, &sample->a);
	for (size_t i = 0; i < 160; i++) {
		at[n_at++] = i;
		at[n_at++] = MT_LIVE_HEADER_BYTES + i;
		at[n_at++] = MT_LIVE_HEADER_BYTES + MT_SEGMENT_BYTES + i;
	}
	for (size_t i = 0; i < n_at; i++)
		for (int m = 0; m < 3; m++) {
			live[at[i]] ^= masks[m];
			read_live_bytes(live, n_live);
			live[at[i]] ^= masks[m];
		}
	for (size_t cut = 0; cut < n_live; cut += 977)
		read_live_bytes(live, cut);
	free(live);
	sample_close(sample);
	free(sample);
}

static void replay(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *from = fopen(path, "rb");
	size_t n_bytes;

	assert_non_null(from);
	n_bytes = fread(bytes, 1, sizeof(bytes), from);
	fclose(from);
	read_fuzzed_bytes(bytes, n_bytes);
}

static void test_what_the_fuzzer_collected_ends_well(void **state)
{
	const char *folder = "tests/fuzz/corpus";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n_files = 0;
	char path[512];

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		replay(path);
		n_files++;
	}
	closedir(dir);
	assert_true(n_files > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_trace_cut_at_any_byte_is_read_to_its_last_whole_block),
		cmocka_unit_test(test_any_flipped_byte_is_told_and_read_past),
		cmocka_unit_test(test_a_lost_block_is_told_and_the_blocks_behind_it_are_read),
		cmocka_unit_test(test_bytes_taken_out_or_put_in_anywhere_do_not_hide_later_blocks),
		cmocka_unit_test(test_a_file_of_headers_that_each_claim_megabytes_does_not_take_forever),
		cmocka_unit_test(test_a_block_that_unpacks_to_another_size_is_damage),
		cmocka_unit_test(test_a_payload_that_is_no_payload_is_damage),
		cmocka_unit_test(test_any_flipped_byte_of_a_live_file_ends_well),
		cmocka_unit_test(test_what_the_fuzzer_collected_ends_well),
	};

	return RUN_UNIT_TESTS(tests);
}
