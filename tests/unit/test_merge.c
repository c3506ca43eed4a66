/* SPDX-License-Identifier: Apache-2.0 */
/* test_merge.c -- many threads, inverted stamps, epochs; and conservation on
 * random event streams against a naive model. */
#include "tests/unit/unit.h"

#include "tests/unit/trace_builder.h"

#include <time.h>

enum { STACKS = 5 };
static const char *const stacks[STACKS] = { "main>a", "main>b", "main>b>c", "x>b>c", "d" };

static void test_a_free_stamped_before_its_allocation_waits_for_it(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_thread(t, 2);
	tb_at(t, 100);
	tb_free(t, 0x1000);
	tb_thread(t, 1);
	tb_at(t, 105);
	tb_alloc(t, 0x1000, 8, "main>a");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_frees, 1);
	assert_int_equal(session->totals.n_unknown_frees, 0);
	assert_int_equal(session->n_live, 0);
	tb_free_all(t, session);
}

static void test_it_waits_over_epochs(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_thread(t, 2);
	tb_at(t, 100);
	tb_free(t, 0x1000);
	tb_drain(t);
	tb_thread(t, 1);
	tb_drain(t);
	tb_at(t, 105);
	tb_alloc(t, 0x1000, 8, "main>a");
	tb_drain(t);
	tb_alloc(t, 0x2000, 8, "main>a");
	tb_drain(t);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_unknown_frees, 0);
	assert_int_equal(session->totals.n_frees, 1);
	assert_int_equal(session->n_live, 1);
	tb_free_all(t, session);
}

static void test_it_does_not_wait_for_ever(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_thread(t, 2);
	tb_at(t, 100);
	tb_free(t, 0x1000);
	for (int i = 0; i < 8; i++) {
		tb_drain(t);
		tb_alloc(t, 0x9000 + (uint64_t)i * 16, 1, "main>a");
	}
	tb_thread(t, 1);
	tb_alloc(t, 0x1000, 8, "main>b");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_unknown_frees, 1);
	assert_int_equal(session->n_live, 9);
	assert_true(session->is_complete);
	tb_free_all(t, session);
}

static void test_an_allocation_waits_for_the_free_of_another_thread(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_at(t, 100);
	tb_alloc(t, 0x1000, 8, "main>a");
	tb_thread(t, 2);
	tb_at(t, 200);
	tb_alloc(t, 0x1000, 16, "main>b");   /* after thread 1's free, in truth */
	tb_free(t, 0x1000);                  /* waits behind it */
	tb_thread(t, 1);
	tb_at(t, 205);
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[0].n_order_conflicts, 0);
	assert_int_equal(session->totals.n_allocations, 2);
	assert_int_equal(session->totals.n_frees, 2);
	assert_int_equal(session->totals.n_temporary, 2);
	tb_free_all(t, session);
}

static void test_the_old_address_of_a_realloc_may_be_used_before_its_outcome(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 8, "main>a");
	tb_thread(t, 2);
	tb_at(t, 120);
	tb_alloc(t, 0x1000, 4, "main>b");
	tb_thread(t, 1);
	tb_at(t, 110);
	tb_intent(t, 0x1000);
	tb_at(t, 150);
	tb_alloc(t, 0x2000, 16, "main>a");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->processes[0].n_order_conflicts, 0);
	assert_int_equal(session->totals.n_frees, 1);
	assert_int_equal(session->n_live, 2);
	assert_int_equal(session->totals.live_bytes, 20);
	tb_free_all(t, session);
}

static void test_an_intent_may_wait_for_its_allocation(void **state)
{
	for (int outcome = 0; outcome < 4; outcome++) {
		struct trace_builder *t = trace_builder();
		const uint64_t frees[] = { 1, 1, 1, 0 }, live[] = { 1, 1, 0, 1 };

		(void)state;
		tb_thread(t, 2);
		tb_at(t, 100);
		tb_intent(t, 0x1000);
		if (outcome < 2)
			tb_alloc(t, outcome ? 0x1000 : 0x2000, 9, "main>b");
		else
			tb_intent_end(t, outcome == 2);
		tb_thread(t, 1);
		tb_at(t, 500);
		tb_alloc(t, 0x1000, 8, "main>a");
		struct an_session *session = tb_open(t, NULL);

		assert_int_equal(session->totals.n_frees, frees[outcome]);
		assert_int_equal(session->n_live, live[outcome]);
		assert_int_equal(session->totals.n_unknown_frees, 0);
		assert_int_equal(session->processes[0].n_order_conflicts, 0);
		tb_free_all(t, session);
	}
}

static void test_an_undone_intent_whose_address_was_used_again_did_free(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 8, "main>a");
	tb_intent(t, 0x1000);
	tb_thread(t, 2);
	tb_alloc(t, 0x1000, 4, "main>b");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.n_frees, 1);
	assert_int_equal(session->totals.live_bytes, 4);
	assert_int_equal(session->processes[0].n_order_conflicts, 0);
	assert_int_equal(session->processes[0].n_undone, 1);
	tb_free_all(t, session);
}

static void test_a_thread_that_slept_for_epochs_goes_on_where_it_was(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	for (uint64_t round = 0; round < 3; round++) {
		tb_thread(t, 2);
		for (uint64_t i = 0; i < 20; i++) {
			tb_alloc(t, 0x1000 + (round * 20 + i) * 32, 8 + i % 3, "main>loop>a");
			tb_alloc(t, 0x9000 + (round * 20 + i) * 32, 5, stacks[i % STACKS]);
		}
		tb_thread(t, 1);
		for (int i = 0; i < 6; i++) {
			tb_drain(t);
			tb_alloc(t, 0x50000, 1, "main>a");
			tb_free(t, 0x50000);
		}
	}
	struct an_session *session = tb_open(t, NULL);

	assert_false(session->is_damaged);
	assert_int_equal(session->n_live, 120);
	assert_int_equal(session->totals.live_bytes, 3 * (20 * 5 + 7 * 8 + 7 * 9 + 6 * 10));
	assert_int_equal(session->n_stacks, 2 + STACKS);
	tb_free_all(t, session);
}

static void test_the_peak_is_that_of_all_processes_together(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_fork(t);
	tb_at(t, 150);
	tb_alloc(t, 0x5000, 70, "main>b");
	tb_at(t, 400);
	tb_alloc(t, 0x6000, 90, "main>b");
	tb_drain(t);
	tb_process(t, 1);
	tb_at(t, 160);
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.peak_bytes, 170);
	assert_int_equal(session->totals.peak_ns, 160);
	assert_int_equal(session->processes[1].totals.peak_bytes, 160);
	tb_free_all(t, session);
}

static void test_a_hopeless_address_does_not_cost_its_square(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 8, "main>a");
	tb_thread(t, 2);
	for (int i = 0; i < 100000; i++)
		tb_alloc_id(t, 0x1000, 8, 1);
	clock_t begun = clock();
	struct an_session *session = tb_open(t, NULL);

	assert_true(clock() - begun < 5 * CLOCKS_PER_SEC);
	assert_int_equal(session->totals.n_allocations, 100001);
	assert_int_equal(session->totals.n_live, 1);
	assert_int_equal(session->processes[0].n_order_conflicts, 100000);
	tb_free_all(t, session);
}

/*
 * The naive model: events in the order in which they truly happened, an array
 * of addresses. Each thread's clock is off by up to skew; events at one address
 * are more than skew apart, so that only neighbours are ever inverted.
 */
enum { THREADS = 4, ADDRESSES = 40 };

struct model {
	uint64_t seed, first_seed;
	uint64_t now;
	struct { bool is_live; uint64_t size, used; int thread; uint64_t serial; int stack; }
		at[ADDRESSES];
	uint64_t serial[THREADS + 1];      /* allocations of each thread */
	struct an_totals totals;
	uint64_t site_bytes[STACKS], peak_site_bytes[STACKS];
	int64_t offset[THREADS + 1];
	int64_t skew;
};

static uint64_t draw(struct model *m, uint64_t below)
{
	m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
	return (m->seed >> 33) % below;
}

static void model_alloc(struct model *m, int address, int thread, int stack, uint64_t size)
{
	m->serial[thread]++;
	m->at[address].is_live = true;
	m->at[address].size = size;
	m->at[address].thread = thread;
	m->at[address].serial = m->serial[thread];
	m->at[address].stack = stack;
	m->totals.n_allocations++;
	m->totals.allocated_bytes += size;
	m->totals.n_live++;
	m->totals.live_bytes += size;
	m->site_bytes[stack] += size;
	if (m->totals.live_bytes <= m->totals.peak_bytes)
		return;
	m->totals.peak_bytes = m->totals.live_bytes;
	m->totals.n_peak = m->totals.n_live;
	m->totals.peak_ns = m->now;
	memcpy(m->peak_site_bytes, m->site_bytes, sizeof(m->site_bytes));
}

static void model_free(struct model *m, int address, int thread)
{
	m->at[address].is_live = false;
	m->totals.n_frees++;
	m->totals.freed_bytes += m->at[address].size;
	m->totals.n_live--;
	m->totals.live_bytes -= m->at[address].size;
	m->site_bytes[m->at[address].stack] -= m->at[address].size;
	m->totals.n_temporary += m->at[address].thread == thread &&
				 m->at[address].serial == m->serial[thread];
}

static uint64_t addr_of(int address)
{
	return 0x10000 + (uint64_t)address * 48 + (address % 7 == 3);
}

static void stamp(struct trace_builder *t, struct model *m, int thread)
{
	tb_at(t, (uint64_t)((int64_t)m->now + m->offset[thread]));
}

/* An address with the wanted state that nobody touched lately, or -1. */
static int pick(struct model *m, bool is_live)
{
	for (int tries = 0; tries < 50; tries++) {
		int address = (int)draw(m, ADDRESSES);

		if (m->at[address].is_live == is_live &&
		    m->now > m->at[address].used + (uint64_t)m->skew) {
			m->at[address].used = m->now;
			return address;
		}
	}
	return -1;
}

static void step_realloc(struct trace_builder *t, struct model *m, int thread, int old)
{
	int how = (int)draw(m, 4), stack = (int)draw(m, STACKS);
	int to = how == 0 ? old : pick(m, false);

	tb_intent(t, addr_of(old));
	m->now += 1 + draw(m, 5);
	m->at[old].used = m->now;
	stamp(t, m, thread);
	if (how > 1 || to < 0) {
		tb_intent_end(t, how == 2);
		if (how == 2)
			model_free(m, old, thread);
		return;
	}
	m->at[to].used = m->now;
	model_free(m, old, thread);
	model_alloc(m, to, thread, stack, 1 + draw(m, 100));
	tb_alloc(t, addr_of(to), m->at[to].size, stacks[stack]);
}

static void step(struct trace_builder *t, struct model *m)
{
	int thread = 1 + (int)draw(m, THREADS), what = (int)draw(m, 5);
	int stack = (int)draw(m, STACKS);

	m->now += 1 + draw(m, 30);
	int address = pick(m, what > 1);

	if (address < 0)
		return;
	tb_thread(t, (uint32_t)thread);
	stamp(t, m, thread);
	if (what == 4) {
		step_realloc(t, m, thread, address);
	} else if (what > 1) {
		model_free(m, address, thread);
		tb_free(t, addr_of(address));
	} else {
		model_alloc(m, address, thread, stack, draw(m, 100));
		tb_alloc(t, addr_of(address), m->at[address].size, stacks[stack]);
	}
	if (draw(m, 100) == 0)
		tb_drain(t);
}

#define check(m, have, want) \
	do { \
		if ((have) != (want)) \
			print_error("seed %d skew %d\n", (int)(m)->first_seed, (int)(m)->skew); \
		assert_int_equal(have, want); \
	} while (0)

static void check_live(const struct model *m, const struct an_session *session)
{
	uint64_t n = 0;

	check(m, session->n_live, m->totals.n_live);
	for (int address = 0; address < ADDRESSES; address++) {
		if (!m->at[address].is_live)
			continue;
		check(m, session->live[n].addr, addr_of(address));
		check(m, session->live[n].size, m->at[address].size);
		n++;
	}
}

/* Under skew the sum of live bytes may differ for moments, and so the peak. */
static void check_peak(const struct model *m, const struct an_session *session)
{
	uint64_t want = 0, have = 0;

	check(m, session->totals.peak_bytes, m->totals.peak_bytes);
	check(m, session->totals.n_peak, m->totals.n_peak);
	check(m, session->totals.peak_ns, m->totals.peak_ns);
	for (int stack = 0; stack < STACKS; stack++)
		want += m->peak_site_bytes[stack] * m->peak_site_bytes[stack];
	for (uint32_t i = 0; i < session->n_sites; i++)
		have += session->sites[i].peak_bytes * session->sites[i].peak_bytes;
	check(m, have, want);
}

static void run_model(uint64_t seed, int64_t skew)
{
	struct model *m = xcalloc(1, sizeof(*m));
	struct trace_builder *t = trace_builder();

	m->seed = m->first_seed = seed;
	m->skew = skew;
	m->now = 100000;
	for (int i = 1; skew && i <= THREADS; i++)
		m->offset[i] = (int64_t)draw(m, (uint64_t)skew + 1) - skew / 2;
	for (int i = 1; i <= THREADS; i++)
		tb_thread(t, (uint32_t)i);
	for (int i = 0; i < 2000; i++)
		step(t, m);
	struct an_session *session = tb_open(t, NULL);

	check(m, session->processes[0].n_order_conflicts, 0);
	check(m, session->totals.n_unknown_frees, 0);
	check(m, session->totals.n_allocations, m->totals.n_allocations);
	check(m, session->totals.n_frees, m->totals.n_frees);
	check(m, session->totals.allocated_bytes, m->totals.allocated_bytes);
	check(m, session->totals.freed_bytes, m->totals.freed_bytes);
	check(m, session->totals.n_temporary, m->totals.n_temporary);
	check_live(m, session);
	if (!skew)
		check_peak(m, session);
	tb_free_all(t, session);
	free(m);
}

static void test_random_events_add_up_as_in_a_naive_model(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++)
		run_model(seed, 0);
}

static void test_they_do_with_clocks_that_differ(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++)
		run_model(seed, (int64_t)(seed % 5 + 1) * 40);
}

static void test_the_same_trace_gives_the_same_session(void **state)
{
	struct model *m = xcalloc(1, sizeof(*m));
	struct trace_builder *t = trace_builder();
	struct an_session_options options = { .want_live = true };
	struct mt_reader *reader;
	struct an_session *again;

	(void)state;
	m->seed = 5;
	for (int i = 0; i < 2000; i++)
		step(t, m);
	struct an_session *session = tb_open(t, &options);

	assert_int_equal(mt_reader_open(&reader, &t->source, NULL), MT_OK);
	assert_int_equal(an_session_open_reader(&again, reader, "trace.bin", &options), MT_OK);
	assert_int_equal(again->n_sites, session->n_sites);
	assert_memory_equal(again->sites, session->sites,
			    session->n_sites * sizeof(*session->sites));
	assert_int_equal(again->n_live, session->n_live);
	assert_memory_equal(again->live, session->live,
			    session->n_live * sizeof(*session->live));
	assert_memory_equal(&again->totals, &session->totals, sizeof(again->totals));
	an_session_close(again);
	mt_reader_close(reader);
	tb_free_all(t, session);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_free_stamped_before_its_allocation_waits_for_it),
		cmocka_unit_test(test_it_waits_over_epochs),
		cmocka_unit_test(test_it_does_not_wait_for_ever),
		cmocka_unit_test(test_an_allocation_waits_for_the_free_of_another_thread),
		cmocka_unit_test(
			test_the_old_address_of_a_realloc_may_be_used_before_its_outcome),
		cmocka_unit_test(test_an_intent_may_wait_for_its_allocation),
		cmocka_unit_test(test_an_undone_intent_whose_address_was_used_again_did_free),
		cmocka_unit_test(test_a_thread_that_slept_for_epochs_goes_on_where_it_was),
		cmocka_unit_test(test_the_peak_is_that_of_all_processes_together),
		cmocka_unit_test(test_a_hopeless_address_does_not_cost_its_square),
		cmocka_unit_test(test_random_events_add_up_as_in_a_naive_model),
		cmocka_unit_test(test_they_do_with_clocks_that_differ),
		cmocka_unit_test(test_the_same_trace_gives_the_same_session),
	};

	return RUN_UNIT_TESTS(tests);
}
