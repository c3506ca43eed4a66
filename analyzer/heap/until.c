/* SPDX-License-Identifier: Apache-2.0 */
/*
 * until.c -- reading a trace as if it ended with one of its snapshots.
 *
 * What happened later is passed over, in all processes; only the snapshot itself is
 * written after its own cut, and what later records tell of earlier ones is taken in:
 * stacks, modules, the clock.
 */
#include "analyzer/heap/replay.h"

bool an_session_until(const struct an_session *session, uint32_t snapshot,
		      struct an_until *until)
{
	if (snapshot >= session->n_snapshots)
		return false;
	*until = (struct an_until){
		.process = session->processes[session->snapshots[snapshot].process].trace_id,
		.number = session->snapshots[snapshot].number,
		.ticks = session->snapshots[snapshot].cut_ticks,
	};
	return true;
}

bool an_until_is_it(const struct an_replay *replay, const struct an_process_state *process,
		    const struct an_snapshot *snapshot)
{
	const struct an_until *until = replay->options.until;

	return until && process->out.trace_id == until->process &&
	       snapshot->number == until->number && snapshot->cut_ticks <= until->ticks;
}

/* What tells of earlier records, too. */
static bool is_definition(const struct mt_record *record)
{
	return record->op == MT_OP_EXTENDED &&
	       (record->kind == MT_KIND_FILL || record->kind == MT_KIND_STACK ||
		record->kind == MT_KIND_MODULE);
}

static bool is_event(const struct mt_record *record)
{
	return record->op != MT_OP_EXTENDED || record->kind == MT_KIND_ALLOC_ANY ||
	       record->kind == MT_KIND_FREE_ANY || record->kind == MT_KIND_REALLOC_ANY;
}

bool an_until_passes(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record)
{
	const struct an_until *until = replay->options.until;

	if (!until || record->time <= until->ticks)
		return false;
	if (is_definition(record) && an_kind_apply(replay, stream, record) < 0)
		replay->n_bad_records++;
	return is_definition(record) || is_event(record) ||
	       !an_snapshot_is_until(replay, stream, record->kind);
}
