/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish.c -- when all is read: sorts, numbers, turns ticks into ns, and
 * leaves a session that does not change any more.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

static uint64_t start_of(const struct an_process_state *process)
{
	return process->is_known ? process->out.start_ns : process->first_ticks;
}

static int compare_starts(const void *a, const void *b)
{
	const struct an_process_state *one = *(struct an_process_state *const *)a;
	const struct an_process_state *other = *(struct an_process_state *const *)b;

	if (start_of(one) != start_of(other))
		return start_of(one) < start_of(other) ? -1 : 1;
	return (one->index > other->index) - (one->index < other->index);
}

static void convert_process(struct an_replay *replay, const struct an_process_state *from,
			    struct an_process *to, const uint32_t *process_index)
{
	*to = from->out;
	to->parent = to->parent == AN_NONE ? AN_NONE : process_index[to->parent];
	to->start_ns = an_clock_ns(&replay->clock, start_of(from));
	to->end_ns = an_clock_ns(&replay->clock, from->out.end_ns);
	to->totals.peak_ns = an_clock_ns(&replay->clock, from->out.totals.peak_ns);
}

/* Processes of which nothing is in the trace but a mention are left out.
 * process_index: from this replay's numbers to the session's. */
static void list_processes(struct an_replay *replay, uint32_t *process_index)
{
	struct an_process_state **sorted = xcalloc(replay->processes.n, sizeof(*sorted));
	uint32_t n = 0;

	for (size_t i = 0; i < replay->processes.n; i++) {
		process_index[i] = AN_NONE;
		/* Nor those that began when reading was to end. */
		if (replay->processes.at[i]->n_streams &&
		    !(replay->options.until &&
		      replay->processes.at[i]->first_ticks == UINT64_MAX))
			sorted[n++] = replay->processes.at[i];
	}
	qsort(sorted, n, sizeof(struct an_process_state *), compare_starts);
	for (uint32_t i = 0; i < n; i++)
		process_index[sorted[i]->index] = i;
	replay->out.processes = arena_alloc(&replay->arena, n, sizeof(struct an_process));
	replay->out.n_processes = n;
	for (uint32_t i = 0; i < n; i++) {
		convert_process(replay, sorted[i], &replay->out.processes[i], process_index);
		replay->out.processes[i].id = i + 1;
	}
	free(sorted);
}

struct thread_key {
	uint32_t process, id, index;
};

static int compare_threads(const void *a, const void *b)
{
	const struct thread_key *one = a, *other = b;

	if (one->process != other->process)
		return one->process < other->process ? -1 : 1;
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return (one->index > other->index) - (one->index < other->index);
}

static void list_threads(struct an_replay *replay, const uint32_t *process_index,
			 uint32_t *thread_index)
{
	size_t n = replay->threads.n;
	struct thread_key *keys = xcalloc(n, sizeof(*keys));

	for (uint32_t i = 0; i < n; i++)
		keys[i] = (struct thread_key){ process_index[replay->threads.at[i].process],
					       replay->threads.at[i].id, i };
	qsort(keys, n, sizeof(*keys), compare_threads);
	replay->out.threads = arena_alloc(&replay->arena, n, sizeof(struct an_thread));
	replay->out.n_threads = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		const struct an_thread_state *from = &replay->threads.at[keys[i].index];

		thread_index[keys[i].index] = i;
		replay->out.threads[i] = (struct an_thread){
			.process = keys[i].process, .id = from->id, .tid = from->tid,
			.name = from->name,
			.started_ns = an_clock_ns(&replay->clock, from->first_ticks),
			.ended_ns = an_clock_ns(&replay->clock, from->last_ticks),
		};
	}
	free(keys);
}

static void add_site(struct an_replay *replay, struct an_site *to,
		     const struct an_site_state *from)
{
	to->n_allocations += from->n_allocations;
	to->allocated_bytes += from->allocated_bytes;
	to->n_live += from->n_live;
	to->live_bytes += from->live_bytes;
	to->peak_bytes += from->peak_bytes;
	to->n_peak += from->n_peak;
	to->n_temporary += from->n_temporary;
	to->lifetime_ns += an_clock_span_ns(&replay->clock, from->lifetime_ticks);
	to->n_freed += from->n_freed;
	to->n_ignored += from->n_ignored;
	to->ignored_bytes += from->ignored_bytes;
	to->type = an_site_type(to->type, from->type);
	to->unit_bytes = an_common_unit(to->unit_bytes, from->unit_bytes);
}

static int compare_sites(const void *a, const void *b)
{
	const struct an_site *one = a, *other = b;

	if (one->process != other->process)
		return one->process < other->process ? -1 : 1;
	return (one->stack > other->stack) - (one->stack < other->stack);
}

/* stack_of: from this replay's sites to the session's stacks. */
static void list_sites(struct an_replay *replay, const uint32_t *process_index,
		       uint32_t *stack_of)
{
	struct an_resolver *resolver = an_resolve(replay, process_index);
	struct u64map merged;

	u64map_init(&merged, sizeof(struct an_link));
	replay->out.sites = arena_alloc(&replay->arena, replay->sites.n, sizeof(struct an_site));
	for (size_t i = 0; i < replay->sites.n; i++) {
		const struct an_site_state *from = &replay->sites.at[i];
		uint32_t process = process_index[from->process];
		bool is_new;

		stack_of[i] = an_resolve_stack(resolver, from);
		struct an_link *link = u64map_put(&merged, (uint64_t)process << 32 | stack_of[i],
						  &is_new);

		if (is_new) {
			link->value = replay->out.n_sites++;
			replay->out.sites[link->value].process = process;
			replay->out.sites[link->value].stack = stack_of[i];
		}
		add_site(replay, &replay->out.sites[link->value], from);
	}
	qsort(replay->out.sites, replay->out.n_sites, sizeof(struct an_site), compare_sites);
	u64map_release(&merged);
	an_errors_resolve(replay, resolver);
	an_standings_resolve(replay, resolver);
	an_resolve_release(resolver);
}

static int compare_live(const void *a, const void *b)
{
	const struct an_live *one = a, *other = b;

	if (one->process != other->process)
		return one->process < other->process ? -1 : 1;
	return (one->addr > other->addr) - (one->addr < other->addr);
}

static void list_live(struct an_replay *replay, const uint32_t *process_index,
		      const uint32_t *thread_index, const uint32_t *stack_of)
{
	uint64_t n = 0;

	for (size_t i = 0; i < replay->processes.n; i++)
		n += replay->processes.at[i]->live.n;
	replay->out.live = arena_alloc(&replay->arena, n, sizeof(struct an_live));
	for (size_t i = 0; i < replay->processes.n; i++) {
		const struct u64map *live = &replay->processes.at[i]->live;
		size_t at = 0;

		for (const struct an_allocation *from; (from = u64map_next(live, &at));)
			replay->out.live[replay->out.n_live++] = (struct an_live){
				.process = process_index[i], .stack = stack_of[from->site],
				.addr = from->addr, .size = from->size,
				.time_ns = an_clock_ns(&replay->clock, from->ticks),
				.thread = thread_index[from->thread],
			};
	}
	qsort(replay->out.live, n, sizeof(struct an_live), compare_live);
}

static void describe_run(struct an_replay *replay)
{
	struct an_session *out = &replay->out;
	const struct mt_run *run = &replay->run;

	out->format_version = mt_reader_header(replay->reader)->version;
	out->started_realtime_ns = mt_reader_header(replay->reader)->started_realtime_ns;
	out->tool_version = out->host = out->cwd = "";
	if (replay->has_run) {
		out->tool_version = run->tool_version.bytes;
		out->host = run->host.bytes;
		out->cwd = run->cwd.bytes;
		out->command = an_arguments(replay, run->command, &out->n_command);
	} else if (out->n_processes) {
		out->cwd = out->processes[0].cwd;
		out->command = out->processes[0].argv;
		out->n_command = out->processes[0].n_argv;
	}
	out->duration_ns = an_clock_ns(&replay->clock, replay->clock.last_ticks);
	out->totals = replay->tree;
	out->totals.peak_ns = an_clock_ns(&replay->clock, replay->tree.peak_ns);
	out->counts.n_stack_nodes = replay->nodes.n;
}

static void list_differs(struct an_replay *replay, const uint32_t *process_index)
{
	replay->out.differs = replay->differs.at;
	replay->out.n_differs = (uint32_t)replay->differs.n;
	for (size_t i = 0; i < replay->differs.n; i++)
		replay->differs.at[i].process = process_index[replay->differs.at[i].process];
}

void an_finish(struct an_replay *replay)
{
	uint32_t *process_index = xcalloc(replay->processes.n, sizeof(*process_index));
	uint32_t *thread_index = xcalloc(replay->threads.n, sizeof(*thread_index));
	uint32_t *stack_of = xcalloc(replay->sites.n, sizeof(*stack_of));
	const struct an_numbers numbers = { .replay = replay, .process_index = process_index,
					    .thread_index = thread_index, .stack_of = stack_of };

	if (replay->options.until)
		replay->clock.last_ticks = replay->options.until->ticks;
	an_live_finish(replay);
	an_annotations_sum(replay);
	an_ends_apply(replay);
	list_processes(replay, process_index);
	describe_run(replay);
	list_threads(replay, process_index, thread_index);
	list_sites(replay, process_index, stack_of);
	an_errors_finish(replay, process_index, stack_of);
	if (replay->options.want_live)
		list_live(replay, process_index, thread_index, stack_of);
	list_differs(replay, process_index);
	an_marks_finish(replay, process_index);
	an_snapshots_finish(replay, &numbers);
	an_unloaded_finish(replay, process_index);
	an_annotations_count_strangers(replay);
	an_standings_finish(replay, process_index);
	an_certificate(replay, process_index);
	replay->process_index = process_index;
	replay->thread_index = thread_index;
	replay->stack_of = stack_of;
}
