/* SPDX-License-Identifier: Apache-2.0 */
/* test_wire.c -- numbers and events as bytes, at their limits. */
#include "tests/unit/unit.h"

#include <stdlib.h>

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

/* Allocations and releases in every order: soon after, long after, never, twice. */
static void test_a_release_is_found_among_recent_allocations_or_not(void **state)
{
	static struct mt_stream_state put, get;
	static uint8_t bytes[20000 * MT_EVENT_BYTES_MAX];
	static uint64_t addrs[20000];
	static bool is_free[20000];
	uint64_t live[500], seed = 20261121;
	uint8_t *end = bytes;
	struct mt_record record;
	struct mt_in in;
	unsigned n_live = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		is_free[i] = n_live && (n_live == 500 || seed >> 63);
		if (is_free[i]) {
			unsigned at = n_live - 1 - (seed >> 32 & 255) % n_live;

			addrs[i] = live[at];
			live[at] = live[--n_live];
			end = mt_put_free(&put, end, i, addrs[i]);
		} else {
			addrs[i] = live[n_live++] = (seed >> 20 & 0xffff) * 16;
			end = mt_put_alloc(&put, end, i, addrs[i], 8, 1);
		}
	}
	in = (struct mt_in){ bytes, end, false };
	for (unsigned i = 0; i < 20000; i++) {
		assert_int_equal(mt_get_record(&get, &in, &record), 1);
		assert_int_equal(record.op == MT_OP_FREE, is_free[i]);
		assert_true(record.addr == addrs[i]);
	}
	assert_int_equal(mt_get_record(&get, &in, &record), 0);
}

static void test_a_release_soon_after_its_allocation_takes_two_bytes(void **state)
{
	static struct mt_stream_state put;
	uint8_t bytes[256], *end = bytes, *before;

	(void)state;
	for (unsigned i = 0; i < MT_RECENTS; i++)
		end = mt_put_alloc(&put, bytes, 1, 0x7f0000000000 + i * 4096, 8, 1);
	before = end = bytes;
	end = mt_put_free(&put, end, 2, 0x7f0000000000 + (MT_RECENTS - 1) * 4096ul);
	assert_int_equal(end - before, 2);
}

static void test_a_release_of_what_no_recent_allocation_was_is_damage(void **state)
{
	/* op 3, "of the last allocation", where there is none; then of the 65th last. */
	const uint8_t none[] = { 0x0b, 0x01 }, far[] = { 0x0b, 0x81, 0x01 };
	static struct mt_stream_state empty, some;
	struct mt_in in = { none, none + sizeof(none), false };
	struct mt_record record;
	uint8_t bytes[MT_EVENT_BYTES_MAX];

	(void)state;
	assert_int_equal(mt_get_record(&empty, &in, &record), MT_ERR_RECORD);
	for (unsigned i = 0; i < 2 * MT_RECENTS; i++)
		mt_put_alloc(&some, bytes, 1, 0x1000 + i * 16, 8, 1);
	in = (struct mt_in){ far, far + sizeof(far), false };
	assert_int_equal(mt_get_record(&some, &in, &record), MT_ERR_RECORD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_uleb_of_every_size_comes_back),
		cmocka_unit_test(test_a_uleb_cut_or_overlong_is_bad_and_stays_bad),
		cmocka_unit_test(test_a_writer_that_is_full_writes_nothing_past_its_end),
		cmocka_unit_test(test_a_text_longer_than_its_input_is_bad),
		cmocka_unit_test(test_events_at_all_limits_come_back_in_the_room_that_is_promised),
		cmocka_unit_test(test_a_repeated_loop_costs_three_bytes_an_allocation),
		cmocka_unit_test(test_unknown_kinds_are_skipped_by_their_length),
		cmocka_unit_test(test_the_kind_zero_and_unknown_release_flags_are_bad),
		cmocka_unit_test(test_any_bytes_decode_or_are_refused),
		cmocka_unit_test(test_every_status_has_a_text),
		cmocka_unit_test(test_a_release_is_found_among_recent_allocations_or_not),
		cmocka_unit_test(test_a_release_soon_after_its_allocation_takes_two_bytes),
		cmocka_unit_test(test_a_release_of_what_no_recent_allocation_was_is_damage),
	};

	return RUN_UNIT_TESTS(tests);
}
