/* SPDX-License-Identifier: Apache-2.0 */
/* test_block.c -- the frame of a trace: file header, block headers, spans. */
#include "tests/unit/unit.h"

#include "formats/wire/block.h"
#include "formats/wire/status.h"

static void test_a_file_header_comes_back(void **state)
{
	const struct mt_file_header header = { MT_FORMAT_VERSION, UINT64_MAX, 0x0123456789abcdef };
	struct mt_file_header back;
	uint8_t bytes[MT_FILE_HEADER_BYTES];

	(void)state;
	mt_put_file_header(bytes, &header);
	assert_int_equal(mt_get_file_header(bytes, sizeof(bytes), &back), MT_OK);
	assert_int_equal(back.version, header.version);
	assert_true(back.started_realtime_ns == header.started_realtime_ns);
	assert_true(back.trace_id == header.trace_id);
}

static void test_a_file_header_is_refused_for_what_is_wrong_with_it(void **state)
{
	struct mt_file_header header = { MT_FORMAT_VERSION, 1, 2 };
	uint8_t bytes[MT_FILE_HEADER_BYTES];

	(void)state;
	mt_put_file_header(bytes, &header);
	for (size_t n = 0; n < sizeof(bytes); n++)
		assert_int_equal(mt_get_file_header(bytes, n, &header), MT_ERR_HEADER);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] ^= 0x10;
		assert_int_equal(mt_get_file_header(bytes, sizeof(bytes), &header),
				 i < 8 ? MT_ERR_NOT_A_TRACE : MT_ERR_HEADER);
		bytes[i] ^= 0x10;
	}
	assert_int_equal(mt_get_file_header((const uint8_t *)"text", 4, &header),
			 MT_ERR_NOT_A_TRACE);
	header.version = MT_FORMAT_VERSION + 1;
	mt_put_file_header(bytes, &header);
	assert_int_equal(mt_get_file_header(bytes, sizeof(bytes), &header), MT_ERR_VERSION);
}

static void test_a_block_header_comes_back_and_any_flipped_bit_is_seen(void **state)
{
	const struct mt_block_header header = {
		.kind = 200, .compression = MT_COMPRESSION_ZSTD,
		.stored_bytes = MT_BLOCK_STORED_BYTES_MAX, .raw_bytes = MT_BLOCK_RAW_BYTES_MAX,
		.number = UINT32_MAX, .epoch = UINT32_MAX, .checksum = UINT64_MAX,
	};
	struct mt_block_header back = { 0 };
	uint8_t bytes[MT_BLOCK_HEADER_BYTES];

	(void)state;
	mt_put_block_header(bytes, &header);
	assert_int_equal(mt_get_block_header(bytes, &back), MT_OK);
	assert_int_equal(back.kind, header.kind);
	assert_int_equal(back.stored_bytes, header.stored_bytes);
	assert_int_equal(back.raw_bytes, header.raw_bytes);
	assert_true(back.number == header.number && back.epoch == header.epoch);
	assert_true(back.checksum == header.checksum);
	for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(mt_get_block_header(bytes, &back), MT_ERR_BLOCK);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void test_a_block_header_that_claims_too_much_is_refused(void **state)
{
	struct mt_block_header header = { .kind = 1, .raw_bytes = MT_BLOCK_RAW_BYTES_MAX + 1 };
	uint8_t bytes[MT_BLOCK_HEADER_BYTES];

	(void)state;
	mt_put_block_header(bytes, &header);
	assert_int_equal(mt_get_block_header(bytes, &header), MT_ERR_BLOCK);
	header.raw_bytes = 0;
	header.stored_bytes = MT_BLOCK_STORED_BYTES_MAX + 1;
	mt_put_block_header(bytes, &header);
	assert_int_equal(mt_get_block_header(bytes, &header), MT_ERR_BLOCK);
	header.stored_bytes = 0;
	header.compression = MT_COMPRESSION_ZSTD + 1;
	mt_put_block_header(bytes, &header);
	assert_int_equal(mt_get_block_header(bytes, &header), MT_ERR_BLOCK);
}

static void test_a_span_comes_back_and_every_cut_of_it_is_bad(void **state)
{
	uint8_t bytes[MT_SPAN_HEADER_BYTES_MAX + 3];
	const struct mt_span span = { UINT32_MAX, UINT32_MAX - 1, UINT64_MAX, UINT32_MAX - 2, 3, NULL };
	uint8_t *end = mt_put_span_header(bytes, &span);
	struct mt_span back;

	(void)state;
	memcpy(end, "abc", 3);
	for (const uint8_t *cut = end + 3; cut > bytes; cut--) {
		struct mt_in in = { bytes, cut, false };
		int status = mt_get_span(&in, &back);

		assert_int_equal(status, cut == end + 3 ? 1 : MT_ERR_BLOCK);
	}
	assert_int_equal(mt_get_span(&(struct mt_in){ bytes, bytes, false }, &back), 0);
	assert_int_equal(mt_get_span(&(struct mt_in){ bytes, end + 3, false }, &back), 1);
	assert_true(back.process == span.process && back.stream == span.stream);
	assert_true(back.fill == span.fill && back.offset == span.offset && back.n_bytes == 3);
	assert_memory_equal(back.bytes, "abc", 3);
}

static void test_a_span_with_a_number_too_large_is_bad(void **state)
{
	uint8_t bytes[64];
	uint8_t *end = mt_uleb_store(bytes, UINT64_C(1) << 32);
	struct mt_in in = { bytes, bytes + sizeof(bytes), false };
	struct mt_span span;

	(void)state;
	memset(end, 0, (size_t)(bytes + sizeof(bytes) - end));
	assert_int_equal(mt_get_span(&in, &span), MT_ERR_BLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_header_comes_back),
		cmocka_unit_test(test_a_file_header_is_refused_for_what_is_wrong_with_it),
		cmocka_unit_test(test_a_block_header_comes_back_and_any_flipped_bit_is_seen),
		cmocka_unit_test(test_a_block_header_that_claims_too_much_is_refused),
		cmocka_unit_test(test_a_span_comes_back_and_every_cut_of_it_is_bad),
		cmocka_unit_test(test_a_span_with_a_number_too_large_is_bad),
	};

	return RUN_UNIT_TESTS(tests);
}
