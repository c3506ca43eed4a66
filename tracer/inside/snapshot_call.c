/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_call.c -- the program asks for a snapshot of itself: a request in the
 * region's control, as memtrace snapshot makes it, and a bounded wait until all
 * threads stood still and a clone was made. The calling thread is stopped with the
 * others, here, outside of every hook.
 */
#include "tracer/inside/snapshot.h"
#include "tracer/inside/channel.h"
#include "tracer/inside/sys.h"

enum { NAP_NS = 200000 };
static const uint64_t patience_ns = UINT64_C(10) * 1000000000;

/* False: time was up, or the runner is gone. */
static bool wait_until(uint32_t wanted, uint64_t until_ns)
{
	while (__atomic_load_n(&tr.control->request.state, __ATOMIC_ACQUIRE) != wanted) {
		if (tr_monotonic_ns() > until_ns ||
		    __atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE))
			return false;
		tr_nap(NAP_NS);
	}
	return true;
}

static bool take_turn(struct mt_request *request, uint64_t until_ns)
{
	uint32_t nobody;

	do {
		nobody = MT_REQUEST_NONE;
		if (!wait_until(MT_REQUEST_NONE, until_ns))
			return false;
	} while (!__atomic_compare_exchange_n(&request->state, &nobody, MT_REQUEST_TAKEN, false,
					      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return true;
}

bool tr_snapshot_call(const char *label)
{
	struct mt_request *request = &tr.control->request;
	uint64_t until_ns = tr_monotonic_ns() + patience_ns;
	uint32_t asked = MT_REQUEST_ASKED;
	size_t n = label ? strnlen(label, sizeof(request->label) - 1) : 0;

	if (!tr.live->has_runner || !take_turn(request, until_ns))
		return false;
	request->why = MT_SNAPSHOT_CALL;
	request->pid = tr.pid;
	if (n)
		memcpy(request->label, label, n);
	request->label[n] = '\0';
	__atomic_store_n(&request->state, MT_REQUEST_ASKED, __ATOMIC_RELEASE);
	tr_channel_wake();
	if (wait_until(MT_REQUEST_ANSWERED, until_ns)) {
		__atomic_store_n(&request->state, MT_REQUEST_NONE, __ATOMIC_RELEASE);
		return true;
	}
	/* Answered just now, or to be forgotten. */
	if (!__atomic_compare_exchange_n(&request->state, &asked, MT_REQUEST_NONE, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		__atomic_store_n(&request->state, MT_REQUEST_NONE, __ATOMIC_RELEASE);
	return false;
}
