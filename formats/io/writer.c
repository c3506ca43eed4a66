/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.c -- blocks, compressed and checksummed, one behind the other.
 *
 * Header and payload go to the sink in one write, so that what a full disk
 * leaves behind is a cut block and not a header with a hole after it.
 */
#include "formats/io/writer.h"

#include <stdlib.h>
#include <zstd.h>

struct mt_writer {
	struct mt_sink sink;
	ZSTD_CCtx *zstd;          /* NULL at level 0 */
	int level;
	int status;               /* of the first failed write, for ever */
	uint32_t number;          /* of the next block */
	uint64_t raw_event_bytes;
	uint64_t file_bytes;
	size_t room;              /* of payload in bytes[] */
	uint8_t bytes[];          /* a block header and a payload */
};

static int write_out(struct mt_writer *writer, const void *bytes, size_t n_bytes)
{
	if (writer->status == MT_OK)
		writer->status = writer->sink.write(writer->sink.context, bytes, n_bytes);
	if (writer->status == MT_OK)
		writer->file_bytes += n_bytes;
	return writer->status;
}

int mt_writer_new_append(struct mt_writer **writer, struct mt_sink *sink, uint32_t number,
			 int level)
{
	size_t room = ZSTD_compressBound(MT_BLOCK_RAW_BYTES_MAX);
	/* Pages of bytes[] that no block reaches are never touched. */
	struct mt_writer *made = calloc(1, sizeof(*made) + MT_BLOCK_HEADER_BYTES + room);

	*writer = NULL;
	if (!made)
		return MT_ERR_MEMORY;
	made->sink = *sink;
	made->level = level;
	made->number = number;
	made->room = room;
	if (level > 0 && !(made->zstd = ZSTD_createCCtx())) {
		free(made);
		return MT_ERR_MEMORY;
	}
	*writer = made;
	return MT_OK;
}

int mt_writer_new(struct mt_writer **writer, struct mt_sink *sink,
		  const struct mt_file_header *header, int level)
{
	uint8_t bytes[MT_FILE_HEADER_BYTES];
	int status = mt_writer_new_append(writer, sink, 0, level);

	if (status < 0)
		return status;
	mt_put_file_header(bytes, header);
	if ((status = write_out(*writer, bytes, sizeof(bytes))) < 0) {
		mt_writer_free(*writer);
		*writer = NULL;
	}
	return status;
}

void mt_writer_free(struct mt_writer *writer)
{
	if (!writer)
		return;
	ZSTD_freeCCtx(writer->zstd);
	free(writer);
}

/* Fills in how the payload is stored and puts it behind the header's room. */
static void store_payload(struct mt_writer *writer, struct mt_block_header *header,
			  const void *payload, size_t n_bytes)
{
	uint8_t *to = writer->bytes + MT_BLOCK_HEADER_BYTES;
	size_t n_packed = n_bytes;

	if (writer->zstd)
		n_packed = ZSTD_compressCCtx(writer->zstd, to, writer->room, payload, n_bytes,
					     writer->level);
	/* An error of zstd is a number larger than any size. */
	if (n_packed < n_bytes) {
		header->compression = MT_COMPRESSION_ZSTD;
		header->stored_bytes = (uint32_t)n_packed;
	} else {
		header->compression = MT_COMPRESSION_NONE;
		header->stored_bytes = (uint32_t)n_bytes;
		if (n_bytes)
			memcpy(to, payload, n_bytes);
	}
	header->checksum = mt_block_checksum(to, header->stored_bytes);
}

int mt_writer_block(struct mt_writer *writer, enum mt_block_kind kind, uint32_t epoch,
		    const void *payload, size_t n_bytes)
{
	struct mt_block_header header = {
		.kind = (uint8_t)kind,
		.raw_bytes = (uint32_t)n_bytes,
		.number = writer->number,
		.epoch = epoch,
	};
	int status;

	if (writer->status < 0)
		return writer->status;
	if (n_bytes > MT_BLOCK_RAW_BYTES_MAX)
		return MT_ERR_FULL;
	store_payload(writer, &header, payload, n_bytes);
	mt_put_block_header(writer->bytes, &header);
	status = write_out(writer, writer->bytes, MT_BLOCK_HEADER_BYTES + header.stored_bytes);
	if (status < 0)
		return status;
	writer->number++;
	if (kind == MT_BLOCK_EVENTS)
		writer->raw_event_bytes += n_bytes;
	return MT_OK;
}

uint64_t mt_writer_raw_event_bytes(const struct mt_writer *writer)
{
	return writer->raw_event_bytes;
}

uint64_t mt_writer_file_bytes(const struct mt_writer *writer)
{
	return writer->file_bytes;
}
