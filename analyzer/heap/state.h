/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h -- what a replay remembers while it reads. Only analyzer/heap
 * includes this.
 *
 * Memory grows with live allocations, distinct stacks, processes and threads,
 * and with the raw bytes of two drain epochs (formats/FORMAT.md, Order). Times
 * are ticks until finish.c makes ns of them. Processes and streams are reached
 * by pointer, all else by index, because vectors move.
 */
#ifndef ANALYZER_HEAP_STATE_H
#define ANALYZER_HEAP_STATE_H

#include "analyzer/heap/errors_state.h"
#include "analyzer/heap/packed.h"
#include "analyzer/heap/process.h"

enum an_event_kind {
	AN_EVENT_ALLOC,
	AN_EVENT_FREE,
	AN_EVENT_INTENT,             /* the old address of a realloc */
};

struct an_event {
	uint64_t addr;
	uint64_t size;               /* of an ALLOC; what a sized delete declares */
	uint64_t ticks;
	uint64_t number;             /* of the thread's events */
	uint32_t site;               /* of an ALLOC */
	uint32_t thread;
	uint32_t free_stack;         /* id of the release's stack; 0: not recorded */
	uint8_t flags;               /* MT_DELETE_*, of a FREE */
	uint8_t align_log2;          /* what an aligned delete declares */
	uint32_t offset;             /* of its record, in fill */
	uint64_t fill;
	enum an_event_kind kind;
	bool is_thread_last;         /* FREE, INTENT: of the thread's latest allocation */
	struct an_stream *stream;
	/* An ALLOC that is the outcome of a realloc. */
	uint64_t first_ticks;
	uint32_t first_site, n_reallocs;
};

/* One of the latest events of a stream, and its place: cut.c. */
struct an_recent {
	struct an_allocation was;
	uint64_t ticks;              /* of the event */
	uint64_t fill;
	uint32_t offset;
	uint32_t free_stack;         /* of a release: id; 0: not recorded */
	uint32_t thread;
	bool is_alloc;
};
enum { AN_RECENT = 8 };

/* A realloc between its two records. The old allocation counts as live but is
 * out of the table: for other threads its address is free already. */
enum an_intent_state {
	AN_INTENT_NONE,
	AN_INTENT_HELD,              /* old is what was taken out of the table */
	AN_INTENT_WAITS,             /* in the waiting list of its address */
	AN_INTENT_UNKNOWN,           /* there was nothing at the address */
	AN_INTENT_INHERITED,
};
struct an_intent {
	enum an_intent_state state;
	struct an_event event;
	struct an_allocation old;
};

/* Bytes of one fill, not decoded yet. */
struct an_piece {
	uint64_t fill;
	uint32_t offset;
	uint32_t n_bytes;
	uint32_t epoch;
	uint8_t *bytes;
};

struct an_stream {
	struct an_process_state *process;
	uint32_t number;             /* of the stream, in the order of appearance */
	uint32_t id;                 /* in the trace */
	uint32_t thread;             /* index, or AN_NONE before its first record */
	bool is_active;              /* in replay.active */
	bool has_head;
	bool is_fill_lost;           /* the rest of fill cannot be decoded */
	uint64_t fill;               /* being decoded */
	uint32_t next_offset;        /* into it */
	VEC(struct an_piece) pieces; /* in order; the first first_piece are done */
	size_t first_piece;
	struct mt_in in;             /* the piece being decoded; at NULL: none */
	struct mt_record head;
	uint32_t head_offset;        /* in fill */
	struct mt_stream_state *state;   /* one of state and packed, or none yet */
	struct an_packed *packed;
	struct an_intent intent;
	uint32_t free_stack;         /* of the release that follows; 0: none */
	struct an_recent recent[AN_RECENT];  /* a ring */
	uint64_t n_recent;           /* events so far */
};

/* A fork or exec that was announced; token is its key. */
struct an_token {
	uint64_t token;
	uint32_t process;
	uint32_t epoch;
	uint64_t ticks;
	const char *path;            /* of an exec; NULL: a fork */
	uint8_t flags;
	bool is_answered;            /* by a process, or by a failure */
};

/* An event whose turn has not come: order.c. */
struct an_waiting {
	struct an_event event;
	uint32_t epoch;
	uint32_t next;               /* in the list, or of the free ones */
};

/* A moment two epochs from now, when an address has waited long enough, a fork
 * is not answered any more, or a process is over. */
struct an_delayed {
	uint64_t epoch;              /* of now */
	struct an_process_state *process;
	uint64_t value;              /* address or token */
};
struct an_delays {
	VEC(struct an_delayed) items;
	size_t first;
};

#endif
