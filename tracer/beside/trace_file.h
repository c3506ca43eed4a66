/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_file.h -- FILE, as the runner writes it: whole blocks or nothing.
 *
 * Room for the last block is kept on the disk ahead of all others. When a write
 * fails, FILE is cut back to its last whole block, the error is remembered, and
 * every later block is refused; run_trace_end then uses the room that was kept
 * to say what is missing, and leaves out the END block: the trace is cut.
 */
#ifndef TRACER_BESIDE_TRACE_FILE_H
#define TRACER_BESIDE_TRACE_FILE_H

#include "formats/io/writer.h"
#include "formats/wire/record.h"

struct run_trace {
	int fd;                     /* borrowed */
	struct mt_sink sink;
	struct mt_writer *writer;
	uint64_t n_bytes;           /* in the file */
	uint64_t whole_bytes;       /* of these, up to the last whole block */
	uint64_t allocated_bytes;   /* what the disk has promised */
	uint32_t n_blocks;
	uint32_t epoch;             /* of the blocks to come; the caller counts it up */
	int error;                  /* errno of the write that failed, or 0 */
	bool is_last_word;          /* the room that was kept may be used */
	bool can_reserve;           /* the file system knows fallocate */
	uint64_t raw_event_bytes;
	uint8_t *meta;              /* META records not yet written */
	size_t n_meta_bytes;
	uint8_t *scratch;           /* one record's payload */
};

/* Writes the file header. 0, or an errno. Release in any case. */
int run_trace_open(struct run_trace *trace, int fd, const struct mt_file_header *header);
/* Accepts a zeroed struct. */
void run_trace_release(struct run_trace *trace);

/* One block. 0, or the errno that ended the trace, now or earlier. */
int run_trace_block(struct run_trace *trace, enum mt_block_kind kind, const void *payload,
		    size_t n_bytes);

/* Adds one record to the next META block: run_trace_meta gives a cursor for its
 * payload, run_trace_meta_done takes it in. A payload that was too long for the
 * cursor is left out. */
struct mt_out run_trace_meta(struct run_trace *trace);
void run_trace_meta_done(struct run_trace *trace, enum mt_meta kind, const struct mt_out *out);
void run_trace_flush_meta(struct run_trace *trace);

/* A NOTE; process 0 is the whole trace, detail may be "". */
void run_trace_note(struct run_trace *trace, uint32_t process, bool is_missing,
		    const char *reason, const char *detail);
/* A DROPPED; process 0 is the whole trace. Nothing if n_events is 0. */
void run_trace_dropped(struct run_trace *trace, uint32_t process, enum mt_drop_reason reason,
		       uint64_t n_events);

/* The last META block and END; without END after an error. Gives back the room
 * that was not used. */
void run_trace_end(struct run_trace *trace);

#endif
