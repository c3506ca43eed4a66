/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_builder.h -- traces in one line per event, for unit tests.
 *
 *     struct trace_builder *t = trace_builder();
 *     tb_alloc(t, 0x1000, 64, "main>parse");
 *     tb_free(t, 0x1000);
 *     struct an_session *session = tb_open(t, NULL);
 *     ...
 *     tb_free_all(t, session);
 *
 * Events go to the current thread of the current process; a stack is named
 * outermost first. Each event takes 10 ticks unless tb_at says when; a tick is
 * a ns. tb_drain ends an epoch. The trace goes through the real writer and
 * reader, in memory.
 */
#ifndef TESTS_UNIT_TRACE_BUILDER_H
#define TESTS_UNIT_TRACE_BUILDER_H

#include "analyzer/base/vec.h"
#include "analyzer/heap/session.h"
#include "formats/io/writer.h"

#include <stdio.h>
#include <string.h>

enum {
	TB_STREAMS_MAX = 64,
	TB_PROCESSES_MAX = 64,
	TB_NAMES_MAX = 256,
	TB_TICKS = 10,
	TB_CODE = 0x400000,
	TB_CODE_BYTES = 0x100000,
};

typedef VEC(uint8_t) tb_bytes;

struct tb_stream {
	uint32_t process, thread;
	bool is_nested;
	struct mt_stream_state state;
	tb_bytes bytes;              /* of fill 0 */
	size_t n_drained;
};

struct tb_stack {
	uint32_t process;
	char *name;
};

struct trace_builder {
	tb_bytes trace;
	tb_bytes meta;
	struct mt_sink sink;
	struct mt_writer *writer;
	struct mt_source source;
	struct mt_reader *reader;
	uint64_t now;
	uint32_t epoch, n_processes;
	uint64_t code[TB_PROCESSES_MAX + 1]; /* where the program lies in each process */
	uint64_t n_tokens;
	struct tb_stream *streams[TB_STREAMS_MAX];
	uint32_t n_streams, current;
	uint32_t n_snapshots;        /* of any process */
	uint64_t fill_of_cuts;       /* claimed by snapshots */
	bool is_stopped;             /* for the next snapshot, by tb_stop */
	size_t n_stopped[TB_STREAMS_MAX]; /* bytes of each stream then */
	char *names[TB_NAMES_MAX];   /* of functions */
	uint32_t n_names;
	VEC(struct tb_stack) stacks; /* id: index + 1 */
	bool is_finished;            /* by tb_open_file */
	bool is_endless;             /* no END block */
	uint8_t api, align_log2;     /* of stacks defined from now on; 0: malloc */
};

static inline void tb_append(tb_bytes *to, const void *bytes, size_t n_bytes)
{
	VEC_RESERVE(to, to->n + n_bytes);
	if (n_bytes)
		memcpy(to->at + to->n, bytes, n_bytes);
	to->n += n_bytes;
}

static inline int tb_write(void *context, const void *bytes, size_t n_bytes)
{
	tb_append(context, bytes, n_bytes);
	return MT_OK;
}

/* A META record from a payload that put_payload would have written. */
static inline void tb_meta(struct trace_builder *t, uint32_t kind, const struct mt_out *out,
			   const uint8_t *payload)
{
	uint8_t head[2 * MT_ULEB_BYTES_MAX];
	uint8_t *end = mt_uleb_store(head, kind);

	end = mt_uleb_store(end, (uint64_t)(out->at - payload));
	tb_append(&t->meta, head, (size_t)(end - head));
	tb_append(&t->meta, payload, (size_t)(out->at - payload));
}
#define TB_META(t, kind, put, value) \
	do { \
		uint8_t payload_[4096]; \
		struct mt_out out_ = { payload_, payload_ + sizeof(payload_), false }; \
		put(&out_, value); \
		tb_meta(t, kind, &out_, payload_); \
	} while (0)

static inline struct tb_stream *tb_stream(struct trace_builder *t)
{
	return t->streams[t->current];
}

/* Room for a record of the current stream; tb_done says where it ended. */
static inline uint8_t *tb_room(struct trace_builder *t, size_t n_bytes)
{
	tb_bytes *bytes = &tb_stream(t)->bytes;

	VEC_RESERVE(bytes, bytes->n + n_bytes);
	return bytes->at + bytes->n;
}

static inline void tb_done(struct trace_builder *t, const uint8_t *end)
{
	tb_stream(t)->bytes.n = (size_t)(end - tb_stream(t)->bytes.at);
	t->now += TB_TICKS;
}

/* Any extended record. Does not advance the time. */
static inline void tb_extended(struct trace_builder *t, uint32_t kind, const void *payload,
			       size_t n_bytes)
{
	uint8_t *to = tb_room(t, n_bytes + MT_EXTENDED_BYTES_MAX);

	to = mt_put_extended(&tb_stream(t)->state, to, t->now, kind, payload, n_bytes);
	tb_stream(t)->bytes.n = (size_t)(to - tb_stream(t)->bytes.at);
}
#define TB_EXTENDED(t, kind, put, value) \
	do { \
		uint8_t payload_[4096]; \
		struct mt_out out_ = { payload_, payload_ + sizeof(payload_), false }; \
		put(&out_, value); \
		tb_extended(t, kind, payload_, (size_t)(out_.at - payload_)); \
	} while (0)

static inline struct mt_text tb_text(const char *text)
{
	return (struct mt_text){ text, strlen(text) };
}

/* The next event happens at this time. */
static inline void tb_at(struct trace_builder *t, uint64_t ticks)
{
	t->now = ticks;
}

static inline void tb_new_stream(struct trace_builder *t, uint32_t process, uint32_t thread,
				 bool is_nested)
{
	struct tb_stream *stream = xcalloc(1, sizeof(*stream));
	struct mt_fill fill = { t->now };
	struct mt_thread told = { thread, process * 100 + thread, is_nested, { "", 0 } };

	if (t->n_streams == TB_STREAMS_MAX)
		abort();
	stream->process = process;
	stream->thread = thread;
	stream->is_nested = is_nested;
	t->current = t->n_streams;
	t->streams[t->n_streams++] = stream;
	TB_EXTENDED(t, MT_KIND_FILL, mt_put_fill, &fill);
	TB_EXTENDED(t, MT_KIND_THREAD, mt_put_thread, &told);
}

static inline void tb_go_to(struct trace_builder *t, uint32_t process, uint32_t thread,
			    bool is_nested)
{
	for (uint32_t i = 0; i < t->n_streams; i++)
		if (t->streams[i]->process == process && t->streams[i]->thread == thread &&
		    t->streams[i]->is_nested == is_nested) {
			t->current = i;
			return;
		}
	tb_new_stream(t, process, thread, is_nested);
}

/* Goes on with another thread of the current process; threads count from 1. */
static inline void tb_thread(struct trace_builder *t, uint32_t thread)
{
	tb_go_to(t, tb_stream(t)->process, thread, false);
}

/* In what a signal handler of the current thread does. */
static inline void tb_nested(struct trace_builder *t)
{
	tb_go_to(t, tb_stream(t)->process, tb_stream(t)->thread, true);
}

static inline void tb_process(struct trace_builder *t, uint32_t process)
{
	tb_go_to(t, process, 1, false);
}

static inline void tb_module(struct trace_builder *t, const char *path, uint32_t id,
			     uint32_t generation, uint64_t start)
{
	struct mt_module module = { .id = id, .generation = generation, .bias = start,
				    .start = start, .end = start + TB_CODE_BYTES,
				    .path = tb_text(path), .build_id = { "\1\2\3\4", 4 } };

	TB_EXTENDED(t, MT_KIND_MODULE, mt_put_module, &module);
}

/* Begins a process and makes it current. Returns its id. */
static inline uint32_t tb_begin(struct trace_builder *t, struct mt_process told)
{
	if (t->n_processes == TB_PROCESSES_MAX)
		abort();
	told.id = ++t->n_processes;
	/* A forked child lies where its parent does. */
	t->code[told.id] = told.origin == MT_ORIGIN_FORK
		? t->code[told.parent] : TB_CODE + told.id * 16ull * TB_CODE_BYTES;
	told.page_bytes = 4096;
	told.exe = tb_text("/bin/prog");
	told.cwd = tb_text("/tmp");
	told.command = (struct mt_text){ "prog\0-x", 8 };
	tb_new_stream(t, told.id, 1, false);
	TB_EXTENDED(t, MT_KIND_PROCESS, mt_put_process, &told);
	if (told.origin != MT_ORIGIN_FORK)
		tb_module(t, "/bin/prog", 1, 1, t->code[told.id]);
	t->now += TB_TICKS;
	return told.id;
}

/* The current process forks; the child becomes current. */
static inline uint32_t tb_fork(struct trace_builder *t)
{
	struct mt_process child = { .parent = tb_stream(t)->process, .origin = MT_ORIGIN_FORK,
				    .token = ++t->n_tokens, .pid = 1001 + t->n_processes,
				    .n_stacks = t->stacks.n };
	struct mt_fork told = { child.token, child.pid };

	TB_EXTENDED(t, MT_KIND_FORK, mt_put_fork, &told);
	return tb_begin(t, child);
}

/* The current thread announces an exec of path; returns the token. */
static inline uint64_t tb_exec(struct trace_builder *t, const char *path, uint8_t flags)
{
	struct mt_exec told = { ++t->n_tokens, flags, tb_text(path) };

	TB_EXTENDED(t, MT_KIND_EXEC, mt_put_exec, &told);
	return told.token;
}

/* The new image of an exec; pid is that of process parent when it is replaced. */
static inline uint32_t tb_image(struct trace_builder *t, uint32_t parent, uint64_t token,
				uint64_t pid)
{
	struct mt_process told = { .parent = parent, .origin = MT_ORIGIN_EXEC, .token = token,
				   .pid = pid };

	return tb_begin(t, told);
}

static inline struct trace_builder *trace_builder(void)
{
	struct trace_builder *t = xcalloc(1, sizeof(*t));
	struct mt_file_header header = { MT_FORMAT_VERSION, 1000, 7 };
	struct mt_run run = { .clock = MT_CLOCK_MONOTONIC, .started_realtime_ns = 1000,
			      .pid = 1001, .tool_version = tb_text("0"), .host = tb_text("h"),
			      .cwd = tb_text("/tmp"), .command = { "prog\0-x", 8 } };
	struct mt_process first = { .origin = MT_ORIGIN_FIRST, .pid = 1001 };

	t->sink = (struct mt_sink){ tb_write, &t->trace };
	if (mt_writer_new(&t->writer, &t->sink, &header, 0) < 0)
		abort();
	TB_META(t, MT_META_RUN, mt_put_run, &run);
	tb_begin(t, first);
	return t;
}

static inline uint64_t tb_function(struct trace_builder *t, const char *name, size_t n_bytes)
{
	uint32_t i = 0;

	while (i < t->n_names && (strlen(t->names[i]) != n_bytes ||
				  strncmp(t->names[i], name, n_bytes)))
		i++;
	if (i == t->n_names) {
		if (i == TB_NAMES_MAX)
			abort();
		t->names[t->n_names++] = xstrndup(name, n_bytes);
	}
	return 0x1000 + i * 16ull;
}

/* The address in the program's file at which a stack through name returns. */
static inline uint64_t tb_look_up(struct trace_builder *t, const char *name)
{
	return tb_function(t, name, strlen(name)) - 1;
}

/* Defines the stack under any id. */
static inline void tb_define(struct trace_builder *t, uint32_t id, const char *stack,
			     uint64_t code)
{
	uint64_t frames[MT_STACK_FRAMES_MAX];
	struct mt_stack told = { .id = id, .api = t->api ? t->api : MT_API_MALLOC,
				 .align_log2 = t->align_log2, .generation = 1,
				 .n_guessed_from = MT_STACK_FRAMES_MAX, .frames = frames };
	uint8_t payload[MT_STACK_BYTES_MAX];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	for (const char *end = stack + strlen(stack), *at = end; at >= stack; at--)
		if (at == stack || at[-1] == '>') {
			frames[told.n_frames++] = code + tb_function(t, at, (size_t)(end - at));
			end = at - 1;
		}
	mt_put_stack(&tb_stream(t)->state, &out, &told);
	tb_extended(t, MT_KIND_STACK, payload, (size_t)(out.at - payload));
}

static inline uint32_t tb_stack_id(struct trace_builder *t, const char *stack)
{
	uint32_t process = tb_stream(t)->process;

	for (size_t i = 0; i < t->stacks.n; i++)
		if (t->stacks.at[i].process == process && !strcmp(t->stacks.at[i].name, stack))
			return (uint32_t)i + 1;
	*VEC_PUSH(&t->stacks) = (struct tb_stack){ process, xstrdup(stack) };
	tb_define(t, (uint32_t)t->stacks.n, stack, t->code[process]);
	return (uint32_t)t->stacks.n;
}

/* As an allocation whose stack id is known. */
static inline void tb_alloc_id(struct trace_builder *t, uint64_t addr, uint64_t size, uint32_t id)
{
	uint8_t *to = tb_room(t, MT_EVENT_BYTES_MAX);

	tb_done(t, mt_addr_is_plain(addr)
		? mt_put_alloc(&tb_stream(t)->state, to, t->now, addr, size, id)
		: mt_put_alloc_any(&tb_stream(t)->state, to, t->now, addr, size, id));
}

static inline void tb_alloc(struct trace_builder *t, uint64_t addr, uint64_t size,
			    const char *stack)
{
	tb_alloc_id(t, addr, size, tb_stack_id(t, stack));
}

static inline void tb_free(struct trace_builder *t, uint64_t addr)
{
	uint8_t *to = tb_room(t, MT_EVENT_BYTES_MAX);

	tb_done(t, mt_addr_is_plain(addr)
		? mt_put_free(&tb_stream(t)->state, to, t->now, addr)
		: mt_put_free_any(&tb_stream(t)->state, to, t->now, addr, MT_DELETE_PLAIN_FREE,
				  0, 0));
}

/* Operator delete, of an address that is a multiple of 16. */
static inline void tb_delete(struct trace_builder *t, uint64_t addr, uint8_t flags,
			     uint64_t size, uint8_t align_log2)
{
	uint8_t *to = tb_room(t, MT_EVENT_BYTES_MAX);

	tb_done(t, mt_put_delete(&tb_stream(t)->state, to, t->now, addr, flags, size,
				 align_log2));
}

/* The next release of this stream was asked for at this stack. */
static inline void tb_free_stack(struct trace_builder *t, const char *stack)
{
	struct mt_free_stack told = { tb_stack_id(t, stack) };

	TB_EXTENDED(t, MT_KIND_FREE_STACK, mt_put_free_stack, &told);
}

static inline void tb_intent(struct trace_builder *t, uint64_t addr)
{
	uint8_t *to = tb_room(t, MT_EVENT_BYTES_MAX);

	tb_done(t, mt_addr_is_plain(addr)
		? mt_put_realloc(&tb_stream(t)->state, to, t->now, addr)
		: mt_put_realloc_any(&tb_stream(t)->state, to, t->now, addr));
}

/* The open intent freed, or failed. */
static inline void tb_intent_end(struct trace_builder *t, bool is_freed)
{
	struct mt_realloc_end end = { is_freed };

	TB_EXTENDED(t, MT_KIND_REALLOC_END, mt_put_realloc_end, &end);
	t->now += TB_TICKS;
}

static inline void tb_realloc(struct trace_builder *t, uint64_t old, uint64_t addr,
			      uint64_t size, const char *stack)
{
	tb_intent(t, old);
	tb_alloc(t, addr, size, stack);
}

static inline void tb_flush_meta(struct trace_builder *t)
{
	if (t->meta.n)
		mt_writer_block(t->writer, MT_BLOCK_META, t->epoch, t->meta.at, t->meta.n);
	t->meta.n = 0;
}

/* Ends an epoch: what was recorded is in the trace now. */
static inline void tb_drain(struct trace_builder *t)
{
	tb_bytes payload = { 0 };

	tb_flush_meta(t);
	for (uint32_t i = 0; i < t->n_streams; i++) {
		struct tb_stream *stream = t->streams[i];
		struct mt_span span = { stream->process, i + 1, 0, (uint32_t)stream->n_drained,
					(uint32_t)(stream->bytes.n - stream->n_drained), NULL };
		uint8_t head[MT_SPAN_HEADER_BYTES_MAX];

		if (!span.n_bytes)
			continue;
		tb_append(&payload, head, (size_t)(mt_put_span_header(head, &span) - head));
		tb_append(&payload, stream->bytes.at + stream->n_drained, span.n_bytes);
		stream->n_drained = stream->bytes.n;
	}
	if (payload.n)
		mt_writer_block(t->writer, MT_BLOCK_EVENTS, t->epoch, payload.at, payload.n);
	VEC_RELEASE(&payload);
	t->epoch++;
}

/* The next snapshot is of now, whatever is recorded before its CUT. */
static inline void tb_stop(struct trace_builder *t)
{
	t->is_stopped = true;
	for (uint32_t i = 0; i < TB_STREAMS_MAX; i++)
		t->n_stopped[i] = i < t->n_streams ? t->streams[i]->bytes.n : 0;
}

static inline void tb_finish(struct trace_builder *t)
{
	tb_drain(t);
	if (!t->is_endless)
		mt_writer_block(t->writer, MT_BLOCK_END, t->epoch, "", 0);
}

/* Finishes the trace in a file, for those who read it twice. until: NULL, or where
 * reading ends. */
static inline struct an_session *tb_open_until(struct trace_builder *t, const char *path,
					       const struct an_until *until)
{
	const struct an_session_options checked = { .is_self_check = true, .until = until };
	struct an_session *session;
	FILE *to = fopen(path, "we");

	if (!t->is_finished)
		tb_finish(t);
	t->is_finished = true;
	if (!to || fwrite(t->trace.at, 1, t->trace.n, to) != t->trace.n || fclose(to) ||
	    an_session_open(&session, path, &checked) < 0 ||
	    an_session_self_check_failure(session))
		abort();
	return session;
}

static inline struct an_session *tb_open_file(struct trace_builder *t, const char *path)
{
	return tb_open_until(t, path, NULL);
}

/* Finishes the trace and replays it, with the self check unless options say
 * otherwise. */
static inline struct an_session *tb_open(struct trace_builder *t,
					 const struct an_session_options *options)
{
	const struct an_session_options checked = { .is_self_check = true, .want_live = true };
	struct an_session *session;

	tb_finish(t);
	mt_source_open_memory(&t->source, t->trace.at, t->trace.n);
	if (mt_reader_open(&t->reader, &t->source, NULL) < 0)
		abort();
	if (an_session_open_reader(&session, t->reader, "trace.bin",
				   options ? options : &checked) < 0)
		abort();
	if (an_session_self_check_failure(session)) {
		fprintf(stderr, "%s\n", an_session_self_check_failure(session));
		abort();
	}
	return session;
}

static inline void tb_free_all(struct trace_builder *t, struct an_session *session)
{
	an_session_close(session);
	mt_reader_close(t->reader);
	mt_source_close(&t->source);
	mt_writer_free(t->writer);
	for (uint32_t i = 0; i < t->n_streams; i++) {
		VEC_RELEASE(&t->streams[i]->bytes);
		free(t->streams[i]);
	}
	for (uint32_t i = 0; i < t->n_names; i++)
		free(t->names[i]);
	for (size_t i = 0; i < t->stacks.n; i++)
		free(t->stacks.at[i].name);
	VEC_RELEASE(&t->stacks);
	VEC_RELEASE(&t->trace);
	VEC_RELEASE(&t->meta);
	free(t);
}

#endif
