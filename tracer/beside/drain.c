/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drain.c -- one pass over the shared file.
 *
 *   segment  |header|########|+++++++++|.......|
 *                   0        drained   published
 *
 * '+' goes into the batch as a span. Batches are written as EVENTS blocks; only
 * then the drained marks move and full segments become free again.
 */
#include "tracer/beside/drain.h"

#include <errno.h>
#include <stdlib.h>

int run_drain_open(struct run_drain *drain, struct run_live *live, struct run_trace *trace,
		   struct run_processes *processes)
{
	*drain = (struct run_drain){ .live = live, .trace = trace, .processes = processes };
	drain->batch = malloc(RUN_BATCH_BYTES + MT_SPAN_HEADER_BYTES_MAX + MT_SEGMENT_ROOM);
	drain->pieces = calloc(RUN_BATCH_SPANS, sizeof(*drain->pieces));
	return drain->batch && drain->pieces ? 0 : ENOMEM;
}

void run_drain_release(struct run_drain *drain)
{
	free(drain->batch);
	free(drain->pieces);
	*drain = (struct run_drain){ 0 };
}

static void free_segment(struct mt_segment_header *segment, uint32_t generation)
{
	segment->published = 0;
	segment->drained = 0;
	/* Zero says that the next owner has not signed yet. */
	segment->pid = 0;
	segment->tid = 0;
	__atomic_store_n(&segment->state, mt_segment_state(generation, MT_SEGMENT_FREE),
			 __ATOMIC_RELEASE);
}

static void flush_batch(struct run_drain *drain)
{
	int error;

	if (!drain->n_pieces)
		return;
	error = run_trace_block(drain->trace, MT_BLOCK_EVENTS, drain->batch,
				drain->n_batch_bytes);
	*(error ? &drain->n_discarded : &drain->n_events) += drain->n_batch_events;
	for (uint32_t i = 0; i < drain->n_pieces; i++) {
		const struct run_piece *piece = &drain->pieces[i];
		struct mt_segment_header *segment = piece->segment;

		if (piece->is_last)
			free_segment(segment, segment->state >> 8);
		else
			__atomic_store_n(&segment->drained, piece->drained, __ATOMIC_RELEASE);
	}
	drain->n_batch_bytes = 0;
	drain->n_batch_events = 0;
	drain->n_pieces = 0;
}

/* Counts, and meets the children before their parent can be gone. */
static void look_at_records(struct run_drain *drain, uint32_t region, const uint8_t *bytes,
			    size_t n_bytes)
{
	size_t n_done;

	do {
		struct run_scan scan = { 0 };

		n_done = run_scan(&scan, bytes, n_bytes);
		drain->n_batch_events += scan.n_events;
		drain->n_dropped += scan.n_dropped;
		for (unsigned i = 0; i < scan.n_forks; i++)
			run_drain_meet(drain, region, scan.forks[i]);
		bytes += n_done;
		n_bytes -= n_done;
	} while (n_bytes && n_done);
}

/* Puts what is new in a segment into the batch. */
static void add_piece(struct run_drain *drain, uint32_t region,
		      struct mt_segment_header *segment, uint32_t published, bool is_full)
{
	struct mt_span span = {
		.process = segment->process,
		.stream = segment->stream,
		.fill = segment->fill,
		.offset = segment->drained,
		.n_bytes = published - segment->drained,
	};
	uint8_t *at = drain->batch + drain->n_batch_bytes;

	at = mt_put_span_header(at, &span);
	memcpy(at, (const uint8_t *)segment + MT_SEGMENT_HEADER_BYTES + span.offset, span.n_bytes);
	look_at_records(drain, region, at, span.n_bytes);
	drain->n_batch_bytes = (size_t)(at + span.n_bytes - drain->batch);
	drain->pieces[drain->n_pieces++] = (struct run_piece){ segment, published, is_full };
	if (drain->n_batch_bytes >= RUN_BATCH_BYTES || drain->n_pieces == RUN_BATCH_SPANS)
		flush_batch(drain);
}

/* Somebody new may be writing here: a forked child has no other way to show. */
static void look_at_owner(struct run_drain *drain, uint32_t region,
			  const struct mt_segment_header *segment, struct run_seat *seat)
{
	struct run_region *at = &drain->live->regions[region];
	struct run_process *image;

	seat->pid = segment->pid;
	if (!at->first_process)
		at->first_process = segment->process;
	else if (at->first_process != segment->process)
		at->has_many_processes = true;
	if (!at->first_pid) {
		/* The image that claimed the region writes to it before it forks. */
		at->first_pid = segment->pid;
		for (image = at->users; image && image->next; image = image->next)
			;
		if (image && !image->inner_pid)
			image->inner_pid = segment->pid;
	}
	run_drain_meet(drain, region, segment->pid);
}

/* Returns the bytes that were new. */
static size_t drain_segment(struct run_drain *drain, uint32_t region, uint32_t number,
			    uint64_t now_ns)
{
	struct run_seat *seat = &drain->live->regions[region].seats[number];
	struct mt_segment_header *segment = run_live_segment(drain->live, region, number);
	/* The state first: what a full segment published was published before. */
	uint32_t state = __atomic_load_n(&segment->state, __ATOMIC_ACQUIRE) & 0xff;
	uint32_t published = __atomic_load_n(&segment->published, __ATOMIC_ACQUIRE);
	uint32_t drained = segment->drained;

	if (state != MT_SEGMENT_OWNED && state != MT_SEGMENT_FULL) {
		*seat = (struct run_seat){ 0 };
		return 0;
	}
	if (published > MT_SEGMENT_ROOM || drained > published) {
		/* The program overwrote it: nothing here can be trusted. */
		if (seat->published != UINT32_MAX)
			drain->n_damaged++;
		seat->published = UINT32_MAX;
		return 0;
	}
	if (published != seat->published || !seat->moved_ns) {
		seat->published = published;
		seat->moved_ns = now_ns;
	}
	if (published && segment->pid != seat->pid)
		look_at_owner(drain, region, segment, seat);
	drain->n_full += state == MT_SEGMENT_FULL;
	if (published > drained)
		add_piece(drain, region, segment, published, state == MT_SEGMENT_FULL);
	else if (state == MT_SEGMENT_FULL)
		free_segment(segment, segment->state >> 8);
	return published - drained;
}

struct run_process *run_drain_find(const struct run_drain *drain, uint64_t pid)
{
	for (uint32_t i = 0; i < drain->live->n_prepared; i++)
		for (struct run_process *at = drain->live->regions[i].users; at; at = at->next)
			if (pid && at->pid == pid && !at->is_ended && !at->is_replaced)
				return at;
	return NULL;
}

void run_drain_meet(struct run_drain *drain, uint32_t region, uint64_t inner_pid)
{
	struct run_region *at = &drain->live->regions[region];
	bool is_same_space = !at->first_pid ||
		at->first_pid == run_live_control(drain->live, region)->pid;
	struct run_process *other, *met;

	if (run_processes_find(at->users, inner_pid))
		return;
	other = is_same_space ? run_drain_find(drain, inner_pid) : NULL;
	met = run_processes_meet(drain->processes, &at->users, region, inner_pid, is_same_space);
	/* It has said hello from elsewhere since: what is here was before exec. */
	if (met && other && met->pid == inner_pid)
		run_process_replace(drain->processes, met);
}

static void replace(struct run_drain *drain, uint64_t pid)
{
	struct run_process *before = run_drain_find(drain, pid);

	if (before)
		run_process_replace(drain->processes, before);
}

void run_drain_hello(struct run_drain *drain, uint32_t region, uint64_t pid, int pidfd)
{
	replace(drain, pid);
	run_processes_hello(drain->processes, &drain->live->regions[region].users, region, pid,
			    pidfd);
}

static void notice_region(void *context, uint32_t region)
{
	struct run_drain *drain = context;
	struct run_region *at = &drain->live->regions[region];
	uint64_t pid = run_live_control(drain->live, region)->pid;

	at->first_pid = pid;
	replace(drain, pid);
	run_processes_meet(drain->processes, &at->users, region, pid, false);
}

size_t run_drain_pass(struct run_drain *drain, uint64_t now_ns)
{
	struct run_live *live = drain->live;
	size_t n_bytes = 0;

	drain->trace->epoch++;
	drain->n_full = 0;
	run_live_notice(live, drain, notice_region);
	for (uint32_t region = 0; region < live->n_prepared; region++) {
		if (!live->regions[region].is_in_use)
			continue;
		for (uint32_t i = 1; i < live->regions[region].n_granted; i++)
			n_bytes += drain_segment(drain, region, i, now_ns);
	}
	flush_batch(drain);
	/* After the batch: granting may move the mapping its pieces point into. */
	for (uint32_t region = 0; region < live->n_prepared; region++)
		if (live->regions[region].is_in_use)
			run_live_grant(live, region, now_ns);
	run_trace_flush_meta(drain->trace);
	__atomic_fetch_add(&live->header->heartbeat, 1, __ATOMIC_RELEASE);
	return n_bytes;
}

static void tell(struct run_drain *drain, uint32_t process, uint64_t *counters)
{
	for (unsigned i = 0; i < MT_N_DROPS; i++) {
		uint64_t n_events = __atomic_exchange_n(&counters[i], 0, __ATOMIC_RELAXED);

		run_trace_dropped(drain->trace, process, (enum mt_drop_reason)i, n_events);
		drain->n_dropped += n_events;
	}
}

void run_drain_tell_region(struct run_drain *drain, uint32_t region)
{
	const struct run_region *at = &drain->live->regions[region];

	tell(drain, at->has_many_processes ? 0 : at->first_process,
	     run_live_control(drain->live, region)->n_dropped);
}

void run_drain_tell_header(struct run_drain *drain)
{
	struct mt_live_header *header = drain->live->header;
	struct mt_verified verified = {
		__atomic_load_n(&header->n_verified_equal, __ATOMIC_RELAXED),
		__atomic_load_n(&header->n_verified_different, __ATOMIC_RELAXED),
	};
	struct mt_out out = run_trace_meta(drain->trace);

	tell(drain, 0, header->n_dropped);
	if (!verified.n_equal && !verified.n_different)
		return;
	mt_put_verified(&out, &verified);
	run_trace_meta_done(drain->trace, MT_META_VERIFIED, &out);
}
