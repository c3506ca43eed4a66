/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.c -- opens a trace, passes what the reader finds to those who know
 * what it is, and gives it all back in the end.
 */
#include "analyzer/heap/replay.h"
#include "analyzer/symbols/symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PROGRESS_BYTES = 1 << 20 };

static void note_damage(struct an_replay *replay, const struct mt_item *item)
{
	char text[120];

	if (item->status == MT_ERR_CUT) {
		replay->out.is_cut = true;
		replay->out.cut_reason = "the file ends in the middle of a block";
		return;
	}
	replay->n_damages++;
	if (replay->damage)
		return;
	snprintf(text, sizeof(text), "byte %" PRIu64 ": %s", item->offset,
		 mt_status_text(item->status));
	replay->damage = strpool_intern_text(&replay->strings, text);
}

static void note_live(struct an_replay *replay)
{
	const struct mt_live_header *live = mt_reader_live_header(replay->reader);

	replay->out.has_live = true;
	if (!live || replay->has_run)
		return;
	an_clock_start(&replay->clock, (uint8_t)live->clock, live->started_ticks);
	an_clock_pair(&replay->clock, live->started_ticks, live->started_monotonic_ns);
}

static void take_symbols(struct an_replay *replay, const struct mt_in *payload)
{
	size_t n_bytes = (size_t)(payload->end - payload->at);

	if (an_symbols_add_block(replay->out.symbols, payload->at, n_bytes) < 0)
		replay->n_bad_records++;
}

static void take_item(struct an_replay *replay, struct mt_item *item)
{
	switch (item->kind) {
	case MT_ITEM_SPAN:
		an_merge_add(replay, item);
		break;
	case MT_ITEM_META:
		an_meta_apply(replay, item->meta, &item->payload);
		break;
	case MT_ITEM_SYMBOLS:
		take_symbols(replay, &item->payload);
		break;
	case MT_ITEM_END:
		replay->has_end_block = true;
		break;
	case MT_ITEM_DAMAGE:
		note_damage(replay, item);
		break;
	case MT_ITEM_LIVE:
		note_live(replay);
		break;
	}
}

static int read_all(struct an_replay *replay, uint64_t all_bytes)
{
	uint64_t told = 0;
	struct mt_item item;
	int status;

	while ((status = mt_reader_next(replay->reader, &item)) > 0) {
		take_item(replay, &item);
		replay->out.counts.n_blocks += item.offset != replay->last_offset;
		replay->last_offset = item.offset;
		if (replay->options.progress && item.offset >= told + PROGRESS_BYTES) {
			told = item.offset;
			replay->options.progress(replay->options.progress_context, told,
						 all_bytes);
		}
	}
	return status;
}

/* Without a runner there is nobody to write an end; all there is was read. */
static bool lacks_end(const struct an_replay *replay)
{
	const struct mt_live_header *live = mt_reader_live_header(replay->reader);

	return mt_reader_is_cut(replay->reader) && !(live && !live->has_runner);
}

static void finish(struct an_replay *replay, int status)
{
	struct an_session *out = &replay->out;

	an_merge_finish(replay);
	if (!out->is_cut && (status < 0 || lacks_end(replay))) {
		out->is_cut = true;
		out->cut_reason = status < 0 ? mt_status_text(status)
					     : "the run did not finish the trace";
	}
	out->is_damaged = replay->n_damages || replay->n_gaps || replay->n_bad_records;
	out->counts.file_bytes = mt_reader_end_offset(replay->reader);
	an_finish(replay);
}

static struct an_replay *new_replay(struct mt_reader *reader, const char *path,
				    const struct an_session_options *options)
{
	struct an_replay *replay = xcalloc(1, sizeof(*replay));

	if (options)
		replay->options = *options;
	replay->reader = reader;
	replay->free_waiting = AN_NONE;
	replay->last_offset = UINT64_MAX;
	u64map_init(&replay->process_of, sizeof(struct an_link));
	u64map_init(&replay->stream_of, sizeof(struct an_link));
	u64map_init(&replay->process_of_pid, sizeof(struct an_link));
	u64map_init(&replay->tokens, sizeof(struct an_token));
	u64map_init(&replay->mark_of, sizeof(struct an_link));
	replay->out.internal = replay;
	replay->out.path = strpool_intern_text(&replay->strings, path);
	replay->out.symbols = an_symbols_new(replay->options.symbols);
	return replay;
}

int an_session_open_reader(struct an_session **session, struct mt_reader *reader,
			   const char *path, const struct an_session_options *options)
{
	struct an_replay *replay = new_replay(reader, path, options);
	struct stat about;
	uint64_t all_bytes = stat(path, &about) == 0 ? (uint64_t)about.st_size : 0;
	int status = read_all(replay, all_bytes);
	int saved_errno = errno;

	finish(replay, status);
	replay->reader = NULL;
	*session = &replay->out;
	errno = saved_errno;
	return status < 0 ? status : MT_OK;
}

int an_session_open(struct an_session **session, const char *path,
		    const struct an_session_options *options)
{
	struct mt_reader *reader;
	int status = mt_reader_open_file(&reader, path);
	int saved_errno;

	*session = NULL;
	if (status < 0)
		return status;
	status = an_session_open_reader(session, reader, path, options);
	saved_errno = errno;
	mt_reader_close(reader);
	errno = saved_errno;
	return status;
}

static void release_stream(struct an_stream *stream)
{
	for (size_t i = stream->first_piece; i < stream->pieces.n; i++)
		free(stream->pieces.at[i].bytes);
	VEC_RELEASE(&stream->pieces);
	free(stream->state);
	free(stream->packed);
	free(stream);
}

void an_session_close(struct an_session *session)
{
	struct an_replay *replay = session ? session->internal : NULL;

	if (!replay)
		return;
	for (size_t i = 0; i < replay->streams.n; i++)
		release_stream(replay->streams.at[i]);
	for (size_t i = 0; i < replay->processes.n; i++)
		an_process_release(replay->processes.at[i]);
	VEC_RELEASE(&replay->streams);
	VEC_RELEASE(&replay->processes);
	VEC_RELEASE(&replay->threads);
	VEC_RELEASE(&replay->sites);
	VEC_RELEASE(&replay->nodes);
	VEC_RELEASE(&replay->notes);
	an_error_release_all(replay);
	VEC_RELEASE(&replay->ended);
	VEC_RELEASE(&replay->differs);
	VEC_RELEASE(&replay->old_snapshots);
	VEC_RELEASE(&replay->mark_names);
	VEC_RELEASE(&replay->marks);
	VEC_RELEASE(&replay->standings);
	VEC_RELEASE(&replay->active);
	VEC_RELEASE(&replay->waiting);
	VEC_RELEASE(&replay->waits.items);
	VEC_RELEASE(&replay->forks.items);
	VEC_RELEASE(&replay->ends.items);
	pqueue_release(&replay->queue);
	free(replay->process_index);
	free(replay->thread_index);
	free(replay->stack_of);
	indexset_release(&replay->node_set);
	u64map_release(&replay->process_of);
	u64map_release(&replay->stream_of);
	u64map_release(&replay->process_of_pid);
	u64map_release(&replay->tokens);
	u64map_release(&replay->mark_of);
	an_symbols_free(replay->out.symbols);
	strpool_release(&replay->strings);
	arena_release(&replay->arena);
	free(replay);
}

uint32_t an_session_site_stack(const struct an_session *session, uint32_t site)
{
	const struct an_replay *replay = session->internal;

	return site < replay->sites.n ? replay->stack_of[site] : 0;
}

const char *an_session_self_check_failure(const struct an_session *session)
{
	const struct an_replay *replay = session->internal;

	return replay->failure[0] ? replay->failure : NULL;
}
