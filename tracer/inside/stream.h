/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h -- putting records into a thread's stream.
 *
 * A record is written first and published after, by one release store of the
 * segment's length: who reads the shared file at any moment, even after a
 * SIGKILL between two instructions, finds whole records only.
 */
#ifndef TRACER_INSIDE_STREAM_H
#define TRACER_INSIDE_STREAM_H

#include "tracer/inside/state.h"

/* Makes room for n_bytes in one segment, taking a new segment if need be.
 * False: there is none. n_bytes is far less than MT_SEGMENT_ROOM. */
bool tr_stream_refill(struct tr_context *context, size_t n_bytes);

static inline bool tr_stream_room(struct tr_context *context, size_t n_bytes)
{
	struct tr_stream *stream = &context->stream;

	if (__builtin_expect((size_t)(stream->end - stream->at) >= n_bytes, 1))
		return true;
	return tr_stream_refill(context, n_bytes);
}

/* The records up to at are whole. */
static inline void tr_stream_publish(struct tr_stream *stream, uint8_t *at)
{
	stream->at = at;
	__atomic_store_n(&stream->segment->published, (uint32_t)(at - stream->start),
			 __ATOMIC_RELEASE);
}

/* Writes an extended record whose payload lies in context->scratch. False and
 * nothing written: no room. */
bool tr_stream_put_scratch(struct tr_context *context, uint32_t kind, const struct mt_out *out);
/* The same around a payload that may be longer than scratch is. */
bool tr_stream_put(struct tr_context *context, uint32_t kind, const void *payload,
		   size_t n_bytes);

static inline struct mt_out tr_scratch(struct tr_context *context)
{
	return (struct mt_out){ context->scratch, context->scratch + sizeof(context->scratch),
				false };
}

/* Gives the segment back: before an exec, after which nobody would. */
void tr_stream_give_back(struct tr_stream *stream);

/*
 * The way into a context and out of it:
 *
 *	struct tr_context *context = tr_enter();
 *	if (context) {
 *		...
 *		tr_leave();
 *	}
 *
 * NULL: the thread has no state, or is inside a hook inside a hook. The event has
 * then been counted as dropped.
 */
struct tr_context *tr_enter(void);
void tr_leave(void);

/* True while this thread is in a call of ours that may call our hooks back. */
static inline bool tr_is_inside(uintptr_t frame)
{
	if (__builtin_expect(!tr_inside, 1))
		return false;
	if (frame < tr_inside)
		return true;
	tr_inside = 0;    /* the call was left by a longjmp */
	return false;
}

#endif
