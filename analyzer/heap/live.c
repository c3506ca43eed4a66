/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.c -- the table of what is live, and the sums that follow it.
 *
 * What each site held at the peak of the whole tree is not computed at every
 * new peak (there may be as many as allocations): peaks are numbered, and a
 * site notes what it holds just before it changes for the first time after one.
 */
#include "analyzer/heap/replay.h"

#include <inttypes.h>
#include <stdio.h>

static void note_peak(struct an_site_state *site, uint64_t n_peaks)
{
	if (site->seen == n_peaks)
		return;
	site->seen = n_peaks;
	site->n_peak = site->n_live;
	site->peak_bytes = site->live_bytes;
}

/* true: a new peak. */
static bool add_to(struct an_totals *totals, const struct an_event *event)
{
	totals->n_allocations++;
	totals->allocated_bytes += event->size;
	totals->n_live++;
	totals->live_bytes += event->size;
	if (totals->live_bytes <= totals->peak_bytes)
		return false;
	totals->peak_bytes = totals->live_bytes;
	totals->n_peak = totals->n_live;
	totals->peak_ns = event->ticks;
	return true;
}

static void take_from(struct an_totals *totals, uint64_t size)
{
	totals->n_frees++;
	totals->freed_bytes += size;
	totals->n_live--;
	totals->live_bytes -= size;
}

uint64_t an_common_unit(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

void an_live_fill(struct an_replay *replay, struct an_allocation *allocation,
		  const struct an_event *event)
{
	struct an_process_state *process = event->stream->process;
	struct an_site_state *site = &replay->sites.at[event->site];

	allocation->size = event->size;
	allocation->ticks = event->ticks;
	allocation->site = event->site;
	allocation->thread = event->thread;
	allocation->first_ticks = event->n_reallocs ? event->first_ticks : event->ticks;
	allocation->first_site = event->n_reallocs ? event->first_site : event->site;
	allocation->n_reallocs = event->n_reallocs;
	an_cut_see_alloc(process, allocation, event);
	note_peak(site, replay->n_peaks);
	site->n_allocations++;
	site->allocated_bytes += event->size;
	if (event->size != site->unit_bytes && site->unit_bytes != 1)
		site->unit_bytes = an_common_unit(site->unit_bytes, event->size);
	site->n_live++;
	site->live_bytes += event->size;
	add_to(&process->out.totals, event);
	if (add_to(&replay->tree, event))
		replay->n_peaks++;
}

void an_live_count_free(struct an_replay *replay, struct an_process_state *process,
			const struct an_allocation *old, const struct an_event *event)
{
	struct an_site_state *site;

	/* May make a site, and so move them all. */
	an_cut_see_release(replay, process, old, event);
	site = &replay->sites.at[old->site];
	note_peak(site, replay->n_peaks);
	site->n_live--;
	site->live_bytes -= old->size;
	take_from(&process->out.totals, old->size);
	take_from(&replay->tree, old->size);
	if (process->annotations)
		an_annotation_end(process, old);
	if (process->n_holders && old->ticks <= process->last_fork_ticks)
		an_fork_bury(process, old, event ? event->ticks : process->last_ticks);
	an_error_release(replay, process, old, event);
	if (!event)
		return;
	site->n_freed++;
	site->lifetime_ticks += event->ticks > old->ticks ? event->ticks - old->ticks : 0;
	if (event->is_thread_last && event->thread == old->thread) {
		site->n_temporary++;
		process->out.totals.n_temporary++;
		replay->tree.n_temporary++;
	}
}

void an_live_count_missing(struct an_replay *replay, struct an_process_state *process,
			   bool is_inherited)
{
	if (is_inherited) {
		process->out.totals.n_inherited_frees++;
		replay->tree.n_inherited_frees++;
	} else {
		process->out.totals.n_unknown_frees++;
		replay->tree.n_unknown_frees++;
	}
}

static void fail(struct an_replay *replay, const char *what, const char *whose, uint64_t have,
		 uint64_t want)
{
	if (!replay->failure[0])
		snprintf(replay->failure, sizeof(replay->failure),
			 "%s of %s is %" PRIu64 ", not %" PRIu64 ", after record %" PRIu64, what,
			 whose, have, want, replay->out.counts.n_records);
}

static void check_totals(struct an_replay *replay, const struct an_totals *totals,
			 const char *whose)
{
	if (totals->allocated_bytes - totals->freed_bytes != totals->live_bytes)
		fail(replay, "the sum of live bytes", whose, totals->live_bytes,
		     totals->allocated_bytes - totals->freed_bytes);
	if (totals->n_allocations - totals->n_frees != totals->n_live)
		fail(replay, "the number of live allocations", whose, totals->n_live,
		     totals->n_allocations - totals->n_frees);
	if (totals->peak_bytes < totals->live_bytes)
		fail(replay, "the peak", whose, totals->peak_bytes, totals->live_bytes);
}

void an_live_check(struct an_replay *replay, struct an_process_state *process)
{
	char whose[40];

	snprintf(whose, sizeof(whose), "process %" PRIu32, process->out.trace_id);
	check_totals(replay, &process->out.totals, whose);
	check_totals(replay, &replay->tree, "the tree");
	if (process->live.n + process->n_held != process->out.totals.n_live)
		fail(replay, "the table", whose, process->live.n + process->n_held,
		     process->out.totals.n_live);
}

void an_live_finish(struct an_replay *replay)
{
	struct an_totals sum = { 0 };
	uint64_t peak_bytes = 0, n_peak = 0, n_temporary = 0;

	for (size_t i = 0; i < replay->sites.n; i++) {
		struct an_site_state *site = &replay->sites.at[i];

		note_peak(site, replay->n_peaks);
		sum.n_allocations += site->n_allocations;
		sum.allocated_bytes += site->allocated_bytes;
		sum.n_live += site->n_live;
		sum.live_bytes += site->live_bytes;
		peak_bytes += site->peak_bytes;
		n_peak += site->n_peak;
		n_temporary += site->n_temporary;
	}
	const struct { const char *what; uint64_t have, want; } sums[] = {
		{ "the sum of allocations", sum.n_allocations, replay->tree.n_allocations },
		{ "the sum of allocated bytes", sum.allocated_bytes,
		  replay->tree.allocated_bytes },
		{ "the sum of live allocations", sum.n_live, replay->tree.n_live },
		{ "the sum of live bytes", sum.live_bytes, replay->tree.live_bytes },
		{ "the sum of bytes at the peak", peak_bytes, replay->tree.peak_bytes },
		{ "the sum of allocations at the peak", n_peak, replay->tree.n_peak },
		{ "the sum of temporaries", n_temporary, replay->tree.n_temporary },
	};
	for (size_t i = 0; replay->options.is_self_check && i < sizeof(sums) / sizeof(sums[0]);
	     i++)
		if (sums[i].have != sums[i].want)
			fail(replay, sums[i].what, "all sites", sums[i].have, sums[i].want);
}
