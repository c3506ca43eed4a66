/* SPDX-License-Identifier: Apache-2.0 */
/* test_session.c -- what surrounds the events: the certificate, the clock,
 * threads, counts; and traces that are cut or damaged. */
#include "tests/unit/unit.h"

#include "tests/unit/trace_builder.h"

static const struct an_note *note_of(const struct an_session *session, const char *reason)
{
	for (uint32_t i = 0; i < session->n_notes; i++)
		if (!strcmp(session->notes[i].reason, reason))
			return &session->notes[i];
	fail_msg("no note %s", reason);
	return NULL;
}

static void test_a_session_tells_what_ran(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_at(t, 777);
	tb_alloc(t, 0x1000, 1, "main>a");
	struct an_session *session = tb_open(t, NULL);

	assert_string_equal(session->path, "trace.bin");
	assert_int_equal(session->format_version, MT_FORMAT_VERSION);
	assert_int_equal(session->n_command, 2);
	assert_string_equal(session->command[0], "prog");
	assert_string_equal(session->command[1], "-x");
	assert_string_equal(session->cwd, "/tmp");
	assert_int_equal(session->duration_ns, 777);
	assert_int_equal(session->processes[0].id, 1);
	assert_int_equal(session->processes[0].pid, 1001);
	assert_string_equal(session->processes[0].exe, "/bin/prog");
	assert_int_equal(session->processes[0].end_how, MT_END_RUNNING);
	assert_string_equal(session->modules[0].path, "/bin/prog");
	assert_int_equal(session->modules[0].n_build_id, 4);
	assert_int_equal(session->modules[0].unloaded_ns, UINT64_MAX);
	assert_int_equal(session->counts.by_op[MT_OP_ALLOC] +
			 session->counts.by_op[MT_OP_ALLOC_SIZE] +
			 session->counts.by_op[MT_OP_ALLOC_SAME], 1);
	assert_int_equal(session->counts.by_kind[MT_KIND_STACK], 1);
	assert_false(session->is_cut);
	assert_false(session->is_damaged);
	tb_free_all(t, session);
}

static void test_threads_have_names_and_times(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_thread_name other = { 102, tb_text("loader") }, own = { 0, tb_text("main") };

	(void)state;
	tb_thread(t, 2);
	tb_at(t, 300);
	tb_alloc(t, 0x1000, 1, "main>a");
	tb_thread(t, 1);
	TB_EXTENDED(t, MT_KIND_THREAD_NAME, mt_put_thread_name, &other);
	TB_EXTENDED(t, MT_KIND_THREAD_NAME, mt_put_thread_name, &own);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_threads, 2);
	assert_string_equal(session->threads[0].name, "main");
	assert_string_equal(session->threads[1].name, "loader");
	assert_int_equal(session->threads[1].tid, 102);
	assert_int_equal(session->threads[1].ended_ns, 300);
	assert_int_equal(session->live[0].thread, 1);
	tb_free_all(t, session);
}

static void test_ticks_become_ns_by_the_first_and_last_pair(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_run run = { .clock = MT_CLOCK_TSC, .started_ticks = 1000,
			      .started_monotonic_ns = 50 };
	struct mt_clock_pair last = { 5000, 50 + 1000 };

	(void)state;
	t->meta.n = 0;
	TB_META(t, MT_META_RUN, mt_put_run, &run);
	TB_META(t, MT_META_CLOCK, mt_put_clock_pair, &last);
	t->streams[0]->bytes.n = 0;
	memset(&t->streams[0]->state, 0, sizeof(t->streams[0]->state));
	tb_at(t, 3000);
	tb_alloc_id(t, 0x1000, 1, 1);
	tb_at(t, 4000);
	tb_free(t, 0x1000);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->totals.peak_ns, 500);
	assert_int_equal(session->sites[0].lifetime_ns, 250);
	assert_int_equal(session->duration_ns, 1000);
	tb_free_all(t, session);
}

static void test_drops_are_summed_by_process_and_reason(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_dropped full = { MT_DROP_FULL, 3 };
	struct mt_process_dropped disk = { 0, { MT_DROP_DISK, 9 } };

	(void)state;
	TB_EXTENDED(t, MT_KIND_DROPPED, mt_put_dropped, &full);
	TB_EXTENDED(t, MT_KIND_DROPPED, mt_put_dropped, &full);
	TB_META(t, MT_META_DROPPED, mt_put_process_dropped, &disk);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_notes, 2);
	assert_string_equal(session->notes[0].reason, "events-dropped");
	assert_int_equal(session->notes[0].count, 6);
	assert_int_equal(session->notes[0].process, 0);
	assert_int_equal(session->notes[1].count, 9);
	assert_int_equal(session->notes[1].process, AN_NONE);
	assert_true(session->notes[1].is_missing && session->notes[1].affects_verdict);
	assert_false(session->is_complete);
	tb_free_all(t, session);
}

static void test_a_drop_ends_an_open_intent(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_dropped full = { MT_DROP_FULL, 1 };

	(void)state;
	tb_alloc(t, 0x1000, 100, "main>a");
	tb_intent(t, 0x1000);
	TB_EXTENDED(t, MT_KIND_DROPPED, mt_put_dropped, &full);
	tb_alloc(t, 0x2000, 1, "main>a");
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_live, 2);
	assert_int_equal(session->processes[0].n_undone, 1);
	tb_free_all(t, session);
}

static void test_notes_pass_through(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_note bypassed = { 1, 2, tb_text("allocator-bypassed"), tb_text("jemalloc") };
	struct mt_meta_note other = { 0, { 0, 1, tb_text("other-initfirst-library"),
					   tb_text("libx.so") } };

	(void)state;
	TB_EXTENDED(t, MT_KIND_NOTE, mt_put_note, &bypassed);
	TB_META(t, MT_META_NOTE, mt_put_meta_note, &other);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_notes, 2);
	assert_string_equal(note_of(session, "allocator-bypassed")->detail, "jemalloc");
	assert_int_equal(note_of(session, "allocator-bypassed")->count, 2);
	assert_false(note_of(session, "other-initfirst-library")->is_missing);
	tb_free_all(t, session);
}

static void test_a_process_that_is_only_mentioned_is_none(void **state)
{
	struct trace_builder *t = trace_builder();
	struct mt_meta_note note = { 99, { 1, 1, tb_text("not-followed"), tb_text("x") } };

	(void)state;
	TB_META(t, MT_META_NOTE, mt_put_meta_note, &note);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(session->n_processes, 1);
	assert_int_equal(session->notes[0].process, AN_NONE);
	tb_free_all(t, session);
}

static void test_stacks_that_do_not_reach_the_root_are_counted(void **state)
{
	struct trace_builder *t = trace_builder();
	uint64_t frame = 5;
	struct mt_stack stack = { .id = 9, .end = MT_STACK_NO_RULE, .n_frames = 1,
				  .frames = &frame, .n_guessed_from = MT_STACK_FRAMES_MAX };

	(void)state;
	TB_EXTENDED(t, MT_KIND_NOTE + 200, mt_put_fill, &(struct mt_fill){ 1 });
	uint8_t payload[MT_STACK_BYTES_MAX];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_stack(&tb_stream(t)->state, &out, &stack);
	tb_extended(t, MT_KIND_STACK, payload, (size_t)(out.at - payload));
	tb_alloc_id(t, 0x1000, 1, 9);
	tb_alloc_id(t, 0x2000, 1, 9);
	struct an_session *session = tb_open(t, NULL);

	assert_int_equal(note_of(session, "stacks-cut")->count, 2);
	assert_true(session->is_complete);
	assert_int_equal(session->counts.by_kind[0], 1);
	tb_free_all(t, session);
}

static void test_a_trace_without_end_is_cut(void **state)
{
	struct trace_builder *t = trace_builder();

	(void)state;
	tb_alloc(t, 0x1000, 1, "main>a");
	t->is_endless = true;
	struct an_session *session = tb_open(t, NULL);

	assert_true(session->is_cut);
	assert_non_null(session->cut_reason);
	assert_false(session->is_complete);
	assert_int_equal(session->processes[0].end_how, MT_END_UNKNOWN);
	assert_int_equal(note_of(session, "trace-cut")->count, 1);
	tb_free_all(t, session);
}

static struct trace_builder *small_trace(void)
{
	struct trace_builder *t = trace_builder();

	tb_alloc(t, 0x1000, 100, "main>a");
	tb_drain(t);
	tb_realloc(t, 0x1000, 0x2000, 5, "main>b");
	tb_thread(t, 2);
	tb_alloc(t, 0x3000, 100, "main>c");
	tb_drain(t);
	tb_fork(t);
	tb_free(t, 0x2000);
	tb_drain(t);
	return t;
}

/* Opens some bytes as a trace. The self check must hold on whatever is read. */
static void open_bytes(const uint8_t *bytes, size_t n_bytes)
{
	const struct an_session_options options = { .is_self_check = true, .want_live = true };
	struct mt_source source;
	struct mt_reader *reader;
	struct an_session *session;

	mt_source_open_memory(&source, bytes, n_bytes);
	if (mt_reader_open(&reader, &source, NULL) == MT_OK) {
		an_session_open_reader(&session, reader, "x", &options);
		assert_null(an_session_self_check_failure(session));
		assert_true(session->is_cut || session->is_damaged || session->n_processes);
		an_session_close(session);
		mt_reader_close(reader);
	}
	mt_source_close(&source);
}

static void test_every_prefix_of_a_trace_opens(void **state)
{
	struct trace_builder *t = small_trace();
	struct an_session *session = tb_open(t, NULL);

	(void)state;
	for (size_t n = 0; n < t->trace.n; n++)
		open_bytes(t->trace.at, n);
	tb_free_all(t, session);
}

static void test_every_damaged_byte_is_survived(void **state)
{
	struct trace_builder *t = small_trace();
	struct an_session *session = tb_open(t, NULL);

	(void)state;
	for (size_t i = 0; i < t->trace.n; i++) {
		t->trace.at[i] ^= 0xff;
		open_bytes(t->trace.at, t->trace.n);
		t->trace.at[i] ^= 0xff;
	}
	tb_free_all(t, session);
}

/* Damage that a checksum does not catch: the bytes of the records themselves. */
static void test_records_of_garbage_are_survived(void **state)
{
	uint64_t seed = 99;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct trace_builder *t = small_trace();
		const struct an_session_options options = { .is_self_check = true };

		for (int i = 0; i < 200; i++) {
			uint8_t byte;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			byte = (uint8_t)(seed >> 40);
			tb_append(&tb_stream(t)->bytes, &byte, 1);
		}
		tb_thread(t, 1);
		tb_free(t, 0x5000);
		struct an_session *session = tb_open(t, &options);

		tb_free_all(t, session);
	}
}

static void test_names_alone_need_no_event(void **state)
{
	const struct an_session_options names_only = { .is_names_only = true };
	struct trace_builder *whole = small_trace(), *names = small_trace();
	struct an_session *with = tb_open(whole, NULL), *without = tb_open(names, &names_only);

	(void)state;
	assert_true(with->n_stacks > 1);
	assert_int_equal(without->n_stacks, with->n_stacks);
	assert_int_equal(without->n_modules, with->n_modules);
	assert_int_equal(without->n_processes, with->n_processes);
	assert_int_equal(without->totals.n_allocations, 0);
	tb_free_all(whole, with);
	tb_free_all(names, without);
}

static void test_a_missing_file_says_why(void **state)
{
	struct an_session *session;

	(void)state;
	assert_int_equal(an_session_open(&session, "/nonexistent/trace", NULL), MT_ERR_SYSTEM);
	assert_null(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_session_tells_what_ran),
		cmocka_unit_test(test_threads_have_names_and_times),
		cmocka_unit_test(test_ticks_become_ns_by_the_first_and_last_pair),
		cmocka_unit_test(test_drops_are_summed_by_process_and_reason),
		cmocka_unit_test(test_a_drop_ends_an_open_intent),
		cmocka_unit_test(test_notes_pass_through),
		cmocka_unit_test(test_a_process_that_is_only_mentioned_is_none),
		cmocka_unit_test(test_stacks_that_do_not_reach_the_root_are_counted),
		cmocka_unit_test(test_a_trace_without_end_is_cut),
		cmocka_unit_test(test_every_prefix_of_a_trace_opens),
		cmocka_unit_test(test_every_damaged_byte_is_survived),
		cmocka_unit_test(test_records_of_garbage_are_survived),
		cmocka_unit_test(test_names_alone_need_no_event),
		cmocka_unit_test(test_a_missing_file_says_why),
	};

	return RUN_UNIT_TESTS(tests);
}
