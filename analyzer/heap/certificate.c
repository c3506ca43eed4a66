/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.c -- what was not seen, collected while reading and completed at
 * the end. A note may be told twice; equal ones are one with the sum of counts.
 */
#include "analyzer/heap/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add(struct an_replay *replay, bool is_missing, const char *reason,
		const char *detail, uint32_t process, uint64_t count)
{
	*VEC_PUSH(&replay->notes) = (struct an_note_state){
		.is_missing = is_missing, .affects_verdict = is_missing,
		.reason = strpool_intern_text(&replay->strings, reason),
		.detail = strpool_intern_text(&replay->strings, detail),
		.process = process, .count = count,
	};
}

void an_note_dropped(struct an_replay *replay, uint32_t process, uint8_t reason,
		     uint64_t n_events)
{
	static const char *const why[] = {
		[MT_DROP_FULL] = "no segment was free",
		[MT_DROP_NESTED] = "a signal interrupted a hook inside a hook",
		[MT_DROP_NO_CHANNEL] = "the process could not reach the recorder",
		[MT_DROP_NO_STATE] = "no memory for a thread's state",
		[MT_DROP_DISK] = "the trace could not be written",
	};

	if (!n_events)
		return;
	if (process == AN_NONE)
		replay->is_lossy = true;
	else
		replay->processes.at[process]->is_lossy = true;
	add(replay, true, "events-dropped", reason < MT_N_DROPS ? why[reason] : "",
		    process, n_events);
}

void an_note_told(struct an_replay *replay, uint32_t process, const struct mt_note *note)
{
	char *reason = xstrndup(note->reason.bytes, note->reason.n_bytes);
	char *detail = xstrndup(note->detail.bytes, note->detail.n_bytes);

	add(replay, note->is_missing, reason, detail, process, note->count);
	free(reason);
	free(detail);
}

/* Does a note's detail speak of the program at path? "helper", "/bin/helper"
 * and "helper (statically linked)" do. */
static bool names_program(const char *detail, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *const names[] = { path, slash ? slash + 1 : path };

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(names[i]);

		if (n && !strncmp(detail, names[i], n) &&
		    (!detail[n] || strchr(" :,(", detail[n])))
			return true;
	}
	return false;
}

static bool is_about_following(const char *reason)
{
	return !strcmp(reason, "static-program") || !strcmp(reason, "set-uid-program") ||
	       !strcmp(reason, "not-followed");
}

/* Somebody who looked at the program has said already why it is not here. */
static bool is_explained(struct an_replay *replay, const struct an_token *exec, size_t n_told)
{
	for (size_t i = 0; i < n_told; i++) {
		struct an_note_state *note = &replay->notes.at[i];

		if (note->n_used < note->count && is_about_following(note->reason) &&
		    (note->process == exec->process || note->process == AN_NONE) &&
		    names_program(note->detail, exec->path)) {
			note->n_used++;
			return true;
		}
	}
	return false;
}

static void add_not_followed(struct an_replay *replay)
{
	size_t n_told = replay->notes.n, at = 0;

	for (struct an_token *token; (token = u64map_next(&replay->tokens, &at));)
		if (token->path && !token->is_answered && !is_explained(replay, token, n_told))
			add(replay, true, "not-followed", token->path, token->process, 1);
}

static void add_counts(struct an_replay *replay)
{
	for (size_t i = 0; i < replay->processes.n; i++) {
		const struct an_process_state *process = replay->processes.at[i];

		if (process->out.n_order_conflicts)
			add(replay, true, "order-conflict", "", process->index,
			    process->out.n_order_conflicts);
		if (process->out.totals.n_unknown_frees > process->n_explained)
			add(replay, false, "unknown-frees", "", process->index,
			    process->out.totals.n_unknown_frees - process->n_explained);
	}
}

static void add_stacks(struct an_replay *replay)
{
	uint64_t n_cut = 0, n_unknown = 0;

	for (uint32_t i = 0; i < replay->out.n_sites; i++) {
		const struct an_site *site = &replay->out.sites[i];

		if (!site->stack)
			n_unknown += site->n_allocations;
		else if (replay->out.stacks[site->stack].end != MT_STACK_ROOT)
			n_cut += site->n_allocations;
	}
	if (n_cut)
		add(replay, false, "stacks-cut", "", AN_NONE, n_cut);
	if (n_unknown)
		add(replay, false, "stacks-unknown", "", AN_NONE, n_unknown);
}

static void add_trace(struct an_replay *replay)
{
	if (replay->out.is_cut)
		add(replay, true, "trace-cut", replay->out.cut_reason, AN_NONE, 1);
	if (replay->out.is_damaged)
		add(replay, true, "trace-damaged", replay->damage ? replay->damage : "", AN_NONE,
		    replay->n_damages ? replay->n_damages
				      : replay->n_gaps + replay->n_bad_records);
}

static int compare(const struct an_note *a, const struct an_note *b)
{
	int order = strcmp(a->reason, b->reason);

	if (!order)
		order = strcmp(a->detail, b->detail);
	if (!order)
		order = (a->process > b->process) - (a->process < b->process);
	return order ? order : (int)b->is_missing - (int)a->is_missing;
}

static int compare_notes(const void *a, const void *b)
{
	return compare(a, b);
}

void an_certificate(struct an_replay *replay, const uint32_t *process_index)
{
	struct an_session *out = &replay->out;
	uint32_t n = 0;

	add_not_followed(replay);
	add_counts(replay);
	add_stacks(replay);
	add_trace(replay);
	out->notes = arena_alloc(&replay->arena, replay->notes.n, sizeof(*out->notes));
	for (size_t i = 0; i < replay->notes.n; i++) {
		const struct an_note_state *from = &replay->notes.at[i];

		out->notes[i] = (struct an_note){
			.is_missing = from->is_missing,
			.affects_verdict = from->affects_verdict,
			.reason = from->reason, .detail = from->detail, .count = from->count,
			.process = from->process == AN_NONE ? AN_NONE
							    : process_index[from->process],
		};
	}
	qsort(out->notes, replay->notes.n, sizeof(*out->notes), compare_notes);
	out->is_complete = true;
	for (size_t i = 0; i < replay->notes.n; i++) {
		out->is_complete &= !out->notes[i].affects_verdict;
		if (n && !compare(&out->notes[n - 1], &out->notes[i]))
			out->notes[n - 1].count += out->notes[i].count;
		else
			out->notes[n++] = out->notes[i];
	}
	out->n_notes = n;
}
