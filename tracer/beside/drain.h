/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drain.h -- moves what the program published from the shared file into the
 * trace, pass by pass.
 *
 * A pass is an epoch: what was published before it began is in the trace, or
 * counted as lost, when it ends. A segment's drained mark moves only after the
 * block with its bytes was written, so at any instant FILE and FILE.live
 * together hold everything. When FILE can take no more, draining goes on and
 * what is drained is counted, so the program is never blocked by a full disk.
 */
#ifndef TRACER_BESIDE_DRAIN_H
#define TRACER_BESIDE_DRAIN_H

#include "tracer/beside/execs.h"
#include "tracer/beside/live_file.h"
#include "tracer/beside/processes.h"
#include "tracer/beside/trace_file.h"

enum {
	RUN_BATCH_BYTES = 1 << 20,      /* an EVENTS block is written when it has that many */
	RUN_BATCH_SPANS = 4096,
};

/* What one look at a segment saw. */
struct run_look {
	struct mt_segment_header *segment;
	struct run_seat *seat;
	uint32_t region;
	uint32_t stream;
	uint64_t fill;
	uint32_t published;
	bool is_full;
	bool was_seen_before;           /* by the first of a pass's two rounds */
};

/* A piece of a segment that is in the batch. */
struct run_piece {
	struct mt_segment_header *segment;
	uint32_t drained;               /* once the batch is in the trace */
	bool is_last;                   /* then the segment is free */
};

struct run_drain {
	struct run_live *live;
	struct run_trace *trace;
	struct run_processes *processes;
	struct run_look *looks;
	size_t n_looks, n_looks_room;
	struct run_execs execs;
	uint8_t *batch;
	size_t n_batch_bytes;
	uint64_t n_batch_events;
	struct run_piece *pieces;
	uint32_t n_pieces;
	uint64_t n_events;              /* in the trace */
	uint64_t n_discarded;           /* drained but not in the trace */
	uint64_t n_dropped;             /* not recorded by the program, however it told */
	uint32_t n_damaged;             /* segments whose header makes no sense */
	uint32_t n_full;                /* of the last pass: segments that were full */
};

/* 0 or ENOMEM. Borrows all three; release in any case. */
int run_drain_open(struct run_drain *drain, struct run_live *live, struct run_trace *trace,
		   struct run_processes *processes);
/* Accepts a zeroed struct. */
void run_drain_release(struct run_drain *drain);

/* One pass over all regions in use, under the next epoch. Returns how many
 * bytes of records were moved. */
size_t run_drain_pass(struct run_drain *drain, uint64_t now_ns);

/* Fills drain->looks with the segments that have something new or are full, in
 * the order in which the trace must have them: see collect.c. */
void run_drain_collect(struct run_drain *drain, uint64_t now_ns);

/* Walks over the whole records at [bytes, bytes + n_bytes) and calls found for
 * those the runner must know: FORK, EXEC, EXEC_FAILED, DROPPED. Returns how many
 * events there are: an allocation or a release is one, a realloc two, a realloc
 * that failed none. Needs no state; stops at what is no record. */
uint64_t run_scan(const uint8_t *bytes, size_t n_bytes,
		  void (*found)(void *context, const struct mt_record *record), void *context);

/* Takes back segments of threads that are gone and regions that nobody uses
 * any more. To be called every 50 ms or so. */
void run_drain_housekeeping(struct run_drain *drain, uint64_t now_ns);

/* An image said hello from region; takes pidfd (-1: the runner cannot see it).
 * What its pid did elsewhere is over: that was before exec. */
void run_drain_hello(struct run_drain *drain, uint32_t region, uint64_t pid, int pidfd);
/* The entry of whom the runner sees as pid, if his last image is alive, or NULL. */
struct run_process *run_drain_find(const struct run_drain *drain, uint64_t pid);
/* Somebody who calls himself inner_pid records into region. */
void run_drain_meet(struct run_drain *drain, uint32_t region, uint64_t inner_pid);
/* Tells the drop counters of a region, and zeroes them. */
void run_drain_tell_region(struct run_drain *drain, uint32_t region);
/* The same for the header, with the counters of verification runs. */
void run_drain_tell_header(struct run_drain *drain);

#endif
