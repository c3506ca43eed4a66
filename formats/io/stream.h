/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h -- how far each fill was read, and the state its next span is
 * decoded with. Private to formats/io.
 *
 * Within a fill spans follow each other without a hole; the first that does not
 * ends it. Fills are on their own: each begins with a zeroed state, and in FILE
 * the end of one may come after the beginning of the next.
 *
 * A state (11 KiB) is lent to a fill from its first bytes on and taken back when
 * the fill is said to be over, or when so many later ones of its stream began
 * that it must be. Beyond MT_OPEN_FILLS_MAX the one not used for longest goes: a
 * program that started a million threads does not cost a million states, and
 * neither does a file that only claims it did.
 */
#ifndef FORMATS_IO_STREAM_H
#define FORMATS_IO_STREAM_H

#include "formats/wire/block.h"
#include "formats/wire/event.h"

enum { MT_OPEN_FILLS_MAX = 16 << 10 };

struct mt_fill_key {
	uint64_t stream;               /* process << 32 | stream */
	uint64_t fill;
};

struct mt_fill_slot {
	struct mt_fill_key key;
	uint32_t next_offset;
	uint32_t open : 30;            /* index + 1 into opens, 0: none */
	uint32_t is_used : 1;
	uint32_t is_skipping : 1;      /* the rest of it cannot be decoded */
};

struct mt_open_fill {
	struct mt_stream_state *state;
	struct mt_fill_key key;        /* of the fill that has it */
	bool is_recent;                /* used since the hand last passed */
};

/* Every fill seen (one for 128 KiB of events), in open addressing that grows at
 * half full. Zeroed is valid. */
struct mt_streams {
	struct mt_fill_slot *slots;
	size_t n_slots;
	size_t n_used;
	size_t looked_at;              /* slots below were asked for the fill before theirs */
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
	MT_TAKE_GAP,        /* bytes are missing before it; the fill will be skipped */
};

/* Decides what a span is and notes it as read. enum mt_take or MT_ERR_MEMORY. */
int mt_streams_take(struct mt_streams *streams, struct mt_span *span,
		    struct mt_stream_state **state);
/* Skips the rest of the fill that span belongs to. */
void mt_streams_skip(struct mt_streams *streams, const struct mt_span *span);
/* True if nothing of this span is new. */
bool mt_streams_has(const struct mt_streams *streams, const struct mt_span *span);
/* When everything was read: 1 and *span is the last of some fills of a stream
 * that never came, while a later one did; 0 when there are no more. */
int mt_streams_next_missing(struct mt_streams *streams, struct mt_span *span);

#endif
