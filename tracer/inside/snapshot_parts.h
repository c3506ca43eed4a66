/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_parts.h -- what the files snapshot_*.c share: threads first, then the
 * memory, cut into pieces of one kind each, then the words in them.
 */
#ifndef TRACER_INSIDE_SNAPSHOT_PARTS_H
#define TRACER_INSIDE_SNAPSHOT_PARTS_H

#include "formats/wire/snapshot.h"
#include "tracer/inside/stream.h"

enum {
	TR_PIECES_MAX = 1 << 15,
	TR_ZONES_MAX = 8192,
	TR_SHOT_THREADS_MAX = 1024,
	TR_PAGES_WINDOW = 1024,
	TR_SHOT_PAGE = 4096,
};

/* A piece of memory; those of a shot are sorted by address and do not overlap. */
struct tr_piece {
	uintptr_t start, end;
	const char *name;
	uint64_t tid;
	uint8_t kind;            /* enum mt_range_kind */
	uint8_t flags;           /* MT_RANGE_* */
	bool is_shared;
	bool is_guarded;         /* memory that cannot be read lies right below */
};

/* Which pages have ever been written to: /proc/thread-self/pagemap, a window of it. */
struct tr_pages {
	long fd;                 /* -1: unknown, all are taken */
	bool is_inherited;       /* shared memory, looked at by a clone */
	uintptr_t base;
	size_t n;
	uint64_t entries[TR_PAGES_WINDOW];
};

struct tr_shot {
	struct tr_piece pieces[TR_PIECES_MAX];
	uint32_t n_pieces;
	struct mt_snapshot_thread threads[TR_SHOT_THREADS_MAX];
	uint32_t n_threads;
	uint32_t number;         /* in the process, from 1 */
	bool are_all_held;       /* nothing changes while we look */
	bool is_frozen;          /* it is a clone's own copy */
	bool is_asked;           /* the runner must be told to release */
	struct tr_pages pages;
	uint64_t scanned_bytes, n_words;
	const char *reason;      /* why it is not complete, or NULL */
};

/* Nothing moves: memory may be read as it is. */
static inline bool tr_shot_is_still(const struct tr_shot *shot)
{
	return shot->are_all_held || shot->is_frozen;
}

/* snapshot.c: the one there is, for whoever takes it first; true if it is yours. */
extern struct tr_shot tr_shot;
bool tr_shot_take(void);
void tr_shot_give(void);
/* Its parts, in order. In between, the threads must have been listed. */
void tr_shot_begin(void);
void tr_shot_describe(struct tr_context *context, const struct mt_snapshot *wanted);
void tr_shot_look(struct tr_context *context);
void tr_shot_end(struct tr_context *context, uint64_t pause_ns);
/* Does a thread that stands still have a block that is neither the old nor yet the
 * new one of a realloc? What only that holds would seem lost. */
bool tr_shot_is_amid_realloc(void);
/* The image has begun to write its last one. */
bool tr_shot_is_at_exit(void);
bool tr_shot_has_allocated(void);

/* snapshot_self.c: the calling thread, as it was when the program asked for its
 * end; what was called since is ours and libc's, and holds nothing. */
void tr_shot_self(struct mt_snapshot_thread *self, const struct tr_context *context);
/* snapshot_threads.c: lists the threads, with the registers of those that could
 * be stopped; self is what is known of the calling one. */
void tr_shot_hold(struct tr_shot *shot, const struct mt_snapshot_thread *self);
void tr_shot_release(struct tr_shot *shot);
/* Lists those the runner has told in the region's control. */
void tr_shot_list_held(struct tr_shot *shot);

/* snapshot_maps.c: fills in the pieces from /proc/thread-self/maps, without what is
 * memtrace's own. False: not to be read. */
bool tr_shot_map(struct tr_shot *shot);
/* snapshot_stacks.c: tells stacks, live and dead, and malloc's arenas from other
 * anonymous memory, in terms of the threads. */
void tr_shot_classify(struct tr_shot *shot);
/* snapshot_words.c: writes the RANGE and WORDS records. */
void tr_shot_scan(struct tr_shot *shot, struct tr_context *context);

/* snapshot_plain.c: words that are no pointers and say what an allocation is.
 * Begins one scan; returns how many zones there are in which vtables lie, none
 * while memory may change or the loader is at work. */
uint32_t tr_plain_begin(const struct tr_shot *shot);
void tr_plain_zone(uint32_t i, uintptr_t *start, uintptr_t *end);
bool tr_plain_is_vtable(uintptr_t value);
/* A pointer that is 8 off a multiple of 16 into memory of malloc's at [start, end):
 * remembers the words before it if they matter. When _is_full, flush. */
void tr_plain_see_pointer(uintptr_t pointer, uintptr_t start, uintptr_t end);
bool tr_plain_is_full(void);
void tr_plain_flush(struct tr_shot *shot, struct tr_context *context);

/* snapshot_kernel.c: each value that the kernel keeps for the program, with who has
 * it: "epoll 5", "timer 0". */
struct tr_kernel_taker {
	void *context;
	void (*word)(void *context, const char *name, uint64_t value);
};
void tr_kernel_list(const struct tr_kernel_taker *taker);

struct tr_end_signal;
/* snapshot_standing.c: where the scanning thread stands; signal may be NULL. */
void tr_shot_put_standing(struct tr_context *context, const struct mt_snapshot_thread *self,
			  uint32_t number, const struct tr_end_signal *signal);

/* Opens and closes shot->pages. */
void tr_pages_open(struct tr_pages *pages);
void tr_pages_close(struct tr_pages *pages);
/* The next run of written pages in [*at, end): moves *at to its start and
 * returns its end, 0 when there is none. */
uintptr_t tr_pages_next(struct tr_pages *pages, uintptr_t *at, uintptr_t end);
/* Reads memory that another thread may be unmapping; false: it could not. */
bool tr_read_safely(uintptr_t from, void *to, size_t n_bytes);
/* The same at any time, be there a snapshot or not. */
bool tr_read_memory_of(uint64_t pid, uintptr_t from, void *to, size_t n_bytes);

#endif
