/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block.h -- the frame of a trace file: its header, the header of each block,
 * and the spans inside an EVENTS block.
 *
 *   | file header 64 | block header 40 | payload | block header 40 | payload ...
 *
 * Each block is checksummed by itself, so that a reader gets up to a damaged
 * one and finds the next by its magic.
 */
#ifndef FORMATS_WIRE_BLOCK_H
#define FORMATS_WIRE_BLOCK_H

#include "formats/wire/bytes.h"

#define MT_FILE_MAGIC "\x89MTR\r\n\x1a\n"   /* catches text-mode damage, as PNG's does */
#define MT_LIVE_MAGIC "\x89MTL\r\n\x1a\n"

enum {
	MT_FORMAT_VERSION = 1,
	MT_FILE_HEADER_BYTES = 64,
	MT_BLOCK_HEADER_BYTES = 40,
	MT_BLOCK_MAGIC = 0x8b42544d,           /* "MTB" 0x8b */
	MT_BLOCK_RAW_BYTES_MAX = 4 << 20,      /* a reader refuses what claims more */
	MT_BLOCK_STORED_BYTES_MAX = (4 << 20) + (64 << 10),
};

struct mt_file_header {
	uint32_t version;
	uint64_t started_realtime_ns;
	uint64_t trace_id;          /* random; the same in FILE and FILE.live */
};

/* Writes MT_FILE_HEADER_BYTES. */
void mt_put_file_header(uint8_t *to, const struct mt_file_header *header);
/* MT_OK, MT_ERR_NOT_A_TRACE, MT_ERR_HEADER (too short or checksum), MT_ERR_VERSION. */
int mt_get_file_header(const uint8_t *from, size_t n_bytes, struct mt_file_header *header);

enum mt_block_kind {
	MT_BLOCK_EVENTS = 1,
	MT_BLOCK_META = 2,
	MT_BLOCK_SYMBOLS = 3,
	MT_BLOCK_END = 4,       /* the trace is whole; nothing but SYMBOLS may follow */
};

enum mt_compression {
	MT_COMPRESSION_NONE = 0,
	MT_COMPRESSION_ZSTD = 1,
};

struct mt_block_header {
	uint8_t kind;           /* unknown kinds are skipped */
	uint8_t compression;
	uint32_t stored_bytes;  /* of the payload in the file */
	uint32_t raw_bytes;     /* of the payload decompressed */
	uint32_t number;        /* 0, 1, 2 ...: a gap is damage */
	uint32_t epoch;         /* of the drain; see FORMAT.md, Order */
	uint64_t checksum;      /* XXH64, seed 0, of the stored payload */
};

/* Writes MT_BLOCK_HEADER_BYTES. */
void mt_put_block_header(uint8_t *to, const struct mt_block_header *header);
/* MT_OK or MT_ERR_BLOCK. from has MT_BLOCK_HEADER_BYTES. */
int mt_get_block_header(const uint8_t *from, struct mt_block_header *header);
uint64_t mt_block_checksum(const void *payload, size_t n_bytes);

/* A piece of one fill of one stream: whole records, in an EVENTS payload
 * before its bytes. A fill's first span has offset 0, the next begins where the
 * last one ended. */
struct mt_span {
	uint32_t process;
	uint32_t stream;
	uint64_t fill;
	uint32_t offset;        /* into the fill */
	uint32_t n_bytes;
	const uint8_t *bytes;   /* decoded: borrowed from the payload */
};
enum { MT_SPAN_HEADER_BYTES_MAX = 5 * MT_ULEB_BYTES_MAX };

/* Writes the header only; the caller appends the bytes. */
uint8_t *mt_put_span_header(uint8_t *to, const struct mt_span *span);
/* 1, 0 at the end, MT_ERR_BLOCK. */
int mt_get_span(struct mt_in *in, struct mt_span *span);

#endif
