/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.c -- finding what the runner had not drained; see live.h.
 *
 * A segment counts when its state carries its region's generation and is not
 * free: what a free one holds is in FILE. The runner's own mark of what it
 * drained is not asked: FILE itself knows better, it may have been cut.
 */
#include "formats/io/live.h"

#include <stdlib.h>

int mt_live_open(struct mt_live *live, const struct mt_source *source)
{
	struct mt_live_header *header = &live->header;
	long n;

	memset(live, 0, sizeof(*live));
	n = mt_source_read(source, 0, header, sizeof(*header));
	if (n < 0)
		return MT_ERR_SYSTEM;
	if (memcmp(header->magic, MT_LIVE_MAGIC, n < 8 ? (size_t)n : 8) != 0)
		return MT_ERR_NOT_A_TRACE;
	if (n < (long)sizeof(*header) || header->version == 0)
		return MT_ERR_HEADER;
	if (header->version > MT_FORMAT_VERSION)
		return MT_ERR_VERSION;
	if (header->header_bytes != MT_LIVE_HEADER_BYTES)
		return MT_ERR_HEADER;
	live->source = source;
	return MT_OK;
}

static void add_dropped(struct mt_live *live, const uint64_t *n_dropped)
{
	for (int i = 0; i < 8; i++)
		live->n_dropped[i] += n_dropped[i];
}

static int add_segment(struct mt_live *live, uint64_t offset,
		       const struct mt_segment_header *header)
{
	struct mt_live_segment *segments;
	uint32_t room = header->published < MT_SEGMENT_ROOM ? header->published : MT_SEGMENT_ROOM;

	if (live->n_segments == live->n_room) {
		live->n_room = live->n_room ? 2 * live->n_room : 64;
		segments = realloc(live->segments, live->n_room * sizeof(*segments));
		if (!segments)
			return MT_ERR_MEMORY;
		live->segments = segments;
	}
	live->segments[live->n_segments++] = (struct mt_live_segment) {
		.offset = offset,
		.fill = header->fill,
		.process = header->process,
		.stream = header->stream,
		.n_bytes = room,
	};
	return MT_OK;
}

static int scan_segment(struct mt_live *live, uint64_t offset, uint32_t generation)
{
	struct mt_segment_header header;
	long n = mt_source_read(live->source, offset, &header, sizeof(header));

	if (n < 0)
		return MT_ERR_SYSTEM;
	if (n < (long)sizeof(header) || header.published == 0)
		return MT_OK;
	if (header.state != mt_segment_state(generation, MT_SEGMENT_OWNED) &&
	    header.state != mt_segment_state(generation, MT_SEGMENT_FULL))
		return MT_OK;
	return add_segment(live, offset, &header);
}

static int scan_region(struct mt_live *live, uint64_t offset)
{
	struct mt_region_control control;
	long n = mt_source_read(live->source, offset, &control, sizeof(control));
	int status = MT_OK;

	if (n < 0)
		return MT_ERR_SYSTEM;
	if (n < (long)sizeof(control))
		return MT_OK;
	add_dropped(live, control.n_dropped);
	if (control.n_granted > MT_REGION_SEGMENTS)
		control.n_granted = MT_REGION_SEGMENTS;
	for (uint32_t i = 1; i < control.n_granted && status == MT_OK; i++)
		status = scan_segment(live, offset + (uint64_t)i * MT_SEGMENT_BYTES,
				      control.generation);
	return status;
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_stream(const void *a, const void *b)
{
	const struct mt_live_segment *x = a, *y = b;
	int order = compare(x->process, y->process);

	if (order == 0)
		order = compare(x->stream, y->stream);
	if (order == 0)
		order = compare(x->fill, y->fill);
	return order ? order : compare(x->offset, y->offset);
}

int mt_live_scan(struct mt_live *live)
{
	uint32_t n_regions = live->header.n_regions;
	int status = MT_OK;

	if (n_regions > MT_LIVE_REGIONS_MAX)
		n_regions = MT_LIVE_REGIONS_MAX;
	add_dropped(live, live->header.n_dropped);
	for (uint32_t i = 0; i < n_regions && status == MT_OK; i++)
		status = scan_region(live, mt_region_offset(i));
	if (status == MT_OK && live->n_segments)
		qsort(live->segments, live->n_segments, sizeof(*live->segments), by_stream);
	return status;
}

int mt_live_read(const struct mt_live *live, size_t i, struct mt_buffer *buffer,
		 struct mt_span *span)
{
	const struct mt_live_segment *segment = &live->segments[i];
	int status = mt_buffer_reserve(buffer, MT_SEGMENT_BYTES);
	long n;

	if (status < 0)
		return status;
	n = mt_source_read(live->source, segment->offset + MT_SEGMENT_HEADER_BYTES, buffer->bytes,
			   segment->n_bytes);
	if (n < 0)
		return MT_ERR_SYSTEM;
	*span = (struct mt_span) {
		.process = segment->process,
		.stream = segment->stream,
		.fill = segment->fill,
		.n_bytes = (uint32_t)n,
		.bytes = buffer->bytes,
	};
	return MT_OK;
}

void mt_live_release(struct mt_live *live)
{
	free(live->segments);
	memset(live, 0, sizeof(*live));
}
