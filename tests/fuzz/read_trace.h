/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_trace.h -- reads any bytes as a trace, as far as they let it: what the
 * fuzzer does with its inputs, and what the unit tests do with those it kept.
 *
 *   first byte of an input   0 FILE, 1 FILE.live, 2 both: half and half,
 *                            3 a FILE whose checksums are put right first,
 *                            4 a FILE.live whose header is put before it
 */
#ifndef TESTS_FUZZ_READ_TRACE_H
#define TESTS_FUZZ_READ_TRACE_H

#include "formats/io/writer.h"
#include "tests/unit/sample_trace.h"
#include "tests/unit/trace_text.h"

static inline void read_sources(struct mt_source *trace, struct mt_source *live)
{
	static FILE *nowhere;
	struct mt_reader *reader;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (mt_reader_open(&reader, trace, live) == MT_OK)
		text_trace(nowhere, reader);
	mt_reader_close(reader);
}

static inline void read_live_bytes(const uint8_t *bytes, size_t n_bytes)
{
	struct mt_source live;

	mt_source_open_memory(&live, bytes, n_bytes);
	read_sources(NULL, &live);
}

/* As the payloads of blocks with right checksums: | kind | length 2 | bytes |. */
static inline void read_as_payloads(const uint8_t *bytes, size_t n_bytes)
{
	struct memory_sink file = { 0 };
	const struct mt_file_header header = { MT_FORMAT_VERSION, 0, SAMPLE_ID };
	struct mt_sink sink;
	struct mt_writer *writer;
	struct mt_source source;

	memory_sink_open(&file, &sink);
	if (mt_writer_new(&writer, &sink, &header, 0) < 0)
		return;
	while (n_bytes >= 3) {
		size_t n = (size_t)mt_load_le(bytes + 1, 2);

		n = n < n_bytes - 3 ? n : n_bytes - 3;
		mt_writer_block(writer, (enum mt_block_kind)(bytes[0] % 6), 0, bytes + 3, n);
		bytes += 3 + n;
		n_bytes -= 3 + n;
	}
	mt_writer_free(writer);
	mt_source_open_memory(&source, file.bytes, file.n_bytes);
	read_sources(&source, NULL);
	memory_sink_release(&file);
}

/* As segments of a FILE.live: | segment header 64 | length 2 | bytes |. */
static inline void read_as_segments(const uint8_t *bytes, size_t n_bytes)
{
	size_t n_live;
	uint8_t *live = sample_live_new(4, &n_live);

	for (size_t i = 1; i < 4 && n_bytes >= MT_SEGMENT_HEADER_BYTES + 2; i++) {
		uint8_t *at = live + MT_LIVE_HEADER_BYTES + i * MT_SEGMENT_BYTES;
		size_t n = (size_t)mt_load_le(bytes + MT_SEGMENT_HEADER_BYTES, 2);
		size_t n_left = n_bytes - MT_SEGMENT_HEADER_BYTES - 2;

		n = n < n_left ? n : n_left;
		memcpy(at, bytes, MT_SEGMENT_HEADER_BYTES);
		memcpy(at + MT_SEGMENT_HEADER_BYTES, bytes + MT_SEGMENT_HEADER_BYTES + 2, n);
		bytes += MT_SEGMENT_HEADER_BYTES + 2 + n;
		n_bytes = n_left - n;
	}
	read_live_bytes(live, n_live);
	free(live);
}

static inline void read_fuzzed_bytes(const uint8_t *bytes, size_t n_bytes)
{
	struct mt_source trace, live;
	size_t half;

	if (n_bytes == 0)
		return;
	half = (n_bytes - 1) / 2;
	mt_source_open_memory(&trace, bytes + 1, n_bytes - 1);
	switch (bytes[0]) {
	case 0:
		read_sources(&trace, NULL);
		break;
	case 1:
		read_sources(NULL, &trace);
		break;
	case 2:
		mt_source_open_memory(&trace, bytes + 1, half);
		mt_source_open_memory(&live, bytes + 1 + half, n_bytes - 1 - half);
		read_sources(&trace, &live);
		break;
	case 3:
		read_as_payloads(bytes + 1, n_bytes - 1);
		break;
	default:
		read_as_segments(bytes + 1, n_bytes - 1);
		break;
	}
}

#endif
