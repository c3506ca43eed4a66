/* SPDX-License-Identifier: Apache-2.0 */
/* take.c -- see take.h. */
#include "tracer/beside/take.h"
#include "tracer/beside/borrow.h"
#include "tracer/beside/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

enum { TRIES = 30 };                            /* in a row, at bad places */
static const uint64_t stop_ns = 1000000000;     /* for threads that get no processor */

/* A process some of whose threads have not stopped yet. */
struct run_lingering {
	struct run_lingering *next;
	struct run_standstill still;
};

static struct mt_shot *shot_of(const struct run_drain *drain, uint32_t region)
{
	return &run_live_control(drain->live, region)->shot;
}

/* What the library shows of itself, in this process, now that it stands still. */
static bool read_gate(const struct run_drain *drain, const struct run_wish *wish,
		      struct mt_gate *gate)
{
	uint64_t at = __atomic_load_n(&shot_of(drain, wish->region)->gate, __ATOMIC_ACQUIRE);

	return at && run_borrow_read(wish->pid, at, gate, sizeof(*gate)) &&
	       gate->magic == MT_GATE_MAGIC && gate->region == wish->region &&
	       gate->trace_id == drain->live->header->trace_id;
}

static void order(struct mt_shot *shot, const struct run_wish *wish)
{
	uint64_t gate = shot->gate;

	*shot = (struct mt_shot){ .why = wish->why, .is_last_try = wish->is_last_try };
	__atomic_store_n(&shot->gate, gate, __ATOMIC_RELEASE);
	snprintf(shot->label, sizeof(shot->label), "%s", wish->label);
}

static bool is_job_stopped(const struct run_standstill *still)
{
	for (unsigned i = 0; i < still->n; i++)
		if (still->threads[i].is_job_stopped)
			return true;
	return false;
}

static uint32_t why_nobody(const struct run_standstill *still, bool is_filtered, int *error)
{
	if (is_filtered)
		return MT_SHOT_QUIET;
	for (unsigned i = 0; i < still->n && !*error; i++)
		*error = still->threads[i].error;
	return MT_SHOT_NOT_STOPPED;
}

/* While all stand still: has the clone made. */
static uint32_t use_standstill(struct run_drain *drain, const struct run_standstill *still,
			       const struct run_wish *wish, int *error)
{
	struct mt_region_control *control = run_live_control(drain->live, wish->region);
	struct run_stopped *thread;
	struct mt_gate gate;
	bool is_filtered;

	if (is_job_stopped(still))
		return MT_SHOT_JOB_STOPPED;
	thread = run_borrow_choose(still, &is_filtered);
	if (!thread)
		return why_nobody(still, is_filtered, error);
	if (!read_gate(drain, wish, &gate))
		return MT_SHOT_NO_IMAGE;
	order(&control->shot, wish);
	control->n_held = 0;
	control->hold_error = 0;
	run_standstill_list(still, control);
	if (!run_borrow(wish->pid, thread, &gate, &control->shot))
		return run_is_thread_alive(wish->pid, (uint64_t)thread->tid) ? MT_SHOT_FAILED
									  : MT_SHOT_NO_IMAGE;
	*error = (int)control->shot.error;
	if (!control->shot.refusal && !control->shot.child)
		return MT_SHOT_FAILED;
	return control->shot.refusal;
}

/* Who did not stop in time (in the midst of vfork, say) will when he wakes up, and
 * must be let go then; until then he does not notice. */
static void linger(struct run_shots *shots, const struct run_standstill *still)
{
	struct run_lingering *lingering = calloc(1, sizeof(*lingering));

	if (!lingering)
		return;
	lingering->still = *still;
	lingering->next = shots->lingering;
	shots->lingering = lingering;
}

static struct run_stopped *find_lingering(const struct run_shots *shots, pid_t tid)
{
	for (struct run_lingering *at = shots->lingering; at; at = at->next) {
		struct run_stopped *thread = run_standstill_find(&at->still, tid);

		if (thread && thread->is_seized)
			return thread;
	}
	return NULL;
}

void run_take_let_linger(struct run_shots *shots)
{
	for (struct run_lingering **link = &shots->lingering; *link;) {
		struct run_lingering *at = *link;

		if (run_standstill_end(&at->still)) {
			link = &at->next;
			continue;
		}
		*link = at->next;
		run_standstill_release(&at->still);
		free(at);
	}
}

bool run_shots_stopped(struct run_shots *shots, pid_t tid, int wait_status)
{
	struct run_stopped *thread = find_lingering(shots, tid);

	if (!thread)
		return false;
	run_standstill_saw(thread, wait_status);
	run_take_let_linger(shots);
	return true;
}

/* Orphans become ours while the clone is made. */
static void adopt(const struct run_shots *shots, bool is_on)
{
	if (!shots->is_adopting)
		prctl(PR_SET_CHILD_SUBREAPER, is_on, 0, 0, 0);
}

static uint32_t stop_and_clone(struct run_shots *shots, struct run_drain *drain,
			       const struct run_wish *wish, int *error)
{
	struct run_standstill still = { 0 };
	struct mt_shot *shot = shot_of(drain, wish->region);
	uint64_t began_ns = run_clock_monotonic_ns();
	uint32_t refusal;

	run_standstill_begin(&still, wish->pid, 0, began_ns + stop_ns);
	for (unsigned i = 0; i < still.n; i++)
		if (still.threads[i].error && find_lingering(shots, still.threads[i].tid))
			still.threads[i].error = ETIMEDOUT;
	adopt(shots, true);
	refusal = use_standstill(drain, &still, wish, error);
	adopt(shots, false);
	if (!refusal && shots->standings)
		run_standings_copy(shots->standings, &still, &(struct run_standing_of){
			shot->process, shot->number, shot->generation });
	if (run_standstill_end(&still))
		linger(shots, &still);
	else
		run_standstill_release(&still);
	__atomic_store_n(&shot->pause_ns, run_clock_monotonic_ns() - began_ns, __ATOMIC_RELEASE);
	return refusal;
}

bool run_take_is_bad_place(uint32_t refusal)
{
	return refusal == MT_SHOT_AMID_REALLOC || refusal == MT_SHOT_BUSY;
}

/* The region's control is one process's at a time: hold_asker. */
uint32_t run_take(struct run_shots *shots, struct run_drain *drain, const struct run_wish *wish,
		  int *error)
{
	struct mt_region_control *control = run_live_control(drain->live, wish->region);
	const struct timespec nap = { 0, 50000 };
	uint64_t nobody = 0;
	uint32_t refusal = MT_SHOT_BUSY;

	*error = 0;
	if (!__atomic_compare_exchange_n(&control->hold_asker, &nobody,
					 wish->pid << 32 | UINT32_MAX, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return MT_SHOT_BUSY;
	for (int i = 0; i < TRIES && run_take_is_bad_place(refusal); i++) {
		refusal = stop_and_clone(shots, drain, wish, error);
		if (run_take_is_bad_place(refusal))
			nanosleep(&nap, NULL);
	}
	__atomic_store_n(&control->hold_asker, 0, __ATOMIC_RELEASE);
	return refusal;
}
void run_take_forget_lingering(struct run_shots *shots)
{
	run_take_let_linger(shots);
	while (shots->lingering) {
		struct run_lingering *at = shots->lingering;

		shots->lingering = at->next;
		run_standstill_release(&at->still);
		free(at);
	}
}
