/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.c -- a trace as one sequence of items; see reader.h.
 *
 *   FILE blocks ... | what is wrong with FILE.live, or LIVE | RUN, if FILE had
 *   none | its spans | DROPPED, if the runner cannot have told | gaps for fills
 *   that nobody had
 *
 * Each phase is a function that gives the next item, or says that it is done.
 */
#include "formats/io/reader_state.h"

/* What a phase answers besides 1 and an error. */
enum { PHASE_OVER = 0 };

static int fill_damage(struct mt_item *item, int status, uint64_t offset, uint64_t n_skipped)
{
	item->kind = MT_ITEM_DAMAGE;
	item->status = status;
	item->offset = offset;
	item->n_skipped = n_skipped;
	return 1;
}

/* Decides about item->span: 1 when there is something to say about it. */
static int fill_span(struct mt_reader *reader, struct mt_item *item)
{
	int take = mt_streams_take(&reader->streams, &item->span, &item->state);

	if (take == MT_TAKE_NOTHING || take < 0)
		return take;
	item->kind = MT_ITEM_SPAN;
	if (take == MT_TAKE_GAP) {
		item->is_gap = true;
		item->span.n_bytes = 0;
	}
	return 1;
}

static int bad_payload(struct mt_reader *reader, struct mt_item *item, const uint8_t *from)
{
	uint64_t n_left = (uint64_t)(reader->in.end - from);

	reader->in.at = reader->in.end;
	return fill_damage(item, MT_ERR_RECORD, reader->block.offset, n_left);
}

static int next_span(struct mt_reader *reader, struct mt_item *item)
{
	for (;;) {
		const uint8_t *from = reader->in.at;
		int status = mt_get_span(&reader->in, &item->span);

		if (status == 0)
			return PHASE_OVER;
		if (status < 0)
			return bad_payload(reader, item, from);
		item->offset = reader->block.offset;
		item->epoch = reader->block.header.epoch;
		status = fill_span(reader, item);
		if (status)
			return status;
	}
}

static int next_meta(struct mt_reader *reader, struct mt_item *item)
{
	const uint8_t *from = reader->in.at;
	int status = mt_get_meta(&reader->in, &item->meta, &item->payload);

	if (status == 0)
		return PHASE_OVER;
	if (status < 0)
		return bad_payload(reader, item, from);
	item->kind = MT_ITEM_META;
	item->offset = reader->block.offset;
	if (item->meta == MT_META_RUN)
		reader->has_run = true;
	return 1;
}

/* The items that are a whole block: 1, or 0 for the others. */
static int whole_block(struct mt_reader *reader, struct mt_item *item)
{
	const struct mt_block *block = &reader->block;

	reader->in = (struct mt_in) { block->payload, block->payload, false };
	item->offset = block->offset;
	switch (block->header.kind) {
	case MT_BLOCK_EVENTS:
		if (block->header.epoch >= reader->live_epoch)
			reader->live_epoch = block->header.epoch + 1;
		/* fallthrough */
	case MT_BLOCK_META:
		reader->in.end += block->header.raw_bytes;
		return 0;
	case MT_BLOCK_SYMBOLS:
		item->kind = MT_ITEM_SYMBOLS;
		item->payload = reader->in;
		item->payload.end += block->header.raw_bytes;
		return 1;
	case MT_BLOCK_END:
		item->kind = MT_ITEM_END;
		reader->has_end = true;
		return 1;
	default:
		return 0;
	}
}

static int next_in_file(struct mt_reader *reader, struct mt_item *item)
{
	int status = PHASE_OVER;

	for (;;) {
		if (reader->in.at < reader->in.end)
			status = reader->block.header.kind == MT_BLOCK_EVENTS ?
					 next_span(reader, item) : next_meta(reader, item);
		if (status)
			return status;
		if (!reader->has_trace)
			return PHASE_OVER;
		status = mt_blocks_next(&reader->blocks, &reader->block);
		if (status <= 0)
			return status;
		if (reader->block.status < 0)
			return fill_damage(item, reader->block.status, reader->block.offset,
					   reader->block.n_skipped);
		status = whole_block(reader, item);
		if (status)
			return status;
	}
}

static int next_live(struct mt_reader *reader, struct mt_item *item)
{
	int status;

	if (reader->trace_status) {
		status = reader->trace_status;
		reader->trace_status = 0;
		return fill_damage(item, status, 0, reader->n_trace_skipped);
	}
	if (!reader->has_live) {
		reader->phase = PHASE_MISSING;
		return reader->live_status ? fill_damage(item, reader->live_status, 0, 0)
					   : PHASE_OVER;
	}
	status = mt_live_scan(&reader->live);
	if (status < 0)
		return status;
	reader->phase = PHASE_LIVE_RUN;
	item->kind = MT_ITEM_LIVE;
	return 1;
}

/* What reader->made holds, as an item. */
static int fill_made(struct mt_reader *reader, struct mt_item *item, enum mt_meta meta,
		     const struct mt_out *out)
{
	item->kind = MT_ITEM_META;
	item->meta = meta;
	item->payload = (struct mt_in) { reader->made, out->at, false };
	return 1;
}

static int next_live_run(struct mt_reader *reader, struct mt_item *item)
{
	const struct mt_live_header *header = &reader->live.header;
	struct mt_out out = { reader->made, reader->made + MADE_BYTES_MAX, false };
	const struct mt_text none = { "", 0 };
	struct mt_run run = {
		.clock = (uint8_t)header->clock,
		.started_realtime_ns = header->started_realtime_ns,
		.started_ticks = header->started_ticks,
		.started_monotonic_ns = header->started_monotonic_ns,
		.tool_version = none,
		.host = none,
		.cwd = none,
		.command = none,
	};

	reader->phase = PHASE_LIVE_SPANS;
	if (reader->has_run)
		return PHASE_OVER;
	mt_put_run(&out, &run);
	return fill_made(reader, item, MT_META_RUN, &out);
}

static int next_live_span(struct mt_reader *reader, struct mt_item *item)
{
	while (reader->live_at < reader->live.n_segments) {
		size_t i = reader->live_at++;
		const struct mt_live_segment *segment = &reader->live.segments[i];
		int status;

		item->span = (struct mt_span) {
			.process = segment->process,
			.stream = segment->stream,
			.fill = segment->fill,
			.n_bytes = segment->n_bytes,
		};
		if (mt_streams_has(&reader->streams, &item->span))
			continue;
		status = mt_live_read(&reader->live, i, &reader->blocks.stored, &item->span);
		if (status < 0)
			return status;
		item->offset = segment->offset;
		item->epoch = reader->live_epoch;
		status = fill_span(reader, item);
		if (status)
			return status;
	}
	reader->phase = PHASE_LIVE_DROPS;
	return PHASE_OVER;
}

static int next_live_drop(struct mt_reader *reader, struct mt_item *item)
{
	struct mt_out out = { reader->made, reader->made + MADE_BYTES_MAX, false };
	struct mt_process_dropped dropped = { 0 };

	/* A runner that got to END has told them. */
	while (!reader->has_end && reader->drop_at < 8) {
		int reason = reader->drop_at++;

		if (!reader->live.n_dropped[reason])
			continue;
		dropped.dropped.reason = (uint8_t)reason;
		dropped.dropped.n_events = reader->live.n_dropped[reason];
		mt_put_process_dropped(&out, &dropped);
		return fill_made(reader, item, MT_META_DROPPED, &out);
	}
	reader->phase = PHASE_MISSING;
	return PHASE_OVER;
}

/* Fills that neither FILE nor FILE.live has: known only now, because a fill may
 * come after a later one. */
static int next_missing(struct mt_reader *reader, struct mt_item *item)
{
	if (mt_streams_next_missing(&reader->streams, &item->span) == 0) {
		reader->phase = PHASE_DONE;
		return PHASE_OVER;
	}
	item->kind = MT_ITEM_SPAN;
	item->is_gap = true;
	item->epoch = reader->live_epoch;
	return 1;
}

int mt_reader_next(struct mt_reader *reader, struct mt_item *item)
{
	int status = PHASE_OVER;

	while (status == PHASE_OVER && reader->phase != PHASE_DONE) {
		memset(item, 0, sizeof(*item));
		switch (reader->phase) {
		case PHASE_BLOCKS:
			status = next_in_file(reader, item);
			if (status == PHASE_OVER)
				reader->phase = PHASE_LIVE;
			break;
		case PHASE_LIVE:
			status = next_live(reader, item);
			break;
		case PHASE_LIVE_RUN:
			status = next_live_run(reader, item);
			break;
		case PHASE_LIVE_SPANS:
			status = next_live_span(reader, item);
			break;
		case PHASE_LIVE_DROPS:
			status = next_live_drop(reader, item);
			break;
		case PHASE_MISSING:
			status = next_missing(reader, item);
			break;
		case PHASE_DONE:
			break;
		}
	}
	return status;
}

void mt_reader_skip_fill(struct mt_reader *reader, const struct mt_item *item)
{
	if (item->kind == MT_ITEM_SPAN)
		mt_streams_skip(&reader->streams, &item->span);
}
