/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.h -- FILE.live: the memory that the traced processes and the runner
 * share, and what is left of it when both died.
 *
 *   0         64 KiB              region 0                        region 1
 *   | header  |  control | seg 1 | seg 2 | ... | seg 2047 | control | seg 1 ...
 *
 * The file is sparse. An image claims one region (256 MiB of addresses, of
 * which only what was granted has blocks on disk) and its forked children share
 * it. A thread claims a free segment of its region by one compare-and-swap,
 * fills it alone, publishes its length after every record with a release store,
 * and marks it full; the runner drains what is published and frees it, or takes
 * it back from a thread that died. Only the runner grants segments (it makes
 * the blocks exist first, so that writing never meets a full disk); a process
 * asks by raising n_wanted. Without a runner the first grant is all there is.
 *
 * All numbers are native little endian, naturally aligned; those marked atomic
 * are accessed with the __atomic builtins from several processes at once. A
 * process may be killed at any instruction: no state needs a second step to be
 * valid.
 */
#ifndef FORMATS_WIRE_LIVE_H
#define FORMATS_WIRE_LIVE_H

#include "formats/wire/block.h"
#include "formats/wire/record.h"
#include "formats/wire/shot.h"

enum {
	MT_LIVE_HEADER_BYTES = 64 << 10,
	MT_SEGMENT_BYTES = 128 << 10,
	MT_REGION_SEGMENTS = 2048,          /* segment 0 is the region's control */
	MT_REGION_BYTES = MT_REGION_SEGMENTS * MT_SEGMENT_BYTES,
	MT_GRANT_SEGMENTS = 32,             /* 4 MiB at a time */
	MT_SEGMENT_HEADER_BYTES = 64,
	MT_SEGMENT_ROOM = MT_SEGMENT_BYTES - MT_SEGMENT_HEADER_BYTES,
	MT_LIVE_REGIONS_MAX = 4096,
	MT_HELLO_BYTES = 256,
	MT_HELD_OFFSET = 4096,              /* in the control segment: held threads */
	MT_HELD_MAX = 720,
};

struct mt_live_header {
	char magic[8];                  /* MT_LIVE_MAGIC */
	uint32_t version;               /* MT_FORMAT_VERSION */
	uint32_t header_bytes;
	uint64_t trace_id;
	uint64_t started_realtime_ns;
	uint64_t started_monotonic_ns;
	uint64_t started_ticks;
	uint32_t clock;                 /* enum mt_clock */
	uint32_t has_runner;
	uint32_t is_drop_on_full;       /* --on-full=drop */
	uint32_t is_closed;             /* atomic: the runner is gone, stop recording */
	uint64_t heartbeat;             /* atomic: the runner counts its drains */
	uint32_t n_regions;             /* atomic: claimed so far */
	uint32_t n_processes;           /* atomic: process ids given out */
	uint32_t n_streams;             /* atomic: stream ids given out */
	uint32_t n_tokens;              /* atomic: exec and fork tokens given out */
	uint64_t n_dropped[8];          /* atomic, by enum mt_drop_reason: events that could
	                                 * not even be counted in a region */
	uint64_t n_verified_equal;      /* atomic: verification runs */
	uint64_t n_verified_different;  /* atomic */
	uint32_t has_free_stacks;       /* --free-stacks */
	uint32_t is_exit_snapshot_off;  /* --snapshot-at-exit=no */
	uint32_t has_adopter;           /* atomic: a process of the trace adopts orphans */
};

/*
 * One process of a region at a time may have its other threads stopped: it
 * takes hold_asker, asks, and waits a bounded time; the runner stops them,
 * lists them, and stops caring when it is told to release them or the process
 * is gone.
 *
 *	IDLE -> ASKED (process) -> HELD (runner) -> RELEASE (process) -> IDLE (runner)
 */
enum mt_hold_state {
	MT_HOLD_STATE_IDLE,
	MT_HOLD_STATE_ASKED,
	MT_HOLD_STATE_HELD,
	MT_HOLD_STATE_RELEASE,
};

struct mt_region_control {
	uint32_t is_claimed;            /* atomic */
	uint32_t generation;            /* atomic: raised when the runner takes the region back */
	uint32_t n_granted;             /* atomic: segments 1 .. n_granted - 1 may be used */
	uint32_t n_wanted;              /* atomic: raised by the processes */
	uint64_t pid;                   /* of the image that claimed it */
	uint64_t n_dropped[8];          /* atomic, by enum mt_drop_reason, not yet told in a
	                                 * stream */
	uint64_t hold_asker;            /* atomic: pid << 32 | tid as the process sees itself,
	                                 * or 0: nobody asks */
	uint32_t hold_state;            /* atomic, enum mt_hold_state */
	uint32_t n_held;                /* how many follow at MT_HELD_OFFSET */
	uint32_t hold_error;            /* why it is none, or not all: an errno */
	uint32_t hold_process;          /* who asks, by the id in the trace, */
	uint32_t hold_snapshot;         /* for which of its snapshots, */
	uint32_t hold_generation;       /* and of which generation its modules are */
	struct mt_shot shot;
	struct mt_request request;
	uint32_t is_other_malloc;       /* the program's malloc is not libc's */
	uint64_t own_ranges;            /* address of what the library mapped for itself: start
	                                 * and end, 2048 of them, some of them 0 */
	uint64_t mortem_pid;            /* atomic: wants to be traced until its end; or 0 */
};

enum { MT_HELD_REGISTERS = 14 };

/* A thread that the runner found; error is 0 if it stands still. */
struct mt_held_thread {
	uint64_t tid;
	uint32_t error;
	uint32_t reserved;
	uint64_t pc, sp, fp, thread_pointer;
	uint64_t registers[MT_HELD_REGISTERS];
};

enum mt_segment_state {
	MT_SEGMENT_FREE = 0,
	MT_SEGMENT_OWNED = 1,
	MT_SEGMENT_FULL = 2,            /* its owner is done with it */
};

/* state holds the region's generation in the upper 24 bits, so that a claim
 * made for a region that changed hands fails. */
struct mt_segment_header {
	uint32_t state;                 /* atomic: generation << 8 | enum mt_segment_state */
	uint32_t stream;                /* atomic, together with state when it is claimed */
	uint32_t process;
	uint32_t published;             /* atomic: bytes after the header that are whole records */
	uint64_t fill;
	uint64_t pid;
	uint64_t tid;
	uint32_t drained;               /* the runner's: bytes already in the trace */
	uint32_t reserved[5];
};

_Static_assert(sizeof(struct mt_segment_header) == MT_SEGMENT_HEADER_BYTES, "segment header");
_Static_assert(sizeof(struct mt_live_header) <= MT_LIVE_HEADER_BYTES, "live header");
_Static_assert(sizeof(struct mt_region_control) <= MT_HELD_OFFSET, "region control");
_Static_assert(MT_HELD_OFFSET + MT_HELD_MAX * sizeof(struct mt_held_thread) <= MT_SEGMENT_BYTES,
	       "held threads");

static inline uint64_t mt_region_offset(uint32_t region)
{
	return MT_LIVE_HEADER_BYTES + (uint64_t)region * MT_REGION_BYTES;
}

static inline struct mt_held_thread *mt_held_threads(struct mt_region_control *control)
{
	return (struct mt_held_thread *)(void *)((uint8_t *)control + MT_HELD_OFFSET);
}

/* state and stream as one word, for a claim and for giving back what may have
 * been taken back meanwhile: the first eight bytes of the header. */
static inline uint64_t mt_segment_claim(uint32_t state, uint32_t stream)
{
	return (uint64_t)stream << 32 | state;
}

static inline uint32_t mt_segment_state(uint32_t generation, enum mt_segment_state state)
{
	return generation << 8 | state;
}

/* The runner's abstract socket: a process sends this, the runner answers with
 * struct mt_welcome and the file's descriptor (SCM_RIGHTS). */
struct mt_hello {
	uint64_t trace_id;
	uint32_t version;
	uint32_t reserved;
};

struct mt_welcome {
	uint32_t region;                /* claimed for this process */
	uint32_t reserved;
};

#endif
