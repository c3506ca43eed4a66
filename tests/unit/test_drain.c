/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_drain.c -- the runner's side of the shared file, with this process in the
 * part of the program: it claims segments and publishes records as the library
 * does, and reads back what the runner made of them.
 */
#include "tests/unit/unit.h"

#include "formats/io/reader.h"
#include "tracer/beside/clock.h"
#include "tracer/beside/drain.h"
#include "tracer/beside/output_name.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The runner's side, on files in a directory of its own. */
struct side {
	char folder[64];
	char path[128];
	int fd;
	struct run_live live;
	struct run_trace trace;
	struct run_processes processes;
	struct run_drain drain;
	uint64_t now_ns;
};

static struct side *side_new(void)
{
	struct side *side = calloc(1, sizeof(*side));
	struct mt_file_header file_header = { MT_FORMAT_VERSION, 1, 77 };
	struct mt_live_header header = {
		.magic = MT_LIVE_MAGIC, .version = MT_FORMAT_VERSION,
		.header_bytes = MT_LIVE_HEADER_BYTES, .trace_id = 77, .clock = MT_CLOCK_MONOTONIC,
		.has_runner = 1, .n_tokens = 1,
	};

	assert_non_null(side);
	strcpy(side->folder, "/tmp/test_drain.XXXXXX");
	assert_non_null(mkdtemp(side->folder));
	snprintf(side->path, sizeof(side->path), "%s/trace.bin", side->folder);
	side->fd = run_output_create(side->path);
	assert_true(side->fd >= 0);
	assert_int_equal(run_trace_open(&side->trace, side->fd, &file_header), 0);
	assert_int_equal(run_live_open(&side->live, side->path, &header), 0);
	run_processes_open(&side->processes, -1);
	assert_int_equal(run_drain_open(&side->drain, &side->live, &side->trace,
					&side->processes), 0);
	side->now_ns = 1000000000;
	return side;
}

static void side_free(struct side *side)
{
	char command[128];

	for (uint32_t i = 0; i < side->live.n_prepared; i++)
		run_processes_forget(&side->processes, &side->live.regions[i].users);
	run_drain_release(&side->drain);
	run_live_release(&side->live);
	run_trace_release(&side->trace);
	close(side->fd);
	snprintf(command, sizeof(command), "rm -rf %s", side->folder);
	assert_int_equal(system(command), 0);
	free(side);
}

static size_t pass(struct side *side)
{
	side->now_ns += 10000000;
	return run_drain_pass(&side->drain, side->now_ns);
}

/* As hello does, for a process that is really there. */
static uint32_t hello(struct side *side, pid_t pid)
{
	uint32_t region = 0;

	assert_int_equal(run_live_claim(&side->live, (uint64_t)pid, &region), 0);
	run_drain_hello(&side->drain, region, (uint64_t)pid,
			(int)syscall(SYS_pidfd_open, pid, 0));
	return region;
}

/* The program's side of one stream. */
struct writer {
	struct side *side;
	uint32_t region;
	uint32_t stream;
	uint64_t fill;
	uint64_t pid, tid;
	struct mt_segment_header *segment;
	struct mt_stream_state state;
};

static struct writer writer_of(struct side *side, uint32_t region, uint32_t stream)
{
	struct writer writer = { .side = side, .region = region, .stream = stream,
				 .pid = (uint64_t)getpid(), .tid = (uint64_t)gettid() };

	return writer;
}

/* Claims segment number; false if it is not free. */
static bool claim(struct writer *writer, uint32_t number)
{
	struct mt_segment_header *segment =
		run_live_segment(&writer->side->live, writer->region, number);
	uint32_t generation = run_live_control(&writer->side->live, writer->region)->generation;

	if (segment->state != mt_segment_state(generation, MT_SEGMENT_FREE))
		return false;
	segment->state = mt_segment_state(generation, MT_SEGMENT_OWNED);
	segment->stream = writer->stream;
	segment->process = 1;
	segment->fill = writer->fill++;
	segment->pid = writer->pid;
	segment->tid = writer->tid;
	writer->segment = segment;
	memset(&writer->state, 0, sizeof(writer->state));
	return true;
}

static uint8_t *room_of(struct writer *writer)
{
	return (uint8_t *)writer->segment + MT_SEGMENT_HEADER_BYTES + writer->segment->published;
}

static void publish(struct writer *writer, const uint8_t *end)
{
	const uint8_t *start = (uint8_t *)writer->segment + MT_SEGMENT_HEADER_BYTES;

	__atomic_store_n(&writer->segment->published, (uint32_t)(end - start), __ATOMIC_RELEASE);
}

static void put_frees(struct writer *writer, uint64_t first, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		publish(writer, mt_put_free(&writer->state, room_of(writer), 100 + i,
					    (first + i) * 16));
}

static void give_back(struct writer *writer)
{
	uint32_t state = writer->segment->state;

	__atomic_store_n(&writer->segment->state, mt_segment_state(state >> 8, MT_SEGMENT_FULL),
			 __ATOMIC_RELEASE);
}

/* What is in FILE: the addresses that were freed, in the order of the file. */
struct content {
	uint64_t addresses[100000];
	unsigned n;
	unsigned n_gaps;
	uint64_t n_dropped[MT_N_DROPS];
	bool is_cut;
};

static void take_span(struct content *content, const struct mt_item *item)
{
	struct mt_in in = { item->span.bytes, item->span.bytes + item->span.n_bytes, false };
	struct mt_record record;

	content->n_gaps += item->is_gap;
	while (item->span.n_bytes && mt_get_record(item->state, &in, &record) == 1)
		if (record.op == MT_OP_FREE)
			content->addresses[content->n++] = record.addr / 16;
}

static struct content *read_back(const struct side *side)
{
	struct content *content = calloc(1, sizeof(*content));
	struct mt_process_dropped dropped;
	struct mt_reader *reader;
	struct mt_source source;
	struct mt_item item;

	assert_non_null(content);
	assert_int_equal(mt_source_open_file(&source, side->path), MT_OK);
	assert_int_equal(mt_reader_open(&reader, &source, NULL), MT_OK);
	while (mt_reader_next(reader, &item) == 1) {
		assert_int_not_equal(item.kind, MT_ITEM_DAMAGE);
		if (item.kind == MT_ITEM_SPAN)
			take_span(content, &item);
		if (item.kind == MT_ITEM_META && item.meta == MT_META_DROPPED &&
		    mt_get_process_dropped(&item.payload, &dropped) == MT_OK)
			content->n_dropped[dropped.dropped.reason] += dropped.dropped.n_events;
	}
	content->is_cut = mt_reader_is_cut(reader);
	mt_reader_close(reader);
	return content;
}

static void assert_content(const struct side *side, unsigned n)
{
	struct content *content = read_back(side);

	assert_int_equal(content->n, n);
	assert_int_equal(content->n_gaps, 0);
	assert_false(content->is_cut);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(content->addresses[i], i);
	free(content);
}

static void test_what_is_published_is_in_the_trace_once(void **state)
{
	struct side *side = side_new();
	struct writer writer = writer_of(side, hello(side, getpid()), 1);

	(void)state;
	assert_true(claim(&writer, 1));
	for (unsigned i = 0; i < 100; i++) {
		put_frees(&writer, i * 10, 10);
		assert_true(pass(side) > 0);
		assert_int_equal(writer.segment->drained, writer.segment->published);
		assert_int_equal(pass(side), 0);
	}
	run_trace_end(&side->trace);
	assert_content(side, 1000);
	assert_int_equal(side->drain.n_events, 1000);
	side_free(side);
}

static void test_a_full_segment_is_free_again_once_it_is_in_the_trace(void **state)
{
	struct side *side = side_new();
	struct writer writer = writer_of(side, hello(side, getpid()), 1);

	(void)state;
	assert_true(claim(&writer, 1));
	put_frees(&writer, 0, 5);
	give_back(&writer);
	assert_false(claim(&writer, 1));
	pass(side);
	assert_int_equal(writer.segment->published, 0);
	assert_int_equal(writer.segment->drained, 0);
	assert_int_equal(writer.segment->tid, 0);
	assert_true(claim(&writer, 1));
	put_frees(&writer, 5, 5);
	pass(side);
	run_trace_end(&side->trace);
	assert_content(side, 10);
	side_free(side);
}

static void test_fills_of_a_stream_come_in_order_wherever_they_lie(void **state)
{
	struct side *side = side_new();
	struct writer other = writer_of(side, hello(side, getpid()), 2);
	struct writer writer = writer_of(side, other.region, 1);

	(void)state;
	assert_true(claim(&other, 1));
	assert_true(claim(&writer, 2));
	put_frees(&writer, 0, 10);
	give_back(&other);
	pass(side);
	/* The next fill lies before the rest of this one. */
	put_frees(&writer, 10, 10);
	give_back(&writer);
	assert_true(claim(&writer, 1));
	put_frees(&writer, 20, 10);
	pass(side);
	run_trace_end(&side->trace);
	assert_content(side, 30);
	side_free(side);
}

/* A thread that fills segments as fast as it can while the runner drains. */
struct race {
	struct writer writer;
	unsigned n_fills;
};

static void *fill_segments(void *argument)
{
	struct race *race = argument;

	race->writer.tid = (uint64_t)gettid();
	for (unsigned i = 0; i < race->n_fills; i++) {
		uint32_t number = 1;

		while (!claim(&race->writer, number))
			number = number % (MT_GRANT_SEGMENTS - 1) + 1;
		put_frees(&race->writer, i * 7, 7);
		give_back(&race->writer);
	}
	return NULL;
}

static void test_fills_stay_in_order_while_a_thread_races_ahead(void **state)
{
	struct side *side = side_new();
	struct race race = { writer_of(side, hello(side, getpid()), 1), 5000 };
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, fill_segments, &race), 0);
	while (side->drain.n_events < race.n_fills * 7ull)
		pass(side);
	pthread_join(thread, NULL);
	run_trace_end(&side->trace);
	assert_content(side, race.n_fills * 7);
	side_free(side);
}

static void test_a_segment_that_makes_no_sense_is_left_alone_and_told(void **state)
{
	struct side *side = side_new();
	struct writer writer = writer_of(side, hello(side, getpid()), 1);

	(void)state;
	assert_true(claim(&writer, 1));
	writer.segment->published = UINT32_MAX;
	assert_int_equal(pass(side), 0);
	assert_int_equal(pass(side), 0);
	assert_int_equal(side->drain.n_damaged, 1);
	writer.segment->published = 10;
	writer.segment->drained = 11;
	assert_int_equal(pass(side), 0);
	side_free(side);
}

static void *claim_and_die(void *argument)
{
	struct writer *writer = argument;

	writer->tid = (uint64_t)gettid();
	assert_true(claim(writer, 1));
	put_frees(writer, 0, 3);
	return NULL;
}

static void test_segments_of_a_dead_thread_are_drained_and_taken_back(void **state)
{
	struct side *side = side_new();
	struct writer dead = writer_of(side, hello(side, getpid()), 1);
	struct writer alive = writer_of(side, dead.region, 2);
	pthread_t thread;

	(void)state;
	assert_true(claim(&alive, 2));
	assert_int_equal(pthread_create(&thread, NULL, claim_and_die, &dead), 0);
	pthread_join(thread, NULL);
	pass(side);
	run_drain_housekeeping(&side->drain, side->now_ns);
	assert_int_equal(dead.segment->state & 0xff, MT_SEGMENT_OWNED);
	side->now_ns += 2000000000;
	/* The kernel may take a moment to forget the thread after its join. */
	for (unsigned i = 0; i < 100 && (dead.segment->state & 0xff) == MT_SEGMENT_OWNED; i++) {
		run_drain_housekeeping(&side->drain, side->now_ns);
		side->now_ns += 2000000000;
		usleep(1000);
	}
	pass(side);
	assert_int_equal(dead.segment->state & 0xff, MT_SEGMENT_FREE);
	assert_int_equal(alive.segment->state & 0xff, MT_SEGMENT_OWNED);
	run_trace_end(&side->trace);
	assert_content(side, 3);
	side_free(side);
}

/* A process that only is there. */
static pid_t start_sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void stop_sleeper(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static struct run_process *only_user(const struct side *side, uint32_t region)
{
	return side->live.regions[region].users;
}

static void keep_house(struct side *side)
{
	for (unsigned i = 0; i < 4; i++) {
		run_drain_housekeeping(&side->drain, side->now_ns);
		side->now_ns += 300000000;
		pass(side);
	}
}

static void test_a_region_is_lent_again_when_its_processes_are_gone(void **state)
{
	struct side *side = side_new();
	pid_t pid = start_sleeper();
	uint32_t region = hello(side, pid);
	struct writer writer = writer_of(side, region, 1);

	(void)state;
	writer.pid = writer.tid = (uint64_t)pid;
	assert_true(claim(&writer, 1));
	put_frees(&writer, 0, 4);
	keep_house(side);
	assert_true(side->live.regions[region].is_in_use);
	run_live_control(&side->live, region)->n_dropped[MT_DROP_FULL] = 5;
	stop_sleeper(pid);
	run_process_end(&side->processes, only_user(side, region), 1);
	keep_house(side);
	assert_false(side->live.regions[region].is_in_use);
	assert_int_equal(run_live_control(&side->live, region)->generation, 1);
	assert_int_equal(writer.segment->state, mt_segment_state(1, MT_SEGMENT_FREE));
	assert_int_equal(side->drain.n_dropped, 5);
	assert_int_equal(hello(side, getpid()), region);
	run_trace_end(&side->trace);
	assert_content(side, 4);
	side_free(side);
}

static void test_a_region_is_kept_while_a_forked_child_uses_it(void **state)
{
	struct side *side = side_new();
	pid_t parent = start_sleeper(), child = start_sleeper();
	uint32_t region = hello(side, parent);
	struct writer first = writer_of(side, region, 1), second = writer_of(side, region, 2);

	(void)state;
	first.pid = first.tid = (uint64_t)parent;
	second.pid = second.tid = (uint64_t)child;
	assert_true(claim(&first, 1));
	put_frees(&first, 0, 1);
	pass(side);
	assert_true(claim(&second, 2));
	put_frees(&second, 1, 1);
	pass(side);
	stop_sleeper(parent);
	run_process_end(&side->processes, run_processes_find(only_user(side, region),
							     (uint64_t)parent), 1);
	keep_house(side);
	assert_true(side->live.regions[region].is_in_use);
	assert_int_equal(second.segment->state & 0xff, MT_SEGMENT_OWNED);
	stop_sleeper(child);
	run_process_end(&side->processes, run_processes_find(only_user(side, region),
							     (uint64_t)child), 1);
	keep_house(side);
	assert_false(side->live.regions[region].is_in_use);
	side_free(side);
}

static void test_what_an_image_left_behind_at_exec_is_taken_back(void **state)
{
	struct side *side = side_new();
	pid_t pid = start_sleeper();
	uint32_t before = hello(side, pid);
	struct writer writer = writer_of(side, before, 1);
	uint32_t after;

	(void)state;
	writer.pid = writer.tid = (uint64_t)pid;
	assert_true(claim(&writer, 1));
	put_frees(&writer, 0, 2);
	pass(side);
	after = hello(side, pid);
	assert_int_not_equal(after, before);
	keep_house(side);
	assert_false(side->live.regions[before].is_in_use);
	assert_true(side->live.regions[after].is_in_use);
	stop_sleeper(pid);
	run_trace_end(&side->trace);
	assert_content(side, 2);
	side_free(side);
}

static void test_a_region_a_late_child_holds_stays_in_use(void **state)
{
	struct side *side = side_new();
	uint32_t region = hello(side, getpid());
	struct writer late = writer_of(side, region, 1);

	(void)state;
	assert_true(claim(&late, 7));
	assert_false(run_live_take_back(&side->live, region));
	assert_int_equal(run_live_control(&side->live, region)->generation, 0);
	assert_int_equal(run_live_segment(&side->live, region, 3)->state,
			 mt_segment_state(0, MT_SEGMENT_FREE));
	assert_true(claim(&late, 3));
	side_free(side);
}

static void test_a_region_claimed_without_the_socket_is_noticed_and_grown(void **state)
{
	struct side *side = side_new();
	uint32_t region = __atomic_fetch_add(&side->live.header->n_regions, 1, __ATOMIC_RELAXED);
	struct mt_region_control *control = run_live_control(&side->live, region);
	struct writer writer = writer_of(side, region, 1);

	(void)state;
	/* The next region is always prepared, for whoever takes it. */
	assert_int_equal(control->n_granted, MT_GRANT_SEGMENTS);
	pass(side);
	assert_false(side->live.regions[region].is_in_use);
	control->pid = (uint64_t)getpid();
	control->n_wanted = 2 * MT_GRANT_SEGMENTS;
	control->is_claimed = 1;
	pass(side);
	assert_true(side->live.regions[region].is_in_use);
	assert_int_equal(run_live_control(&side->live, region)->n_granted, 2 * MT_GRANT_SEGMENTS);
	for (uint32_t i = 1; i < 2 * MT_GRANT_SEGMENTS; i++) {
		assert_true(claim(&writer, i));
		put_frees(&writer, i - 1, 1);
		give_back(&writer);
	}
	assert_true(pass(side) > 0);
	assert_int_equal(side->drain.n_events, 2 * MT_GRANT_SEGMENTS - 1);
	assert_non_null(only_user(side, region));
	assert_true(side->live.n_prepared > region + 1);
	side_free(side);
}

static void test_more_regions_are_lent_than_are_prepared_at_once(void **state)
{
	struct side *side = side_new();

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(hello(side, getpid()), i);
	assert_int_equal(side->live.header->n_regions, 10);
	side_free(side);
}

/* FILE may become no longer than so many bytes. */
static void limit_file(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_a_disk_that_fills_up_never_stops_the_drain_and_is_told(void **state)
{
	struct side *side = side_new();
	struct writer writer = writer_of(side, hello(side, getpid()), 1);
	struct content *content;
	unsigned n = 0;

	(void)state;
	pass(side);
	limit_file(20000);
	while (n < 40000) {
		assert_true(claim(&writer, 1));
		for (unsigned i = 0; i < 1000; i++)     /* of what does not compress */
			put_frees(&writer, (uint64_t)rand(), 1);
		give_back(&writer);
		n += 1000;
		assert_true(pass(side) > 0);
	}
	limit_file(RLIM_INFINITY);
	assert_int_equal(side->trace.error, EFBIG);
	assert_int_equal(side->drain.n_events + side->drain.n_discarded, n);
	assert_true(side->drain.n_events > 0);
	assert_true(side->trace.whole_bytes <= 20000);
	run_trace_dropped(&side->trace, 0, MT_DROP_DISK, side->drain.n_discarded);
	run_trace_end(&side->trace);
	content = read_back(side);
	assert_true(content->is_cut);
	assert_int_equal(content->n, side->drain.n_events);
	assert_int_equal(content->n_dropped[MT_DROP_DISK], side->drain.n_discarded);
	free(content);
	side_free(side);
}

static void count_found(void *context, const struct mt_record *record)
{
	(void)record;
	++*(unsigned *)context;
}

static void test_events_are_counted_as_the_decoder_sees_them(void **state)
{
	static struct mt_stream_state stream;
	static uint8_t bytes[65536], unknown[200];
	uint8_t flag = 0, *at = bytes;
	unsigned n_found = 0;

	(void)state;
	at = mt_put_alloc(&stream, at, 1, 1600, 24, 1);         /* 1 */
	at = mt_put_alloc(&stream, at, 2, 16, 1ull << 40, 1u << 30);
	at = mt_put_free(&stream, at, 3, 1600);
	at = mt_put_delete(&stream, at, 4, 16, MT_DELETE_SIZED, 300, 0);
	for (unsigned flags = 0; flags < 16; flags++)           /* 4, then 16 more */
		at = mt_put_delete(&stream, at, 5, 1ull << 47, (uint8_t)flags, 1u << 20, 6);
	at = mt_put_realloc(&stream, at, 6, 32);                /* fails: none */
	at = mt_put_extended(&stream, at, 7, MT_KIND_REALLOC_END, &flag, 1);
	flag = 1;
	at = mt_put_realloc(&stream, at, 8, 32);                /* frees: one */
	at = mt_put_extended(&stream, at, 9, MT_KIND_REALLOC_END, &flag, 1);
	at = mt_put_realloc(&stream, at, 10, 32);               /* moves: two */
	at = mt_put_alloc(&stream, at, 11, 64, 1, 2);
	at = mt_put_extended(&stream, at, 12, 999, unknown, 200); /* none */
	at = mt_put_extended(&stream, at, 13, MT_KIND_FORK, &flag, 1);
	assert_int_equal(run_scan(bytes, (size_t)(at - bytes), count_found, &n_found), 23);
	assert_int_equal(n_found, 1);
	for (size_t n = 0; n < (size_t)(at - bytes); n++)       /* ends well at every cut */
		assert_true(run_scan(bytes, n, count_found, &n_found) <= 24);
}

static void test_how_a_process_ended_is_known_from_outside(void **state)
{
	struct side *side = side_new();
	uint32_t region;
	int fds[2];
	pid_t pid;
	char byte;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		_exit(read(fds[0], &byte, 1) == 1 ? 42 : 43);
	region = hello(side, pid);
	assert_int_equal(write(fds[1], "x", 1), 1);
	/* Dead, but not reaped: as somebody else's child looks. */
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	run_process_end(&side->processes, only_user(side, region), 9);
	assert_int_equal(only_user(side, region)->ended.how, MT_END_EXIT);
	assert_int_equal(only_user(side, region)->ended.status, 42);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(fds[0]);
	close(fds[1]);
	side_free(side);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_published_is_in_the_trace_once),
		cmocka_unit_test(test_a_full_segment_is_free_again_once_it_is_in_the_trace),
		cmocka_unit_test(test_fills_of_a_stream_come_in_order_wherever_they_lie),
		cmocka_unit_test(test_fills_stay_in_order_while_a_thread_races_ahead),
		cmocka_unit_test(test_a_segment_that_makes_no_sense_is_left_alone_and_told),
		cmocka_unit_test(test_segments_of_a_dead_thread_are_drained_and_taken_back),
		cmocka_unit_test(test_a_region_is_lent_again_when_its_processes_are_gone),
		cmocka_unit_test(test_a_region_is_kept_while_a_forked_child_uses_it),
		cmocka_unit_test(test_what_an_image_left_behind_at_exec_is_taken_back),
		cmocka_unit_test(test_a_region_a_late_child_holds_stays_in_use),
		cmocka_unit_test(test_a_region_claimed_without_the_socket_is_noticed_and_grown),
		cmocka_unit_test(test_more_regions_are_lent_than_are_prepared_at_once),
		cmocka_unit_test(test_a_disk_that_fills_up_never_stops_the_drain_and_is_told),
		cmocka_unit_test(test_events_are_counted_as_the_decoder_sees_them),
		cmocka_unit_test(test_how_a_process_ended_is_known_from_outside),
	};

	return RUN_UNIT_TESTS(tests);
}
