/* SPDX-License-Identifier: Apache-2.0 */
/* test_wire.c -- numbers, headers, spans and events as bytes, at their limits. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "formats/wire/block.h"
#include "formats/wire/event.h"
#include "formats/wire/status.h"

static const uint64_t limits[] = {
	0, 1, 0x7f, 0x80, 0x3fff, 0x4000, UINT32_MAX, UINT64_C(1) << 32,
	INT64_MAX, UINT64_C(1) << 63, UINT64_MAX,
};
enum { N_LIMITS = sizeof(limits) / sizeof(*limits) };

static void test_a_uleb_of_every_size_comes_back(void **state)
{
	(void)state;
	for (int i = 0; i < N_LIMITS; i++) {
		uint8_t bytes[MT_ULEB_BYTES_MAX];
		uint8_t *end = mt_uleb_store(bytes, limits[i]);
		struct mt_in in = { bytes, end, false };

		assert_true(mt_get_uleb(&in) == limits[i]);
		assert_false(in.is_bad);
		assert_ptr_equal(in.at, end);
		assert_true((uint64_t)mt_unzigzag(mt_zigzag((int64_t)limits[i])) == limits[i]);
	}
}

static void test_a_uleb_cut_or_overlong_is_bad_and_stays_bad(void **state)
{
	const uint8_t bytes[12] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
				    0x80, 0x80, 0x80, 0x80, 0x80, 0x01 };

	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct mt_in in = { bytes, bytes + n, false };

		assert_true(mt_get_uleb(&in) == 0);
		assert_true(in.is_bad);
		assert_int_equal(mt_get_u8(&in), 0);
		assert_true(in.is_bad);
	}
}

static void test_a_writer_that_is_full_writes_nothing_past_its_end(void **state)
{
	uint8_t bytes[9];
	struct mt_out out = { bytes, bytes + 8, false };

	(void)state;
	memset(bytes, 0xee, sizeof(bytes));
	mt_put_le(&out, 1, 8);
	assert_false(out.is_full);
	mt_put_u8(&out, 1);
	mt_put_uleb(&out, 1);
	mt_put_le(&out, 1, 4);
	mt_put_bytes(&out, "x", 1);
	assert_true(out.is_full);
	assert_int_equal(bytes[8], 0xee);
}

static void test_a_text_longer_than_its_input_is_bad(void **state)
{
	const uint8_t bytes[] = { 4, 'a', 'b', 'c' };
	struct mt_in in = { bytes, bytes + 4, false };

	(void)state;
	assert_int_equal(mt_get_text(&in).n_bytes, 0);
	assert_true(in.is_bad);
}

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

/* One event in all the shapes it can have. */
struct event {
	enum mt_op op;
	uint32_t kind;
	uint64_t addr, size;
	uint32_t stack;
	uint8_t flags, align_log2;
};

static uint8_t *put_event(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			  const struct event *e)
{
	bool is_plain = mt_addr_is_plain(e->addr);

	switch (e->op) {
	case MT_OP_ALLOC:
		return (is_plain ? mt_put_alloc : mt_put_alloc_any)(state, to, time, e->addr,
								    e->size, e->stack);
	case MT_OP_FREE:
		return is_plain ? mt_put_free(state, to, time, e->addr) :
		       mt_put_free_any(state, to, time, e->addr, MT_DELETE_PLAIN_FREE, 0, 0);
	case MT_OP_REALLOC:
		return (is_plain ? mt_put_realloc : mt_put_realloc_any)(state, to, time, e->addr);
	default:
		return (is_plain ? mt_put_delete : mt_put_free_any)(state, to, time, e->addr,
								    e->flags, e->size,
								    e->align_log2);
	}
}

static void assert_event(const struct event *e, const struct mt_record *r, uint64_t time)
{
	assert_true(r->addr == e->addr);
	assert_true(r->time == time);
	if (e->op == MT_OP_ALLOC)
		assert_true(r->size == e->size && r->stack == e->stack);
	if (e->op == MT_OP_DELETE) {
		assert_int_equal(r->flags, e->flags);
		if (e->flags & MT_DELETE_SIZED)
			assert_true(r->size == e->size);
		if (e->flags & MT_DELETE_ALIGNED)
			assert_int_equal(r->align_log2, e->align_log2);
	}
}

static struct event any_event(void)
{
	static const enum mt_op ops[] = { MT_OP_ALLOC, MT_OP_ALLOC, MT_OP_FREE, MT_OP_REALLOC,
					  MT_OP_DELETE };
	struct event e = { .op = ops[rand() % 5] };

	e.addr = limits[rand() % N_LIMITS] + (uint64_t)(rand() % 4) * 8;
	e.size = rand() % 2 ? (uint64_t)(rand() % 3) * 24 : limits[rand() % N_LIMITS];
	e.stack = rand() % 2 ? (uint32_t)(rand() % 3) : (uint32_t)limits[rand() % N_LIMITS];
	e.flags = (uint8_t)(rand() % 16);
	e.align_log2 = e.flags & MT_DELETE_ALIGNED ? 63 : 0;
	return e;
}

static void test_events_at_all_limits_come_back_in_the_room_that_is_promised(void **state)
{
	enum { N = 20000 };
	struct mt_stream_state put = { 0 }, get = { 0 };
	struct event *events = calloc(N, sizeof(*events));
	uint8_t *bytes = malloc(N * MT_EVENT_BYTES_MAX), *end = bytes;
	struct mt_record record;
	struct mt_in in;

	(void)state;
	srand(1);
	for (int i = 0; i < N; i++) {
		uint8_t *from = end;

		events[i] = any_event();
		end = put_event(&put, end, UINT64_C(1) << 40 | (uint64_t)i * 7, &events[i]);
		assert_true(end - from <= MT_EVENT_BYTES_MAX);
	}
	in = (struct mt_in) { bytes, end, false };
	for (int i = 0; i < N; i++) {
		assert_int_equal(mt_get_record(&get, &in, &record), 1);
		assert_event(&events[i], &record, UINT64_C(1) << 40 | (uint64_t)i * 7);
	}
	assert_int_equal(mt_get_record(&get, &in, &record), 0);
	free(bytes);
	free(events);
}

static void test_a_repeated_loop_costs_three_bytes_an_allocation(void **state)
{
	struct mt_stream_state put = { 0 };
	uint8_t bytes[64 * MT_EVENT_BYTES_MAX], *end = bytes, *from = bytes;

	(void)state;
	for (uint64_t i = 0; i < 64; i++) {
		if (i == 32)
			from = end;
		end = mt_put_alloc(&put, end, 10 * i, 0x1000 + 32 * i, i % 2 ? 24 : 4000,
				   i % 2 ? 7 : 900000);
	}
	assert_true(end - from <= 3 * 32);
}

static void test_unknown_kinds_are_skipped_by_their_length(void **state)
{
	struct mt_stream_state put = { 0 }, get = { 0 };
	uint8_t bytes[256], payload[100] = { 0xff }, *end;
	struct mt_record record;
	struct mt_in in;

	(void)state;
	end = mt_put_extended(&put, bytes, 5, 4000000000u, payload, sizeof(payload));
	end = mt_put_extended(&put, end, 6, 63, payload, 0);
	end = mt_put_free(&put, end, 7, 0x40);
	in = (struct mt_in) { bytes, end, false };
	assert_int_equal(mt_get_record(&get, &in, &record), 1);
	assert_true(record.kind == 4000000000u && record.payload_bytes == sizeof(payload));
	assert_int_equal(mt_get_record(&get, &in, &record), 1);
	assert_int_equal(mt_get_record(&get, &in, &record), 1);
	assert_int_equal(record.op, MT_OP_FREE);
	assert_int_equal(record.addr, 0x40);
}

static void test_the_kind_zero_and_unknown_release_flags_are_bad(void **state)
{
	const uint8_t no_kind[] = { MT_OP_EXTENDED, 0, 0 };
	const uint8_t bad_flags[] = { MT_OP_DELETE, 0, 0x20 };
	struct mt_stream_state get = { 0 };
	struct mt_record record;

	(void)state;
	assert_int_equal(mt_get_record(&get, &(struct mt_in){ no_kind, no_kind + 3, false },
				       &record), MT_ERR_RECORD);
	assert_int_equal(mt_get_record(&get, &(struct mt_in){ bad_flags, bad_flags + 3, false },
				       &record), MT_ERR_RECORD);
}

static void test_any_bytes_decode_or_are_refused(void **state)
{
	uint8_t bytes[64];
	struct mt_record record;

	(void)state;
	srand(2);
	for (int round = 0; round < 20000; round++) {
		struct mt_stream_state get = { 0 };
		struct mt_in in = { bytes, bytes + rand() % (int)sizeof(bytes), false };

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)rand();
		while (mt_get_record(&get, &in, &record) == 1)
			continue;
	}
}

static void test_every_status_has_a_text(void **state)
{
	(void)state;
	for (int status = MT_ERR_FULL; status <= MT_OK; status++)
		assert_string_not_equal(mt_status_text(status), "unknown error");
	assert_string_equal(mt_status_text(-99), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_uleb_of_every_size_comes_back),
		cmocka_unit_test(test_a_uleb_cut_or_overlong_is_bad_and_stays_bad),
		cmocka_unit_test(test_a_writer_that_is_full_writes_nothing_past_its_end),
		cmocka_unit_test(test_a_text_longer_than_its_input_is_bad),
		cmocka_unit_test(test_a_file_header_comes_back),
		cmocka_unit_test(test_a_file_header_is_refused_for_what_is_wrong_with_it),
		cmocka_unit_test(test_a_block_header_comes_back_and_any_flipped_bit_is_seen),
		cmocka_unit_test(test_a_block_header_that_claims_too_much_is_refused),
		cmocka_unit_test(test_a_span_comes_back_and_every_cut_of_it_is_bad),
		cmocka_unit_test(test_a_span_with_a_number_too_large_is_bad),
		cmocka_unit_test(test_events_at_all_limits_come_back_in_the_room_that_is_promised),
		cmocka_unit_test(test_a_repeated_loop_costs_three_bytes_an_allocation),
		cmocka_unit_test(test_unknown_kinds_are_skipped_by_their_length),
		cmocka_unit_test(test_the_kind_zero_and_unknown_release_flags_are_bad),
		cmocka_unit_test(test_any_bytes_decode_or_are_refused),
		cmocka_unit_test(test_every_status_has_a_text),
	};

	return RUN_UNIT_TESTS(tests);
}
