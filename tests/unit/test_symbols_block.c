/* SPDX-License-Identifier: Apache-2.0 */
/* test_symbols_block.c -- the SYMBOLS payload, both ways and cut everywhere. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "formats/wire/status.h"
#include "formats/wire/symbols.h"

static const struct mt_symbol_place_index places[] = {
	{ 0, 0x10, 2, { { 1, 2, 10 }, { 3, 2, UINT32_MAX } } },
	{ 0, UINT64_MAX, 0, { { 0, 0, 0 } } },
	{ 1, 0x8, 1, { { 3, 0, 0 } } },
};
enum { N_PLACES = sizeof(places) / sizeof(*places) };

static size_t put_payload(uint8_t *bytes, size_t room)
{
	struct mt_out out = { bytes, bytes + room, false };
	static const char *const strings[] = { "", "inner", "a.c", "outer" };

	mt_put_uleb(&out, 4);
	for (int i = 0; i < 4; i++)
		mt_put_bytes(&out, strings[i], strlen(strings[i]));
	mt_put_uleb(&out, 2);
	mt_put_bytes(&out, "/bin/a", 6);
	mt_put_bytes(&out, "\x01\x02", 2);
	mt_put_bytes(&out, "/lib/b", 6);
	mt_put_bytes(&out, "", 0);
	mt_put_uleb(&out, N_PLACES);
	for (int i = 0; i < N_PLACES; i++)
		mt_put_symbol_place(&out, i ? &places[i - 1] : NULL, &places[i]);
	assert_false(out.is_full);
	return (size_t)(out.at - bytes);
}

/* Reads a payload to its end: the status that ended it, and the places. */
static int read_all(const uint8_t *bytes, size_t n_bytes, struct mt_symbol_place_index *to, int *n)
{
	struct mt_symbols_in in;
	struct mt_symbol_module module;
	struct mt_text text;
	int status = mt_symbols_open(&in, bytes, n_bytes);

	*n = 0;
	if (status < 0)
		return status;
	while ((status = mt_symbols_next_string(&in, &text)) == 1)
		continue;
	if (status == 0)
		while ((status = mt_symbols_next_module(&in, &module)) == 1)
			continue;
	while (status == 0 && *n <= N_PLACES && mt_symbols_next_place(&in, &to[*n]) == 1)
		++*n;
	return in.in.is_bad ? MT_ERR_RECORD : status;
}

static void test_symbols_come_back(void **state)
{
	uint8_t bytes[256];
	size_t n_bytes = put_payload(bytes, sizeof(bytes));
	struct mt_symbol_place_index back[N_PLACES + 1];
	struct mt_symbols_in in;
	struct mt_symbol_module module;
	struct mt_text text;
	int n;

	(void)state;
	assert_int_equal(read_all(bytes, n_bytes, back, &n), MT_OK);
	assert_int_equal(n, N_PLACES);
	for (int i = 0; i < N_PLACES; i++) {
		assert_int_equal(back[i].module, places[i].module);
		assert_true(back[i].address == places[i].address);
		assert_int_equal(back[i].n_frames, places[i].n_frames);
		assert_memory_equal(back[i].frames, places[i].frames,
				    places[i].n_frames * sizeof(places[i].frames[0]));
	}
	assert_int_equal(mt_symbols_open(&in, bytes, n_bytes), MT_OK);
	assert_int_equal(mt_symbols_next_string(&in, &text), 1);
	assert_int_equal(text.n_bytes, 0);
	assert_int_equal(mt_symbols_next_string(&in, &text), 1);
	assert_memory_equal(text.bytes, "inner", 5);
	assert_int_equal(mt_symbols_next_module(&in, &module), 1);
	assert_memory_equal(module.path.bytes, "/bin/a", 6);
	assert_int_equal(module.build_id.n_bytes, 2);
}

static void test_every_cut_of_symbols_is_damage(void **state)
{
	uint8_t bytes[256];
	size_t n_bytes = put_payload(bytes, sizeof(bytes));
	struct mt_symbol_place_index back[N_PLACES + 2];
	int n;

	(void)state;
	for (size_t cut = 0; cut < n_bytes; cut++) {
		uint8_t *copy = malloc(cut + 1);

		memcpy(copy, bytes, cut);
		assert_int_equal(read_all(copy, cut, back, &n), MT_ERR_RECORD);
		free(copy);
	}
}

static void test_every_flipped_byte_of_symbols_ends_well(void **state)
{
	uint8_t bytes[256];
	size_t n_bytes = put_payload(bytes, sizeof(bytes));
	struct mt_symbol_place_index back[N_PLACES + 2];
	int n;

	(void)state;
	for (size_t i = 0; i < n_bytes; i++)
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] ^= (uint8_t)(1 << bit);
			read_all(bytes, n_bytes, back, &n);
			assert_true(n <= N_PLACES + 1);
			for (int k = 0; k < n; k++)
				assert_true(back[k].n_frames <= MT_SYMBOL_FRAMES_MAX);
			bytes[i] ^= (uint8_t)(1 << bit);
		}
}

static void test_an_index_behind_its_table_is_damage(void **state)
{
	const uint8_t no_module[] = { 1, 0, 0, 1, 0, 0, 0 };
	const uint8_t no_string[] = { 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0 };
	struct mt_symbol_place_index back[2];
	int n;

	(void)state;
	assert_int_equal(read_all(no_module, sizeof(no_module), back, &n), MT_ERR_RECORD);
	assert_int_equal(read_all(no_string, sizeof(no_string), back, &n), MT_ERR_RECORD);
	assert_int_equal(n, 0);
}

static const struct mt_symbol_type_index types[] = {
	{ 1, 48, 2, { { 0, 3 }, { 40, 2 } } },
	{ 2, UINT64_MAX, 0, { { 0, 0 } } },
};
static const struct mt_symbol_typing_index typing = {
	.module = 1, .address = UINT64_MAX, .n_functions = 2, .n_candidates = 3,
	.functions = { { MT_FUNCTION_PASSES_ON, 1 }, { 0, 2 } },
	.candidates = { { 0, MT_CANDIDATE_AT_LINE }, { 1, MT_CANDIDATE_WEAK },
			{ 0, MT_CANDIDATE_MEMBER } },
};

static size_t put_typed_payload(uint8_t *bytes, size_t room)
{
	size_t n_bytes = put_payload(bytes, room);
	struct mt_out out = { bytes + n_bytes, bytes + room, false };

	mt_put_uleb(&out, 2);
	for (int i = 0; i < 2; i++)
		mt_put_symbol_type(&out, &types[i]);
	mt_put_uleb(&out, 1);
	mt_put_symbol_typing(&out, &typing);
	assert_false(out.is_full);
	return (size_t)(out.at - bytes);
}

/* The status that ended the reading; how many of each came, the last of them in to. */
static int read_typed(const uint8_t *bytes, size_t n_bytes, struct mt_symbol_type_index *type,
		      struct mt_symbol_typing_index *to, int n[2])
{
	struct mt_symbol_place_index place;
	struct mt_symbols_in in;
	int status = mt_symbols_open(&in, bytes, n_bytes);

	n[0] = n[1] = 0;
	while (status >= 0 && (status = mt_symbols_next_place(&in, &place)) == 1)
		continue;
	while (status == 0 && (status = mt_symbols_next_type(&in, type)) == 1)
		n[0]++, status = 0;
	while (status == 0 && (status = mt_symbols_next_typing(&in, to)) == 1)
		n[1]++, status = 0;
	return status;
}

static void test_types_come_back(void **state)
{
	static struct mt_symbol_typing_index back;
	struct mt_symbol_type_index type;
	uint8_t bytes[512];
	int n[2];

	(void)state;
	assert_int_equal(read_typed(bytes, put_typed_payload(bytes, sizeof(bytes)), &type, &back,
				    n), MT_OK);
	assert_int_equal(n[0], 2);
	assert_int_equal(n[1], 1);
	assert_int_equal(type.name, 2);
	assert_true(type.size == UINT64_MAX);
	assert_true(back.address == UINT64_MAX);
	assert_int_equal(back.module, 1);
	assert_int_equal(back.n_candidates, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(back.candidates[i].type, typing.candidates[i].type);
		assert_int_equal(back.candidates[i].flags, typing.candidates[i].flags);
	}
	assert_int_equal(back.functions[0].flags, MT_FUNCTION_PASSES_ON);
	assert_int_equal(back.functions[1].n_candidates, 2);
}

static void test_a_payload_that_ends_behind_its_places_has_no_types(void **state)
{
	static struct mt_symbol_typing_index back;
	struct mt_symbol_type_index type;
	uint8_t bytes[512];
	int n[2];

	(void)state;
	assert_int_equal(read_typed(bytes, put_payload(bytes, sizeof(bytes)), &type, &back, n),
			 MT_OK);
	assert_int_equal(n[0] + n[1], 0);
}

static void test_cut_types_are_damage_and_flipped_ones_end_well(void **state)
{
	static struct mt_symbol_typing_index back;
	struct mt_symbol_type_index type;
	uint8_t bytes[512];
	size_t n_places = put_payload(bytes, sizeof(bytes)), n_bytes;
	int n[2];

	(void)state;
	n_bytes = put_typed_payload(bytes, sizeof(bytes));
	for (size_t cut = n_places + 1; cut < n_bytes; cut++) {
		uint8_t *copy = malloc(cut);

		memcpy(copy, bytes, cut);
		assert_int_equal(read_typed(copy, cut, &type, &back, n), MT_ERR_RECORD);
		free(copy);
	}
	for (size_t i = n_places; i < n_bytes; i++)
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] ^= (uint8_t)(1 << bit);
			read_typed(bytes, n_bytes, &type, &back, n);
			assert_true(back.n_candidates <= MT_SYMBOL_CANDIDATES_MAX);
			bytes[i] ^= (uint8_t)(1 << bit);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symbols_come_back),
		cmocka_unit_test(test_every_cut_of_symbols_is_damage),
		cmocka_unit_test(test_every_flipped_byte_of_symbols_ends_well),
		cmocka_unit_test(test_types_come_back),
		cmocka_unit_test(test_a_payload_that_ends_behind_its_places_has_no_types),
		cmocka_unit_test(test_cut_types_are_damage_and_flipped_ones_end_well),
		cmocka_unit_test(test_an_index_behind_its_table_is_damage),
	};

	return RUN_UNIT_TESTS(tests);
}
