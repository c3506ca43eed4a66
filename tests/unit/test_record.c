/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_record.c -- every payload: what goes in comes out, at its limits; a
 * payload cut anywhere is refused; one with more at its end is not.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "formats/wire/annotation.h"
#include "formats/wire/record.h"
#include "formats/wire/status.h"

enum { ROOM = 8192 };

#define TEXT(literal) { literal, sizeof(literal) - 1 }

typedef void put_fn(struct mt_out *, const void *);
typedef int get_fn(const struct mt_record *, void *);

/* Encodes from, decodes into back and encodes that again: the bytes must be the
 * same. Then every cut and every room that is too small. */
static void round_trip(put_fn *put, get_fn *get, const void *from, void *back)
{
	uint8_t bytes[ROOM], again[ROOM];
	struct mt_out out = { bytes, bytes + ROOM, false }, second = { again, again + ROOM, false };
	struct mt_record record = { .payload = bytes };
	size_t n;

	put(&out, from);
	assert_false(out.is_full);
	n = (size_t)(out.at - bytes);
	record.payload_bytes = n;
	assert_int_equal(get(&record, back), MT_OK);
	put(&second, back);
	assert_int_equal(second.at - again, n);
	assert_memory_equal(bytes, again, n);
	bytes[n] = 0xff;                  /* a field of a later version */
	record.payload_bytes = n + 1;
	assert_int_equal(get(&record, back), MT_OK);
	for (size_t cut = 0; cut < n; cut++) {
		record.payload_bytes = cut;
		assert_int_equal(get(&record, back), MT_ERR_RECORD);
		second = (struct mt_out) { again, again + cut, false };
		put(&second, from);
		assert_true(second.is_full);
	}
}

/* name: of the struct mt_NAME and its two functions. */
#define RECORD_TEST(name, what, ...) \
	static void put_##name(struct mt_out *out, const void *from) \
	{ \
		mt_put_##name(out, from); \
	} \
	static int get_##name(const struct mt_record *record, void *to) \
	{ \
		return mt_get_##name(record, to); \
	} \
	static void test_##what##_comes_back(void **state) \
	{ \
		struct mt_##name most = __VA_ARGS__, none, back; \
		(void)state; \
		memset(&none, 0, sizeof(none)); \
		round_trip(put_##name, get_##name, &most, &back); \
		round_trip(put_##name, get_##name, &none, &back); \
	}

/* The same for META records, which are read from a cursor. */
#define META_TEST(name, what, ...) \
	static int get_in_##name(const struct mt_record *record, struct mt_##name *to) \
	{ \
		struct mt_in in = { record->payload, record->payload + record->payload_bytes, \
				    false }; \
		return mt_get_##name(&in, to); \
	} \
	static void put_##name(struct mt_out *out, const void *from) \
	{ \
		mt_put_##name(out, from); \
	} \
	static int get_##name(const struct mt_record *record, void *to) \
	{ \
		return get_in_##name(record, to); \
	} \
	static void test_##what##_comes_back(void **state) \
	{ \
		struct mt_##name most = __VA_ARGS__, none, back; \
		(void)state; \
		memset(&none, 0, sizeof(none)); \
		round_trip(put_##name, get_##name, &most, &back); \
		round_trip(put_##name, get_##name, &none, &back); \
	}

RECORD_TEST(fill, fill, { UINT64_MAX })
RECORD_TEST(thread, thread, { UINT32_MAX, UINT64_MAX, 1, TEXT("worker\n\xff") })
RECORD_TEST(thread_name, thread_name, { UINT64_MAX, TEXT("a name") })
RECORD_TEST(process, process, {
	.id = UINT32_MAX, .parent = UINT32_MAX - 1, .origin = MT_ORIGIN_EXEC, .token = UINT64_MAX,
	.pid = UINT64_MAX - 1, .ppid = UINT64_MAX - 2, .realtime_ns = UINT64_MAX - 3,
	.n_stacks = UINT64_MAX - 4, .page_bytes = UINT32_MAX - 2, .exe = TEXT("/usr/bin/true"),
	.cwd = TEXT("/"), .command = TEXT("true\0--help\0"), .is_command_cut = 1 })
RECORD_TEST(module, module, { UINT32_MAX, UINT32_MAX - 1, UINT64_MAX - 2, UINT64_MAX - 1,
			      UINT64_MAX, TEXT("/lib/libc.so.6"), TEXT("\x12\x00\x34") })
RECORD_TEST(module_gone, module_gone, { UINT32_MAX, UINT32_MAX - 1 })
RECORD_TEST(realloc_end, realloc_end, { 1 })
RECORD_TEST(exec, exec, { UINT64_MAX, MT_EXEC_SPAWN | MT_EXEC_SEARCH, TEXT("sh") })
RECORD_TEST(exec_failed, exec_failed, { UINT64_MAX, UINT32_MAX })
RECORD_TEST(fork, fork, { UINT64_MAX, UINT64_MAX - 1 })
RECORD_TEST(end, end, { MT_END_SIGNAL, UINT32_MAX })
RECORD_TEST(dropped, dropped, { MT_DROP_DISK, UINT64_MAX })
RECORD_TEST(note, note, { 1, UINT64_MAX, TEXT("allocator-bypassed"), TEXT("libjemalloc") })
RECORD_TEST(mark, mark, { TEXT("request \xff") })
RECORD_TEST(annotation, annotation, { MT_ANNOTATION_ROOT, UINT64_MAX, UINT64_MAX - 1,
				      TEXT("a::type<int>") })
META_TEST(run, run, { MT_CLOCK_MONOTONIC, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 2,
		      UINT64_MAX - 3, TEXT("0.1.0"), TEXT("Linux"), TEXT("/"), TEXT("a\0b\0") })
META_TEST(clock_pair, clock_pair, { UINT64_MAX, UINT64_MAX - 1 })
META_TEST(ended, ended, { UINT64_MAX, UINT64_MAX - 1, MT_END_SIGNAL, UINT32_MAX, 1 })
META_TEST(meta_note, meta_note, { UINT32_MAX, { 1, UINT64_MAX, TEXT("r"), TEXT("d") } })
META_TEST(process_dropped, process_dropped, { UINT32_MAX, { MT_DROP_FULL, UINT64_MAX } })
META_TEST(verified, verified, { UINT64_MAX, UINT64_MAX - 1 })

static void put_stack_differs(struct mt_out *out, const void *from)
{
	mt_put_stack_differs(out, from);
}

static int get_stack_differs(const struct mt_record *record, void *to)
{
	return mt_get_stack_differs(record, to);
}

static void test_stack_differs_comes_back(void **state)
{
	static struct mt_stack_differs most, few, back;

	(void)state;
	most.n_ours = most.n_theirs = MT_STACK_FRAMES_MAX;
	for (uint64_t i = 0; i < MT_STACK_FRAMES_MAX; i++) {
		most.ours[i] = i % 2 ? UINT64_MAX : 1;
		most.theirs[i] = i % 2 ? UINT64_MAX / 2 : i;
	}
	round_trip(put_stack_differs, get_stack_differs, &most, &back);
	few.n_ours = 1;
	few.ours[0] = 0x7f0012345678;
	round_trip(put_stack_differs, get_stack_differs, &few, &back);
}

static void test_a_module_that_ends_before_it_starts_is_damage(void **state)
{
	struct mt_module module = { .id = 1, .start = 2, .end = 1 };
	uint8_t bytes[64];
	struct mt_out out = { bytes, bytes + sizeof(bytes), false };
	struct mt_record record = { .payload = bytes };

	(void)state;
	mt_put_module(&out, &module);
	record.payload_bytes = (size_t)(out.at - bytes);
	assert_int_equal(mt_get_module(&record, &module), MT_ERR_RECORD);
}

static void test_a_number_too_large_for_its_field_is_damage(void **state)
{
	uint8_t bytes[32];
	uint8_t *end = mt_uleb_store(bytes, UINT64_C(1) << 32);
	struct mt_record record = { .payload = bytes };
	struct mt_module_gone gone;

	(void)state;
	end = mt_uleb_store(end, 1);
	record.payload_bytes = (size_t)(end - bytes);
	assert_int_equal(mt_get_module_gone(&record, &gone), MT_ERR_RECORD);
}

static void test_meta_records_follow_each_other_and_unknown_ones_can_be_skipped(void **state)
{
	uint8_t bytes[64];
	struct mt_out out = { bytes, bytes + sizeof(bytes), false };
	struct mt_in in, payload;
	uint32_t kind;

	(void)state;
	mt_put_meta(&out, MT_META_CLOCK, "\x01\x02", 2);
	mt_put_meta(&out, (enum mt_meta)99, "", 0);
	in = (struct mt_in) { bytes, out.at, false };
	assert_int_equal(mt_get_meta(&in, &kind, &payload), 1);
	assert_int_equal(kind, MT_META_CLOCK);
	assert_int_equal(payload.end - payload.at, 2);
	assert_int_equal(mt_get_meta(&in, &kind, &payload), 1);
	assert_int_equal(kind, 99);
	assert_int_equal(mt_get_meta(&in, &kind, &payload), 0);
	in = (struct mt_in) { bytes, out.at - 3, false };
	assert_int_equal(mt_get_meta(&in, &kind, &payload), MT_ERR_RECORD);
}

/* Stacks: a fill's worth of definitions, both ways. */
struct stacks {
	struct mt_stream_state put, get;
	uint8_t bytes[MT_STACK_BYTES_MAX];
	size_t n_bytes;
};

static void put(struct stacks *s, const struct mt_stack *stack)
{
	struct mt_out out = { s->bytes, s->bytes + sizeof(s->bytes), false };

	mt_put_stack(&s->put, &out, stack);
	assert_false(out.is_full);
	s->n_bytes = (size_t)(out.at - s->bytes);
}

static int get(struct stacks *s, struct mt_stack *stack)
{
	struct mt_record record = { .payload = s->bytes, .payload_bytes = s->n_bytes };

	return mt_get_stack(&s->get, &record, stack);
}

static void assert_stack_comes_back(struct stacks *s, const struct mt_stack *stack)
{
	struct mt_stack back;

	put(s, stack);
	assert_int_equal(get(s, &back), MT_OK);
	assert_int_equal(back.id, stack->id);
	assert_int_equal(back.api, stack->api);
	assert_int_equal(back.align_log2, stack->align_log2);
	assert_int_equal(back.end, stack->end);
	assert_int_equal(back.generation, stack->generation);
	assert_int_equal(back.n_omitted, stack->n_omitted);
	assert_int_equal(back.n_guessed_from, stack->n_guessed_from);
	assert_int_equal(back.n_frames, stack->n_frames);
	if (back.n_frames)
		assert_memory_equal(back.frames, stack->frames, back.n_frames * 8);
	assert_memory_equal(back.is_exact, stack->is_exact, sizeof(back.is_exact));
}

static struct mt_stack plain_stack(uint32_t id, const uint64_t *frames, uint32_t n_frames)
{
	return (struct mt_stack) {
		.id = id, .api = MT_API_MALLOC, .n_guessed_from = MT_STACK_FRAMES_MAX,
		.n_frames = n_frames, .frames = frames,
	};
}

static void test_a_stack_that_differs_in_its_leaf_costs_few_bytes(void **state)
{
	struct stacks *s = calloc(1, sizeof(*s));
	uint64_t frames[4] = { 0x7f1000004010, 0x555500001234, 0x555500005678, 0x7f1000020000 };
	struct mt_stack stack = plain_stack(1, frames, 4);

	(void)state;
	assert_stack_comes_back(s, &stack);
	frames[0] += 0x20;
	stack.id = 2;
	assert_stack_comes_back(s, &stack);
	assert_in_range(s->n_bytes, 1, 6);
	free(s);
}

static void test_stacks_of_every_shape_come_back_in_any_order(void **state)
{
	struct stacks *s = calloc(1, sizeof(*s));
	uint64_t frames[MT_STACK_FRAMES_MAX] = { 0 };

	(void)state;
	srand(3);
	for (uint32_t id = 1; id < 3000; id++) {
		uint32_t n = (uint32_t)rand() % (MT_STACK_FRAMES_MAX + 1);
		struct mt_stack stack = plain_stack(id, frames + MT_STACK_FRAMES_MAX - n, n);

		/* The root end stays, the leaf end changes, as in a program. */
		for (int i = rand() % MT_STACK_FRAMES_MAX; i >= 0; i--)
			frames[i] = (uint64_t)rand() << (rand() % 34);
		if (id % 3 == 0 && n)
			stack.is_exact[(n - 1) / 64] |= UINT64_C(1) << (n - 1) % 64;
		if (id % 5 == 0)
			stack.end = MT_STACK_TOO_DEEP, stack.n_guessed_from = n / 2;
		if (id % 7 == 0)
			stack.align_log2 = 12, stack.api = MT_API_NEW_ARRAY_ALIGNED_NOTHROW;
		if (id % 11 == 0 && n > MT_STACK_FRAMES_LEAF)
			stack.n_omitted = UINT32_MAX;
		assert_stack_comes_back(s, &stack);
	}
	free(s);
}

static void test_the_largest_stack_fits_the_room_that_is_promised(void **state)
{
	struct stacks *s = calloc(1, sizeof(*s));
	uint64_t frames[MT_STACK_FRAMES_MAX];
	struct mt_stack stack = plain_stack(UINT32_MAX, frames, MT_STACK_FRAMES_MAX);

	(void)state;
	for (int i = 0; i < MT_STACK_FRAMES_MAX; i++)
		frames[i] = i % 2 ? 0 : UINT64_C(1) << 63;
	memset(stack.is_exact, 0xff, sizeof(stack.is_exact));
	stack.generation = stack.n_omitted = UINT32_MAX;
	stack.api = 0x3f;
	stack.align_log2 = stack.end = 0xff;
	assert_stack_comes_back(s, &stack);
	free(s);
}

static void test_a_stack_that_did_not_fit_leaves_the_state_as_it_was(void **state)
{
	struct stacks *s = calloc(1, sizeof(*s));
	uint64_t frames[2] = { 0x1000, 0x2000 };
	struct mt_stack stack = plain_stack(1, frames, 2);
	struct mt_out out;

	(void)state;
	put(s, &stack);
	for (size_t room = 0; room < s->n_bytes; room++) {
		struct mt_stream_state fresh = { 0 };

		out = (struct mt_out) { s->bytes, s->bytes + room, false };
		mt_put_stack(&fresh, &out, &stack);
		assert_true(out.is_full);
		assert_int_equal(fresh.n_frames, 0);
	}
	free(s);
}

static void test_every_cut_of_a_stack_is_damage_and_ends_the_definitions_of_the_fill(void **state)
{
	struct stacks *s = calloc(1, sizeof(*s));
	uint64_t frames[3] = { 0x1000, 0x2000, 0x3000 };
	struct mt_stack stack = plain_stack(1, frames, 3), back;
	size_t n_bytes;

	(void)state;
	stack.is_exact[0] = 5;
	stack.end = MT_STACK_NO_RULE;
	put(s, &stack);
	n_bytes = s->n_bytes;
	for (size_t cut = 0; cut < n_bytes; cut++) {
		memset(&s->get, 0, sizeof(s->get));
		s->n_bytes = cut;
		assert_int_equal(get(s, &back), MT_ERR_RECORD);
		s->n_bytes = n_bytes;
		assert_int_equal(get(s, &back), MT_ERR_RECORD);
	}
	free(s);
}

static void refuse_stack(const uint8_t *bytes, size_t n_bytes)
{
	struct mt_stream_state state = { 0 };
	struct mt_record record = { .payload = bytes, .payload_bytes = n_bytes };
	struct mt_stack stack;

	assert_int_equal(mt_get_stack(&state, &record, &stack), MT_ERR_RECORD);
}

static void test_a_stack_that_claims_what_cannot_be_is_damage(void **state)
{
	(void)state;
	refuse_stack((const uint8_t *)"\x00\x01\x00\x00\x00", 5);         /* id 0 */
	refuse_stack((const uint8_t *)"\x01\x01\x00\x01\x00", 5);         /* keeps what is not */
	refuse_stack((const uint8_t *)"\x01\x01\x00\x00\x81\x02", 6);     /* 257 frames */
	refuse_stack((const uint8_t *)"\x01\x81\x00\x00\x01\x02\x01\x01", 8); /* exact frame 1 of 1 */
	refuse_stack((const uint8_t *)"\x01\x41\x00\x00\x00\x01\x80\x02\x00\x01\x02", 11); /* omitted */
}

static void test_any_payload_decodes_or_is_refused(void **state)
{
	static struct mt_stream_state stream;
	uint8_t bytes[48];

	(void)state;
	srand(4);
	for (int round = 0; round < 20000; round++) {
		struct mt_record record = { .payload = bytes,
					    .payload_bytes = (size_t)rand() % sizeof(bytes) };
		static struct mt_stack_differs differs;
		struct mt_stack stack;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)(rand() >> rand() % 8);
		if (mt_get_stack(&stream, &record, &stack) < 0)
			stream.n_frames = 0;
		mt_get_stack_differs(&record, &differs);
	}
}

static void test_every_api_has_a_name(void **state)
{
	(void)state;
	for (uint32_t api = MT_API_MALLOC; api < MT_N_APIS; api++)
		assert_string_not_equal(mt_api_name(api), "?");
	assert_string_equal(mt_api_name(MT_N_APIS), "?");
	assert_string_equal(mt_api_name(MT_API_NEW_ARRAY), "operator new[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fill_comes_back),
		cmocka_unit_test(test_thread_comes_back),
		cmocka_unit_test(test_thread_name_comes_back),
		cmocka_unit_test(test_process_comes_back),
		cmocka_unit_test(test_module_comes_back),
		cmocka_unit_test(test_module_gone_comes_back),
		cmocka_unit_test(test_realloc_end_comes_back),
		cmocka_unit_test(test_exec_comes_back),
		cmocka_unit_test(test_exec_failed_comes_back),
		cmocka_unit_test(test_fork_comes_back),
		cmocka_unit_test(test_end_comes_back),
		cmocka_unit_test(test_dropped_comes_back),
		cmocka_unit_test(test_note_comes_back),
		cmocka_unit_test(test_mark_comes_back),
		cmocka_unit_test(test_annotation_comes_back),
		cmocka_unit_test(test_run_comes_back),
		cmocka_unit_test(test_clock_pair_comes_back),
		cmocka_unit_test(test_ended_comes_back),
		cmocka_unit_test(test_meta_note_comes_back),
		cmocka_unit_test(test_process_dropped_comes_back),
		cmocka_unit_test(test_verified_comes_back),
		cmocka_unit_test(test_stack_differs_comes_back),
		cmocka_unit_test(test_a_module_that_ends_before_it_starts_is_damage),
		cmocka_unit_test(test_a_number_too_large_for_its_field_is_damage),
		cmocka_unit_test(test_meta_records_follow_each_other_and_unknown_ones_can_be_skipped),
		cmocka_unit_test(test_a_stack_that_differs_in_its_leaf_costs_few_bytes),
		cmocka_unit_test(test_stacks_of_every_shape_come_back_in_any_order),
		cmocka_unit_test(test_the_largest_stack_fits_the_room_that_is_promised),
		cmocka_unit_test(test_a_stack_that_did_not_fit_leaves_the_state_as_it_was),
		cmocka_unit_test(test_every_cut_of_a_stack_is_damage_and_ends_the_definitions_of_the_fill),
		cmocka_unit_test(test_a_stack_that_claims_what_cannot_be_is_damage),
		cmocka_unit_test(test_any_payload_decodes_or_is_refused),
		cmocka_unit_test(test_every_api_has_a_name),
	};

	return RUN_UNIT_TESTS(tests);
}
