/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h -- a trace from its first byte to its last readable one.
 *
 * Reads FILE, and FILE.live behind it while that exists: what the runner had
 * drained is in the first, what it had not is only in the second. A damaged
 * block is reported as an item and reading goes on at the next whole one. A
 * trace is untrusted: nothing is allocated that a file merely claims (a block
 * is at most 4 MiB; a stream's state is made when its first span arrives and
 * its bytes are there).
 */
#ifndef FORMATS_IO_READER_H
#define FORMATS_IO_READER_H

#include "formats/io/source.h"
#include "formats/wire/block.h"
#include "formats/wire/live.h"
#include "formats/wire/record.h"

enum mt_item_kind {
	MT_ITEM_SPAN,       /* records of one stream */
	MT_ITEM_META,       /* one record of a META block */
	MT_ITEM_SYMBOLS,    /* the payload of a SYMBOLS block */
	MT_ITEM_END,        /* the END block: the runner finished the trace */
	MT_ITEM_DAMAGE,     /* something here could not be read; status says what */
	MT_ITEM_LIVE,       /* FILE.live begins: what follows was not drained */
};

struct mt_item {
	enum mt_item_kind kind;
	uint32_t epoch;             /* of SPAN */
	struct mt_span span;        /* SPAN: only what was not read before (spans of FILE and
	                             * FILE.live may overlap) */
	struct mt_stream_state *state; /* SPAN: decode span.bytes with mt_get_record and this */
	bool is_gap;                /* SPAN: bytes of this fill are missing before it, and what
	                             * follows in it was skipped: span.n_bytes is 0 */
	uint32_t meta;              /* META: enum mt_meta */
	struct mt_in payload;       /* META, SYMBOLS */
	int status;                 /* DAMAGE: MT_ERR_BLOCK, _COMPRESSION, _CUT, _RECORD */
	uint64_t offset;            /* where the item begins, bytes from the start of the file */
	uint64_t n_skipped;         /* DAMAGE: bytes passed over */
};

struct mt_reader;

/* path and path.live. If only path.live exists (no runner, or it died at
 * once), that alone. Errors as mt_get_file_header, MT_ERR_SYSTEM with errno,
 * MT_ERR_MEMORY. */
int mt_reader_open_file(struct mt_reader **reader, const char *path);
/* The same from memory; live may be NULL, trace may be NULL. Takes neither. */
int mt_reader_open(struct mt_reader **reader, struct mt_source *trace, struct mt_source *live);
void mt_reader_close(struct mt_reader *reader);

/* 1 and *item is filled, 0 at the end, MT_ERR_SYSTEM or MT_ERR_MEMORY. What
 * *item points to lasts until the next call; item->state as long as the reader,
 * and the caller must decode a span before asking for the next item. */
int mt_reader_next(struct mt_reader *reader, struct mt_item *item);

const struct mt_file_header *mt_reader_header(const struct mt_reader *reader);
/* NULL when there is no FILE.live. */
const struct mt_live_header *mt_reader_live_header(const struct mt_reader *reader);
/* Known once mt_reader_next returned 0: no END block, or the file ends inside
 * a block. */
bool mt_reader_is_cut(const struct mt_reader *reader);
/* The offset after the last whole block, and the number a next block would have. */
uint64_t mt_reader_end_offset(const struct mt_reader *reader);
uint32_t mt_reader_next_number(const struct mt_reader *reader);

#endif
