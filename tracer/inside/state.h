/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h -- what the library knows: of the process (tr), of each thread
 * (struct tr_thread), of each stream a thread writes.
 *
 * Law of tracer/inside: this code runs in somebody else's process, inside its
 * malloc. It calls no malloc, no stdio, no locks on the event path, and no libc
 * function but mem*, str* and clock_gettime; it never ends the program, never
 * changes errno, keeps no descriptor. What it cannot record it counts.
 *
 * A thread writes to streams[0]. A signal handler that interrupts it in the
 * middle of that and allocates writes to streams[1]; one that interrupts that
 * is counted and dropped. Both live in memory that fork replaces by zeroes
 * (MADV_WIPEONFORK): however a child was made, it finds its thread gone and
 * begins anew, and never writes into its parent's streams.
 */
#ifndef TRACER_INSIDE_STATE_H
#define TRACER_INSIDE_STATE_H

#include "formats/wire/live.h"
#include "tracer/inside/unwind.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a stream's next record goes: [at, end) of a segment. */
struct tr_stream {
	uint8_t *at;
	uint8_t *end;
	uint8_t *start;                     /* of the segment's room */
	struct mt_segment_header *segment;  /* NULL: none yet */
	uint64_t fill;                      /* number of the next fill */
	uint32_t id;
	bool is_nested;
	bool is_hasty;                      /* takes a segment that is free now, or none */
	bool is_snapshot;                   /* no thread's: written by a clone */
	uint64_t tid;                       /* whose it is */
	struct mt_stream_state state;
};

/* A stream and what a writer of it needs at hand; too big for a stack. */
struct tr_context {
	struct tr_stream stream;
	struct tr_walk walk;
	uint8_t scratch[MT_STACK_BYTES_MAX];
	/* What the program has and no record says yet; addr 0: nothing. */
	volatile uintptr_t pending_addr;
	volatile size_t pending_size;
	/* Between a realloc's intent and what came of it: which block is which is not
	 * known, unless pending_addr says. */
	volatile bool is_reallocating;
	uint64_t n_allocations;             /* recorded by the process */
	struct tr_unwinder unwinder;
};

struct tr_thread {
	uint32_t is_alive;       /* 0 when fork wiped it */
	uint32_t id;             /* unique in the process, from 1 */
	uint64_t tid;
	uintptr_t high;          /* the thread's own descriptor, above its stack; 0 for the
	                          * first thread */
	struct tr_context contexts[2];
	uintptr_t oracle_frames[2][4096];    /* verification runs only; else never touched */
};

enum tr_mode {
	TR_UNBORN,    /* nothing is known yet */
	TR_STARTING,  /* some thread is in tr_start */
	TR_ACTIVE,
	TR_OFF,       /* there is nowhere to record to: pass through */
};

enum { TR_PATH_BYTES = 4096, TR_NAME_BYTES = 108, TR_IDENTITY_BYTES = 32 << 10 };

struct tr_state {
	uint32_t mode;                        /* atomic, enum tr_mode */
	bool is_tsc;                          /* the clock is the time stamp counter */
	bool has_free_stacks;                 /* releases are recorded with their stack */
	uint32_t is_quiet;                    /* atomic: the program has a seccomp filter of
	                                       * its own; make no system call */
	struct mt_live_header *live;
	struct mt_region_control *control;    /* our region, first byte */
	uint32_t generation;                  /* of the region, when we got it */
	uint32_t region;
	uint32_t n_mapped;                    /* segments of it that are mapped */
	uint32_t process;                     /* id in the trace */
	uint64_t pid;
	uint32_t n_threads;                   /* atomic: thread ids given out */
	uint32_t n_live_threads;              /* atomic, roughly: for how many segments to want */
	uint64_t gave_up_heartbeat;           /* of the runner, when a wait was in vain */
	uint64_t gave_up_ns;                  /* when one was although the runner lived, or 0 */

	uint32_t loader_epoch;                /* atomic: modules may have changed */
	uint32_t unload_generation;           /* atomic: modules are known to have gone */
	uint32_t n_loaders_busy;              /* atomic: dlclose calls in progress */
	uint32_t saw_loader;                  /* atomic: 1 loading, 2 unloading was seen */

	uintptr_t main_high;                  /* end of the first thread's stack */
	bool is_oracle;                       /* MEMTRACE_UNWINDER=libunwind */
	bool is_verifying;                    /* MEMTRACE_VERIFY_STACKS */
	bool is_exit_snapshot_off;            /* MEMTRACE_SNAPSHOT_AT_EXIT=0, without a runner */

	uint32_t forked_from;                 /* process id of the parent, not yet told; or 0 */

	/* What a child must be told: kept from the environment, which is cleaned. */
	uint64_t trace_id;
	char channel_name[TR_NAME_BYTES];     /* abstract socket, without its NUL; or "" */
	char live_path[TR_PATH_BYTES];
	char library[TR_PATH_BYTES];          /* what goes into LD_PRELOAD */
	uint64_t token;                       /* what announced this image, or 0 */

	char exe[TR_PATH_BYTES];
	char command[TR_IDENTITY_BYTES];      /* argv, each with its NUL */
	size_t n_command;
	bool is_command_cut;
};

extern struct tr_state tr;

/* All of the library's TLS: 32 bytes, initial-exec. */
extern __thread struct tr_thread *tr_self
	__attribute__((tls_model("initial-exec"), visibility("hidden")));
/* How many writers of this thread are under way: the context to use. */
extern __thread uint32_t tr_depth
	__attribute__((tls_model("initial-exec"), visibility("hidden")));
/* Not 0: we called a function that may call our hooks back; they pass through.
 * It is the stack pointer then, so that a longjmp out of it is noticed. */
extern __thread uintptr_t tr_inside
	__attribute__((tls_model("initial-exec"), visibility("hidden")));
/* Of the fork this thread is in the middle of, or 0: what the child tells. */
extern __thread uint64_t tr_fork_token
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Brings the library up, once; returns whether there is a channel to record
 * to. Safe at the very first malloc of a process. */
bool tr_start(void);

static inline bool tr_is_on(void)
{
	uint32_t mode = __atomic_load_n(&tr.mode, __ATOMIC_ACQUIRE);

	if (__builtin_expect(mode == TR_ACTIVE, 1))
		return true;
	return mode == TR_UNBORN && tr_start();
}

/* The calling thread's state, made when it has none; NULL when there is no
 * memory for it, or in the middle of making it. */
struct tr_thread *tr_thread_attach(void);
/* Sets memory aside for the first threads. Called once, at the start. */
void tr_thread_reserve(void);
/* Forgets every thread but the calling one: after a fork. */
void tr_thread_forget_others(void);
/* The states there are, also of threads that ended: counts *i up from 0; NULL at
 * the end. */
struct tr_thread *tr_thread_next(uint32_t *i);

/* A fork made this process out of another: becomes a process of its own, which
 * the first stream it begins will say. */
void tr_process_forked(void);
/* It is a forked child and has not told yet, or the library is not at work. */
bool tr_process_is_unborn(void);
/* Writes, once, the record that this process began, if it is a forked child. */
void tr_process_tell(struct tr_context *context);

#endif
