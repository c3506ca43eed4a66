/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample_trace.h -- streams, blocks and a FILE.live written by hand, for the
 * tests of formats/io: what the runner and the library write, in small.
 */
#ifndef TESTS_UNIT_SAMPLE_TRACE_H
#define TESTS_UNIT_SAMPLE_TRACE_H

#include "formats/io/writer.h"
#include "formats/wire/live.h"
#include "tests/unit/memory_sink.h"

enum { SAMPLE_BYTES = 4096, SAMPLE_ID = 0x5eed, SAMPLE_RECORDS = 52, SAMPLE_BLOCKS = 8 };

#define SAMPLE_TEXT(literal) { literal, sizeof(literal) - 1 }

/* One stream. span is what was not yet put into a payload. */
struct sample_stream {
	struct mt_span span;
	struct mt_stream_state state;
	uint8_t bytes[SAMPLE_BYTES];   /* of the current fill */
	uint8_t *end;
	uint64_t time;
};

static inline void sample_extended(struct sample_stream *s, enum mt_kind kind, const void *payload,
				   size_t n_bytes)
{
	s->end = mt_put_extended(&s->state, s->end, ++s->time, kind, payload, n_bytes);
}

static inline void sample_begin(struct sample_stream *s, uint32_t process, uint32_t stream,
				uint64_t fill)
{
	struct mt_fill record = { 1000000 * fill };
	uint8_t payload[16];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	memset(&s->state, 0, sizeof(s->state));
	s->span = (struct mt_span) { .process = process, .stream = stream, .fill = fill,
				     .bytes = s->bytes };
	s->end = s->bytes;
	s->time = 1000 * (fill + 1);
	mt_put_fill(&out, &record);
	sample_extended(s, MT_KIND_FILL, payload, (size_t)(out.at - payload));
}

static inline void sample_alloc(struct sample_stream *s, uint64_t addr, uint64_t size,
				uint32_t stack)
{
	s->end = mt_put_alloc(&s->state, s->end, s->time += 10, addr, size, stack);
}

static inline void sample_free(struct sample_stream *s, uint64_t addr)
{
	s->end = mt_put_free(&s->state, s->end, s->time += 10, addr);
}

static inline void sample_stack(struct sample_stream *s, uint32_t id, uint64_t leaf)
{
	uint64_t frames[3] = { leaf, 0x401200, 0x401100 };
	struct mt_stack stack = { .id = id, .api = MT_API_MALLOC, .n_frames = 3, .frames = frames,
				  .n_guessed_from = MT_STACK_FRAMES_MAX };
	uint8_t payload[256];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_stack(&s->state, &out, &stack);
	sample_extended(s, MT_KIND_STACK, payload, (size_t)(out.at - payload));
}

/* Appends what the stream wrote since the last time to a payload. */
static inline void sample_span(struct sample_stream *s, struct mt_out *out)
{
	uint8_t header[MT_SPAN_HEADER_BYTES_MAX];
	size_t n_header;

	s->span.n_bytes = (uint32_t)(s->end - s->span.bytes);
	n_header = (size_t)(mt_put_span_header(header, &s->span) - header);
	memcpy(out->at, header, n_header);
	memcpy(out->at + n_header, s->span.bytes, s->span.n_bytes);
	out->at += n_header + s->span.n_bytes;
	s->span.offset += s->span.n_bytes;
	s->span.bytes += s->span.n_bytes;
}

/* A trace being written. */
struct sample {
	struct memory_sink file;
	struct mt_sink sink;
	struct mt_writer *writer;
	struct sample_stream a, b;
	uint8_t payload[2 * SAMPLE_BYTES];
	struct mt_out out;
};

static inline void sample_open(struct sample *sample, int level)
{
	const struct mt_file_header header = { MT_FORMAT_VERSION, 1700000000000000000, SAMPLE_ID };

	memset(sample, 0, sizeof(*sample));
	memory_sink_open(&sample->file, &sample->sink);
	mt_writer_new(&sample->writer, &sample->sink, &header, level);
	sample->out = (struct mt_out) { sample->payload, sample->payload + sizeof(sample->payload),
					false };
}

static inline void sample_block(struct sample *sample, enum mt_block_kind kind, uint32_t epoch)
{
	mt_writer_block(sample->writer, kind, epoch, sample->payload,
			(size_t)(sample->out.at - sample->payload));
	sample->out.at = sample->payload;
}

static inline void sample_close(struct sample *sample)
{
	mt_writer_free(sample->writer);
	memory_sink_release(&sample->file);
}

static inline void sample_run(struct sample *sample)
{
	const struct mt_run run = {
		.clock = MT_CLOCK_MONOTONIC, .started_realtime_ns = 1700000000000000000,
		.started_ticks = 900, .started_monotonic_ns = 900, .pid = 4711,
		.tool_version = SAMPLE_TEXT("0.1.0"), .host = SAMPLE_TEXT("Linux 6.1.0 x86_64"),
		.cwd = SAMPLE_TEXT("/tmp"), .command = SAMPLE_TEXT("./demo\0-x\0"),
	};
	uint8_t payload[256];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_run(&out, &run);
	mt_put_meta(&sample->out, MT_META_RUN, payload, (size_t)(out.at - payload));
	sample_block(sample, MT_BLOCK_META, 0);
}

static inline void sample_introduce(struct sample_stream *s, uint32_t thread)
{
	const struct mt_thread record = { thread, 4710 + thread, 0, SAMPLE_TEXT("demo") };
	const struct mt_process process = {
		.id = 1, .origin = MT_ORIGIN_FIRST, .pid = 4711, .ppid = 1, .page_bytes = 4096,
		.realtime_ns = 1700000000000000000, .exe = SAMPLE_TEXT("/tmp/demo"),
		.cwd = SAMPLE_TEXT("/tmp"), .command = SAMPLE_TEXT("./demo\0-x\0"),
	};
	const struct mt_module module = { 1, 1, 0x400000, 0x400000, 0x403000,
					  SAMPLE_TEXT("/tmp/demo"), SAMPLE_TEXT("\xb1\x1d") };
	uint8_t payload[256];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_thread(&out, &record);
	sample_extended(s, MT_KIND_THREAD, payload, (size_t)(out.at - payload));
	if (thread > 1)
		return;
	out.at = payload;
	mt_put_process(&out, &process);
	sample_extended(s, MT_KIND_PROCESS, payload, (size_t)(out.at - payload));
	out.at = payload;
	mt_put_module(&out, &module);
	sample_extended(s, MT_KIND_MODULE, payload, (size_t)(out.at - payload));
}

static inline void sample_end(struct sample *sample)
{
	const struct mt_ended ended = { 4711, 5000, MT_END_EXIT, 0, 0 };
	uint8_t payload[64];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_ended(&out, &ended);
	mt_put_meta(&sample->out, MT_META_ENDED, payload, (size_t)(out.at - payload));
	mt_put_meta(&sample->out, (enum mt_meta)99, "later", 5);
	sample_block(sample, MT_BLOCK_META, 0);
	sample_block(sample, MT_BLOCK_END, 0);
	memcpy(sample->payload, "\x01\x00\x00\x00", 4);   /* one empty string, no modules, no places */
	sample->out.at = sample->payload + 4;
	sample_block(sample, MT_BLOCK_SYMBOLS, 0);
}

/*
 * A whole trace of one process with two threads:
 *
 *   0 META  1 EVENTS a.0 b.0  2 EVENTS a.0 b.0  3 unknown  4 EVENTS a.1 b.0
 *   5 META  6 END  7 SYMBOLS
 */
static inline void sample_whole(struct sample *sample, int level)
{
	struct sample_stream *a = &sample->a, *b = &sample->b;

	sample_open(sample, level);
	sample_run(sample);
	sample_begin(a, 1, 1, 0);
	sample_introduce(a, 1);
	sample_stack(a, 1, 0x401234);
	sample_begin(b, 1, 2, 0);
	sample_introduce(b, 2);
	for (uint64_t i = 0; i < 20; i++) {
		sample_alloc(a, 0x10000 + 64 * i, 48, 1);
		if (i == 10) {
			sample_span(a, &sample->out);
			sample_span(b, &sample->out);
			sample_block(sample, MT_BLOCK_EVENTS, 0);
		}
		sample_alloc(b, 0x20000 + 4096 * i, 4000 + i, 2);
	}
	sample_stack(b, 2, 0x401300);
	sample_span(a, &sample->out);
	sample_span(b, &sample->out);
	sample_block(sample, MT_BLOCK_EVENTS, 1);
	memcpy(sample->payload, "a block of a later version", 26);
	sample->out.at += 26;
	sample_block(sample, (enum mt_block_kind)77, 1);
	sample_begin(a, 1, 1, 1);
	sample_extended(a, (enum mt_kind)4000, "a record of a later version", 27);
	sample_free(a, 0x10000);
	sample_free(b, 0x20000);
	sample_span(a, &sample->out);
	sample_span(b, &sample->out);
	sample_block(sample, MT_BLOCK_EVENTS, 2);
	sample_end(sample);
}

/* A record of this kind with the payload that put writes from value. */
#define SAMPLE_RECORD(stream, kind, name, ...) \
	do { \
		const struct mt_##name sample_value = __VA_ARGS__; \
		uint8_t sample_bytes[256]; \
		struct mt_out sample_out = { sample_bytes, sample_bytes + sizeof(sample_bytes), \
					     false }; \
		mt_put_##name(&sample_out, &sample_value); \
		sample_extended(stream, kind, sample_bytes, \
				(size_t)(sample_out.at - sample_bytes)); \
	} while (0)

#define SAMPLE_META(sample, kind, name, ...) \
	do { \
		const struct mt_##name sample_value = __VA_ARGS__; \
		uint8_t sample_bytes[256]; \
		struct mt_out sample_out = { sample_bytes, sample_bytes + sizeof(sample_bytes), \
					     false }; \
		mt_put_##name(&sample_out, &sample_value); \
		mt_put_meta(&(sample)->out, kind, sample_bytes, \
			    (size_t)(sample_out.at - sample_bytes)); \
	} while (0)

static inline void sample_rare_stack(struct sample_stream *s)
{
	const uint64_t frames[2] = { 0x7ffff7a01234, 0x401100 };
	const struct mt_stack stack = {
		.id = 3, .api = MT_API_NEW_ALIGNED, .align_log2 = 6, .end = MT_STACK_NO_RULE,
		.generation = 2, .n_guessed_from = 1, .n_frames = 2, .frames = frames,
		.is_exact = { 1 },
	};
	uint8_t payload[256];
	struct mt_out out = { payload, payload + sizeof(payload), false };

	mt_put_stack(&s->state, &out, &stack);
	sample_extended(s, MT_KIND_STACK, payload, (size_t)(out.at - payload));
}

static inline void sample_every_event(struct sample_stream *s)
{
	sample_alloc(s, 0x10010, 24, 1);
	sample_alloc(s, 0x10030, 24, 1);
	s->end = mt_put_alloc(&s->state, s->end, s->time += 10, 0x20000, UINT64_C(1) << 40, 1);
	s->end = mt_put_alloc_any(&s->state, s->end, s->time += 10, 0x30008, 8, 3);
	s->end = mt_put_realloc(&s->state, s->end, s->time += 10, 0x10010);
	sample_alloc(s, 0x10050, 100, 1);
	s->end = mt_put_realloc_any(&s->state, s->end, s->time += 10, 0x30008);
	SAMPLE_RECORD(s, MT_KIND_REALLOC_END, realloc_end, { 1 });
	s->end = mt_put_delete(&s->state, s->end, s->time += 10, 0x10030, MT_DELETE_SIZED, 24, 0);
	s->end = mt_put_delete(&s->state, s->end, s->time += 10, 0x10050,
			       MT_DELETE_ARRAY | MT_DELETE_ALIGNED, 0, 6);
	s->end = mt_put_free_any(&s->state, s->end, s->time += 10, 0x4c, MT_DELETE_PLAIN_FREE, 0, 0);
	sample_free(s, 0x20000);
}

/* Every record kind of this version, once. */
static inline void sample_every_kind(struct sample *sample)
{
	struct sample_stream *a = &sample->a;

	sample_open(sample, 0);
	sample_run(sample);
	sample_begin(a, 1, 1, 0);
	sample_introduce(a, 1);
	sample_stack(a, 1, 0x401234);
	sample_rare_stack(a);
	sample_every_event(a);
	SAMPLE_RECORD(a, MT_KIND_THREAD_NAME, thread_name, { 0, SAMPLE_TEXT("renamed") });
	SAMPLE_RECORD(a, MT_KIND_MODULE_GONE, module_gone, { 1, 2 });
	SAMPLE_RECORD(a, MT_KIND_EXEC, exec, { 7, MT_EXEC_SEARCH, SAMPLE_TEXT("ls") });
	SAMPLE_RECORD(a, MT_KIND_EXEC_FAILED, exec_failed, { 7, 2 });
	SAMPLE_RECORD(a, MT_KIND_FORK, fork, { 8, 4712 });
	SAMPLE_RECORD(a, MT_KIND_DROPPED, dropped, { MT_DROP_FULL, 1000 });
	SAMPLE_RECORD(a, MT_KIND_NOTE, note, { 1, 3, SAMPLE_TEXT("allocator-bypassed"),
					       SAMPLE_TEXT("libodd.so") });
	SAMPLE_RECORD(a, MT_KIND_STACK_DIFFERS, stack_differs, { .n_ours = 1, .n_theirs = 2,
		.ours = { 0x401234 }, .theirs = { 0x401234, 0x401100 } });
	SAMPLE_RECORD(a, MT_KIND_END, end, { MT_END_EXIT, 3 });
	sample_span(a, &sample->out);
	sample_block(sample, MT_BLOCK_EVENTS, 0);
	SAMPLE_META(sample, MT_META_CLOCK, clock_pair, { 4000, 4000 });
	SAMPLE_META(sample, MT_META_NOTE, meta_note, { 1, { 0, 1, SAMPLE_TEXT("stacks-cut"),
							    SAMPLE_TEXT("") } });
	SAMPLE_META(sample, MT_META_DROPPED, process_dropped, { 1, { MT_DROP_NO_CHANNEL, 4 } });
	SAMPLE_META(sample, MT_META_VERIFIED, verified, { 100, 1 });
	sample_end(sample);
}

/* A FILE.live of one region with room for n_segments (segment 0 is control). */
static inline uint8_t *sample_live_new(uint32_t n_segments, size_t *n_bytes)
{
	struct mt_live_header header = {
		.version = MT_FORMAT_VERSION, .header_bytes = MT_LIVE_HEADER_BYTES,
		.trace_id = SAMPLE_ID, .started_realtime_ns = 1700000000000000000,
		.started_ticks = 900, .started_monotonic_ns = 900, .clock = MT_CLOCK_MONOTONIC,
		.n_regions = 1, .n_processes = 1, .n_streams = 2,
	};
	struct mt_region_control control = { .is_claimed = 1, .generation = 5,
					     .n_granted = n_segments, .pid = 4711 };
	uint8_t *image;

	*n_bytes = MT_LIVE_HEADER_BYTES + (size_t)n_segments * MT_SEGMENT_BYTES;
	image = (uint8_t *)calloc(1, *n_bytes);
	memcpy(header.magic, MT_LIVE_MAGIC, 8);
	memcpy(image, &header, sizeof(header));
	memcpy(image + MT_LIVE_HEADER_BYTES, &control, sizeof(control));
	return image;
}

/* Puts the current fill of a stream, from its first byte, into a segment. */
static inline struct mt_segment_header *sample_live_put(uint8_t *image, uint32_t segment,
							const struct sample_stream *s)
{
	uint8_t *at = image + MT_LIVE_HEADER_BYTES + (size_t)segment * MT_SEGMENT_BYTES;
	struct mt_segment_header *header = (struct mt_segment_header *)(void *)at;

	header->state = mt_segment_state(5, MT_SEGMENT_OWNED);
	header->process = s->span.process;
	header->stream = s->span.stream;
	header->fill = s->span.fill;
	header->published = (uint32_t)(s->end - s->bytes);
	memcpy(at + MT_SEGMENT_HEADER_BYTES, s->bytes, header->published);
	return header;
}

#endif
