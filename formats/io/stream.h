/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h -- how far each stream was read, and the state its next span is
 * decoded with. Private to formats/io.
 *
 * Within a stream fills ascend, and within a fill spans follow each other
 * without a hole. The first span that breaks this ends the fill; the next fill
 * can be read again, because it begins with a zeroed state.
 *
 * A state (4 KiB) is lent to a stream from the first bytes of a fill on and
 * taken back when the fill is said to be over. Where nobody says so, the one
 * not used for longest goes when there are MT_OPEN_FILLS_MAX: a program that
 * started a million threads does not cost a million states, and neither does a
 * file that only claims it did.
 */
#ifndef FORMATS_IO_STREAM_H
#define FORMATS_IO_STREAM_H

#include "formats/wire/block.h"
#include "formats/wire/event.h"

enum { MT_OPEN_FILLS_MAX = 32 << 10 };

struct mt_open_fill {
	struct mt_stream_state *state;
	uint64_t key;                  /* of the stream that has it */
	bool is_recent;                /* used since the hand last passed */
};

struct mt_stream {
	uint64_t key;                  /* process << 32 | stream */
	uint64_t fill;
	uint32_t next_offset;          /* into fill */
	uint32_t open;                 /* index + 1 into opens, 0: none */
	bool is_used;
	bool is_skipping;              /* the rest of this fill cannot be decoded */
};

/* Open addressing; grows at half full. Zeroed is valid. */
struct mt_streams {
	struct mt_stream *slots;
	size_t n_slots;
	size_t n_used;
	struct mt_open_fill *opens;
	uint32_t *spare;               /* indexes of opens not lent; room as opens */
	uint32_t n_opens;
	uint32_t n_opens_room;
	uint32_t n_spare;
	uint32_t hand;
};

void mt_streams_release(struct mt_streams *streams);

enum mt_take {
	MT_TAKE_NOTHING,    /* nothing in it that was not read before, or of a fill that is
	                     * being skipped */
	MT_TAKE_SPAN,       /* span was cut to what is new; decode it with *state */
	MT_TAKE_GAP,        /* bytes are missing before it; it will be skipped */
	MT_TAKE_LATE,       /* of an earlier fill than one that was read */
	MT_TAKE_FILLS_GONE, /* whole fills are missing before it: present it again */
};

/* Decides what a span is and notes it as read. enum mt_take or MT_ERR_MEMORY. */
int mt_streams_take(struct mt_streams *streams, struct mt_span *span,
		    struct mt_stream_state **state);
/* Skips the rest of the fill that span belongs to. */
void mt_streams_skip(struct mt_streams *streams, const struct mt_span *span);
/* True if nothing of this span is new. */
bool mt_streams_has(const struct mt_streams *streams, const struct mt_span *span);

#endif
