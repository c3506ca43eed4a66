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

#include "tracer/beside/live_file.h"
#include "tracer/beside/processes.h"
#include "tracer/beside/trace_file.h"

enum {
	RUN_BATCH_BYTES = 1 << 20,      /* an EVENTS block is written when it has that many */
	RUN_BATCH_SPANS = 4096,
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

/* What a walk over records finds. */
struct run_scan {
	uint64_t n_events;
	uint64_t n_dropped;             /* that the program itself told */
	uint64_t forks[16];             /* pids of children, as their parent sees them */
	unsigned n_forks;
};

/* Walks over the whole records at [bytes, bytes + n_bytes). An allocation or a
 * release is one event, a realloc two, a realloc that failed none. Needs no
 * state. Stops at what is no record, or when forks is full; returns how many
 * bytes it has walked over. */
size_t run_scan(struct run_scan *scan, const uint8_t *bytes, size_t n_bytes);

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
