/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader_open.c -- which of FILE and FILE.live there are and whether they belong
 * together; see reader.h.
 *
 * FILE decides what the trace is. FILE.live is taken when it is of the same
 * trace, stands in for a FILE that never got its header, and is a DAMAGE item
 * otherwise.
 */
#include "formats/io/reader_state.h"

#include <errno.h>
#include <stdlib.h>

void mt_reader_close(struct mt_reader *reader)
{
	if (!reader)
		return;
	mt_blocks_release(&reader->blocks);
	mt_streams_release(&reader->streams);
	mt_live_release(&reader->live);
	mt_source_close(&reader->own_trace);
	mt_source_close(&reader->own_live);
	free(reader);
}

static int open_trace(struct mt_reader *reader, const struct mt_source *trace)
{
	uint8_t bytes[MT_FILE_HEADER_BYTES];
	long n = mt_source_read(trace, 0, bytes, sizeof(bytes));

	if (n < 0)
		return MT_ERR_SYSTEM;
	mt_blocks_init(&reader->blocks, trace);
	return mt_get_file_header(bytes, (size_t)n, &reader->header);
}

/* FILE.live beside a FILE that can be read. */
static void join_live(struct mt_reader *reader, const struct mt_source *live)
{
	int status = mt_live_open(&reader->live, live);

	if (status == MT_OK && reader->live.header.trace_id != reader->header.trace_id)
		status = MT_ERR_HEADER;
	reader->has_live = status == MT_OK;
	reader->live_status = status;
}

static int open_live_alone(struct mt_reader *reader, const struct mt_source *live)
{
	int status = mt_live_open(&reader->live, live);

	if (status < 0)
		return status;
	reader->has_live = true;
	reader->header.version = reader->live.header.version;
	reader->header.trace_id = reader->live.header.trace_id;
	reader->header.started_realtime_ns = reader->live.header.started_realtime_ns;
	return MT_OK;
}

static bool is_live_file(const struct mt_source *source)
{
	char magic[8];

	return mt_source_read(source, 0, magic, 8) == 8 && memcmp(magic, MT_LIVE_MAGIC, 8) == 0;
}

/* Both stay the caller's. */
static int open_sources(struct mt_reader *reader, const struct mt_source *trace,
			const struct mt_source *live)
{
	int status;

	if (!trace || is_live_file(trace))
		return open_live_alone(reader, trace ? trace : live);
	status = open_trace(reader, trace);
	if (status == MT_ERR_HEADER && live && trace->n_bytes < MT_FILE_HEADER_BYTES) {
		reader->trace_status = trace->n_bytes ? MT_ERR_CUT : 0;
		reader->n_trace_skipped = trace->n_bytes;
		return open_live_alone(reader, live);
	}
	reader->has_trace = status == MT_OK;
	if (reader->has_trace && live)
		join_live(reader, live);
	return status;
}

int mt_reader_open(struct mt_reader **reader, struct mt_source *trace, struct mt_source *live)
{
	struct mt_reader *made;
	int status;

	*reader = NULL;
	if (!trace && !live)
		return MT_ERR_HEADER;
	made = calloc(1, sizeof(*made));
	if (!made)
		return MT_ERR_MEMORY;
	status = open_sources(made, trace, live);
	if (status < 0)
		mt_reader_close(made);
	else
		*reader = made;
	return status;
}

static int open_live_file(struct mt_source *source, const char *path)
{
	size_t n = strlen(path);
	char *live_path = malloc(n + sizeof(".live"));
	int status;

	if (!live_path)
		return MT_ERR_MEMORY;
	memcpy(live_path, path, n);
	memcpy(live_path + n, ".live", sizeof(".live"));
	status = mt_source_open_file(source, live_path);
	free(live_path);
	return status;
}

/* Opens what there is of both: the flags say what. An error only when there is
 * nothing to read; errno is then of FILE. */
static int open_files(struct mt_reader *reader, const char *path, bool *has_trace, bool *has_live)
{
	int status = mt_source_open_file(&reader->own_trace, path);
	int trace_errno = errno;
	int live_status;

	*has_trace = status == MT_OK;
	if (status < 0 && trace_errno != ENOENT)
		return status;
	live_status = open_live_file(&reader->own_live, path);
	*has_live = live_status == MT_OK;
	if (live_status == MT_ERR_MEMORY)
		return live_status;
	if (!*has_live && errno != ENOENT && errno != ENAMETOOLONG)
		reader->live_status = live_status;
	errno = trace_errno;
	return *has_trace || *has_live ? MT_OK : status;
}

int mt_reader_open_file(struct mt_reader **reader, const char *path)
{
	struct mt_reader *made = calloc(1, sizeof(*made));
	bool has_trace = false, has_live = false;
	int status, saved_errno;

	*reader = NULL;
	if (!made)
		return MT_ERR_MEMORY;
	status = open_files(made, path, &has_trace, &has_live);
	if (status == MT_OK)
		status = open_sources(made, has_trace ? &made->own_trace : NULL,
				      has_live ? &made->own_live : NULL);
	if (status == MT_OK) {
		*reader = made;
		return MT_OK;
	}
	saved_errno = errno;
	mt_reader_close(made);
	errno = saved_errno;
	return status;
}

const struct mt_file_header *mt_reader_header(const struct mt_reader *reader)
{
	return &reader->header;
}

const struct mt_live_header *mt_reader_live_header(const struct mt_reader *reader)
{
	return reader->has_live ? &reader->live.header : NULL;
}

bool mt_reader_is_cut(const struct mt_reader *reader)
{
	return !reader->has_end || reader->blocks.is_inside_cut;
}

uint64_t mt_reader_end_offset(const struct mt_reader *reader)
{
	return reader->has_trace ? reader->blocks.end_offset : 0;
}

uint32_t mt_reader_next_number(const struct mt_reader *reader)
{
	return reader->has_trace ? reader->blocks.next_number : 0;
}

uint64_t mt_reader_n_bytes(const struct mt_reader *reader)
{
	return reader->has_trace ? reader->blocks.source->n_bytes : 0;
}
