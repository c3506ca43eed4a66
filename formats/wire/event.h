/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h -- one record of a stream, as bytes, both ways.
 *
 * A stream is what one thread did, in order. It is cut into fills (what one
 * segment held); at the start of a fill both sides begin with a zeroed
 * mt_stream_state, so each fill can be read without the ones before it.
 *
 *   record = ULEB(ticks since the last record << 3 | op) operands
 *
 *   op               operands
 *   0 alloc-same     addr                    size and stack as predicted
 *   1 alloc          addr size stack
 *   2 alloc-size     addr size               stack as predicted
 *   3 free           old
 *   4 delete-sized   old size                operator delete(void *, size_t)
 *   5 realloc        old                     intent; the outcome follows
 *   6 delete         old flags [size] [align_log2]
 *   7 extended       kind length payload     all the rest, skippable
 *
 *   addr = ULEB(zigzag((addr - last addr) / 16)); any other address goes by an
 *   extended record, with the address whole. size and stack are ULEB.
 *   old  = ULEB(n << 1 | 1) if the address is that of the allocation n before the
 *   last one, n < 64, else ULEB(addr's number << 1).
 *
 * The prediction: programs repeat themselves, so the size and stack that came
 * after the last (size, stack) are expected to come after it again. It saves
 * 1.2 to 1.5 bytes an event on every program tried, for about a nanosecond. A
 * compiler's 100,000 stacks want a large table: 1,024 entries instead of 256
 * saved 0.3 bytes there.
 *
 * The recent allocations: what is released was, as a rule, allocated a short
 * while ago, so a ring of the last 64 makes a release two or three bytes in all.
 * Saves 0.3 bytes an event, 0.5 in compilers; and how long ago repeats itself,
 * which the compressor likes better than addresses.
 */
#ifndef FORMATS_WIRE_EVENT_H
#define FORMATS_WIRE_EVENT_H

#include "formats/wire/bytes.h"

enum mt_op {
	MT_OP_ALLOC_SAME,
	MT_OP_ALLOC,
	MT_OP_ALLOC_SIZE,
	MT_OP_FREE,
	MT_OP_DELETE_SIZED,
	MT_OP_REALLOC,
	MT_OP_DELETE,
	MT_OP_EXTENDED,
};

/* Extended kinds. A reader skips those it does not know, by their length. The
 * payloads are in record.h. */
enum mt_kind {
	MT_KIND_FILL = 1,          /* first record of every fill */
	MT_KIND_THREAD = 2,        /* whose stream this is; in fill 0 */
	MT_KIND_THREAD_NAME = 3,
	MT_KIND_PROCESS = 4,       /* an image began: first program, fork, exec, spawn */
	MT_KIND_MODULE = 5,        /* an ELF object seen at an address */
	MT_KIND_MODULE_GONE = 6,
	MT_KIND_STACK = 7,         /* defines a stack id */
	MT_KIND_ALLOC_ANY = 8,     /* alloc at an address that is no multiple of 16 */
	MT_KIND_FREE_ANY = 9,      /* free or delete of such an address */
	MT_KIND_REALLOC_ANY = 10,  /* realloc intent for such an address */
	MT_KIND_REALLOC_END = 11,  /* the intent freed or failed */
	MT_KIND_EXEC = 12,         /* an exec or spawn is about to be tried */
	MT_KIND_EXEC_FAILED = 13,
	MT_KIND_END = 14,          /* the image ends by its own will */
	MT_KIND_DROPPED = 15,      /* events were not recorded just before this */
	MT_KIND_NOTE = 16,         /* something the certificate should say */
	MT_KIND_STACK_DIFFERS = 17,/* the oracle saw another stack (verification runs) */
	MT_KIND_FORK = 18,         /* this thread forked: the child's link */
	MT_KIND_SNAPSHOT = 19,     /* a snapshot begins; all in snapshot.h */
	MT_KIND_SNAPSHOT_CUT = 20,
	MT_KIND_SNAPSHOT_THREAD = 21,
	MT_KIND_SNAPSHOT_RANGE = 22,
	MT_KIND_SNAPSHOT_WORDS = 23,
	MT_KIND_SNAPSHOT_END = 24,
	MT_KIND_FREE_STACK = 25,   /* where the release that follows was asked for */
	MT_KIND_STANDING = 26,     /* where the scanning thread stood; in standing.h */
	MT_KIND_MARK = 27,         /* the program said so; both in annotation.h */
	MT_KIND_ANNOTATION = 28,
	MT_KIND_MODULE_GLOBALS = 29, /* what a module's variables held; in snapshot.h */
	MT_KIND_SNAPSHOT_PLAIN = 32,
};

/* Flags of a release by operator delete. */
enum {
	MT_DELETE_ARRAY = 1,
	MT_DELETE_SIZED = 2,
	MT_DELETE_ALIGNED = 4,
	MT_DELETE_NOTHROW = 8,
	MT_DELETE_PLAIN_FREE = 16, /* in MT_KIND_FREE_ANY only: it was free() */
	MT_DELETE_FLAGS_ALL = 31,
};

enum {
	MT_STACK_FRAMES_LEAF = 192,  /* of a deeper stack: these, nearest the leaf, */
	MT_STACK_FRAMES_ROOT = 64,   /* and these, nearest the root */
	MT_STACK_FRAMES_MAX = MT_STACK_FRAMES_LEAF + MT_STACK_FRAMES_ROOT,

	MT_GUESS_BITS = 10,
	MT_GUESSES = 1 << MT_GUESS_BITS,    /* entries of the size and stack prediction */
	MT_RECENT_BITS = 6,
	MT_RECENTS = 1 << MT_RECENT_BITS,   /* allocations the ring remembers */
	MT_HINT_BITS = 8,                   /* where in it, by address: the writer's */
	MT_EVENT_BYTES_MAX = 56,     /* room that is enough for any non-extended record
	                              * and for the _ANY kinds */
};

struct mt_guess {
	uint32_t stack;
	uint32_t size;
};

/* What writer and reader of a fill both remember. Zeroed at its start. */
struct mt_stream_state {
	uint64_t last_time;   /* ticks */
	uint64_t last_addr;
	uint32_t guess_at;    /* index into guess: hash of the last size and stack */
	uint32_t n_frames;    /* of the last stack defined in this fill */
	struct mt_guess guess[MT_GUESSES];
	uint32_t n_recent;    /* allocations so far; the next goes to recent[n mod 64] */
	uint64_t recent[MT_RECENTS];   /* addresses; 0: none, or released */
	uint8_t hint[1 << MT_HINT_BITS];   /* an address's likely place in recent */
	uint64_t frames[MT_STACK_FRAMES_MAX]; /* innermost first */
};

/* A decoded record. What payload points to is borrowed from the input. For the
 * extended kinds that carry an event (_ANY) the fields are filled as well. */
struct mt_record {
	enum mt_op op;
	uint32_t kind;        /* enum mt_kind or an unknown number; 0 unless extended */
	uint64_t time;        /* ticks, absolute */
	uint64_t addr;
	uint64_t size;        /* bytes; the declared size of a sized delete */
	uint32_t stack;       /* id; of allocations */
	uint8_t flags;        /* MT_DELETE_*, of releases */
	uint8_t align_log2;   /* declared alignment of an aligned delete */
	const uint8_t *payload;
	size_t payload_bytes;
};

/* Folds a size and stack into the place of the prediction for what follows. */
static inline uint32_t mt_guess_index(uint64_t size, uint32_t stack)
{
	uint32_t mixed = stack * 0x9e3779b1u ^ (uint32_t)size * 0x85ebca6bu;

	return mixed >> (32 - MT_GUESS_BITS);
}

/* Remembers what came, on both sides alike. */
static inline void mt_guess_learn(struct mt_stream_state *state, uint64_t size, uint32_t stack)
{
	struct mt_guess *guess = &state->guess[state->guess_at];

	if (size <= UINT32_MAX) {
		guess->stack = stack;
		guess->size = (uint32_t)size;
	}
	state->guess_at = mt_guess_index(size, stack);
}

static inline uint8_t *mt_hint_of(struct mt_stream_state *state, uint64_t addr)
{
	uint32_t mixed = (uint32_t)(addr >> 4) * 0x9e3779b1u;

	return &state->hint[mixed >> (32 - MT_HINT_BITS)];
}

/* Remembers an allocation at a multiple of 16, on both sides alike. */
static inline void mt_recent_learn(struct mt_stream_state *state, uint64_t addr)
{
	uint32_t place = state->n_recent++ % MT_RECENTS;

	state->recent[place] = addr;
	*mt_hint_of(state, addr) = (uint8_t)place;
}

static inline uint8_t *mt_put_head(struct mt_stream_state *state, uint8_t *to,
				   uint64_t time, enum mt_op op)
{
	uint64_t ticks = time > state->last_time ? time - state->last_time : 0;

	state->last_time += ticks;
	return mt_uleb_store(to, ticks << 3 | op);
}

static inline uint8_t *mt_put_addr(struct mt_stream_state *state, uint8_t *to, uint64_t addr)
{
	int64_t delta = (int64_t)(addr - state->last_addr) / 16;

	state->last_addr = addr;
	return mt_uleb_store(to, mt_zigzag(delta));
}

/* The address of a release. */
static inline uint8_t *mt_put_old(struct mt_stream_state *state, uint8_t *to, uint64_t addr)
{
	uint32_t place = *mt_hint_of(state, addr);
	int64_t delta = (int64_t)(addr - state->last_addr) / 16;

	state->last_addr = addr;
	if (state->recent[place] != addr || !addr)
		return mt_uleb_store(to, mt_zigzag(delta) << 1);
	state->recent[place] = 0;
	*to = (uint8_t)((state->n_recent - 1 - place) % MT_RECENTS << 1 | 1);
	return to + 1;
}

static inline bool mt_addr_is_plain(uint64_t addr)
{
	return (addr & 15) == 0;
}

/*
 * The writers below want MT_EVENT_BYTES_MAX of room and return the byte after
 * the record. mt_put_alloc is the outcome, too, when an MT_OP_REALLOC is open.
 */
static inline uint8_t *mt_put_alloc(struct mt_stream_state *state, uint8_t *to, uint64_t time,
				    uint64_t addr, uint64_t size, uint32_t stack)
{
	const struct mt_guess *guess = &state->guess[state->guess_at];
	bool is_stack = guess->stack == stack;
	bool is_same = is_stack && guess->size == size;

	to = mt_put_head(state, to, time,
			 is_same ? MT_OP_ALLOC_SAME : is_stack ? MT_OP_ALLOC_SIZE : MT_OP_ALLOC);
	to = mt_put_addr(state, to, addr);
	mt_recent_learn(state, addr);
	if (!is_same)
		to = mt_uleb_store(to, size);
	if (!is_stack)
		to = mt_uleb_store(to, stack);
	mt_guess_learn(state, size, stack);
	return to;
}

static inline uint8_t *mt_put_free(struct mt_stream_state *state, uint8_t *to, uint64_t time,
				   uint64_t addr)
{
	return mt_put_old(state, mt_put_head(state, to, time, MT_OP_FREE), addr);
}

static inline uint8_t *mt_put_realloc(struct mt_stream_state *state, uint8_t *to, uint64_t time,
				      uint64_t addr)
{
	return mt_put_old(state, mt_put_head(state, to, time, MT_OP_REALLOC), addr);
}

static inline uint8_t *mt_put_delete(struct mt_stream_state *state, uint8_t *to, uint64_t time,
				     uint64_t addr, uint8_t flags, uint64_t size,
				     uint8_t align_log2)
{
	if (flags == MT_DELETE_SIZED) {
		to = mt_put_old(state, mt_put_head(state, to, time, MT_OP_DELETE_SIZED), addr);
		return mt_uleb_store(to, size);
	}
	to = mt_put_old(state, mt_put_head(state, to, time, MT_OP_DELETE), addr);
	*to++ = flags;
	if (flags & MT_DELETE_SIZED)
		to = mt_uleb_store(to, size);
	if (flags & MT_DELETE_ALIGNED)
		*to++ = align_log2;
	return to;
}

/* The same events at addresses that are no multiple of 16. */
uint8_t *mt_put_alloc_any(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			  uint64_t addr, uint64_t size, uint32_t stack);
uint8_t *mt_put_free_any(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			 uint64_t addr, uint8_t flags, uint64_t size, uint8_t align_log2);
uint8_t *mt_put_realloc_any(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			    uint64_t addr);

/*
 * An extended record around a payload that the caller encoded elsewhere: wants
 * MT_EXTENDED_BYTES_MAX more room than the payload has bytes.
 */
enum { MT_EXTENDED_BYTES_MAX = 24 };
uint8_t *mt_put_extended(struct mt_stream_state *state, uint8_t *to, uint64_t time,
			 uint32_t kind, const void *payload, size_t n_bytes);

/*
 * Decodes the record at in->at: 1 and *record is filled, 0 at the end of the
 * input, MT_ERR_RECORD if the bytes are no record (in->at is then unspecified
 * and the rest of the fill cannot be read). Applies MT_KIND_STACK payloads to
 * nothing: mt_get_stack does, with the same state.
 */
int mt_get_record(struct mt_stream_state *state, struct mt_in *in, struct mt_record *record);

#endif
