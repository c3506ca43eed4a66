/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c -- see stream.h. */
#include "tracer/inside/stream.h"

#include "tracer/inside/channel.h"
#include "tracer/inside/clock.h"
#include "tracer/inside/sys.h"

#include <sys/prctl.h>

void tr_stream_give_back(struct tr_stream *stream)
{
	if (stream->segment)
		tr_channel_give_back(stream->segment, stream->id);
	stream->segment = NULL;
	stream->at = stream->end = stream->start = NULL;
}

static void put_small(struct tr_stream *stream, uint64_t time, uint32_t kind,
		      const struct mt_out *out, const uint8_t *payload)
{
	tr_stream_publish(stream, mt_put_extended(&stream->state, stream->at, time, kind, payload,
						  (size_t)(out->at - payload)));
}

static void put_fill(struct tr_stream *stream)
{
	uint8_t payload[16];
	struct mt_out out = { payload, payload + sizeof(payload), false };
	struct mt_fill fill = { tr_monotonic_ns() };

	mt_put_fill(&out, &fill);
	put_small(stream, tr_now(), MT_KIND_FILL, &out, payload);
}

static void put_thread(struct tr_stream *stream)
{
	uint8_t payload[64];
	struct mt_out out = { payload, payload + sizeof(payload), false };
	char name[16] = "";
	struct mt_thread thread = { .id = tr_self->id, .tid = tr_self->tid,
				    .is_nested = stream->is_nested };

	if (!__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED))
		tr_sys2(SYS_prctl, PR_GET_NAME, name);
	name[15] = '\0';
	thread.name = (struct mt_text){ name, strlen(name) };
	mt_put_thread(&out, &thread);
	put_small(stream, stream->state.last_time, MT_KIND_THREAD, &out, payload);
}

/* Events that found no room are told by whoever finds some first. */
static void put_dropped(struct tr_stream *stream)
{
	for (uint8_t reason = 0; reason < MT_N_DROPS; reason++) {
		uint8_t payload[16];
		struct mt_out out = { payload, payload + sizeof(payload), false };
		struct mt_dropped dropped = { reason, 0 };

		if (!__atomic_load_n(&tr.control->n_dropped[reason], __ATOMIC_RELAXED))
			continue;
		dropped.n_events =
			__atomic_exchange_n(&tr.control->n_dropped[reason], 0, __ATOMIC_RELAXED);
		mt_put_dropped(&out, &dropped);
		put_small(stream, stream->state.last_time, MT_KIND_DROPPED, &out, payload);
	}
}

static void begin_segment(struct tr_stream *stream, struct mt_segment_header *segment)
{
	segment->process = tr.process;
	segment->fill = stream->fill++;
	segment->pid = tr.pid;
	segment->tid = stream->tid;
	stream->segment = segment;
	stream->start = (uint8_t *)segment + MT_SEGMENT_HEADER_BYTES;
	stream->at = stream->start;
	stream->end = stream->start + MT_SEGMENT_ROOM;
	memset(&stream->state, 0, offsetof(struct mt_stream_state, frames));
}

bool tr_stream_refill(struct tr_context *context, size_t n_bytes)
{
	struct tr_stream *stream = &context->stream;
	struct mt_segment_header *segment;

	if (n_bytes > MT_SEGMENT_ROOM - 256)
		return false;
	tr_stream_give_back(stream);
	if (!stream->id)
		stream->id = __atomic_add_fetch(&tr.live->n_streams, 1, __ATOMIC_RELAXED);
	segment = stream->is_hasty ? tr_channel_claim_now(stream->id)
				   : tr_channel_claim(stream->id);
	if (!segment)
		return false;
	begin_segment(stream, segment);
	put_fill(stream);
	if (stream->is_snapshot)
		return true;
	if (segment->fill == 0)
		put_thread(stream);
	tr_process_tell(context);
	put_dropped(stream);
	return true;
}

bool tr_stream_put(struct tr_context *context, uint32_t kind, const void *payload,
		   size_t n_bytes)
{
	struct tr_stream *stream = &context->stream;

	if (!tr_stream_room(context, n_bytes + MT_EXTENDED_BYTES_MAX))
		return false;
	tr_stream_publish(stream, mt_put_extended(&stream->state, stream->at, tr_now(), kind,
						  payload, n_bytes));
	return true;
}

bool tr_stream_put_scratch(struct tr_context *context, uint32_t kind, const struct mt_out *out)
{
	return !out->is_full &&
	       tr_stream_put(context, kind, context->scratch, (size_t)(out->at - context->scratch));
}

struct tr_context *tr_enter(void)
{
	struct tr_thread *thread = tr_self;

	if (__builtin_expect(!thread || !thread->is_alive, 0)) {
		thread = tr_thread_attach();
		if (!thread)
			return NULL;
	}
	if (__builtin_expect(tr_depth >= 2, 0)) {
		tr_count_drop(MT_DROP_NESTED, 1);
		return NULL;
	}
	__asm__ volatile("" ::: "memory");
	return &thread->contexts[tr_depth++];
}

void tr_leave(void)
{
	__asm__ volatile("" ::: "memory");
	tr_depth--;
}
