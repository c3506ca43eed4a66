/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.h -- the replay as a whole. Only analyzer/heap includes this.
 */
#ifndef ANALYZER_HEAP_REPLAY_H
#define ANALYZER_HEAP_REPLAY_H

#include "analyzer/base/pqueue.h"
#include "analyzer/base/strpool.h"
#include "analyzer/heap/state.h"

struct an_note_state {
	bool is_missing, affects_verdict;
	const char *reason, *detail; /* interned */
	uint32_t process;
	uint64_t count;
	uint64_t n_used;             /* of an explanation: on so many execs */
};

struct an_clock_state {
	uint8_t kind;                /* enum mt_clock; 0: not known */
	bool has_start, has_pair;
	uint64_t start_ticks;
	struct mt_clock_pair first, last;
	uint64_t first_record, last_ticks;
};

struct an_replay {
	struct an_session out;       /* what the caller gets */
	struct an_session_options options;
	struct mt_reader *reader;
	struct arena arena;
	struct strpool strings;
	char failure[200];           /* of the self check; empty: none */

	VEC(struct an_process_state *) processes;
	VEC(struct an_stream *) streams;
	VEC(struct an_thread_state) threads;
	VEC(struct an_site_state) sites;
	VEC(struct an_node) nodes;
	VEC(struct an_note_state) notes;
	VEC(struct mt_ended) ended;
	VEC(struct an_differs) differs;
	VEC(struct an_unloaded) unloaded;        /* indexes of this replay, ids; ticks */
	VEC(struct an_snapshot) old_snapshots;   /* of which only the news are kept */
	VEC(struct an_mark_name) mark_names;     /* times in ticks */
	VEC(struct an_mark) marks;
	uint64_t n_marks, mark_stride;           /* of which each so-manieth is kept */
	struct u64map mark_of;       /* hash of process and name -> index */
	VEC(struct an_standing) standings;       /* process as here, stack an id, snapshot
	                                          * its number */
	struct indexset node_set;
	struct u64map process_of;    /* id in the trace -> index */
	struct u64map stream_of;     /* process << 32 | stream -> index */
	struct u64map tokens;        /* struct an_token */
	struct u64map process_of_pid; /* the latest image */

	/* The merge: merge.c. */
	uint64_t epoch;              /* the newest that was seen */
	uint64_t limit;              /* records of epochs up to this are due */
	uint64_t n_due;              /* pieces of these epochs that are not done */
	uint64_t buffered_bytes;
	VEC(uint32_t) active;        /* streams with pieces */
	struct pqueue queue;

	VEC(struct an_waiting) waiting;
	uint32_t free_waiting;
	struct an_delays waits, forks, ends;

	VEC(struct an_error_state) errors;
	struct indexset error_set;
	VEC(struct an_stray) strays;
	uint64_t n_looked_through;   /* live allocations, for strays */
	bool is_lossy;               /* events were dropped, nobody knows whose */

	uint32_t *process_index, *thread_index, *stack_of;  /* from here to out; set at the end */

	struct an_totals tree;
	uint64_t n_peaks;            /* a new one at every new peak of tree */
	struct an_clock_state clock;
	uint64_t n_damages, n_gaps, n_bad_records;
	const char *damage;          /* the first one, in words */
	uint64_t last_offset;
	bool has_end_block, has_run;
	struct mt_run run;           /* texts are interned */
};

#include "analyzer/heap/steps.h"

#endif
