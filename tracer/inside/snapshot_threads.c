/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_threads.c -- who else is running, and asking the runner to stop them.
 */
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"
#include "tracer/inside/channel.h"

#include <errno.h>
#include <fcntl.h>

enum {
	PATIENCE_NS = 200000000,
	NAP_NS = 50000,
};

struct task_entry {         /* as getdents64 gives it */
	uint64_t inode;
	int64_t next;
	uint16_t n_bytes;
	uint8_t type;
	char name[];
};

static struct mt_snapshot_thread *add(struct tr_shot *shot, uint64_t tid)
{
	struct mt_snapshot_thread *thread;

	if (shot->n_threads == TR_SHOT_THREADS_MAX) {
		shot->reason = "too-many-threads";
		return NULL;
	}
	thread = &shot->threads[shot->n_threads++];
	*thread = (struct mt_snapshot_thread){ .tid = tid };
	return thread;
}

static uint64_t number(const char *digits)
{
	uint64_t value = 0;

	for (; *digits >= '0' && *digits <= '9'; digits++)
		value = value * 10 + (uint64_t)(*digits - '0');
	return value;
}

/* All but the calling one, from /proc/self/task. False: it cannot be read. */
static bool list_tasks(struct tr_shot *shot, uint64_t self)
{
	static uint64_t entries[512];    /* one thread scans */
	long fd = tr_sys4(SYS_openat, AT_FDCWD, "/proc/self/task",
			  O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	long n = 0;

	if (tr_is_error(fd))
		return false;
	while ((n = tr_sys3(SYS_getdents64, fd, entries, sizeof(entries))) > 0)
		for (long at = 0; at < n;) {
			const struct task_entry *entry =
				(const void *)((const char *)entries + at);
			uint64_t tid = number(entry->name);

			if (tid && tid != self)
				add(shot, tid);
			at += entry->n_bytes;
		}
	tr_sys1(SYS_close, fd);
	return n == 0;
}

/* Takes the region's only seat for it; false: somebody else had it all the time. */
static bool take_seat(uint64_t self, uint64_t until_ns)
{
	for (;;) {
		uint64_t nobody = 0;

		if (__atomic_compare_exchange_n(&tr.control->hold_asker, &nobody,
						tr.pid << 32 | self, false, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return true;
		if (tr_monotonic_ns() > until_ns)
			return false;
		tr_nap(NAP_NS);
	}
}

/* 0: the runner has answered; else why not. */
static uint32_t ask(struct tr_shot *shot, uint64_t self)
{
	uint64_t until_ns = tr_monotonic_ns() + PATIENCE_NS;
	uint32_t *state = &tr.control->hold_state;
	uint32_t asked = MT_HOLD_STATE_ASKED;

	if (!tr.live->has_runner)
		return ENOSYS;
	if (!take_seat(self, until_ns))
		return EBUSY;
	shot->is_asked = true;
	tr.control->hold_process = tr.process;
	tr.control->hold_snapshot = shot->number;
	tr.control->hold_generation = __atomic_load_n(&tr.unload_generation, __ATOMIC_ACQUIRE);
	__atomic_store_n(state, MT_HOLD_STATE_ASKED, __ATOMIC_RELEASE);
	tr_channel_wake();
	while (__atomic_load_n(state, __ATOMIC_ACQUIRE) == MT_HOLD_STATE_ASKED) {
		if (tr_monotonic_ns() < until_ns) {
			tr_nap(NAP_NS);
			continue;
		}
		if (__atomic_compare_exchange_n(state, &asked, MT_HOLD_STATE_RELEASE, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			shot->is_asked = false;
			return ETIMEDOUT;
		}
	}
	return 0;
}

static void take_held(struct mt_snapshot_thread *thread, const struct mt_held_thread *held)
{
	thread->error = held->error;
	if (held->error)
		return;
	thread->hold = MT_HOLD_HELD;
	thread->pc = held->pc;
	thread->sp = held->sp;
	thread->fp = held->fp;
	thread->thread_pointer = held->thread_pointer;
	thread->n_registers = MT_HELD_REGISTERS;
	memcpy(thread->registers, held->registers, sizeof(held->registers));
	thread->registers[thread->n_registers++] = held->fp;
	thread->registers[thread->n_registers++] = held->sp;
}

void tr_shot_list_held(struct tr_shot *shot)
{
	const struct mt_held_thread *held = mt_held_threads(tr.control);

	shot->n_threads = 0;
	shot->are_all_held = !tr.control->hold_error;
	for (uint32_t i = 0; i < tr.control->n_held && i < MT_HELD_MAX; i++) {
		struct mt_snapshot_thread *thread = add(shot, held[i].tid);

		if (thread) {
			thread->hold = MT_HOLD_RUNNING;
			take_held(thread, &held[i]);
		}
	}
}

void tr_shot_hold(struct tr_shot *shot, const struct mt_snapshot_thread *self)
{
	bool is_listed = list_tasks(shot, self->tid);
	struct mt_snapshot_thread *thread;
	uint32_t n_others = shot->n_threads, error;

	shot->are_all_held = is_listed && !n_others;
	if (is_listed && n_others) {
		error = ask(shot, self->tid);
		if (!error && !tr.control->n_held)
			error = tr.control->hold_error;
		for (uint32_t i = 0; i < n_others; i++) {
			shot->threads[i].hold = MT_HOLD_RUNNING;
			shot->threads[i].error = error;
		}
		if (!error)
			tr_shot_list_held(shot);    /* the runner's list is newer */
	}
	thread = add(shot, self->tid);
	if (thread)
		*thread = *self;
}

void tr_shot_release(struct tr_shot *shot)
{
	if (!shot->is_asked)
		return;
	shot->is_asked = false;
	__atomic_store_n(&tr.control->hold_state, MT_HOLD_STATE_RELEASE, __ATOMIC_RELEASE);
	tr_channel_wake();
}
