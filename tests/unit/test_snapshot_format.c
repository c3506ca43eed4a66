/* SPDX-License-Identifier: Apache-2.0 */
/* test_snapshot_format.c -- the records of a snapshot, there and back. */
#include "tests/unit/unit.h"

#include "formats/wire/snapshot.h"
#include "formats/wire/standing.h"
#include "formats/wire/status.h"

enum { ROOM = 1024 };

static uint8_t bytes[ROOM];

static struct mt_record record_of(const struct mt_out *out)
{
	assert_false(out->is_full);
	return (struct mt_record){ .payload = bytes, .payload_bytes = (size_t)(out->at - bytes) };
}

static struct mt_out begin(void)
{
	memset(bytes, 0xee, sizeof(bytes));
	return (struct mt_out){ bytes, bytes + ROOM, false };
}

static void test_a_snapshot_is_read_as_it_was_written(void **state)
{
	struct mt_snapshot from = { 7, MT_SNAPSHOT_CALL, MT_SNAPSHOT__EXIT, 12, 4711,
				    { "before", 6 } };
	struct mt_snapshot to;
	struct mt_out out = begin();
	struct mt_record record;

	(void)state;
	mt_put_snapshot(&out, &from);
	record = record_of(&out);
	assert_int_equal(mt_get_snapshot(&record, &to), MT_OK);
	assert_int_equal(to.number, 7);
	assert_int_equal(to.why, MT_SNAPSHOT_CALL);
	assert_int_equal(to.flags, MT_SNAPSHOT__EXIT);
	assert_int_equal(to.n_streams, 12);
	assert_int_equal(to.tid, 4711);
	assert_memory_equal(to.label.bytes, "before", 6);
	record.payload_bytes--;
	assert_int_equal(mt_get_snapshot(&record, &to), MT_ERR_RECORD);
}

static void test_a_cut_names_any_number_of_streams(void **state)
{
	struct mt_snapshot_cut first = { .stream = 1, .fill = 3, .n_bytes = 131008 };
	struct mt_snapshot_cut second = { 9, 0, 17, MT_PENDING_ALLOC, 0x7f0000000010, 64 }, cut;
	struct mt_out out = begin();
	struct mt_in in;

	(void)state;
	mt_put_snapshot_cut(&out, &first);
	mt_put_snapshot_cut(&out, &second);
	in = (struct mt_in){ bytes, out.at, false };
	assert_int_equal(mt_get_snapshot_cut(&in, &cut), 1);
	assert_int_equal(cut.fill, 3);
	assert_int_equal(cut.n_bytes, 131008);
	assert_int_equal(cut.pending, MT_PENDING_NONE);
	assert_int_equal(mt_get_snapshot_cut(&in, &cut), 1);
	assert_int_equal(cut.stream, 9);
	assert_int_equal(cut.pending, MT_PENDING_ALLOC);
	assert_int_equal(cut.addr, 0x7f0000000010);
	assert_int_equal(cut.size, 64);
	assert_int_equal(mt_get_snapshot_cut(&in, &cut), 0);
	in = (struct mt_in){ bytes, out.at - 1, false };
	assert_int_equal(mt_get_snapshot_cut(&in, &cut), 1);
	assert_int_equal(mt_get_snapshot_cut(&in, &cut), MT_ERR_RECORD);
}

static void test_a_thread_keeps_all_its_registers(void **state)
{
	struct mt_snapshot_thread from = { .tid = 5, .hold = MT_HOLD_HELD, .pc = 0x401000,
					   .sp = 0x7ffe0000, .fp = 1, .thread_pointer = 0x7f10,
					   .n_registers = MT_SNAPSHOT_REGISTERS_MAX };
	struct mt_snapshot_thread to;
	struct mt_out out = begin();
	struct mt_record record;

	(void)state;
	for (uint32_t i = 0; i < from.n_registers; i++)
		from.registers[i] = UINT64_MAX - i;
	mt_put_snapshot_thread(&out, &from);
	record = record_of(&out);
	assert_true(record.payload_bytes <= MT_SNAPSHOT_THREAD_BYTES_MAX);
	assert_int_equal(mt_get_snapshot_thread(&record, &to), MT_OK);
	assert_int_equal(to.sp, from.sp);
	assert_int_equal(to.thread_pointer, from.thread_pointer);
	assert_memory_equal(to.registers, from.registers, sizeof(to.registers));
}

static void test_more_registers_than_there_are_is_damage(void **state)
{
	struct mt_snapshot_thread to;
	struct mt_out out = begin();
	struct mt_record record;

	(void)state;
	mt_put_uleb(&out, 5);
	mt_put_u8(&out, MT_HOLD_HELD);
	for (int i = 0; i < 5; i++)
		mt_put_uleb(&out, 0);
	mt_put_uleb(&out, MT_SNAPSHOT_REGISTERS_MAX + 1);
	for (int i = 0; i <= MT_SNAPSHOT_REGISTERS_MAX; i++)
		mt_put_uleb(&out, 0);
	record = record_of(&out);
	assert_int_equal(mt_get_snapshot_thread(&record, &to), MT_ERR_RECORD);
}

static void test_a_range_that_ends_before_it_starts_is_damage(void **state)
{
	struct mt_snapshot_range from = { 1, MT_RANGE_HEAP, 0, 0x2000, 0x1000, 0, { "", 0 } }, to;
	struct mt_out out = begin();
	struct mt_record record;

	(void)state;
	mt_put_snapshot_range(&out, &from);
	record = record_of(&out);
	assert_int_equal(mt_get_snapshot_range(&record, &to), MT_ERR_RECORD);
}

static void test_words_come_back_with_their_slots(void **state)
{
	static const uint64_t slots[] = { 0x1000, 0x1008, 0x7f0000000000, 0x7f0000000ff8 };
	static const uint64_t values[] = { 0x555500001230, 0, UINT64_MAX, 0xfffb7f0000000010 };
	struct mt_snapshot_words words;
	uint64_t slot, value;
	uint8_t *at = mt_put_snapshot_words(&words, bytes, 3, 0x1000);
	struct mt_in in;

	(void)state;
	for (int i = 0; i < 4; i++)
		at = mt_put_snapshot_word(&words, at, slots[i], values[i]);
	in = (struct mt_in){ bytes, at, false };
	assert_int_equal(mt_get_snapshot_words(&in, &words), MT_OK);
	assert_int_equal(words.range, 3);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(mt_get_snapshot_word(&in, &words, &slot, &value), 1);
		assert_int_equal(slot, slots[i]);
		assert_int_equal(value, values[i]);
	}
	assert_int_equal(mt_get_snapshot_word(&in, &words, &slot, &value), 0);
	in = (struct mt_in){ bytes, at - 1, false };
	assert_int_equal(mt_get_snapshot_words(&in, &words), MT_OK);
	while (mt_get_snapshot_word(&in, &words, &slot, &value) == 1)
		;
	assert_true(in.is_bad);
}

static void test_an_end_says_why_it_is_not_complete(void **state)
{
	struct mt_snapshot_end from = { 1500, 4096, 12, 0, { "no-room", 7 } }, to;
	struct mt_out out = begin();
	struct mt_record record;

	(void)state;
	mt_put_snapshot_end(&out, &from);
	record = record_of(&out);
	assert_int_equal(mt_get_snapshot_end(&record, &to), MT_OK);
	assert_int_equal(to.pause_ns, 1500);
	assert_int_equal(to.n_words, 12);
	assert_int_equal(to.is_complete, 0);
	assert_int_equal(to.reason.n_bytes, 7);
}

static void test_heap_and_dead_stacks_are_no_roots(void **state)
{
	(void)state;
	assert_false(mt_range_is_root(MT_RANGE_HEAP));
	assert_false(mt_range_is_root(MT_RANGE_DEAD_STACK));
	assert_true(mt_range_is_root(MT_RANGE_MODULE));
	assert_true(mt_range_is_root(MT_RANGE_ANONYMOUS));
}

static void test_where_a_thread_stood_is_read_as_it_was_written(void **state)
{
	static uint64_t frames[MT_STACK_FRAMES_MAX], read[MT_STACK_FRAMES_MAX];
	static uint8_t room[MT_STANDING_BYTES_MAX];
	struct mt_standing from = { UINT32_MAX, UINT64_MAX, 11, INT32_MIN, UINT64_MAX,
				    { .generation = 3, .end = MT_STACK_NO_RULE, .n_omitted = 7,
				      .n_frames = MT_STACK_FRAMES_MAX, .frames = frames } };
	struct mt_out out = { room, room + sizeof(room), false };
	struct mt_standing to;
	struct mt_in in;

	(void)state;
	for (unsigned i = 0; i < MT_STACK_FRAMES_MAX; i++)
		frames[i] = i % 2 ? UINT64_MAX - i : i;
	memset(from.stack.is_exact, 0xff, sizeof(from.stack.is_exact));
	mt_put_standing(&out, &from);
	assert_false(out.is_full);
	in = (struct mt_in){ room, out.at, false };
	assert_int_equal(mt_get_standing(&in, &to, read), MT_OK);
	assert_ptr_equal(in.at, out.at);
	assert_int_equal(to.number, from.number);
	assert_int_equal(to.tid, from.tid);
	assert_int_equal(to.signal, 11);
	assert_int_equal(to.code, INT32_MIN);
	assert_int_equal(to.address, from.address);
	assert_int_equal(to.stack.end, MT_STACK_NO_RULE);
	assert_int_equal(to.stack.n_omitted, 7);
	assert_int_equal(to.stack.n_frames, MT_STACK_FRAMES_MAX);
	assert_memory_equal(read, frames, sizeof(frames));
	assert_memory_equal(to.stack.is_exact, from.stack.is_exact, sizeof(to.stack.is_exact));
	/* Cut anywhere it is no record. */
	for (const uint8_t *end = room; end < out.at; end++) {
		in = (struct mt_in){ room, end, false };
		assert_int_equal(mt_get_standing(&in, &to, read), MT_ERR_RECORD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_snapshot_is_read_as_it_was_written),
		cmocka_unit_test(test_where_a_thread_stood_is_read_as_it_was_written),
		cmocka_unit_test(test_a_cut_names_any_number_of_streams),
		cmocka_unit_test(test_a_thread_keeps_all_its_registers),
		cmocka_unit_test(test_more_registers_than_there_are_is_damage),
		cmocka_unit_test(test_a_range_that_ends_before_it_starts_is_damage),
		cmocka_unit_test(test_words_come_back_with_their_slots),
		cmocka_unit_test(test_an_end_says_why_it_is_not_complete),
		cmocka_unit_test(test_heap_and_dead_stacks_are_no_roots),
	};

	return RUN_UNIT_TESTS(tests);
}
