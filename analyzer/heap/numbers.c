/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbers.c -- how what a replay counts and times becomes what a session says.
 *
 * At the end of a replay that is a matter of its own tables. While a trace is read
 * once more, to look at snapshots that the first reading only counted, it is what
 * the session of the first reading calls the same thing: processes, stacks and
 * threads are found there by their ids in the trace, times by its clock.
 */
#include "analyzer/heap/replay.h"

static const struct an_process_state *known_process(const struct an_replay *known,
						    const struct an_process_state *process)
{
	const struct an_link *link = u64map_get(&known->process_of, process->out.trace_id);

	return link ? known->processes.at[link->value] : NULL;
}

struct an_numbers an_numbers_known(struct an_replay *replay,
				   const struct an_process_state *process)
{
	const struct an_replay *known = replay->options.known->internal;

	return (struct an_numbers){ .replay = replay, .known = known,
				    .process = known_process(known, process),
				    .process_index = known->process_index,
				    .thread_index = known->thread_index,
				    .stack_of = known->stack_of };
}

uint32_t an_numbers_process(const struct an_numbers *numbers, uint32_t process)
{
	if (numbers->known)
		return numbers->process ? numbers->process_index[numbers->process->index]
					: AN_NONE;
	return numbers->process_index[process];
}

/* What a forked child inherited is its parent's. */
static const struct an_process_state *known_owner(const struct an_numbers *numbers,
						  uint32_t index)
{
	const struct an_process_state *owner = numbers->replay->processes.at[index];

	if (numbers->process && numbers->process->out.trace_id == owner->out.trace_id)
		return numbers->process;
	return known_process(numbers->known, owner);
}

uint32_t an_numbers_stack(const struct an_numbers *numbers, uint32_t site)
{
	const struct an_process_state *process;
	const struct an_link *link;

	if (!numbers->known)
		return numbers->stack_of[site];
	process = known_owner(numbers, numbers->replay->sites.at[site].process);
	if (!process)
		return 0;
	link = u64map_get(&process->site_of, numbers->replay->sites.at[site].stack_id);
	return link ? numbers->stack_of[link->value] : 0;
}

uint32_t an_numbers_thread(const struct an_numbers *numbers, uint32_t thread)
{
	const struct an_process_state *process;
	const struct an_link *link;

	if (thread == AN_NONE)
		return AN_NONE;
	if (!numbers->known)
		return numbers->thread_index[thread];
	process = known_owner(numbers, numbers->replay->threads.at[thread].process);
	if (!process)
		return AN_NONE;
	link = u64map_get(&process->thread_of, numbers->replay->threads.at[thread].id);
	return link ? numbers->thread_index[link->value] : AN_NONE;
}

uint64_t an_numbers_ns(const struct an_numbers *numbers, uint64_t ticks)
{
	if (ticks == UINT64_MAX)
		return UINT64_MAX;
	return an_clock_ns(numbers->known ? &numbers->known->clock : &numbers->replay->clock,
			   ticks);
}
