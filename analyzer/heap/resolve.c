/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c -- from addresses of one process to stacks of the whole trace.
 *
 * An address means what the module says that covered it when the stack was
 * taken: the covering one with the greatest generation up to the stack's, of
 * the process itself or, through forks, of its parents as of then. Two stacks
 * with the same function and the same places in the same files are one, in
 * whatever process and at whatever address.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

enum { GENERATIONS_MAX = 1000 };

/* What an address was found to be, and for which generation. */
struct place {
	uint64_t address;
	uint32_t generation;
	uint32_t module;             /* index in the session */
};

struct an_resolver {
	struct an_replay *replay;
	uint32_t *first_module;      /* by process: where its modules begin in the session */
	struct u64map *places;       /* by process: struct place */
	struct indexset stack_set;
	VEC(struct an_stack) stacks;
	/* The stack being made. */
	struct an_stack wanted;
	struct an_frame frames[MT_STACK_FRAMES_MAX];
};

static void copy_module(struct an_replay *replay, const struct an_module_seen *from,
			struct an_module *to, uint32_t process)
{
	*to = (struct an_module){
		.process = process, .id = from->id, .generation = from->generation,
		.bias = from->bias, .start = from->start, .end = from->end,
		.path = from->path, .build_id = (const uint8_t *)from->build_id,
		.n_build_id = from->n_build_id,
		.loaded_ns = an_clock_ns(&replay->clock, from->loaded_ticks),
		.unloaded_ns = from->gone_ticks == UINT64_MAX
			? UINT64_MAX : an_clock_ns(&replay->clock, from->gone_ticks),
	};
}

/* In order of the session's processes, then as they were seen. */
static void list_modules(struct an_resolver *resolver, const uint32_t *process_index)
{
	struct an_replay *replay = resolver->replay;
	size_t n_processes = replay->processes.n, n = 0;
	uint32_t *by_index = xcalloc(n_processes, sizeof(*by_index));

	for (size_t i = 0; i < n_processes; i++) {
		n += replay->processes.at[i]->modules.n;
		if (process_index[i] != AN_NONE)
			by_index[process_index[i]] = (uint32_t)i;
	}
	replay->out.modules = arena_alloc(&replay->arena, n, sizeof(struct an_module));
	for (uint32_t i = 0; i < replay->out.n_processes; i++) {
		const struct an_process_state *process = replay->processes.at[by_index[i]];

		resolver->first_module[process->index] = replay->out.n_modules;
		for (size_t j = 0; j < process->modules.n; j++)
			copy_module(replay, &process->modules.at[j],
				    &replay->out.modules[replay->out.n_modules++], i);
	}
	free(by_index);
}

struct an_resolver *an_resolve(struct an_replay *replay, const uint32_t *process_index)
{
	struct an_resolver *resolver = xcalloc(1, sizeof(*resolver));
	size_t n = replay->processes.n;

	resolver->replay = replay;
	resolver->first_module = xcalloc(n, sizeof(*resolver->first_module));
	resolver->places = xcalloc(n, sizeof(*resolver->places));
	for (size_t i = 0; i < n; i++)
		u64map_init(&resolver->places[i], sizeof(struct place));
	list_modules(resolver, process_index);
	memset(VEC_PUSH(&resolver->stacks), 0, sizeof(struct an_stack));
	return resolver;
}

void an_resolve_release(struct an_resolver *resolver)
{
	struct an_replay *replay = resolver->replay;

	replay->out.n_stacks = (uint32_t)resolver->stacks.n;
	replay->out.stacks = arena_alloc(&replay->arena, resolver->stacks.n,
					 sizeof(struct an_stack));
	memcpy(replay->out.stacks, resolver->stacks.at,
	       resolver->stacks.n * sizeof(struct an_stack));
	for (size_t i = 0; i < replay->processes.n; i++)
		u64map_release(&resolver->places[i]);
	free(resolver->places);
	free(resolver->first_module);
	indexset_release(&resolver->stack_set);
	VEC_RELEASE(&resolver->stacks);
	free(resolver);
}

/* The covering module of one process with the greatest generation up to that
 * of the stack, among those it had at the time until. */
static const struct an_module_seen *covering(const struct an_process_state *process,
					      uint64_t address, uint32_t generation,
					      uint64_t until)
{
	const struct an_module_seen *best = NULL;

	for (size_t i = 0; i < process->modules.n; i++) {
		const struct an_module_seen *module = &process->modules.at[i];

		if (address < module->start || address >= module->end ||
		    module->generation > generation || module->loaded_ticks > until)
			continue;
		if (!best || module->generation >= best->generation)
			best = module;
	}
	return best;
}

static bool has_lost(const struct an_process_state *process, uint32_t id, uint32_t generation)
{
	for (size_t i = 0; i < process->lost_modules.n; i++)
		if (process->lost_modules.at[i].id == id &&
		    process->lost_modules.at[i].generation <= generation)
			return true;
	return false;
}

/* Was module, of an ancestor, lost on the way down to process? */
static bool is_lost(const struct an_replay *replay, const struct an_process_state *process,
		    const struct an_module_seen *module, uint32_t generation)
{
	for (unsigned n = 0; process->index != module->process && n < GENERATIONS_MAX; n++) {
		if (has_lost(process, module->id, generation))
			return true;
		process = replay->processes.at[process->out.parent];
	}
	return false;
}

static uint32_t find_module(const struct an_resolver *resolver,
			    const struct an_process_state *process, uint64_t address,
			    uint32_t generation)
{
	const struct an_replay *replay = resolver->replay;
	const struct an_process_state *at = process;
	uint64_t until = UINT64_MAX;

	for (unsigned n = 0; n < GENERATIONS_MAX; n++) {
		const struct an_module_seen *found = covering(at, address, generation, until);

		if (found && ((found->gone_generation <= generation &&
			       found->gone_ticks <= until) ||
			      is_lost(replay, process, found, generation)))
			return AN_NONE;
		if (found)
			return resolver->first_module[at->index] +
			       (uint32_t)(found - at->modules.at);
		if (at->out.origin != MT_ORIGIN_FORK || at->out.parent == AN_NONE)
			return AN_NONE;
		until = at->forked_ticks < until ? at->forked_ticks : until;
		at = replay->processes.at[at->out.parent];
	}
	return AN_NONE;
}

static uint32_t module_at(struct an_resolver *resolver, const struct an_process_state *process,
			  uint64_t address, uint32_t generation)
{
	bool is_new;
	struct place *place = u64map_put(&resolver->places[process->index], address, &is_new);

	if (is_new || place->generation != generation) {
		place->generation = generation;
		place->module = find_module(resolver, process, address, generation);
	}
	return place->module;
}

/* The definition of a stack id, and in whose terms it is. */
static const struct an_definition *find_definition(const struct an_replay *replay,
						   const struct an_process_state **process,
						   uint32_t id)
{
	for (unsigned n = 0; n < GENERATIONS_MAX; n++) {
		const struct an_definition *found = u64map_get(&(*process)->definitions, id);

		if (found || id > (*process)->n_stacks_inherited ||
		    (*process)->out.parent == AN_NONE)
			return found;
		*process = replay->processes.at[(*process)->out.parent];
	}
	return NULL;
}

void an_resolve_api(const struct an_replay *replay, const struct an_process_state *process,
		    struct an_site_state *site)
{
	const struct an_definition *definition = find_definition(replay, &process,
								 site->stack_id);

	if (!definition)
		return;
	site->api = definition->api;
	site->align_log2 = definition->align_log2;
}

static uint32_t make_frames(struct an_resolver *resolver, const struct an_process_state *process,
			    const struct an_definition *definition)
{
	const struct an_replay *replay = resolver->replay;
	uint32_t at = definition->node, n = 0;

	for (; at < replay->nodes.n && n < MT_STACK_FRAMES_MAX; n++) {
		const struct an_node *node = &replay->nodes.at[at];
		bool is_exact = node->flags & AN_NODE_EXACT;
		uint64_t inside = node->address - !is_exact;
		uint32_t module = module_at(resolver, process, inside, definition->generation);

		resolver->frames[n] = (struct an_frame){
			.address = node->address, .module = module, .is_exact = is_exact,
			.is_guess = node->flags & AN_NODE_GUESS,
			.look_up = module == AN_NONE ? node->address
					: inside - replay->out.modules[module].bias,
		};
		at = node->parent;
	}
	return n;
}

/* Strings are interned: the same module has the same pointers. */
static bool is_same_frame(const struct an_replay *replay, const struct an_frame *a,
			  const struct an_frame *b)
{
	if (a->look_up != b->look_up || a->is_exact != b->is_exact || a->is_guess != b->is_guess)
		return false;
	if (a->module == b->module)
		return true;
	if (a->module == AN_NONE || b->module == AN_NONE)
		return false;
	return replay->out.modules[a->module].path == replay->out.modules[b->module].path &&
	       replay->out.modules[a->module].build_id == replay->out.modules[b->module].build_id;
}

static bool is_wanted(void *context, uint32_t index)
{
	const struct an_resolver *resolver = context;
	const struct an_stack *stack = &resolver->stacks.at[index];
	const struct an_stack *wanted = &resolver->wanted;

	if (stack->api != wanted->api || stack->align_log2 != wanted->align_log2 ||
	    stack->end != wanted->end || stack->n_omitted != wanted->n_omitted ||
	    stack->n_frames != wanted->n_frames)
		return false;
	for (uint32_t i = 0; i < wanted->n_frames; i++)
		if (!is_same_frame(resolver->replay, &stack->frames[i], &wanted->frames[i]))
			return false;
	return true;
}

static uint64_t hash_stack(const struct an_stack *stack)
{
	uint64_t hash = hash_u64(stack->n_frames, (uint64_t)stack->n_omitted << 32 |
				 (uint32_t)(stack->api << 16 | stack->align_log2 << 8) |
				 stack->end);

	/* Not the module: the places alone tell nearly all stacks apart. */
	for (uint32_t i = 0; i < stack->n_frames; i++)
		hash = hash_u64(hash, stack->frames[i].look_up);
	return hash;
}

uint32_t an_resolve_stack(struct an_resolver *resolver, const struct an_site_state *site)
{
	struct an_replay *replay = resolver->replay;
	const struct an_process_state *process = replay->processes.at[site->process];
	const struct an_definition *definition = find_definition(replay, &process,
								 site->stack_id);
	uint32_t n = (uint32_t)resolver->stacks.n, index;
	size_t frames_bytes;

	if (!definition)
		return 0;
	resolver->wanted = (struct an_stack){
		.api = definition->api, .align_log2 = definition->align_log2,
		.end = definition->end, .n_omitted = definition->n_omitted,
		.n_frames = make_frames(resolver, process, definition),
		.frames = resolver->frames,
	};
	index = indexset_intern(&resolver->stack_set, hash_stack(&resolver->wanted), n,
				is_wanted, resolver);
	if (index != n)
		return index;
	struct an_frame *frames = arena_alloc(&replay->arena, resolver->wanted.n_frames,
					      sizeof(*frames));

	frames_bytes = resolver->wanted.n_frames * sizeof(*frames);
	memcpy(frames, resolver->frames, frames_bytes);
	*VEC_PUSH(&resolver->stacks) = resolver->wanted;
	resolver->stacks.at[n].frames = frames;
	return n;
}
