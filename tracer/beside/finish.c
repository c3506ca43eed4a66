/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish.c -- the end of a recording. First the processes are told to stop (what
 * still runs keeps what it published), then the last pass, then what the
 * certificate needs: who ran on, what was lost and why, the clock once more.
 */
#include "tracer/beside/recording.h"
#include "tracer/beside/output_name.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>

static void tell_running(struct run_recording *recording, struct run_process *process)
{
	struct pollfd ready = { .fd = process->pidfd, .events = POLLIN };
	struct mt_ended ended = {
		.pid = process->inner_pid ? process->inner_pid : process->pid,
		.ticks = run_clock_ticks(recording->clock),
		.how = MT_END_RUNNING,
	};
	struct mt_out out;

	if (poll(&ready, 1, 0) > 0) {
		run_recording_ended(recording, process);
		return;
	}
	out = run_trace_meta(&recording->trace);
	mt_put_ended(&out, &ended);
	run_trace_meta_done(&recording->trace, MT_META_ENDED, &out);
}

static void tell_regions(struct run_recording *recording)
{
	const struct run_live *live = &recording->live;

	for (uint32_t i = 0; i < live->n_prepared; i++) {
		for (struct run_process *at = live->regions[i].users; at; at = at->next)
			if (at->pidfd >= 0)
				tell_running(recording, at);
		if (live->regions[i].is_in_use)
			run_drain_tell_region(&recording->drain, i);
	}
}

static void tell_missing(struct run_recording *recording, const char *program)
{
	struct run_drain *drain = &recording->drain;
	struct mt_clock_pair pair = run_clock_pair(recording->clock);
	struct mt_out out;

	tell_regions(recording);
	run_drain_tell_header(drain);
	run_trace_dropped(&recording->trace, 0, MT_DROP_DISK, drain->n_discarded);
	run_execs_tell(&drain->execs, &recording->trace);
	if (!recording->processes.n_met)
		run_trace_note(&recording->trace, 0, true, "not-followed", program);
	if (drain->n_damaged)
		run_trace_note(&recording->trace, 0, true, "trace-damaged",
			       "the program overwrote the shared file");
	out = run_trace_meta(&recording->trace);
	mt_put_clock_pair(&out, &pair);
	run_trace_meta_done(&recording->trace, MT_META_CLOCK, &out);
}

/* Where FILE is now: another run may have made it step aside. */
static void find_path(const struct run_recording *recording, struct run_result *result)
{
	snprintf(result->path, sizeof(result->path), "%s", recording->path);
	if (run_output_is_same(result->path, recording->fd))
		return;
	if (snprintf(result->path, sizeof(result->path), "%s.old", recording->path) >=
	    (int)sizeof(result->path) || !run_output_is_same(result->path, recording->fd))
		snprintf(result->path, sizeof(result->path), "%s", recording->path);
}

/* Snapshots that are being written are worth the wait, which has an end. */
static void await_shots(struct run_recording *recording)
{
	const struct timespec nap = { 0, 1000000 };

	recording->shots.is_closing = true;
	while (run_shots_are_open(&recording->shots)) {
		run_recording_pass(recording);
		nanosleep(&nap, NULL);
	}
}

void run_recording_finish(struct run_recording *recording, const char *program,
			  struct run_result *result)
{
	struct mt_live_header *header = recording->live.header;
	struct run_drain *drain = &recording->drain;

	await_shots(recording);
	run_drain_pass(drain, run_clock_monotonic_ns());
	__atomic_store_n(&header->is_closed, 1, __ATOMIC_RELEASE);
	run_drain_pass(drain, run_clock_monotonic_ns());
	run_standings_walk(&recording->holds.standings, &recording->trace, UINT64_MAX);
	tell_missing(recording, program);
	run_trace_end(&recording->trace);
	find_path(recording, result);
	result->n_images = __atomic_load_n(&header->n_processes, __ATOMIC_RELAXED);
	result->n_events = drain->n_events;
	result->n_dropped = drain->n_dropped + drain->n_discarded;
	result->write_error = recording->trace.error;
	result->n_blocks = recording->trace.n_blocks;
	result->file_bytes = recording->trace.n_bytes;
	result->raw_event_bytes = recording->trace.raw_event_bytes;
}
