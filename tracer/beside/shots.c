/* SPDX-License-Identifier: Apache-2.0 */
/* shots.c -- see shots.h. */
#include "tracer/beside/shots.h"
#include "tracer/beside/take.h"
#include "tracer/beside/clock.h"
#include "formats/wire/snapshot.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	LAST_TRIES = 3,                 /* rounds of these, then it is taken as it is */
};
static const uint64_t abandoned_ns = 5000000000;
static const uint64_t stuck_ns = 60000000000;   /* a clone that gets nowhere */

/* One that a clone is writing. */
struct run_shot {
	struct run_shot *next;
	uint32_t region;
	pid_t child;
	int pidfd;
	uint64_t scanned_bytes;         /* when it last got somewhere */
	uint64_t moved_ns;
	bool is_asked;                  /* somebody waits for its end */
};

static struct mt_shot *shot_of(const struct run_drain *drain, uint32_t region)
{
	return &run_live_control(drain->live, region)->shot;
}

static void watch(struct run_shots *shots, struct run_drain *drain, const struct run_wish *wish)
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

static uint32_t take(struct run_shots *shots, struct run_drain *drain,
		     const struct run_wish *wish, int *error)
{
	uint32_t refusal = run_take(shots, drain, wish, error);

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
		struct run_wish wish = { region, at->pid, MT_SNAPSHOT_INTERVAL, "",
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
		at->n_shot_tries = run_take_is_bad_place(refusal) ? at->n_shot_tries + 1 : 0;
		if (!at->n_shot_tries && refusal != MT_SHOT_NO_ROOM)
			at->shot_due_ns = now_ns + shots->every_ns;
		if (refusal)
			say_refusal(shots, drain, at->pid, refusal, error);
	}
}

static void answer(struct mt_region_control *control, uint32_t refusal, int error)
{
	struct mt_request *request = &control->request;

	request->refusal = refusal;
	request->error = (uint32_t)error;
	request->number = control->shot.number;
	request->is_complete = control->shot.is_complete;
	request->pause_ns = control->shot.pause_ns;
	request->n_words = control->shot.n_words;
	__atomic_store_n(&request->state, MT_REQUEST_ANSWERED, __ATOMIC_RELEASE);
}

/* Somebody asks. Who asked and did not take the answer is gone. */
static void serve(struct run_shots *shots, struct run_drain *drain, uint32_t region,
		  uint64_t now_ns)
{
	struct mt_region_control *control = run_live_control(drain->live, region);
	struct run_region *at = &drain->live->regions[region];
	uint32_t state = __atomic_load_n(&control->request.state, __ATOMIC_ACQUIRE);
	struct run_wish wish = { region, control->request.pid, control->request.why, NULL, false };
	const struct run_process *process;
	char label[MT_SHOT_LABEL_BYTES];
	uint32_t refusal = MT_SHOT_NO_IMAGE;
	int error = 0;

	if (state != at->request_state)
		at->request_ns = now_ns;
	at->request_state = state;
	if (state == MT_REQUEST_NONE || is_writing(shots, region))
		return;
	if (state != MT_REQUEST_ASKED) {
		if (now_ns - at->request_ns > abandoned_ns)
			__atomic_store_n(&control->request.state, MT_REQUEST_NONE,
					 __ATOMIC_RELEASE);
		return;
	}
	snprintf(label, sizeof(label), "%.*s", MT_SHOT_LABEL_BYTES - 1, control->request.label);
	if (wish.why != MT_SNAPSHOT_CALL)
		wish.why = MT_SNAPSHOT_DEMAND;
	wish.label = label;
	wish.is_last_try = now_ns - at->request_ns > abandoned_ns;
	process = run_processes_find(at->users, wish.pid);
	if (process && may_be_taken(process))
		refusal = take(shots, drain, &wish, &error);
	else if (wish.why == MT_SNAPSHOT_CALL && !wish.is_last_try)
		return;    /* it asks, so it is there; what it said of itself is on its way */
	if (refusal && (run_take_is_bad_place(refusal) || refusal == MT_SHOT_NO_ROOM) &&
	    !wish.is_last_try)
		return;
	if (wish.why == MT_SNAPSHOT_CALL && refusal)
		say_refusal(shots, drain, wish.pid, refusal, error);
	/* The program goes on at once, who asks from outside when all is written. */
	if (wish.why == MT_SNAPSHOT_CALL || refusal)
		answer(control, refusal, error);
	else
		shots->first->is_asked = true;
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

	bool is_ended = __atomic_load_n(&told->state, __ATOMIC_ACQUIRE) & MT_SHOT_ENDED;

	if (!is_ended)
		say_refusal(shots, drain, (uint64_t)shot->child, MT_SHOT_CUT, 0);
	if (shot->is_asked)
		answer(run_live_control(drain->live, shot->region),
		       is_ended ? MT_SHOT_TAKEN : MT_SHOT_CUT, 0);
	close_stream(drain, shot->region);
	if (shot->pidfd >= 0)
		close(shot->pidfd);
	*link = shot->next;
	free(shot);
}

void run_shots_pass(struct run_shots *shots, struct run_drain *drain, uint64_t now_ns)
{
	run_take_let_linger(shots);
	for (struct run_shot **link = &shots->first; *link;)
		if (is_over(*link, shot_of(drain, (*link)->region), now_ns))
			forget(shots, drain, link);
		else
			link = &(*link)->next;
	for (uint32_t i = 0; i < drain->live->n_prepared && !shots->is_closing; i++) {
		if (!drain->live->regions[i].is_in_use)
			continue;
		serve(shots, drain, i, now_ns);
		if (shots->every_ns)
			take_due(shots, drain, i, now_ns);
	}
}

void run_shots_release(struct run_shots *shots, struct run_drain *drain)
{
	while (shots->first) {
		if (shots->first->pidfd >= 0)
			syscall(SYS_pidfd_send_signal, shots->first->pidfd, SIGKILL, NULL, 0);
		forget(shots, drain, &shots->first);
	}
	run_take_forget_lingering(shots);
}
