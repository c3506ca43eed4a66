/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.h -- what FILE.live holds, as a list of spans. Private to formats/io.
 *
 * The file is shared memory that its writers left at any instruction, or are
 * still writing to: every number in it is bounded before it is used, and only
 * what was published is read.
 */
#ifndef FORMATS_IO_LIVE_H
#define FORMATS_IO_LIVE_H

#include "formats/io/blocks.h"
#include "formats/wire/live.h"

/* A segment with something in it. */
struct mt_live_segment {
	uint64_t offset;              /* of its header, in the file */
	uint64_t fill;
	uint32_t process;
	uint32_t stream;
	uint32_t n_bytes;
};

/* Zeroed is valid. */
struct mt_live {
	const struct mt_source *source;
	struct mt_live_header header;
	struct mt_live_segment *segments;  /* by process, stream, fill */
	size_t n_segments;
	size_t n_room;
	uint64_t n_dropped[8];             /* summed over the file */
};

/* Reads the header: MT_OK or as mt_get_file_header. */
int mt_live_open(struct mt_live *live, const struct mt_source *source);
/* Fills segments and n_dropped: MT_OK, MT_ERR_SYSTEM, MT_ERR_MEMORY. */
int mt_live_scan(struct mt_live *live);
/* Reads the bytes of a segment into buffer; span points there. */
int mt_live_read(const struct mt_live *live, size_t i, struct mt_buffer *buffer,
		 struct mt_span *span);
void mt_live_release(struct mt_live *live);

#endif
