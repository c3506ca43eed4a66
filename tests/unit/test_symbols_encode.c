/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_symbols_encode.c -- symbols into a trace and out of it again: what was
 * looked up where the program ran is the same where only the trace is.
 */
#include "tests/unit/symbols_fixture.h"

#include "formats/wire/block.h"
#include "formats/wire/status.h"
#include "formats/wire/symbols.h"

static const struct an_symbols_options offline = { .is_offline = true };

struct payload {
	uint8_t *bytes;
	size_t n_bytes;
	size_t n_done;
};

static struct payload encode(const struct looked_up *l, const struct an_place *places, size_t n)
{
	struct payload payload;

	payload.bytes = an_symbols_encode(l->symbols, places, n, &payload.n_done,
					  &payload.n_bytes);
	assert_non_null(payload.bytes);
	assert_true(payload.n_bytes <= MT_BLOCK_RAW_BYTES_MAX);
	return payload;
}

/* Every third address of the program's own code. */
static size_t all_places(const struct looked_up *l, struct an_place *places, size_t room)
{
	uint64_t at = address_of("plain", "_start") - 0x60;
	size_t n = 0;

	for (; n < room; at += 3)
		places[n++] = (struct an_place){ .module = l->module, .address = at };
	return n;
}

static void expect_same(const struct looked_up *a, const struct looked_up *b, uint64_t address)
{
	const struct an_line *ours, *theirs;
	size_t n = an_symbols_look_up(a->symbols, a->module, address, &ours);

	assert_int_equal(an_symbols_look_up(b->symbols, b->module, address, &theirs), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ours[i].function == NULL, theirs[i].function == NULL);
		if (ours[i].function) {
			assert_string_equal(ours[i].function, theirs[i].function);
			assert_string_equal(ours[i].linkage, theirs[i].linkage);
		}
		assert_int_equal(ours[i].file == NULL, theirs[i].file == NULL);
		if (ours[i].file)
			assert_string_equal(ours[i].file, theirs[i].file);
		assert_int_equal(ours[i].line, theirs[i].line);
		assert_int_equal(ours[i].is_inlined, theirs[i].is_inlined);
	}
}

static void test_a_trace_knows_what_was_looked_up_for_it(void **state)
{
	struct an_place places[300];
	struct looked_up l = open_path(in_dir("plain"));
	struct looked_up other = open_with(in_dir("plain"), NULL, 0, &offline);
	size_t n = all_places(&l, places, 300);
	struct payload payload = encode(&l, places, n);

	(void)state;
	assert_int_equal(payload.n_done, n);
	assert_int_equal(an_symbols_module_state(other.symbols, other.module),
			 AN_MODULE_NOT_FOUND);
	assert_false(an_symbols_module_is_from_trace(other.symbols, other.module));
	assert_int_equal(an_symbols_add_block(other.symbols, payload.bytes, payload.n_bytes),
			 MT_OK);
	for (size_t i = 0; i < n; i++)
		expect_same(&l, &other, places[i].address);
	assert_int_equal(an_symbols_module_state(other.symbols, other.module), AN_MODULE_LINES);
	assert_true(an_symbols_module_is_from_trace(other.symbols, other.module));
	free(payload.bytes);
	an_symbols_free(l.symbols);
	an_symbols_free(other.symbols);
}

static void test_mangled_names_come_back_both_ways(void **state)
{
	struct looked_up l, other;
	const struct an_line *lines;
	struct an_place place;
	struct payload payload;

	(void)state;
	write_file("sum.cc", "namespace a { int sum(int x, char y) { return x + y; } }\n"
			     "int main(int n, char **) { return a::sum(n, 'x'); }\n");
	run("g++ -g -O0 sum.cc -o sum");
	l = open_path(in_dir("sum"));
	other = open_with(in_dir("sum"), NULL, 0, &offline);
	place = (struct an_place){ .module = l.module, .address = address_of("sum", "_ZN1a3sumEic") };
	payload = encode(&l, &place, 1);
	assert_int_equal(an_symbols_add_block(other.symbols, payload.bytes, payload.n_bytes),
			 MT_OK);
	assert_int_equal(an_symbols_look_up(other.symbols, other.module, place.address, &lines),
			 1);
	assert_string_equal(lines[0].function, "a::sum(int, char)");
	assert_string_equal(lines[0].linkage, "_ZN1a3sumEic");
	expect_same(&l, &other, place.address);
	free(payload.bytes);
	an_symbols_free(l.symbols);
	an_symbols_free(other.symbols);
}

static void test_the_order_of_the_places_does_not_matter(void **state)
{
	struct an_place places[200], backwards[400];
	struct looked_up l = open_path(in_dir("plain"));
	size_t n = all_places(&l, places, 200);
	struct looked_up a = open_with(in_dir("plain"), NULL, 0, &offline);
	struct payload first, second;
	struct mt_symbols_in in;
	struct mt_symbol_place_index place, previous = { 0 };
	int status;

	(void)state;
	for (size_t i = 0; i < 2 * n; i++)
		backwards[i] = places[n - 1 - i / 2];
	first = encode(&l, places, n);
	second = encode(&l, places, n);
	assert_int_equal(first.n_bytes, second.n_bytes);
	assert_memory_equal(first.bytes, second.bytes, first.n_bytes);
	free(second.bytes);
	second = encode(&l, backwards, 2 * n);
	assert_int_equal(first.n_bytes, second.n_bytes);
	assert_int_equal(mt_symbols_open(&in, second.bytes, second.n_bytes), MT_OK);
	while ((status = mt_symbols_next_place(&in, &place)) > 0) {
		assert_true(!previous.address || place.address > previous.address);
		previous = place;
	}
	assert_int_equal(status, 0);
	assert_int_equal(an_symbols_add_block(a.symbols, second.bytes, second.n_bytes), MT_OK);
	for (size_t i = 0; i < n; i++)
		expect_same(&l, &a, places[i].address);
	free(first.bytes);
	free(second.bytes);
	an_symbols_free(a.symbols);
	an_symbols_free(l.symbols);
}

/* A payload with one module, name, and one place in it. */
static size_t put_block(uint8_t *to, size_t room, const char *module, uint64_t address,
			const char *function)
{
	struct mt_out out = { to, to + room, false };
	struct mt_symbol_place_index place = {
		.address = address, .n_frames = 1, .frames = { { .function = 1, .line = 7 } },
	};

	mt_put_uleb(&out, 2);
	mt_put_bytes(&out, "", 0);
	mt_put_bytes(&out, function, strlen(function));
	mt_put_uleb(&out, 1);
	mt_put_bytes(&out, module, strlen(module));
	mt_put_bytes(&out, "", 0);
	mt_put_uleb(&out, 1);
	mt_put_symbol_place(&out, NULL, &place);
	assert_false(out.is_full);
	return (size_t)(out.at - to);
}

static void test_a_block_wins_against_the_file_and_the_later_one_against_the_earlier(void **state)
{
	struct looked_up l = open_path(in_dir("plain"));
	uint64_t twice = address_of("plain", "twice"), exported = address_of("plain", "exported");
	uint8_t block[1024];
	size_t n;

	(void)state;
	n = put_block(block, sizeof(block), in_dir("plain"), twice, "earlier");
	assert_int_equal(an_symbols_add_block(l.symbols, block, n), MT_OK);
	assert_string_equal(function_at(&l, twice), "earlier");
	n = put_block(block, sizeof(block), in_dir("plain"), twice, "later");
	assert_int_equal(an_symbols_add_block(l.symbols, block, n), MT_OK);
	assert_string_equal(function_at(&l, twice), "later");
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_FUNCTIONS);
	/* What it does not know, or has no name for, the file still may. */
	assert_string_equal(function_at(&l, exported), "exported");
	n = put_block(block, sizeof(block), in_dir("plain"), exported, "");
	assert_int_equal(an_symbols_add_block(l.symbols, block, n), MT_OK);
	assert_string_equal(function_at(&l, exported), "exported");
	assert_int_equal(an_symbols_module_state(l.symbols, l.module), AN_MODULE_LINES);
	an_symbols_free(l.symbols);
}

static void test_a_damaged_block_is_refused_or_taken_but_never_fatal(void **state)
{
	struct an_place places[60];
	struct looked_up l = open_path(in_dir("plain"));
	size_t n = all_places(&l, places, 60);
	struct payload payload = encode(&l, places, n);
	uint8_t *copy = malloc(payload.n_bytes);

	(void)state;
	for (size_t cut = 0; cut < payload.n_bytes; cut++) {
		struct looked_up a = open_with("x", NULL, 0, &offline);
		uint8_t *exact = malloc(cut ? cut : 1);

		/* Nothing behind it: an overrun is an error under the sanitizer. */
		memcpy(exact, payload.bytes, cut);
		assert_int_equal(an_symbols_add_block(a.symbols, exact, cut), MT_ERR_RECORD);
		free(exact);
		memcpy(copy, payload.bytes, payload.n_bytes);
		copy[cut] ^= 0xff;
		an_symbols_add_block(a.symbols, copy, payload.n_bytes);
		for (uint32_t module = 0; module < 4; module++) {
			const struct an_line *lines;

			for (size_t i = 0; i < n; i++)
				assert_true(an_symbols_look_up(a.symbols, module,
							       places[i].address, &lines) > 0);
		}
		an_symbols_free(a.symbols);
	}
	free(copy);
	free(payload.bytes);
	an_symbols_free(l.symbols);
}

static void test_what_does_not_fit_into_one_block_goes_into_the_next(void **state)
{
	enum { N_PLACES = 700, N_NAME = 12000 };
	struct looked_up l = open_with("m", NULL, 0, &offline);
	struct looked_up a = open_with("m", NULL, 0, &offline);
	struct an_place places[N_PLACES];
	char *name = malloc(N_NAME + 1);
	uint8_t block[N_NAME + 64];
	size_t n_done = 0, n_blocks = 0;

	(void)state;
	memset(name, 'n', N_NAME);
	name[N_NAME] = '\0';
	for (uint32_t i = 0; i < N_PLACES; i++) {
		size_t n;

		snprintf(name, N_NAME, "%06u", i);
		name[6] = 'n';
		n = put_block(block, sizeof(block), "m", 100 + i, name);
		assert_int_equal(an_symbols_add_block(l.symbols, block, n), MT_OK);
		places[i] = (struct an_place){ .module = l.module, .address = 100 + i };
	}
	while (n_done < N_PLACES) {
		struct payload payload = encode(&l, places + n_done, N_PLACES - n_done);

		assert_true(payload.n_done > 0);
		n_done += payload.n_done;
		n_blocks++;
		assert_int_equal(an_symbols_add_block(a.symbols, payload.bytes, payload.n_bytes),
				 MT_OK);
		free(payload.bytes);
	}
	assert_int_equal(n_done, N_PLACES);
	assert_true(n_blocks > 1);
	for (uint32_t i = 0; i < N_PLACES; i++)
		expect_same(&l, &a, 100 + i);
	free(name);
	an_symbols_free(l.symbols);
	an_symbols_free(a.symbols);
}

static void test_nothing_known_makes_an_empty_block(void **state)
{
	struct looked_up l = open_path("/nowhere");
	struct an_place places[] = {
		{ l.module, 1, AN_PLACE_CODE, false }, { l.module, 2, AN_PLACE_CODE, false },
		{ 77, 3, AN_PLACE_CODE, false },
	};
	struct payload payload = encode(&l, places, 3);

	(void)state;
	assert_int_equal(payload.n_done, 3);
	assert_int_equal(an_symbols_add_block(l.symbols, payload.bytes, payload.n_bytes), MT_OK);
	assert_false(an_symbols_module_is_from_trace(l.symbols, l.module));
	free(payload.bytes);
	payload = encode(&l, NULL, 0);
	assert_int_equal(payload.n_done, 0);
	assert_int_equal(an_symbols_add_block(l.symbols, payload.bytes, payload.n_bytes), MT_OK);
	free(payload.bytes);
	an_symbols_free(l.symbols);
}

static void test_a_module_has_one_number(void **state)
{
	struct an_symbols *symbols = an_symbols_new(NULL);
	uint8_t build_id[] = { 1, 2, 3 };
	struct an_module_name with = { "/a", build_id, 3 }, without = { "/a", NULL, 0 };
	char path[16];

	(void)state;
	assert_int_equal(an_symbols_module(symbols, &with), 0);
	assert_int_equal(an_symbols_module(symbols, &without), 1);
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 1000; i++) {
			struct an_module_name name = { path, build_id, 2 };

			snprintf(path, sizeof(path), "/%u", i);
			assert_int_equal(an_symbols_module(symbols, &name), 2 + i);
		}
	assert_int_equal(an_symbols_module(symbols, &with), 0);
	assert_int_equal(an_symbols_module(symbols, &without), 1);
	an_symbols_free(symbols);
	an_symbols_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_trace_knows_what_was_looked_up_for_it),
		cmocka_unit_test(test_mangled_names_come_back_both_ways),
		cmocka_unit_test(test_the_order_of_the_places_does_not_matter),
		cmocka_unit_test(
			test_a_block_wins_against_the_file_and_the_later_one_against_the_earlier),
		cmocka_unit_test(test_a_damaged_block_is_refused_or_taken_but_never_fatal),
		cmocka_unit_test(test_what_does_not_fit_into_one_block_goes_into_the_next),
		cmocka_unit_test(test_nothing_known_makes_an_empty_block),
		cmocka_unit_test(test_a_module_has_one_number),
	};

	unsetenv("DEBUGINFOD_URLS");
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
