/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errors_finish.c -- which of the wrong releases that were noticed are said:
 * the rules of errors.h, applied when the whole trace is known.
 */
#include "analyzer/heap/replay.h"

#include <signal.h>
#include <string.h>

/* What a process' strays say together. */
struct strays {
	uint64_t n_unexplained;
	bool is_bypassed;            /* a note says so */
};

static uint32_t resolve_id(const struct an_error_state *error, uint32_t id,
			   struct an_resolver *resolver)
{
	const struct an_site_state site = { .process = error->process, .stack_id = id };

	return id ? an_resolve_stack(resolver, &site) : 0;
}

static void resolve_one(struct an_error_state *error, struct an_resolver *resolver)
{
	error->free_stack = resolve_id(error, error->free_stack, resolver);
	error->first_free_stack = resolve_id(error, error->first_free_stack, resolver);
}

void an_errors_resolve(struct an_replay *replay, struct an_resolver *resolver)
{
	for (size_t i = 0; i < replay->errors.n; i++)
		resolve_one(&replay->errors.at[i], resolver);
	for (size_t i = 0; i < replay->strays.n; i++)
		resolve_one(&replay->strays.at[i].error, resolver);
}

/* The thread did nothing more, and the image ended as allocators end it. */
static bool was_fatal(const struct an_replay *replay, const struct an_stray *stray)
{
	const struct an_process *process = &replay->processes.at[stray->error.process]->out;

	return stray->number == replay->threads.at[stray->thread].n_events &&
	       process->end_how == MT_END_SIGNAL &&
	       (process->end_status == SIGABRT || process->end_status == SIGSEGV ||
		process->end_status == SIGBUS);
}

/* The module that was loaded at the address, among those of its own image. */
static uint32_t find_module(const struct an_replay *replay, const struct an_error_state *error,
			    const uint32_t *process_index)
{
	uint64_t time_ns = an_clock_ns(&replay->clock, error->ticks);

	for (uint32_t i = 0; i < replay->out.n_modules; i++) {
		const struct an_module *module = &replay->out.modules[i];

		if (module->process == process_index[error->process] &&
		    error->addr >= module->start && error->addr < module->end &&
		    module->loaded_ns <= time_ns && time_ns < module->unloaded_ns)
			return i;
	}
	return AN_NONE;
}

static struct strays *sum_strays(struct an_replay *replay, const uint32_t *process_index)
{
	struct strays *sums = xcalloc(replay->processes.n, sizeof(*sums));

	for (size_t i = 0; i < replay->processes.n; i++)
		sums[i].n_unexplained = replay->processes.at[i]->n_strays_lost;
	for (size_t i = 0; i < replay->strays.n; i++) {
		struct an_stray *stray = &replay->strays.at[i];

		if (!stray->has_evidence)
			stray->error.module = find_module(replay, &stray->error, process_index);
		if (!stray->has_evidence && stray->error.module == AN_NONE &&
		    !was_fatal(replay, stray))
			sums[stray->error.process].n_unexplained++;
	}
	for (size_t i = 0; i < replay->notes.n; i++)
		if (!strcmp(replay->notes.at[i].reason, "allocator-bypassed") &&
		    replay->notes.at[i].process != AN_NONE)
			sums[replay->notes.at[i].process].is_bypassed = true;
	return sums;
}

/* Nothing that would explain it is missing from the trace. */
static bool is_whole(const struct an_replay *replay, const struct an_process_state *process)
{
	return process->is_known && !process->is_lossy && !replay->is_lossy &&
	       !replay->n_damages && !replay->n_gaps && !replay->n_bad_records &&
	       !(replay->out.is_cut && process->n_streams > 1);
}

static bool is_said(const struct an_replay *replay, const struct an_stray *stray,
		    const struct strays *sum)
{
	const struct an_process_state *process = replay->processes.at[stray->error.process];
	bool is_explained = !sum->n_unexplained && !sum->is_bypassed;

	if (!is_whole(replay, process) || !stray->is_orderly)
		return false;
	if (stray->error.kind == AN_ERROR_INVALID_FREE &&
	    process->out.origin == MT_ORIGIN_FORK)
		return false;
	return (stray->has_evidence && is_explained) || was_fatal(replay, stray) ||
	       stray->error.module != AN_NONE;
}

static void judge_strays(struct an_replay *replay, const uint32_t *process_index)
{
	struct strays *sums = sum_strays(replay, process_index);

	for (size_t i = 0; i < replay->strays.n; i++) {
		struct an_stray *stray = &replay->strays.at[i];

		if (!is_said(replay, stray, &sums[stray->error.process]))
			continue;
		replay->processes.at[stray->error.process]->n_explained += !stray->is_intent;
		an_error_add(replay, &stray->error);
	}
	free(sums);
}

static int compare(const void *left, const void *right)
{
	const struct an_error *a = left, *b = right;
	const uint32_t order[][2] = {
		{ a->process, b->process }, { a->kind, b->kind }, { a->stack, b->stack },
		{ a->release, b->release }, { a->free_stack, b->free_stack },
		{ a->first_free_stack, b->first_free_stack }, { a->module, b->module },
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i][0] != order[i][1])
			return order[i][0] < order[i][1] ? -1 : 1;
	return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

static struct an_error make(struct an_replay *replay, const struct an_error_state *from,
			    const uint32_t *process_index, const uint32_t *stack_of)
{
	return (struct an_error){
		.kind = from->kind, .release = from->release,
		.process = process_index[from->process],
		.stack = from->site == AN_NONE ? 0 : stack_of[from->site],
		.free_stack = from->free_stack, .first_free_stack = from->first_free_stack,
		.module = from->module, .n = from->n, .bytes = from->bytes,
		.addr = from->addr, .size = from->size,
		.time_ns = an_clock_ns(&replay->clock, from->ticks),
		.declared_size = from->declared_size,
		.declared_align_log2 = from->declared_align_log2,
		.is_align_wrong = from->is_align_wrong, .offset = from->offset,
	};
}

void an_errors_finish(struct an_replay *replay, const uint32_t *process_index,
		      const uint32_t *stack_of)
{
	struct an_session *out = &replay->out;

	judge_strays(replay, process_index);
	out->errors = arena_alloc(&replay->arena, replay->errors.n, sizeof(struct an_error));
	for (size_t i = 0; i < replay->errors.n; i++) {
		struct an_error error = make(replay, &replay->errors.at[i], process_index,
					     stack_of);

		if (error.kind == AN_ERROR_MISMATCHED_FREE && an_error_may_be_foreign(out, &error))
			continue;
		out->errors[out->n_errors++] = error;
		out->processes[error.process].n_errors[error.kind] += error.n;
	}
	qsort(out->errors, out->n_errors, sizeof(struct an_error), compare);
}
