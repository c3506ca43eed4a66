/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.h -- appends blocks to a trace. Never prints, never exits. After an
 * error of the sink every later call returns that error and writes nothing: a
 * trace has no hole in its middle.
 */
#ifndef FORMATS_IO_WRITER_H
#define FORMATS_IO_WRITER_H

#include "formats/io/source.h"
#include "formats/wire/block.h"

struct mt_writer;

/* Writes the file header. level is zstd's (1 to 19), 0 stores uncompressed.
 * *writer is NULL on error. */
int mt_writer_new(struct mt_writer **writer, struct mt_sink *sink,
		  const struct mt_file_header *header, int level);
/* Goes on after the last whole block of an existing trace; number is that of
 * the next block. Writes no file header. */
int mt_writer_new_append(struct mt_writer **writer, struct mt_sink *sink, uint32_t number,
			 int level);
void mt_writer_free(struct mt_writer *writer);

/* One block. n_bytes <= MT_BLOCK_RAW_BYTES_MAX. Stored uncompressed when that
 * is not longer. */
int mt_writer_block(struct mt_writer *writer, enum mt_block_kind kind, uint32_t epoch,
		    const void *payload, size_t n_bytes);

/* Totals since _new: payload bytes before compression of EVENTS blocks, all
 * bytes written. */
uint64_t mt_writer_raw_event_bytes(const struct mt_writer *writer);
uint64_t mt_writer_file_bytes(const struct mt_writer *writer);

#endif
