/* SPDX-License-Identifier: Apache-2.0 */
/*
 * autopsy.h -- a snapshot of a process that has died, taken from outside while the
 * kernel still holds its memory. The same records as those of a process that scans
 * itself (formats/wire/snapshot.h), and the same view of what is a root: see
 * tracer/inside/snapshot_stacks.c for how stacks and malloc's arenas are told.
 */
#ifndef TRACER_BESIDE_AUTOPSY_H
#define TRACER_BESIDE_AUTOPSY_H

#include "formats/wire/snapshot.h"
#include "tracer/beside/space.h"

#include <sys/user.h>

enum { RUN_RED_ZONE = 128 };

/* A piece of memory; those of an autopsy are sorted and do not overlap. */
struct run_piece_of {
	uint64_t start, end;
	uint64_t tid;
	const char *name;            /* of the mapping */
	uint8_t kind, flags;         /* enum mt_range_kind, MT_RANGE_* */
	bool is_guarded;             /* what lies right below cannot be read */
};

struct run_dead_thread {
	pid_t tid;
	bool is_known;               /* its registers */
	struct user_regs_struct registers;
};

struct run_autopsy {
	struct run_space space;
	const struct run_dead_thread *threads;
	unsigned n_threads;
	pid_t pid;                   /* as the process sees itself, which is as we do */
	bool is_other_malloc;        /* it is not libc's */
	const uint64_t *own;         /* start, end: memory of the library's */
	size_t n_own;
	struct run_piece_of *pieces;
	size_t n_pieces, n_room;
	int pages_fd;                /* /proc/PID/pagemap, or -1 */
	uint64_t scanned_bytes, n_words;
	const char *reason;          /* why it is not complete, or NULL */
};

/* Memory of the process; false: it cannot be read. */
bool run_autopsy_read(const struct run_autopsy *autopsy, uint64_t from, void *to, size_t n_bytes);
/* The next pages that were ever written to, in [*at, end): moves *at to their start and
 * returns their end, 0 when there are none. */
uint64_t run_autopsy_pages(const struct run_autopsy *autopsy, uint64_t *at, uint64_t end);

/* autopsy_pieces.c: fills in the pieces from the mappings. */
void run_autopsy_map(struct run_autopsy *autopsy);
/* autopsy_kinds.c: tells stacks and arenas from other anonymous memory. */
void run_autopsy_classify(struct run_autopsy *autopsy);
/* Makes [start, end), as much as lies in the piece, one of this kind; its index. */
size_t run_autopsy_mark(struct run_autopsy *autopsy, size_t piece, uint64_t start, uint64_t end,
			uint8_t kind, uint64_t tid);
/* Index of the piece with an address; n_pieces: none. */
size_t run_autopsy_find(const struct run_autopsy *autopsy, uint64_t address);

/* autopsy_words.c: calls put with each record's payload, RANGE and WORDS. */
typedef void run_put_fn(void *context, uint32_t kind, const uint8_t *payload, size_t n_bytes);
void run_autopsy_scan(struct run_autopsy *autopsy, run_put_fn *put, void *context);

#endif
