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
	free(drain->looks);
	run_execs_release(&drain->execs);
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

struct finder {
	struct run_drain *drain;
	const struct run_look *look;
};

/* Forked children are met before their parent can be gone. */
static void handle_record(void *context, const struct mt_record *record)
{
	const struct finder *finder = context;
	struct run_drain *drain = finder->drain;
	const struct mt_segment_header *segment = finder->look->segment;
	struct mt_dropped dropped;
	struct mt_exec_failed failed;
	struct mt_exec exec;
	struct mt_fork forked;

	if (record->kind == MT_KIND_FORK && mt_get_fork(record, &forked) == MT_OK)
		run_drain_meet(drain, finder->look->region, forked.pid);
	else if (record->kind == MT_KIND_DROPPED && mt_get_dropped(record, &dropped) == MT_OK)
		drain->n_dropped += dropped.n_events;
	else if (record->kind == MT_KIND_EXEC && mt_get_exec(record, &exec) == MT_OK)
		run_execs_tried(&drain->execs, segment->process, segment->pid, &exec);
	else if (record->kind == MT_KIND_EXEC_FAILED &&
		 mt_get_exec_failed(record, &failed) == MT_OK)
		run_execs_failed(&drain->execs, failed.token);
}

/* Puts what is new in a segment into the batch. */
static void add_piece(struct run_drain *drain, const struct run_look *look)
{
	struct mt_segment_header *segment = look->segment;
	struct finder finder = { drain, look };
	struct mt_span span = {
		.process = segment->process,
		.stream = segment->stream,
		.fill = segment->fill,
		.offset = segment->drained,
		.n_bytes = look->published - segment->drained,
	};
	uint8_t *at = drain->batch + drain->n_batch_bytes;

	at = mt_put_span_header(at, &span);
	memcpy(at, (const uint8_t *)segment + MT_SEGMENT_HEADER_BYTES + span.offset, span.n_bytes);
	drain->n_batch_events += run_scan(at, span.n_bytes, handle_record, &finder);
	drain->n_batch_bytes = (size_t)(at + span.n_bytes - drain->batch);
	drain->pieces[drain->n_pieces++] =
		(struct run_piece){ segment, look->published, look->is_full };
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
static size_t drain_segment(struct run_drain *drain, const struct run_look *look)
{
	struct mt_segment_header *segment = look->segment;
	uint32_t drained = segment->drained;

	if (segment->pid != look->seat->pid)
		look_at_owner(drain, look->region, segment, look->seat);
	drain->n_full += look->is_full;
	if (look->published > drained)
		add_piece(drain, look);
	else if (look->is_full)
		free_segment(segment, segment->state >> 8);
	return look->published - drained;
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
	run_drain_collect(drain, now_ns);
	for (size_t i = 0; i < drain->n_looks; i++)
		n_bytes += drain_segment(drain, &drain->looks[i]);
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
