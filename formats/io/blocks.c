/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks.c -- reading blocks, and finding the next one after damage; see
 * blocks.h.
 *
 * What a file claims costs at most what it has: a payload is read only when its
 * bytes are there, unpacked only when its checksum is right, and the bytes of
 * failed payloads are searched again only within a budget, because a file of
 * nothing but headers that each claim the next 4 MiB would take forever.
 */
#include "formats/io/blocks.h"

#include <stdlib.h>
#include <zstd.h>

enum {
	SCAN_BYTES = 64 << 10,
	/* Searching again may cost this many times the file, plus one large block. */
	REREAD_FACTOR = 16,
};

int mt_buffer_reserve(struct mt_buffer *buffer, size_t n_bytes)
{
	uint8_t *bytes;

	if (n_bytes <= buffer->room)
		return MT_OK;
	bytes = malloc(n_bytes);
	if (!bytes)
		return MT_ERR_MEMORY;
	free(buffer->bytes);
	buffer->bytes = bytes;
	buffer->room = n_bytes;
	return MT_OK;
}

void mt_buffer_release(struct mt_buffer *buffer)
{
	free(buffer->bytes);
	memset(buffer, 0, sizeof(*buffer));
}

void mt_blocks_init(struct mt_blocks *blocks, const struct mt_source *source)
{
	memset(blocks, 0, sizeof(*blocks));
	blocks->source = source;
	blocks->at = MT_FILE_HEADER_BYTES;
	blocks->end_offset = MT_FILE_HEADER_BYTES;
}

void mt_blocks_release(struct mt_blocks *blocks)
{
	mt_buffer_release(&blocks->stored);
	mt_buffer_release(&blocks->raw);
	ZSTD_freeDCtx(blocks->zstd);
	blocks->zstd = NULL;
}

/* Looks in bytes for a whole header with a right checksum: its index, or
 * n_bytes. */
static size_t find_header(const uint8_t *bytes, size_t n_bytes)
{
	struct mt_block_header header;
	uint8_t first = MT_BLOCK_MAGIC & 0xff;

	for (size_t i = 0; i + MT_BLOCK_HEADER_BYTES <= n_bytes; i++) {
		const uint8_t *hit = memchr(bytes + i, first, n_bytes - i);

		if (!hit)
			return n_bytes;
		i = (size_t)(hit - bytes);
		if (i + MT_BLOCK_HEADER_BYTES > n_bytes)
			return n_bytes;
		if (mt_get_block_header(hit, &header) == MT_OK)
			return i;
	}
	return n_bytes;
}

/* Sets blocks->at to the next header from offset on, or to the end of the file. */
static int resync(struct mt_blocks *blocks, uint64_t offset)
{
	uint64_t end = blocks->source->n_bytes;
	int status = mt_buffer_reserve(&blocks->stored, SCAN_BYTES);

	while (status == MT_OK && offset < end) {
		uint8_t *bytes = blocks->stored.bytes;
		long n = mt_source_read(blocks->source, offset, bytes, SCAN_BYTES);
		size_t found;

		if (n < 0)
			return MT_ERR_SYSTEM;
		found = find_header(bytes, (size_t)n);
		if (found < (size_t)n) {
			blocks->at = offset + found;
			return MT_OK;
		}
		if ((size_t)n < SCAN_BYTES)
			break;
		/* A header may begin in the last bytes of this piece. */
		offset += SCAN_BYTES - (MT_BLOCK_HEADER_BYTES - 1);
	}
	blocks->at = end;
	return status;
}

/* Fills *block for damage from block->offset on and moves to what is whole
 * again, searching from the given offset. */
static int damage(struct mt_blocks *blocks, struct mt_block *block, int what, uint64_t search)
{
	int status = resync(blocks, search);

	if (status < 0)
		return status;
	if (what == MT_ERR_CUT && blocks->at < blocks->source->n_bytes)
		what = MT_ERR_BLOCK;   /* something was taken out of the middle */
	blocks->is_inside_cut = what == MT_ERR_CUT;
	blocks->is_after_damage = true;
	block->status = what;
	block->n_skipped = blocks->at - block->offset;
	return 1;
}

static bool is_header_at(const struct mt_blocks *blocks, uint64_t offset)
{
	uint8_t bytes[MT_BLOCK_HEADER_BYTES];
	struct mt_block_header header;
	long n;

	if (offset == blocks->source->n_bytes)
		return true;
	n = mt_source_read(blocks->source, offset, bytes, sizeof(bytes));
	return n == (long)sizeof(bytes) && mt_get_block_header(bytes, &header) == MT_OK;
}

/* The header is right and the payload is not. As a rule the next block is where
 * the header says, else something was taken out or put in. */
static int payload_damage(struct mt_blocks *blocks, struct mt_block *block, int what)
{
	uint64_t inside = block->offset + MT_BLOCK_HEADER_BYTES;
	uint64_t next = inside + block->header.stored_bytes;
	uint64_t budget = blocks->source->n_bytes * REREAD_FACTOR + MT_BLOCK_STORED_BYTES_MAX;

	if (is_header_at(blocks, next))
		return damage(blocks, block, what, next);
	blocks->n_reread += block->header.stored_bytes;
	return damage(blocks, block, what, blocks->n_reread > budget ? next : inside);
}

static int unpack(struct mt_blocks *blocks, struct mt_block *block)
{
	size_t n_raw = block->header.raw_bytes;
	size_t n;
	int status;

	if (block->header.compression == MT_COMPRESSION_NONE) {
		block->payload = blocks->stored.bytes;
		return n_raw == block->header.stored_bytes ? MT_OK : MT_ERR_BLOCK;
	}
	if (!blocks->zstd && !(blocks->zstd = ZSTD_createDCtx()))
		return MT_ERR_MEMORY;
	/* One byte more, so that an empty payload has an address, too. */
	if ((status = mt_buffer_reserve(&blocks->raw, n_raw + 1)) < 0)
		return status;
	n = ZSTD_decompressDCtx(blocks->zstd, blocks->raw.bytes, n_raw, blocks->stored.bytes,
				block->header.stored_bytes);
	block->payload = blocks->raw.bytes;
	return n == n_raw ? MT_OK : MT_ERR_COMPRESSION;
}

/* Reads and unpacks the payload of a block whose header is right. */
static int read_payload(struct mt_blocks *blocks, struct mt_block *block)
{
	uint64_t at = block->offset + MT_BLOCK_HEADER_BYTES;
	uint32_t n_stored = block->header.stored_bytes;
	int status;
	long n;

	if (n_stored > blocks->source->n_bytes - at)
		return MT_ERR_CUT;
	if ((status = mt_buffer_reserve(&blocks->stored, n_stored + 1)) < 0)
		return status;
	n = mt_source_read(blocks->source, at, blocks->stored.bytes, n_stored);
	if (n < 0)
		return MT_ERR_SYSTEM;
	if (n < (long)n_stored)
		return MT_ERR_CUT;
	if (mt_block_checksum(blocks->stored.bytes, n_stored) != block->header.checksum)
		return MT_ERR_BLOCK;
	return unpack(blocks, block);
}

static int read_whole(struct mt_blocks *blocks, struct mt_block *block)
{
	int status = read_payload(blocks, block);

	if (status == MT_ERR_SYSTEM || status == MT_ERR_MEMORY)
		return status;
	if (status == MT_ERR_CUT)
		return damage(blocks, block, status, block->offset + MT_BLOCK_HEADER_BYTES);
	if (status < 0)
		return payload_damage(blocks, block, status);
	blocks->at = block->offset + MT_BLOCK_HEADER_BYTES + block->header.stored_bytes;
	blocks->end_offset = blocks->at;
	blocks->next_number = block->header.number + 1;
	return 1;
}

int mt_blocks_next(struct mt_blocks *blocks, struct mt_block *block)
{
	uint8_t bytes[MT_BLOCK_HEADER_BYTES];
	bool is_jump;
	long n;

	memset(block, 0, sizeof(*block));
	block->offset = blocks->at;
	if (blocks->at >= blocks->source->n_bytes)
		return 0;
	n = mt_source_read(blocks->source, blocks->at, bytes, sizeof(bytes));
	if (n < 0)
		return MT_ERR_SYSTEM;
	if (n < (long)sizeof(bytes))
		return damage(blocks, block, MT_ERR_CUT, blocks->source->n_bytes);
	if (mt_get_block_header(bytes, &block->header) < 0)
		return damage(blocks, block, MT_ERR_BLOCK, blocks->at + 1);
	is_jump = block->header.number != blocks->next_number && !blocks->is_after_damage;
	blocks->is_after_damage = false;
	if (is_jump) {
		/* Whole blocks are missing: say so, then read this one. */
		blocks->next_number = block->header.number;
		block->status = MT_ERR_BLOCK;
		return 1;
	}
	return read_whole(blocks, block);
}
