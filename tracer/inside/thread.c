/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread.c -- the threads of the process: who has state, and who may have it
 * next.
 *
 * No destructor tells us that a thread ended: there is always one that runs
 * after ours and frees something. So a thread's state stays as it is until the
 * kernel says the thread is gone; then the next new one takes it over.
 */
#include "tracer/inside/channel.h"
#include "tracer/inside/state.h"
#include "tracer/inside/stream.h"
#include "tracer/inside/sys.h"

#include <errno.h>
#include <sys/mman.h>

enum {
	SLOTS = 16384,       /* threads with state at one time; pages touched as used */
	ADOPTION_LOOKS = 32, /* a new thread asks after so many others at most */
	RESERVED = 32,       /* mapped at the start: under the program's own filter there
	                      * will be no more; addresses only until a thread comes */
	THREAD_BYTES = (sizeof(struct tr_thread) + 4095) & ~4095,
};

struct slot {
	uint64_t tid;                /* atomic: 0 free */
	struct tr_thread *thread;    /* kept when the tid goes */
};

static struct slot slots[SLOTS];
static uint32_t n_slots;             /* atomic: used from the start */
static uint32_t next_look;           /* atomic: where the search for the dead goes on */
static uint8_t *reserve;             /* RESERVED of THREAD_BYTES, or NULL */

static bool is_dead(uint64_t tid)
{
	return tr_sys3(SYS_tgkill, tr.pid, tid, 0) == -ESRCH;
}

static struct slot *slot_of_the_dead(uint64_t tid)
{
	uint32_t n = __atomic_load_n(&n_slots, __ATOMIC_ACQUIRE);

	if (n > SLOTS)
		n = SLOTS;
	for (uint32_t i = 0; i < n && i < ADOPTION_LOOKS; i++) {
		uint32_t at = __atomic_fetch_add(&next_look, 1, __ATOMIC_RELAXED) % n;
		struct slot *slot = &slots[at];
		uint64_t owner = __atomic_load_n(&slot->tid, __ATOMIC_ACQUIRE);

		if (!slot->thread || (owner && (__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED) ||
						!is_dead(owner))))
			continue;
		if (__atomic_compare_exchange_n(&slot->tid, &owner, tid, false, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED)) {
			if (owner)
				__atomic_fetch_sub(&tr.n_live_threads, 1, __ATOMIC_RELAXED);
			return slot;
		}
	}
	return NULL;
}

/* Memory that fork wipes; NULL when there is none. */
static void *map_wiped(size_t n_bytes)
{
	void *at = tr_map_anonymous(n_bytes);

	if (!at || !tr_is_error(tr_sys3(SYS_madvise, at, n_bytes, MADV_WIPEONFORK)))
		return at;
	tr_unmap(at, n_bytes);
	return NULL;
}

void tr_thread_reserve(void)
{
	reserve = map_wiped((size_t)RESERVED * THREAD_BYTES);
}

static struct slot *slot_new(uint64_t tid)
{
	uint32_t at = __atomic_fetch_add(&n_slots, 1, __ATOMIC_ACQ_REL);
	struct slot *slot = &slots[at];

	if (at >= SLOTS) {
		__atomic_store_n(&n_slots, SLOTS, __ATOMIC_RELAXED);
		return NULL;
	}
	/* The owner before the memory: with memory and no owner it would be another
	 * new thread's to adopt, and the two would write into one stream. */
	__atomic_store_n(&slot->tid, tid, __ATOMIC_SEQ_CST);
	if (reserve && at < RESERVED)
		slot->thread = (void *)(reserve + (size_t)at * THREAD_BYTES);
	else if (!__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED))
		slot->thread = map_wiped(THREAD_BYTES);
	return slot->thread ? slot : NULL;
}

/* Makes a dead thread's state, or fresh memory, this thread's. The caches of
 * unwind rules stay: they are as true for this thread as for that one. */
static void begin(struct tr_thread *thread, uint64_t tid)
{
	for (int i = 0; i < 2; i++) {
		struct tr_context *context = &thread->contexts[i];

		if (thread->is_alive)
			tr_stream_give_back(&context->stream);
		memset(&context->stream, 0, offsetof(struct tr_stream, state));
		context->stream.is_nested = i == 1;
		context->stream.tid = tid;
		context->is_reallocating = false;
		context->unwinder.window_low = context->unwinder.window_high = 0;
	}
	thread->tid = tid;
	thread->id = __atomic_add_fetch(&tr.n_threads, 1, __ATOMIC_RELAXED);
	thread->high = tid == tr.pid ? 0 : (uintptr_t)__builtin_thread_pointer();
	thread->is_alive = 1;
	__atomic_fetch_add(&tr.n_live_threads, 1, __ATOMIC_RELAXED);
}

/* The kernel numbers the thread; under the program's own filter glibc's copy
 * would need private offsets, so the thread goes by its descriptor's address. */
static uint64_t own_tid(void)
{
	if (__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED))
		return (uintptr_t)__builtin_thread_pointer();
	return (uint64_t)tr_sys0(SYS_gettid);
}

struct tr_thread *tr_thread_attach(void)
{
	uint64_t tid;
	struct slot *slot;

	if (tr_depth) {    /* a signal handler came while this thread was attaching */
		tr_count_drop(MT_DROP_NESTED, 1);
		return NULL;
	}
	tr_depth = 1;
	__asm__ volatile("" ::: "memory");
	if (tr_self && !tr_self->is_alive) {
		tr_self = NULL;
		tr_process_forked();
	}
	if (!tr_self) {
		tid = own_tid();
		slot = slot_of_the_dead(tid);
		if (!slot)
			slot = slot_new(tid);
		if (slot) {
			begin(slot->thread, tid);
			tr_self = slot->thread;
		} else {
			tr_count_drop(MT_DROP_NO_STATE, 1);
		}
	}
	__asm__ volatile("" ::: "memory");
	tr_depth = 0;
	return tr_self;
}

void tr_thread_forget_others(void)
{
	uint32_t n = __atomic_load_n(&n_slots, __ATOMIC_RELAXED);

	for (uint32_t i = 0; i < n && i < SLOTS; i++)
		slots[i].tid = 0;
	next_look = 0;
	tr.n_threads = 0;
	tr.n_live_threads = 0;
}

struct tr_thread *tr_thread_next(uint32_t *i)
{
	uint32_t n = __atomic_load_n(&n_slots, __ATOMIC_ACQUIRE);

	while (*i < n && *i < SLOTS) {
		struct tr_thread *thread = slots[(*i)++].thread;

		if (thread && thread->is_alive)
			return thread;
	}
	return NULL;
}
