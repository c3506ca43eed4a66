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
	MT_ITEM_SPAN,       /* records of one fill of a stream, behind those it gave before;
	                     * a fill may end after a later one of its stream began */
	MT_ITEM_META,       /* one record of a META block */
	MT_ITEM_SYMBOLS,    /* the payload of a SYMBOLS block */
	MT_ITEM_END,        /* the END block: the runner finished the trace */
	MT_ITEM_DAMAGE,     /* something here could not be read; status says what */
	MT_ITEM_LIVE,       /* FILE.live begins: what follows was not drained */
};

struct mt_item {
	enum mt_item_kind kind;
	uint32_t epoch;             /* of SPAN; those of FILE.live have one after the last */
	struct mt_span span;        /* SPAN: only what was not read before (spans of FILE and
	                             * FILE.live may overlap) */
	struct mt_stream_state *state; /* SPAN: decode span.bytes with mt_get_record and this;
	                             * zeroed already when a new fill begins */
	bool is_gap;                /* SPAN: bytes of this fill are missing, and what follows in
	                             * it will be skipped: span.n_bytes is 0, state NULL. A
	                             * fill that is missing altogether is told at the end */
	uint32_t meta;              /* META: enum mt_meta */
	struct mt_in payload;       /* META, SYMBOLS */
	int status;                 /* DAMAGE: MT_ERR_BLOCK, _COMPRESSION, _CUT, _RECORD; of
	                             * FILE.live also _HEADER, _VERSION, _NOT_A_TRACE */
	uint64_t offset;            /* where the item begins, bytes from the start of its file */
	uint64_t n_skipped;         /* DAMAGE: bytes passed over */
};

struct mt_reader;

/* path and path.live. If only path.live exists, or path holds less than a
 * header (no runner, or it died at once), that alone; path may be such a file
 * itself. A FILE.live that is not of this trace is not used and becomes a DAMAGE
 * item. Errors as mt_get_file_header, MT_ERR_SYSTEM with errno, MT_ERR_MEMORY. */
int mt_reader_open_file(struct mt_reader **reader, const char *path);
/* The same from sources, which stay the caller's and must outlive the reader;
 * either may be NULL. */
int mt_reader_open(struct mt_reader **reader, struct mt_source *trace, struct mt_source *live);
void mt_reader_close(struct mt_reader *reader);

/* 1 and *item is filled, 0 at the end, MT_ERR_SYSTEM or MT_ERR_MEMORY. What
 * *item points to lasts until the next call, so the caller decodes a span before
 * asking for the next item. A FILE.live whose runner died adds META items that
 * nobody wrote: RUN (when FILE had none; texts empty) and DROPPED. */
int mt_reader_next(struct mt_reader *reader, struct mt_item *item);
/* For a caller who met a record of item's span that does not decode: the rest
 * of its fill will not come, because nothing in it can be trusted. */
void mt_reader_skip_fill(struct mt_reader *reader, const struct mt_item *item);

const struct mt_file_header *mt_reader_header(const struct mt_reader *reader);
/* NULL when there is no FILE.live. */
const struct mt_live_header *mt_reader_live_header(const struct mt_reader *reader);
/* Known once mt_reader_next returned 0: no END block, or the file ends inside
 * a block. */
bool mt_reader_is_cut(const struct mt_reader *reader);
/* The offset after the last whole block, and the number a next block would have. */
uint64_t mt_reader_end_offset(const struct mt_reader *reader);
uint32_t mt_reader_next_number(const struct mt_reader *reader);
/* The size of FILE, for progress: compare with item.offset. */
uint64_t mt_reader_n_bytes(const struct mt_reader *reader);

#endif
