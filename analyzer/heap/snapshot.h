/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot.h -- what a snapshot is to those who read a session: the memory that
 * was looked at, the words in it that may point somewhere, the threads, and what
 * lived at that moment. Included by session.h.
 *
 * All of it is as the trace claims, except that a word lies in its range and
 * that live[] is what the replay found. Nobody has yet asked where a word points.
 */
#ifndef ANALYZER_HEAP_SNAPSHOT_H
#define ANALYZER_HEAP_SNAPSHOT_H

#include "analyzer/heap/model.h"
#include "formats/wire/snapshot.h"

struct an_word {
	uint64_t slot;               /* where it is */
	uint64_t value;
};

struct an_range {
	uint64_t start, end;
	uint8_t kind;                /* enum mt_range_kind */
	uint8_t flags;               /* MT_RANGE_* */
	uint64_t tid;
	const char *name;            /* may be empty */
	uint64_t first_word, n_words;
};

/* An allocation that lived at the cut. */
struct an_held {
	uint64_t addr, size;
	uint64_t time_ns;
	uint32_t stack;              /* index; 0: not known */
	uint32_t thread;             /* index, or AN_NONE */
	uint32_t n_reallocs;         /* so many times it was another allocation before */
	uint32_t first_stack;        /* that made the first of these; else stack */
	uint64_t first_ns;           /* when; else time_ns */
	bool is_freed;               /* after the cut: it does not count as live at the end */
	bool is_inherited;           /* by fork, and so its parent's: it does not count, too */
};

/* What the program said of an address in one of them. */
struct an_annotation {
	uint64_t addr;
	const char *type;            /* NULL: nothing */
	bool is_ignored;             /* it, and what hangs on it, is no leak */
};

/* Memory whose words are roots, because the program said so. */
struct an_declared {
	uint64_t start, end;
};

struct an_snapshot {
	uint32_t process;            /* index */
	uint32_t number;             /* in the process, from 1 */
	uint8_t why;                 /* enum mt_snapshot_why */
	uint8_t flags;               /* MT_SNAPSHOT_* */
	const char *label;           /* may be empty */
	uint64_t at_ns, pause_ns;
	uint64_t cut_ticks;          /* the moment itself, by the trace's clock */
	bool is_cut;                 /* its end is not in the trace */
	bool is_complete;            /* not cut, and it lacks nothing that it knows of */
	const char *reason;          /* why it is not complete; may be empty */
	bool knows_inherited;        /* live has all that a forked child has of its parent's */
	uint64_t n_bad_words;        /* outside of their range: left out */
	uint64_t n_bad_cuts;         /* of streams, at positions they do not have: left out */
	/* Of the last one of each process; of the others nothing is kept. */
	bool has_data;
	struct an_range *ranges;     uint32_t n_ranges;   /* as recorded */
	struct an_word *words;       uint64_t n_words;    /* by range */
	struct an_word *plain;       uint64_t n_plain;    /* by slot: what is no pointer to an
	                                                   * allocation, and says what one is */
	struct mt_snapshot_thread *threads;  uint32_t n_threads;
	struct an_held *live;        uint64_t n_live;     /* by address */
	struct an_annotation *annotations;  uint64_t n_annotations;   /* by address */
	struct an_declared *declared;       uint64_t n_declared;      /* by address, apart */
};

/* An allocation was released, in a process of which a snapshot was seen. */
struct an_departure {
	uint32_t process;            /* as all here: of the session that is known */
	uint64_t addr, made_ns;      /* of the allocation */
	uint64_t at_ns;              /* UINT64_MAX: nobody knows when */
	uint32_t thread;             /* that released it, or AN_NONE */
	uint32_t site;               /* an_session_site_stack has its stack in the session of
	                              * this reading; AN_NONE: not recorded */
};

/* Where a reading ends: with a snapshot of a process, both as the trace numbers them. */
struct an_until {
	uint32_t process, number;
	uint64_t ticks;
};

/*
 * Somebody to whom a second reading of a trace lends the snapshots that the first
 * one did not keep. All it is told is in the numbers and times of the session of the
 * first reading, and each snapshot lasts until see returns.
 */
struct an_visitor {
	void *context;
	bool (*wants)(void *context, uint32_t snapshot);   /* index there */
	void (*see)(void *context, const struct an_snapshot *snapshot);
	void (*release)(void *context, const struct an_departure *release);  /* may be NULL */
};

/* Where a thread stood at a snapshot, or when a signal ended its process. */
struct an_standing {
	uint32_t process;            /* index */
	uint32_t snapshot;           /* index, or AN_NONE */
	uint64_t tid;
	uint8_t signal;              /* that ended the process here, or 0 */
	int32_t code;                /* of a signal: si_code */
	uint64_t address;            /* of a fault */
	uint32_t stack;              /* index */
};

/* What was said of this very address, or NULL. */
const struct an_annotation *an_annotation_at(const struct an_snapshot *snapshot, uint64_t addr);
/* The last that was typed at or before addr, or NULL. */
const struct an_annotation *an_annotation_before(const struct an_snapshot *snapshot,
						 uint64_t addr);

/* "exit", "demand", "post-mortem"; NULL for what is none. */
const char *an_snapshot_why_name(uint8_t why);

#endif
