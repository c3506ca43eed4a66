/* SPDX-License-Identifier: Apache-2.0 */
/* block.c -- headers to bytes and back; see block.h. */
#include "formats/wire/block.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "formats/wire/status.h"

uint64_t mt_block_checksum(const void *payload, size_t n_bytes)
{
	return XXH64(payload, n_bytes, 0);
}

void mt_put_file_header(uint8_t *to, const struct mt_file_header *header)
{
	memset(to, 0, MT_FILE_HEADER_BYTES);
	memcpy(to, MT_FILE_MAGIC, 8);
	mt_store_le(to + 8, header->version, 4);
	mt_store_le(to + 12, MT_FILE_HEADER_BYTES, 4);
	mt_store_le(to + 16, header->started_realtime_ns, 8);
	mt_store_le(to + 24, header->trace_id, 8);
	mt_store_le(to + 56, mt_block_checksum(to, 56), 8);
}

int mt_get_file_header(const uint8_t *from, size_t n_bytes, struct mt_file_header *header)
{
	size_t n_magic = n_bytes < 8 ? n_bytes : 8;

	if (memcmp(from, MT_FILE_MAGIC, n_magic) != 0)
		return MT_ERR_NOT_A_TRACE;
	if (n_bytes < MT_FILE_HEADER_BYTES)
		return MT_ERR_HEADER;
	/* The checksum first: a damaged version is no newer version. */
	if (mt_load_le(from + 56, 8) != mt_block_checksum(from, 56))
		return MT_ERR_HEADER;
	header->version = (uint32_t)mt_load_le(from + 8, 4);
	if (header->version > MT_FORMAT_VERSION)
		return MT_ERR_VERSION;
	if (header->version == 0 || mt_load_le(from + 12, 4) != MT_FILE_HEADER_BYTES)
		return MT_ERR_HEADER;
	header->started_realtime_ns = mt_load_le(from + 16, 8);
	header->trace_id = mt_load_le(from + 24, 8);
	return MT_OK;
}

void mt_put_block_header(uint8_t *to, const struct mt_block_header *header)
{
	mt_store_le(to, (uint32_t)MT_BLOCK_MAGIC, 4);
	to[4] = header->kind;
	to[5] = header->compression;
	mt_store_le(to + 6, 0, 2);
	mt_store_le(to + 8, header->stored_bytes, 4);
	mt_store_le(to + 12, header->raw_bytes, 4);
	mt_store_le(to + 16, header->number, 4);
	mt_store_le(to + 20, header->epoch, 4);
	mt_store_le(to + 24, header->checksum, 8);
	mt_store_le(to + 32, mt_block_checksum(to, 32), 8);
}

int mt_get_block_header(const uint8_t *from, struct mt_block_header *header)
{
	if (mt_load_le(from, 4) != (uint32_t)MT_BLOCK_MAGIC)
		return MT_ERR_BLOCK;
	if (mt_load_le(from + 32, 8) != mt_block_checksum(from, 32))
		return MT_ERR_BLOCK;
	header->kind = from[4];
	header->compression = from[5];
	header->stored_bytes = (uint32_t)mt_load_le(from + 8, 4);
	header->raw_bytes = (uint32_t)mt_load_le(from + 12, 4);
	header->number = (uint32_t)mt_load_le(from + 16, 4);
	header->epoch = (uint32_t)mt_load_le(from + 20, 4);
	header->checksum = mt_load_le(from + 24, 8);
	if (mt_load_le(from + 6, 2) != 0 || header->compression > MT_COMPRESSION_ZSTD ||
	    header->stored_bytes > MT_BLOCK_STORED_BYTES_MAX ||
	    header->raw_bytes > MT_BLOCK_RAW_BYTES_MAX)
		return MT_ERR_BLOCK;
	return MT_OK;
}

uint8_t *mt_put_span_header(uint8_t *to, const struct mt_span *span)
{
	to = mt_uleb_store(to, span->process);
	to = mt_uleb_store(to, span->stream);
	to = mt_uleb_store(to, span->fill);
	to = mt_uleb_store(to, span->offset);
	return mt_uleb_store(to, span->n_bytes);
}

static uint32_t get_u32(struct mt_in *in)
{
	uint64_t value = mt_get_uleb(in);

	if (value > UINT32_MAX)
		in->is_bad = true;
	return (uint32_t)value;
}

int mt_get_span(struct mt_in *in, struct mt_span *span)
{
	if (in->at == in->end)
		return 0;
	span->process = get_u32(in);
	span->stream = get_u32(in);
	span->fill = mt_get_uleb(in);
	span->offset = get_u32(in);
	span->n_bytes = get_u32(in);
	if (in->is_bad || span->n_bytes > (size_t)(in->end - in->at))
		return MT_ERR_BLOCK;
	span->bytes = in->at;
	in->at += span->n_bytes;
	return 1;
}
