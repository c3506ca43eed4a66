/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_file.c -- the sink that keeps room for the last word.
 *
 *   | whole blocks | next block ...            | kept: KEPT_BYTES |
 *                  ^ whole_bytes                                  ^ allocated_bytes
 *
 * fallocate with KEEP_SIZE promises blocks without making the file longer, so a
 * reader never sees them. A block is written only if the promise reaches
 * KEPT_BYTES past its end; when the disk refuses, nothing of it was written.
 */
#include "tracer/beside/trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	KEPT_BYTES = 256 << 10,
	AHEAD_BYTES = 1 << 20,
	LEVEL = 1,                      /* zstd: level 3 saves 5 to 15 % and takes twice as long */
	SCRATCH_BYTES = 3 << 20,        /* a command line is at most 2 MiB and a bit */
	META_BYTES = SCRATCH_BYTES + (64 << 10),
};

/* Makes the disk promise room up to want_bytes. 0, or -1 with errno set. */
static int reserve(struct run_trace *trace, uint64_t want_bytes)
{
	uint64_t lengths[2] = { want_bytes + AHEAD_BYTES, want_bytes };

	for (unsigned i = 0; i < 2; i++) {
		if (!fallocate(trace->fd, FALLOC_FL_KEEP_SIZE, (off_t)trace->allocated_bytes,
			       (off_t)(lengths[i] - trace->allocated_bytes))) {
			trace->allocated_bytes = lengths[i];
			return 0;
		}
	}
	if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG && errno != EIO) {
		trace->can_reserve = false;
		return 0;
	}
	return -1;
}

static int write_kept(void *context, const void *bytes, size_t n_bytes)
{
	struct run_trace *trace = context;
	uint64_t want_bytes = trace->n_bytes + n_bytes + KEPT_BYTES;
	const uint8_t *at = bytes;

	if (trace->can_reserve && !trace->is_last_word && want_bytes > trace->allocated_bytes &&
	    reserve(trace, want_bytes))
		return MT_ERR_SYSTEM;
	while (n_bytes) {
		ssize_t n = pwrite(trace->fd, at, n_bytes, (off_t)trace->n_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n ? errno : ENOSPC;
			return MT_ERR_SYSTEM;
		}
		at += n;
		n_bytes -= (size_t)n;
		trace->n_bytes += (uint64_t)n;
	}
	return MT_OK;
}

/* Remembers the first error and cuts FILE back to its last whole block. */
static int fail(struct run_trace *trace, int error)
{
	if (!trace->error)
		trace->error = error ? error : EIO;
	if (trace->n_bytes != trace->whole_bytes) {
		/* This gives back the kept room as well; take it again. */
		if (ftruncate(trace->fd, (off_t)trace->whole_bytes))
			return trace->error;
		trace->n_bytes = trace->allocated_bytes = trace->whole_bytes;
		if (trace->can_reserve && !trace->is_last_word)
			reserve(trace, trace->n_bytes + KEPT_BYTES);
	}
	return trace->error;
}

int run_trace_open(struct run_trace *trace, int fd, const struct mt_file_header *header)
{
	int status;

	*trace = (struct run_trace){ .fd = fd, .can_reserve = true };
	trace->sink = (struct mt_sink){ .write = write_kept, .context = trace };
	trace->scratch = malloc(SCRATCH_BYTES);
	trace->meta = malloc(META_BYTES);
	if (!trace->scratch || !trace->meta)
		return fail(trace, ENOMEM);
	errno = 0;
	status = mt_writer_new(&trace->writer, &trace->sink, header, LEVEL);
	if (status < 0)
		return fail(trace, status == MT_ERR_MEMORY ? ENOMEM : errno);
	trace->whole_bytes = trace->n_bytes;
	return 0;
}

void run_trace_release(struct run_trace *trace)
{
	mt_writer_free(trace->writer);
	free(trace->scratch);
	free(trace->meta);
	*trace = (struct run_trace){ 0 };
}

int run_trace_block(struct run_trace *trace, enum mt_block_kind kind, const void *payload,
		    size_t n_bytes)
{
	if (trace->error && !trace->is_last_word)
		return trace->error;
	errno = 0;
	if (mt_writer_block(trace->writer, kind, trace->epoch, payload, n_bytes) < 0)
		return fail(trace, errno);
	trace->whole_bytes = trace->n_bytes;
	trace->n_blocks++;
	if (kind == MT_BLOCK_EVENTS)
		trace->raw_event_bytes += n_bytes;
	return 0;
}

struct mt_out run_trace_meta(struct run_trace *trace)
{
	return (struct mt_out){ trace->scratch, trace->scratch + SCRATCH_BYTES, false };
}

void run_trace_meta_done(struct run_trace *trace, enum mt_meta kind, const struct mt_out *out)
{
	size_t n_bytes = (size_t)(out->at - trace->scratch);
	struct mt_out to;

	if (out->is_full)
		return;
	if (META_BYTES - trace->n_meta_bytes < n_bytes + 2 * MT_ULEB_BYTES_MAX)
		run_trace_flush_meta(trace);
	to = (struct mt_out){ trace->meta + trace->n_meta_bytes, trace->meta + META_BYTES, false };
	mt_put_uleb(&to, kind);
	mt_put_bytes(&to, trace->scratch, n_bytes);
	trace->n_meta_bytes = (size_t)(to.at - trace->meta);
}

void run_trace_flush_meta(struct run_trace *trace)
{
	/* After an error the records are kept for the last word, as many as fit. */
	if (trace->n_meta_bytes && !run_trace_block(trace, MT_BLOCK_META, trace->meta,
						    trace->n_meta_bytes))
		trace->n_meta_bytes = 0;
	else if (trace->n_meta_bytes > META_BYTES / 2)
		trace->n_meta_bytes = 0;
}

void run_trace_note(struct run_trace *trace, uint32_t process, bool is_missing,
		    const char *reason, const char *detail)
{
	struct mt_meta_note note = {
		.process = process,
		.note = {
			.is_missing = is_missing,
			.count = 1,
			.reason = { reason, strlen(reason) },
			.detail = { detail, strlen(detail) },
		},
	};
	struct mt_out out = run_trace_meta(trace);

	mt_put_meta_note(&out, &note);
	run_trace_meta_done(trace, MT_META_NOTE, &out);
}

void run_trace_dropped(struct run_trace *trace, uint32_t process, enum mt_drop_reason reason,
		       uint64_t n_events)
{
	struct mt_process_dropped dropped = { process, { (uint8_t)reason, n_events } };
	struct mt_out out = run_trace_meta(trace);

	if (!n_events)
		return;
	mt_put_process_dropped(&out, &dropped);
	run_trace_meta_done(trace, MT_META_DROPPED, &out);
}

/* The writer refuses to go on after an error; another one takes its place. */
static bool open_last_word(struct run_trace *trace)
{
	struct mt_writer *writer;

	if (mt_writer_new_append(&writer, &trace->sink, trace->n_blocks, LEVEL) < 0)
		return false;
	mt_writer_free(trace->writer);
	trace->writer = writer;
	trace->is_last_word = true;
	return true;
}

void run_trace_end(struct run_trace *trace)
{
	if (!trace->error)
		run_trace_flush_meta(trace);
	if (!trace->error)
		run_trace_block(trace, MT_BLOCK_END, NULL, 0);
	else if (open_last_word(trace))
		run_trace_flush_meta(trace);
	/* Also to its own length: that is what gives back the kept room. */
	if (trace->can_reserve && ftruncate(trace->fd, (off_t)trace->n_bytes) && !trace->error)
		trace->error = errno;
}
