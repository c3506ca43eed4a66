/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot.h -- the pointers of a process at one moment, as records.
 *
 * The thread that scans writes them to its own stream, between its events; where a
 * clone scans, a stream that has nothing else:
 *
 *	SNAPSHOT  CUT...  THREAD...  (RANGE WORDS...)...  END
 *
 * with PLAIN words anywhere among the ranges.
 *
 * A snapshot without END was cut short: what is there holds. The library knows
 * no live set. It says which memory there is and which words of it are values
 * that lie in the process's own writable memory; what these point to is found
 * by joining them with the allocations that live at the cut.
 *
 * The cut: how far each stream had come when the threads stood still. Of the
 * streams of this process that no CUT names, those numbered up to n_streams had
 * ended (all they hold is before the cut), later ones had not begun.
 */
#ifndef FORMATS_WIRE_SNAPSHOT_H
#define FORMATS_WIRE_SNAPSHOT_H

#include "formats/wire/event.h"

enum mt_snapshot_why {
	MT_SNAPSHOT_EXIT = 1,   /* the image ends: exit handlers and destructors have run */
	MT_SNAPSHOT_DEMAND,
	MT_SNAPSHOT_INTERVAL,
	MT_SNAPSHOT_PEAK,
	MT_SNAPSHOT_CALL,
	MT_SNAPSHOT_POST_MORTEM,
	MT_N_SNAPSHOT_WHYS,
};

enum {
	MT_SNAPSHOT_OTHER_MALLOC = 1,   /* malloc is not libc's: which memory is its own is
	                                 * unknown, anonymous ranges may be */
	MT_SNAPSHOT__EXIT = 2,          /* by _exit or quick_exit: no destructor has run */
	MT_SNAPSHOT_FATAL = 4,          /* a signal ends it: the scanning thread's registers are
	                                 * those it interrupted */
};

/* MT_KIND_SNAPSHOT. */
struct mt_snapshot {
	uint32_t number;         /* in the process, from 1 */
	uint8_t why;             /* enum mt_snapshot_why */
	uint8_t flags;           /* MT_SNAPSHOT_* */
	uint32_t n_streams;      /* stream ids given out so far, in the whole trace */
	uint64_t tid;            /* of the scanning thread; 0: a clone scans */
	struct mt_text label;
};
void mt_put_snapshot(struct mt_out *out, const struct mt_snapshot *snapshot);
int mt_get_snapshot(const struct mt_record *record, struct mt_snapshot *snapshot);

enum mt_pending {
	MT_PENDING_NONE,
	MT_PENDING_ALLOC,        /* the thread has this allocation, and no record says so; it
	                          * is the outcome if a realloc is open */
};

/* MT_KIND_SNAPSHOT_CUT: for the end of its stream, or one of several of these. A
 * payload holds any number of them, one after the other. */
struct mt_snapshot_cut {
	uint32_t stream;
	uint64_t fill;           /* number of the fill it was in */
	uint32_t n_bytes;        /* of that fill: records that begin there or later are
	                          * after the cut; earlier fills are before it */
	uint8_t pending;         /* enum mt_pending */
	uint64_t addr;           /* with MT_PENDING_ALLOC */
	uint64_t size;
};
void mt_put_snapshot_cut(struct mt_out *out, const struct mt_snapshot_cut *cut);
/* The next one of a payload: 1 and *cut, 0 at its end, MT_ERR_RECORD. */
int mt_get_snapshot_cut(struct mt_in *in, struct mt_snapshot_cut *cut);

enum mt_hold {
	MT_HOLD_SELF,            /* the scanning thread */
	MT_HOLD_HELD,            /* stopped while the scan lasted */
	MT_HOLD_RUNNING,         /* ran on: why is in error */
	MT_N_HOLDS,
};

enum { MT_SNAPSHOT_REGISTERS_MAX = 32 };

/* MT_KIND_SNAPSHOT_THREAD: a thread that was alive. Registers are roots. */
struct mt_snapshot_thread {
	uint64_t tid;
	uint8_t hold;            /* enum mt_hold */
	uint32_t error;          /* MT_HOLD_RUNNING: errno of the attempt; ETIMEDOUT: there was
	                          * no answer, ENOSYS: nobody to ask */
	uint64_t pc;             /* 0 when not known, as the rest of it is then */
	uint64_t sp;
	uint64_t fp;
	uint64_t thread_pointer; /* fs base: its thread-local memory ends here */
	uint32_t n_registers;
	uint64_t registers[MT_SNAPSHOT_REGISTERS_MAX];  /* general purpose, in any order,
	                          * fp and sp among them */
};
enum { MT_SNAPSHOT_THREAD_BYTES_MAX = 64 + MT_SNAPSHOT_REGISTERS_MAX * MT_ULEB_BYTES_MAX };
void mt_put_snapshot_thread(struct mt_out *out, const struct mt_snapshot_thread *thread);
int mt_get_snapshot_thread(const struct mt_record *record, struct mt_snapshot_thread *thread);

/* Memory by what it is. "Root" below: a word in it, outside every live
 * allocation, holds what it points to. */
enum mt_range_kind {
	MT_RANGE_MODULE = 1,     /* root: data and bss of an ELF object; name is its path */
	MT_RANGE_STACK,          /* root: from the stack pointer up, of a live thread, with its
	                          * descriptor and static thread-local memory above */
	MT_RANGE_TLS,            /* root: around the thread pointer of the first thread */
	MT_RANGE_HEAP,           /* no root: malloc owns it (brk, arenas; what one that is not
	                          * libc's has mapped) */
	MT_RANGE_ANONYMOUS,      /* root: mapped by the program, or a large allocation alone */
	MT_RANGE_FILE,           /* root: a private writable mapping of a file */
	MT_RANGE_SHARED,         /* root: shared writable memory */
	MT_RANGE_DEAD_STACK,     /* no root: a thread that is gone, or below a stack pointer */
	MT_RANGE_KERNEL,         /* root: values that the kernel keeps for the program; name is
	                          * "epoll 5", "timer 0". They have no addresses */
	MT_N_RANGE_KINDS,
};

/* Where the values that the kernel keeps are numbered, where no memory is. */
#define MT_RANGE_KERNEL_START (UINT64_C(1) << 63)
#define MT_RANGE_KERNEL_BYTES (UINT64_C(1) << 32)     /* of each range */

static inline bool mt_range_is_root(uint32_t kind)
{
	return kind != MT_RANGE_HEAP && kind != MT_RANGE_DEAD_STACK;
}

enum {
	MT_RANGE_UNREADABLE = 1, /* could not be read, or not to its end */
	MT_RANGE_WHOLE_STACK = 2,/* a stack whose pointer is not known: taken whole */
};

/* MT_KIND_SNAPSHOT_RANGE. Its words follow at once. */
struct mt_snapshot_range {
	uint32_t number;         /* in the snapshot, from 1 */
	uint8_t kind;            /* enum mt_range_kind */
	uint8_t flags;           /* MT_RANGE_* flags */
	uint64_t start;
	uint64_t end;
	uint64_t tid;            /* STACK, TLS: whose; else 0 */
	struct mt_text name;     /* as the kernel has it: a path, "[heap]", or "" */
};
void mt_put_snapshot_range(struct mt_out *out, const struct mt_snapshot_range *range);
int mt_get_snapshot_range(const struct mt_record *record, struct mt_snapshot_range *range);

/*
 * MT_KIND_SNAPSHOT_WORDS: pointer words of a range, with ascending addresses.
 *
 *	ULEB range, ULEB base, then per word: ULEB (slot - last slot) / 8,
 *	ULEB zigzag(value - last value)
 *
 * with last slot and last value beginning as base. A range has any number of
 * these, in the order of addresses.
 */
enum {
	MT_SNAPSHOT_WORDS_BYTES = 48 << 10,           /* of payload, at most */
	MT_SNAPSHOT_WORD_BYTES_MAX = 2 * MT_ULEB_BYTES_MAX,
};

struct mt_snapshot_words {
	uint32_t range;
	uint64_t last_slot;
	uint64_t last_value;
};

/* base is 8-aligned and not above the first slot. Wants 2 * MT_ULEB_BYTES_MAX. */
static inline uint8_t *mt_put_snapshot_words(struct mt_snapshot_words *words, uint8_t *to,
					     uint32_t range, uint64_t base)
{
	*words = (struct mt_snapshot_words){ range, base, base };
	return mt_uleb_store(mt_uleb_store(to, range), base);
}

/* Wants MT_SNAPSHOT_WORD_BYTES_MAX of room. */
static inline uint8_t *mt_put_snapshot_word(struct mt_snapshot_words *words, uint8_t *to,
					    uint64_t slot, uint64_t value)
{
	to = mt_uleb_store(to, (slot - words->last_slot) / 8);
	to = mt_uleb_store(to, mt_zigzag((int64_t)(value - words->last_value)));
	words->last_slot = slot;
	words->last_value = value;
	return to;
}

/* Opens a payload; then each word: 1 and *slot, *value, 0 at the end,
 * MT_ERR_RECORD. */
int mt_get_snapshot_words(struct mt_in *in, struct mt_snapshot_words *words);
int mt_get_snapshot_word(struct mt_in *in, struct mt_snapshot_words *words, uint64_t *slot,
			 uint64_t *value);

/*
 * MT_KIND_SNAPSHOT_PLAIN: words that are no pointers to allocations and say what
 * one is: addresses of vtables, counts, lengths. As MT_KIND_SNAPSHOT_WORDS, and
 * range 0 for words that may lie in any; of one slot told twice either holds.
 */

/*
 * MT_KIND_MODULE_GLOBALS, outside of snapshots: words that may be pointers, of the
 * data of a module that was unloaded, as they were when that was asked for. As
 * MT_KIND_SNAPSHOT_WORDS, with the module's id for the range. Before MODULE_GONE.
 */

/* MT_KIND_SNAPSHOT_END. */
struct mt_snapshot_end {
	uint64_t pause_ns;       /* from the first thread stopped to the last released */
	uint64_t scanned_bytes;
	uint64_t n_words;
	uint8_t is_complete;     /* 0: something could not be written; reason says what */
	struct mt_text reason;
};
void mt_put_snapshot_end(struct mt_out *out, const struct mt_snapshot_end *end);
int mt_get_snapshot_end(const struct mt_record *record, struct mt_snapshot_end *end);

#endif
