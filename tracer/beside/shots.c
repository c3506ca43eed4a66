/* SPDX-License-Identifier: Apache-2.0 */
/* shots.c -- see shots.h. */
#include "tracer/beside/shots.h"
#include "tracer/beside/borrow.h"
#include "tracer/beside/clock.h"
#include "formats/wire/snapshot.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	TRIES = 30,                     /* in a row, when somebody stands at a bad place */
	LAST_TRIES = 3,                 /* rounds of these, then it is taken as it is */
};
static const uint64_t stop_ns = 1000000000;     /* for threads that get no processor */
static const uint64_t stuck_ns = 60000000000;   /* a clone that gets nowhere */

/* One that a clone is writing. */
struct run_shot {
	struct run_shot *next;
	uint32_t region;
	pid_t child;
	int pidfd;
	uint64_t scanned_bytes;         /* when it last got somewhere */
	uint64_t moved_ns;
};

/* A process some of whose threads have not stopped yet. */
struct run_lingering {
	struct run_lingering *next;
	struct run_standstill still;
};

/* What is wanted of whom. */
struct wish {
	uint32_t region;
	uint64_t pid;
	uint32_t why;
	const char *label;
	bool is_last_try;
};

static struct mt_shot *shot_of(const struct run_drain *drain, uint32_t region)
{
	return &run_live_control(drain->live, region)->shot;
}

/* What the library shows of itself, in this process, now that it stands still. */
static bool read_gate(const struct run_drain *drain, const struct wish *wish, struct mt_gate *gate)
{
	uint64_t at = __atomic_load_n(&shot_of(drain, wish->region)->gate, __ATOMIC_ACQUIRE);

	return at && run_borrow_read(wish->pid, at, gate, sizeof(*gate)) &&
	       gate->magic == MT_GATE_MAGIC && gate->region == wish->region &&
	       gate->trace_id == drain->live->header->trace_id;
}

static void order(struct mt_shot *shot, const struct wish *wish)
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
			       const struct wish *wish, int *error)
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

static void let_linger(struct run_shots *shots)
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
	let_linger(shots);
	return true;
}

/* Orphans become ours while the clone is made. */
static void adopt(const struct run_shots *shots, bool is_on)
{
	if (!shots->is_adopting)
		prctl(PR_SET_CHILD_SUBREAPER, is_on, 0, 0, 0);
}

static uint32_t stop_and_clone(struct run_shots *shots, struct run_drain *drain,
			       const struct wish *wish, int *error)
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
	if (run_standstill_end(&still))
		linger(shots, &still);
	else
		run_standstill_release(&still);
	__atomic_store_n(&shot->pause_ns, run_clock_monotonic_ns() - began_ns, __ATOMIC_RELEASE);
	return refusal;
}

static void watch(struct run_shots *shots, struct run_drain *drain, const struct wish *wish)
{
	struct run_shot *watched = calloc(1, sizeof(*watched));
	struct run_region *region = &drain->live->regions[wish->region];

	if (!watched)
		return;
	watched->region = wish->region;
	watched->child = (pid_t)shot_of(drain, wish->region)->child;
	watched->pidfd = (int)syscall(SYS_pidfd_open, watched->child, 0);
	watched->moved_ns = run_clock_monotonic_ns();
	watched->next = shots->first;
	shots->first = watched;
	region->shot_stream = shot_of(drain, wish->region)->stream;
}

static bool is_bad_place(uint32_t refusal)
{
	return refusal == MT_SHOT_AMID_REALLOC || refusal == MT_SHOT_BUSY;
}

/* The region's control is one process's at a time: hold_asker. */
static uint32_t take(struct run_shots *shots, struct run_drain *drain, const struct wish *wish,
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
	for (int i = 0; i < TRIES && is_bad_place(refusal); i++) {
		refusal = stop_and_clone(shots, drain, wish, error);
		if (is_bad_place(refusal))
			nanosleep(&nap, NULL);
	}
	__atomic_store_n(&control->hold_asker, 0, __ATOMIC_RELEASE);
	if (!refusal)
		watch(shots, drain, wish);
	return refusal;
}

bool run_shots_are_open(const struct run_shots *shots)
{
	return shots->first != NULL;
}

static bool is_writing(const struct run_shots *shots, uint32_t region)
{
	for (const struct run_shot *shot = shots->first; shot; shot = shot->next)
		if (shot->region == region)
			return true;
	return false;
}

static bool may_be_taken(const struct run_process *process)
{
	return process->pid && process->pid == process->inner_pid && process->pidfd >= 0 &&
	       !process->is_ended && !process->is_replaced && !process->is_foreign;
}

/* Once per reason: the certificate is no diary. */
static void say_refusal(struct run_shots *shots, struct run_drain *drain, uint64_t pid,
			uint32_t refusal, int error)
{
	static const char *const reasons[MT_N_SHOT_REFUSALS] = {
		[MT_SHOT_QUIET] = "it has a filter for system calls of its own",
		[MT_SHOT_ADOPTS] = "a process of this run adopts orphans",
		[MT_SHOT_NO_CLONE] = "the kernel made no copy of it",
		[MT_SHOT_NOT_STOPPED] = "it could not be stopped",
		[MT_SHOT_FAILED] = "the stopped thread did not do its part",
		[MT_SHOT_CUT] = "the process that wrote it ended early",
	};
	char detail[160];

	/* Who does not stop without a reason may the next time. */
	if (!reasons[refusal] || shots->refusals_said >> refusal & 1 ||
	    (refusal == MT_SHOT_NOT_STOPPED && (!error || error == ESRCH)))
		return;
	shots->refusals_said |= 1u << refusal;
	snprintf(detail, sizeof(detail), "process %llu: %s%s%s", (unsigned long long)pid,
		 reasons[refusal], error ? ": " : "", error ? strerror(error) : "");
	run_trace_note(drain->trace, 0, false, "snapshot-refused", detail);
}

/* Every process when it is due; one that is late is not made up for. */
static void take_due(struct run_shots *shots, struct run_drain *drain, uint32_t region,
		     uint64_t now_ns)
{
	struct run_process *at = drain->live->regions[region].users;

	for (; at && !is_writing(shots, region); at = at->next) {
		struct wish wish = { region, at->pid, MT_SNAPSHOT_INTERVAL, "",
				     at->n_shot_tries >= LAST_TRIES };
		uint32_t refusal;
		int error;

		if (!may_be_taken(at))
			continue;
		if (!at->shot_due_ns)
			at->shot_due_ns = now_ns + shots->every_ns;
		if (now_ns < at->shot_due_ns)
			continue;
		refusal = take(shots, drain, &wish, &error);
		at->n_shot_tries = is_bad_place(refusal) ? at->n_shot_tries + 1 : 0;
		if (!at->n_shot_tries && refusal != MT_SHOT_NO_ROOM)
			at->shot_due_ns = now_ns + shots->every_ns;
		if (refusal)
			say_refusal(shots, drain, at->pid, refusal, error);
	}
}

/* What the clone did not hand back is full now. */
static void close_stream(struct run_drain *drain, uint32_t region)
{
	struct run_region *at = &drain->live->regions[region];

	for (uint32_t i = 1; i < at->n_granted; i++) {
		struct mt_segment_header *segment = run_live_segment(drain->live, region, i);
		uint32_t state = __atomic_load_n(&segment->state, __ATOMIC_ACQUIRE);

		if ((state & 0xff) == MT_SEGMENT_OWNED && segment->stream == at->shot_stream)
			__atomic_store_n(&segment->state,
					 mt_segment_state(state >> 8, MT_SEGMENT_FULL),
					 __ATOMIC_RELEASE);
	}
	at->shot_stream = 0;
}

/* A clone that is gone, or gets nowhere and has to go. */
static bool is_over(struct run_shot *shot, const struct mt_shot *told, uint64_t now_ns)
{
	struct pollfd ready = { .fd = shot->pidfd, .events = POLLIN };
	uint64_t scanned_bytes = __atomic_load_n(&told->scanned_bytes, __ATOMIC_RELAXED);

	if (shot->pidfd < 0 || poll(&ready, 1, 0) > 0)
		return true;
	if (scanned_bytes != shot->scanned_bytes)
		shot->moved_ns = now_ns;
	shot->scanned_bytes = scanned_bytes;
	if (now_ns - shot->moved_ns > stuck_ns)
		syscall(SYS_pidfd_send_signal, shot->pidfd, SIGKILL, NULL, 0);
	return false;
}

static void forget(struct run_shots *shots, struct run_drain *drain, struct run_shot **link)
{
	struct run_shot *shot = *link;
	const struct mt_shot *told = shot_of(drain, shot->region);

	if (!(__atomic_load_n(&told->state, __ATOMIC_ACQUIRE) & MT_SHOT_ENDED))
		say_refusal(shots, drain, (uint64_t)shot->child, MT_SHOT_CUT, 0);
	close_stream(drain, shot->region);
	if (shot->pidfd >= 0)
		close(shot->pidfd);
	*link = shot->next;
	free(shot);
}

void run_shots_pass(struct run_shots *shots, struct run_drain *drain, uint64_t now_ns)
{
	let_linger(shots);
	for (struct run_shot **link = &shots->first; *link;)
		if (is_over(*link, shot_of(drain, (*link)->region), now_ns))
			forget(shots, drain, link);
		else
			link = &(*link)->next;
	for (uint32_t i = 0; shots->every_ns && i < drain->live->n_prepared; i++)
		if (drain->live->regions[i].is_in_use)
			take_due(shots, drain, i, now_ns);
}

void run_shots_release(struct run_shots *shots, struct run_drain *drain)
{
	while (shots->first) {
		if (shots->first->pidfd >= 0)
			syscall(SYS_pidfd_send_signal, shots->first->pidfd, SIGKILL, NULL, 0);
		forget(shots, drain, &shots->first);
	}
	let_linger(shots);
	while (shots->lingering) {
		struct run_lingering *at = shots->lingering;

		shots->lingering = at->next;
		run_standstill_release(&at->still);
		free(at);
	}
}
