/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold.c -- see hold.h, and formats/wire/live.h for how it is asked for.
 */
#include "tracer/beside/hold.h"
#include "tracer/beside/clock.h"

#include <errno.h>
#include <stdlib.h>

enum {
	STOP_NS = 100000000,            /* for all threads together */
	WALK_NS = 2000000,              /* of a pass, on the stacks that were copied */
	ABANDONED_NS = 1000000000,      /* an asker who never asked */
};

struct run_hold {
	struct run_hold *next;
	uint32_t region;
	struct run_standstill still;
	bool is_released;               /* some thread has not stopped yet */
};

static bool let_go(struct run_hold *hold)
{
	hold->is_released = true;
	return run_standstill_end(&hold->still);
}

static void forget(struct run_hold **link)
{
	struct run_hold *hold = *link;

	*link = hold->next;
	run_standstill_release(&hold->still);
	free(hold);
}

static void become_idle(struct mt_region_control *control)
{
	__atomic_store_n(&control->hold_state, MT_HOLD_STATE_IDLE, __ATOMIC_RELEASE);
	__atomic_store_n(&control->hold_asker, 0, __ATOMIC_RELEASE);
}

/* Thread numbers are only ours to use in our own pid namespace. */
static bool is_known(const struct run_drain *drain, uint32_t region, uint64_t pid)
{
	const struct run_process *process =
		run_processes_find(drain->live->regions[region].users, pid);

	return process && process->pid == pid && !process->is_ended;
}

static void answer(struct run_holds *holds, struct run_drain *drain, uint32_t region)
{
	struct mt_region_control *control = run_live_control(drain->live, region);
	uint64_t asker = __atomic_load_n(&control->hold_asker, __ATOMIC_ACQUIRE);
	uint64_t until_ns = run_clock_monotonic_ns() + STOP_NS;
	struct run_hold *hold = calloc(1, sizeof(*hold));
	uint32_t expected = MT_HOLD_STATE_ASKED;

	control->n_held = 0;
	control->hold_error = hold ? 0 : ENOMEM;
	if (hold) {
		hold->region = region;
		hold->next = holds->first;
		holds->first = hold;
		run_drain_meet(drain, region, asker >> 32);
		control->hold_error = is_known(drain, region, asker >> 32) ? 0 : EXDEV;
	}
	if (hold && !control->hold_error) {
		run_standstill_begin(&hold->still, asker >> 32, (pid_t)(asker & UINT32_MAX),
				     until_ns);
		run_standstill_list(&hold->still, control);
		run_standings_copy(&holds->standings, &hold->still, &(struct run_standing_of){
			control->hold_process, control->hold_snapshot, control->hold_generation });
	}
	/* Too late: it went on without us, and says RELEASE. */
	__atomic_compare_exchange_n(&control->hold_state, &expected, MT_HOLD_STATE_HELD, false,
				    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static struct run_hold **find_hold(struct run_holds *holds, uint32_t region)
{
	struct run_hold **link = &holds->first;

	while (*link && ((*link)->region != region || (*link)->is_released))
		link = &(*link)->next;
	return link;
}

static void release(struct run_holds *holds, struct mt_region_control *control, uint32_t region)
{
	struct run_hold **link = find_hold(holds, region);

	if (*link && !let_go(*link))
		forget(link);
	become_idle(control);
}

static void look_at(struct run_holds *holds, struct run_drain *drain, uint32_t region,
		    uint64_t now_ns)
{
	struct mt_region_control *control = run_live_control(drain->live, region);
	struct run_region *at = &drain->live->regions[region];
	uint64_t asker = __atomic_load_n(&control->hold_asker, __ATOMIC_ACQUIRE);

	if (!asker) {
		at->asked_ns = 0;
		return;
	}
	if (!at->asked_ns)
		at->asked_ns = now_ns;
	switch (__atomic_load_n(&control->hold_state, __ATOMIC_ACQUIRE)) {
	case MT_HOLD_STATE_ASKED:
		answer(holds, drain, region);
		break;
	case MT_HOLD_STATE_HELD:
		if (*find_hold(holds, region) && is_known(drain, region, asker >> 32))
			break;
		/* fall through */
	case MT_HOLD_STATE_RELEASE:
		release(holds, control, region);
		break;
	default:
		if (now_ns - at->asked_ns > ABANDONED_NS)
			become_idle(control);
	}
}

void run_holds_pass(struct run_holds *holds, struct run_drain *drain, uint64_t now_ns)
{
	for (uint32_t i = 0; i < drain->live->n_prepared; i++)
		if (drain->live->regions[i].is_in_use)
			look_at(holds, drain, i, now_ns);
	for (struct run_hold **link = &holds->first; *link;) {
		const struct run_hold *hold = *link;
		bool is_over = hold->is_released || !drain->live->regions[hold->region].is_in_use;

		if (is_over && !let_go(*link))
			forget(link);
		else
			link = &(*link)->next;
	}
	/* Not while somebody waits for us. */
	if (!holds->first)
		run_standings_walk(&holds->standings, drain->trace,
				   run_clock_monotonic_ns() + WALK_NS);
}

bool run_holds_stopped(struct run_holds *holds, pid_t pid, int wait_status)
{
	for (struct run_hold *hold = holds->first; hold; hold = hold->next) {
		struct run_stopped *thread = run_standstill_find(&hold->still, pid);

		if (!thread || !thread->is_seized)
			continue;
		run_standstill_saw(thread, wait_status);
		if (hold->is_released)
			let_go(hold);
		return true;
	}
	return false;
}

void run_holds_release(struct run_holds *holds)
{
	run_standings_release(&holds->standings);
	while (holds->first) {
		let_go(holds->first);
		forget(&holds->first);
	}
}
