/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.h -- what a replay remembers of a process and of its threads. Only
 * analyzer/heap includes this.
 */
#ifndef ANALYZER_HEAP_PROCESS_H
#define ANALYZER_HEAP_PROCESS_H

#include "analyzer/base/u64map.h"
#include "analyzer/base/vec.h"
#include "analyzer/heap/errors_state.h"
#include "analyzer/heap/names.h"
#include "analyzer/heap/session.h"

/* One live allocation, in the table of its process. */
struct an_allocation {
	uint64_t addr;
	uint64_t size;
	uint64_t ticks;
	uint32_t site;               /* index into sites */
	uint32_t thread;             /* index into threads */
	/* Of what realloc made of others: the first of them. */
	uint64_t first_ticks;        /* else ticks */
	uint32_t first_site;         /* else site */
	uint32_t n_reallocs;
};

struct an_thread_state {
	uint32_t process;
	uint32_t id;
	uint64_t tid;
	const char *name;
	uint64_t first_ticks, last_ticks;
	uint64_t last_alloc;         /* address of its latest allocation */
	uint64_t n_events;
	bool has_alloc;
};

/* Something a forked child still has though its parent freed it. */
struct an_grave {
	struct an_allocation was;
	uint64_t free_ticks;
	uint32_t next;               /* at the same address, or AN_NONE */
};

/* An entry of a map from an address to an index or a time. */
struct an_link {
	uint64_t key;
	uint64_t value;
};

struct an_process_state {
	uint32_t index;
	struct an_process out;       /* start_ns, end_ns and totals.peak_ns in ticks; parent is
	                              * an index of this replay */
	bool is_known;               /* its PROCESS record was seen */
	bool is_linked;              /* its parent is decided: so there are no rings */
	uint64_t first_ticks, last_ticks;
	uint64_t n_streams;
	struct u64map live;          /* struct an_allocation */
	uint64_t n_held;             /* live, but held by an open intent */
	struct u64map waiting;       /* address -> first of its waiting events */
	struct u64map site_of;       /* stack id -> site */
	struct u64map definitions;   /* struct an_definition */
	VEC(struct an_module_seen) modules;
	VEC(struct an_module_lost) lost_modules;
	struct u64map thread_of;     /* id -> index */
	struct u64map thread_of_tid;
	struct u64map module_of;     /* id -> index in modules */

	/* Forks. A process is held by each forked child that is not over or that is
	 * held itself: while it is, what it frees leaves a grave. */
	uint64_t n_stacks_inherited;
	uint64_t forked_ticks;       /* when it was forked off its parent */
	uint64_t n_holders;
	uint64_t last_fork_ticks;    /* of a child of it */
	bool is_end_seen;            /* by the runner */
	bool is_over;
	bool holds_parent;
	struct u64map graves;        /* address -> index of struct an_grave */
	VEC(struct an_grave) grave;
	struct u64map freed_inherited; /* address -> ticks */

	/* The last whole one, and those that are being read, one per stream at most:
	 * snapshot.c. */
	struct an_snapshot_state *snapshot, *open_snapshots;
	bool is_watched;             /* a visitor wants to know what it releases */
	struct an_annotation_state *annotations;   /* annotations.c; NULL: nothing was said */
	struct an_freed_cache freed;   /* what it freed last */
	uint32_t n_strays;             /* errors.c: how many are kept, */
	uint64_t n_strays_lost;        /* and how many were too many */
	uint64_t n_explained;          /* of its unknown frees: they are errors */
	bool is_lossy;                 /* events of it were dropped */
};

#endif
