/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks.h -- the blocks of FILE, one after the other, and over damage to the
 * next whole one. Private to formats/io.
 *
 * A block is believed when its header's checksum and its payload's are right.
 * After one that is not, the search goes on byte by byte for the next header
 * with a right checksum.
 */
#ifndef FORMATS_IO_BLOCKS_H
#define FORMATS_IO_BLOCKS_H

#include "formats/io/source.h"
#include "formats/wire/block.h"

/* A buffer that only grows. Zeroed is valid. */
struct mt_buffer {
	uint8_t *bytes;
	size_t room;
};

/* MT_OK or MT_ERR_MEMORY. What the buffer held is lost when it grows. */
int mt_buffer_reserve(struct mt_buffer *buffer, size_t n_bytes);
void mt_buffer_release(struct mt_buffer *buffer);

/* Zeroed but for source is valid: begins behind the file header. */
struct mt_blocks {
	const struct mt_source *source;
	uint64_t at;                 /* where the next header should be */
	uint64_t end_offset;         /* behind the last whole block */
	uint32_t next_number;
	uint64_t n_reread;           /* bytes of claimed payloads that were searched again */
	bool is_after_damage;        /* the next number is no surprise */
	bool is_inside_cut;          /* the file ends inside a block */
	struct mt_buffer stored;
	struct mt_buffer raw;
	void *zstd;
};

/* What mt_blocks_next found. */
struct mt_block {
	struct mt_block_header header;
	uint64_t offset;
	const uint8_t *payload;      /* header.raw_bytes of it, until the next call */
	int status;                  /* MT_OK, or what was wrong with the bytes from offset on */
	uint64_t n_skipped;          /* of damage; 0 when only the number is wrong */
};

void mt_blocks_init(struct mt_blocks *blocks, const struct mt_source *source);
void mt_blocks_release(struct mt_blocks *blocks);
/* 1 and *block is filled (look at block->status first), 0 at the end,
 * MT_ERR_SYSTEM or MT_ERR_MEMORY. */
int mt_blocks_next(struct mt_blocks *blocks, struct mt_block *block);

#endif
