/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_state.h -- a snapshot while the replay goes on: what its records told
 * (snapshot.c), and what tells which allocations lived at its cut (cut.c). Only
 * analyzer/heap includes this.
 */
#ifndef ANALYZER_HEAP_SNAPSHOT_STATE_H
#define ANALYZER_HEAP_SNAPSHOT_STATE_H

#include "analyzer/heap/replay.h"

/* An allocation that lived at the cut and was released since. */
struct an_released {
	struct an_allocation was;
	uint64_t ticks;              /* UINT64_MAX: nobody knows when */
	uint32_t free_stack;         /* id; 0: not recorded */
	uint32_t thread;             /* that released it, or AN_NONE */
};

struct an_snapshot_state {
	struct an_snapshot_state *next;      /* of those being read */
	const struct an_stream *stream;      /* that tells it */
	struct an_snapshot out;      /* at_ns in ticks; arrays not filled */
	uint64_t cut_ticks;
	uint32_t n_streams;          /* streams up to this one had begun */
	bool is_wanted;              /* by whoever sees snapshots; else nothing is kept */
	bool is_sealed;              /* all of its CUT was read */
	bool is_late;                /* the CUT came when events after it were forgotten */
	bool is_ended;
	VEC(struct an_range) ranges;
	VEC(uint32_t) range_numbers;
	VEC(struct an_word) words;
	VEC(struct an_word) plain;
	uint64_t n_words;            /* be they kept or not */
	VEC(struct mt_snapshot_thread) threads;
	VEC(struct mt_snapshot_cut) cuts;    /* by stream once sealed */
	struct u64map late;          /* address -> ticks: allocated after the cut, though
	                              * their stamps are not */
	VEC(struct an_released) released;
	VEC(struct an_allocation) inherited;   /* at the cut, and not yet sorted */
};

/* snapshot.c: one that is being read is over, or another begins; *link NULL: none. */
void an_snapshot_put_away(struct an_replay *replay, struct an_process_state *process,
			  struct an_snapshot_state **link);
/* snapshots.c: it is not complete, and if nobody said so yet, why. */
void an_snapshot_lack(struct an_snapshot_state *state, const char *what);
void an_snapshot_judge(struct an_snapshot_state *state);
void an_snapshot_fill(struct an_replay *replay, struct an_process_state *process,
		      struct an_snapshot_state *state, const struct an_numbers *numbers,
		      struct an_snapshot *to);
/* cut.c: all CUT records are there; says what of the recent events came after it. */
void an_cut_seal(struct an_replay *replay, const struct an_process_state *process,
		 struct an_snapshot_state *state);
/* Tells the visitor. */
void an_cut_visit(struct an_replay *replay, struct an_process_state *process,
		  const struct an_released *released);
struct an_held an_held_of(const struct an_numbers *numbers, const struct an_allocation *from,
			  bool is_freed);
/* inherited.c: finds what a forked child has of its parent's, and puts it between its
 * own; own is freed or returned. */
void an_inherited_find(const struct an_replay *replay, const struct an_process_state *process,
		       struct an_snapshot_state *state);
struct an_held *an_inherited_join(const struct an_numbers *numbers,
				  struct an_snapshot_state *state, struct an_held *own,
				  uint64_t *n);
/* What lived at the cut, by address; to be freed. */
struct an_held *an_cut_list(struct an_replay *replay, const struct an_process_state *process,
			    const struct an_snapshot_state *state,
			    const struct an_numbers *numbers, uint64_t *n);

#endif
