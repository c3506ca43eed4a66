/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader_state.h -- the inside of a reader: reader_open.c makes it, reader.c
 * moves it on. Private to formats/io.
 */
#ifndef FORMATS_IO_READER_STATE_H
#define FORMATS_IO_READER_STATE_H

#include "formats/io/live.h"
#include "formats/io/reader.h"
#include "formats/io/stream.h"

enum mt_phase {
	PHASE_BLOCKS,
	PHASE_LIVE,
	PHASE_LIVE_RUN,
	PHASE_LIVE_SPANS,
	PHASE_LIVE_DROPS,
	PHASE_MISSING,
	PHASE_DONE,
};

enum { MADE_BYTES_MAX = 128 };   /* a RUN with empty texts, a DROPPED */

struct mt_reader {
	struct mt_source own_trace;      /* of mt_reader_open_file */
	struct mt_source own_live;
	struct mt_file_header header;
	bool has_trace;
	bool has_live;
	bool has_run;                    /* a RUN went out */
	bool has_end;
	int trace_status;                /* FILE held too little and FILE.live stood in */
	uint64_t n_trace_skipped;
	int live_status;                 /* why there is a FILE.live that is not used */
	enum mt_phase phase;
	struct mt_blocks blocks;
	struct mt_block block;           /* the current one, while in has not ended */
	struct mt_in in;
	struct mt_live live;
	size_t live_at;                  /* of segments */
	int drop_at;                     /* of live.n_dropped */
	uint32_t live_epoch;
	struct mt_streams streams;
	uint8_t made[MADE_BYTES_MAX];    /* the payload of an item that nobody wrote */
};

#endif
