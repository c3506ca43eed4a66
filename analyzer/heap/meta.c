/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta.c -- what the runner knows: when it began, the clock, who ended how.
 */
#include "analyzer/heap/replay.h"

static struct mt_text intern(struct an_replay *replay, struct mt_text text)
{
	text.bytes = strpool_intern(&replay->strings, text.bytes, text.n_bytes);
	return text;
}

static int on_run(struct an_replay *replay, struct mt_in *payload)
{
	struct mt_run run;

	if (mt_get_run(payload, &run) < 0)
		return MT_ERR_RECORD;
	if (replay->has_run)
		return MT_OK;
	run.tool_version = intern(replay, run.tool_version);
	run.host = intern(replay, run.host);
	run.cwd = intern(replay, run.cwd);
	run.command = intern(replay, run.command);
	replay->has_run = true;
	replay->run = run;
	an_clock_start(&replay->clock, run.clock, run.started_ticks);
	an_clock_pair(&replay->clock, run.started_ticks, run.started_monotonic_ns);
	return MT_OK;
}

static int on_clock(struct an_replay *replay, struct mt_in *payload)
{
	struct mt_clock_pair pair;

	if (mt_get_clock_pair(payload, &pair) < 0)
		return MT_ERR_RECORD;
	an_clock_pair(&replay->clock, pair.ticks, pair.monotonic_ns);
	if (pair.ticks > replay->clock.last_ticks)
		replay->clock.last_ticks = pair.ticks;
	return MT_OK;
}

/* Whose end it is is decided when all images are known: finish.c. */
static int on_ended(struct an_replay *replay, struct mt_in *payload)
{
	struct mt_ended ended;

	if (mt_get_ended(payload, &ended) < 0)
		return MT_ERR_RECORD;
	if (replay->options.until && ended.ticks > replay->options.until->ticks)
		return MT_OK;
	if (ended.ticks > replay->clock.last_ticks)
		replay->clock.last_ticks = ended.ticks;
	*VEC_PUSH(&replay->ended) = ended;
	if (ended.how != MT_END_RUNNING)
		an_fork_over_later(replay, NULL, ended.pid, replay->epoch);
	return MT_OK;
}

static uint32_t process_index(struct an_replay *replay, uint32_t id)
{
	return id ? an_process_by_id(replay, id)->index : AN_NONE;
}

static int on_note(struct an_replay *replay, struct mt_in *payload)
{
	struct mt_meta_note note;

	if (mt_get_meta_note(payload, &note) < 0)
		return MT_ERR_RECORD;
	an_note_told(replay, process_index(replay, note.process), &note.note);
	return MT_OK;
}

static int on_dropped(struct an_replay *replay, struct mt_in *payload)
{
	struct mt_process_dropped dropped;

	if (mt_get_process_dropped(payload, &dropped) < 0)
		return MT_ERR_RECORD;
	an_note_dropped(replay, process_index(replay, dropped.process),
			dropped.dropped.reason, dropped.dropped.n_events);
	return MT_OK;
}

static int on_verified(struct an_replay *replay, struct mt_in *payload)
{
	struct mt_verified verified;

	if (mt_get_verified(payload, &verified) < 0)
		return MT_ERR_RECORD;
	replay->out.counts.n_verified_equal += verified.n_equal;
	replay->out.counts.n_verified_different += verified.n_different;
	return MT_OK;
}

typedef int meta_fn(struct an_replay *, struct mt_in *);

static meta_fn *const on_meta[] = {
	[MT_META_RUN] = on_run,
	[MT_META_CLOCK] = on_clock,
	[MT_META_ENDED] = on_ended,
	[MT_META_NOTE] = on_note,
	[MT_META_DROPPED] = on_dropped,
	[MT_META_VERIFIED] = on_verified,
	[MT_META_STANDING] = an_standing_other,
};

void an_meta_apply(struct an_replay *replay, uint32_t kind, struct mt_in *payload)
{
	if (kind >= sizeof(on_meta) / sizeof(on_meta[0]) || !on_meta[kind])
		return;
	if (on_meta[kind](replay, payload) < 0)
		replay->n_bad_records++;
}
