/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shot.h -- how the runner takes a snapshot of a process that goes on: the part
 * of a region's control that this needs. Included by live.h.
 *
 * The runner stops the threads of one process, writes its order here, and lets
 * one of them run the library's entry on a stack of the library's own. The entry
 * writes where everybody stands and clones the process; the thread gets back what
 * it had, all go on, and the clone looks through the memory it has inherited,
 * writing to a stream of its own. One at a time per region.
 *
 * Somebody else may want one, the program itself or memtrace snapshot: by a
 * request, which the runner answers.
 */
#ifndef FORMATS_WIRE_SHOT_H
#define FORMATS_WIRE_SHOT_H

#include <stdint.h>

enum {
	MT_SHOT_LABEL_BYTES = 128,  /* with its zero */
};

#define MT_GATE_MAGIC UINT64_C(0x4554414765636d65)

/* In the library's memory: that it is what it should be is looked up there before
 * anything of it is run. */
struct mt_gate {
	uint64_t magic;
	uint64_t trace_id;
	uint64_t region;
	uint64_t entry;             /* takes no arguments, does not return */
	uint64_t stack_end;
};

/* Bits of mt_shot.state. */
enum {
	MT_SHOT_TOLD = 1,           /* by the stopped thread: it is done, one way or another */
	MT_SHOT_READY = 2,          /* by the clone: it holds no descriptor of the process */
	MT_SHOT_ENDED = 4,          /* by the clone: all is written */
};

/* Why there is none. */
enum mt_shot_refusal {
	MT_SHOT_TAKEN,
	MT_SHOT_QUIET,              /* the program has a system call filter of its own */
	MT_SHOT_ENDING,             /* the image is at its end, which has its own snapshot */
	MT_SHOT_NOTHING,            /* nothing was ever allocated */
	MT_SHOT_BUSY,               /* another one is being made */
	MT_SHOT_YOUNG,              /* a child that has not found out yet that it is one */
	MT_SHOT_NO_ROOM,            /* no free segment */
	MT_SHOT_AMID_REALLOC,       /* a thread is where old and new block are both in doubt */
	MT_SHOT_NO_CLONE,           /* the kernel made no process: error says why */
	MT_SHOT_ADOPTS,             /* a process of the trace adopts orphans: it would see it */
	/* By the runner alone: */
	MT_SHOT_NO_IMAGE,           /* no such process is recorded here */
	MT_SHOT_NOT_STOPPED,        /* no thread could be stopped: error says why */
	MT_SHOT_JOB_STOPPED,        /* the process is stopped already, by job control */
	MT_SHOT_FAILED,             /* the stopped thread did not do what it was asked to */
	MT_SHOT_CUT,                /* the clone ended before it was done */
	MT_N_SHOT_REFUSALS,
};

enum mt_request_state {
	MT_REQUEST_NONE,
	MT_REQUEST_TAKEN,           /* somebody is writing it */
	MT_REQUEST_ASKED,
	MT_REQUEST_ANSWERED,
};

struct mt_request {
	uint32_t state;             /* atomic, enum mt_request_state */
	uint32_t why;               /* enum mt_snapshot_why: DEMAND or CALL */
	uint64_t pid;               /* of whom, as it sees itself */
	char label[MT_SHOT_LABEL_BYTES];
	/* The answer, to a CALL at the cut, to a DEMAND when all is written. */
	uint32_t refusal;           /* enum mt_shot_refusal */
	uint32_t error;
	uint32_t number;
	uint32_t is_complete;
	uint64_t pause_ns;
	uint64_t n_words;
};

struct mt_shot {
	uint64_t gate;              /* atomic: address of struct mt_gate; 0: not yet */
	/* The order. */
	uint32_t why;               /* enum mt_snapshot_why */
	uint32_t is_last_try;       /* take it even if something is in doubt */
	char label[MT_SHOT_LABEL_BYTES];
	/* What became of it. */
	uint32_t state;             /* atomic, bits; a futex */
	uint32_t refusal;           /* enum mt_shot_refusal */
	uint32_t error;
	uint32_t process;           /* who it is of, by the id in the trace, */
	uint32_t generation;        /* and of which generation its modules are */
	uint32_t number;            /* of the snapshot */
	uint32_t stream;
	uint32_t is_complete;
	uint64_t child;             /* atomic: pid of the clone */
	uint64_t pause_ns;          /* atomic: the runner's, 0: not known yet */
	uint64_t scanned_bytes;     /* atomic: so far */
	uint64_t n_words;
};

#endif
