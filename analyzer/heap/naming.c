/* SPDX-License-Identifier: Apache-2.0 */
/*
 * naming.c -- takes in modules and stacks, and gives each stack of a process a
 * site to count at.
 *
 * Stacks are kept as one tree, from the outermost frame in: a program has many
 * stacks and few places, and most of a stack is shared with others. Ids are
 * whatever the trace says; nothing is sized by them.
 */
#include "analyzer/heap/replay.h"

uint32_t an_site_of(struct an_replay *replay, struct an_process_state *process,
		    uint32_t stack_id)
{
	bool is_new;
	struct an_link *link = u64map_put(&process->site_of, stack_id, &is_new);

	if (is_new) {
		link->value = replay->sites.n;
		*VEC_PUSH(&replay->sites) = (struct an_site_state){
			.process = process->index, .stack_id = stack_id };
	}
	return (uint32_t)link->value;
}

struct wanted_node {
	const struct an_replay *replay;
	struct an_node node;
};

static bool is_node(void *context, uint32_t index)
{
	const struct wanted_node *wanted = context;
	const struct an_node *node = &wanted->replay->nodes.at[index];

	return node->address == wanted->node.address && node->parent == wanted->node.parent &&
	       node->flags == wanted->node.flags;
}

static uint32_t intern_node(struct an_replay *replay, const struct an_node *node)
{
	struct wanted_node wanted = { replay, *node };
	uint64_t hash = hash_u64(hash_u64(node->flags + 1, node->parent), node->address);
	uint32_t n = (uint32_t)replay->nodes.n;
	uint32_t index = indexset_intern(&replay->node_set, hash, n, is_node, &wanted);

	if (index == n)
		*VEC_PUSH(&replay->nodes) = *node;
	return index;
}

static uint32_t intern_frames(struct an_replay *replay, struct an_process_state *process,
			      const struct mt_stack *stack)
{
	uint32_t parent = ~process->index;

	for (uint32_t i = stack->n_frames; i-- > 0;) {
		bool is_exact = stack->is_exact[i / 64] >> (i % 64) & 1;
		struct an_node node = {
			.address = stack->frames[i], .parent = parent,
			.flags = (uint8_t)((is_exact ? AN_NODE_EXACT : 0) |
					   (i >= stack->n_guessed_from ? AN_NODE_GUESS : 0)),
		};

		parent = intern_node(replay, &node);
	}
	return parent;
}

void an_stack_define(struct an_replay *replay, struct an_process_state *process,
		     const struct mt_stack *stack)
{
	bool is_new;
	struct an_definition *definition = u64map_put(&process->definitions, stack->id, &is_new);

	/* Two threads may tell of the same stack; the same id means the same. */
	if (!is_new)
		return;
	definition->node = stack->n_frames ? intern_frames(replay, process, stack) : AN_NONE;
	definition->n_frames = stack->n_frames;
	definition->n_omitted = stack->n_omitted;
	definition->generation = stack->generation;
	definition->api = stack->api;
	definition->align_log2 = stack->align_log2;
	definition->end = stack->end;
}

void an_module_define(struct an_replay *replay, struct an_process_state *process,
		      const struct mt_module *module, uint64_t ticks)
{
	bool is_new;
	struct an_link *link = u64map_put(&process->module_of, module->id, &is_new);

	if (!is_new)
		return;
	link->value = process->modules.n;
	*VEC_PUSH(&process->modules) = (struct an_module_seen){
		.process = process->index,
		.id = module->id,
		.generation = module->generation,
		.bias = module->bias,
		.start = module->start,
		.end = module->end,
		.path = strpool_intern(&replay->strings, module->path.bytes,
				       module->path.n_bytes),
		.build_id = strpool_intern(&replay->strings, module->build_id.bytes,
					   module->build_id.n_bytes),
		.n_build_id = (uint32_t)module->build_id.n_bytes,
		.loaded_ticks = ticks,
		.gone_ticks = UINT64_MAX,
		.gone_generation = UINT32_MAX,
	};
}

void an_module_gone(struct an_process_state *process, const struct mt_module_gone *gone,
		    uint64_t ticks)
{
	const struct an_link *link = u64map_get(&process->module_of, gone->id);

	if (!link) {
		*VEC_PUSH(&process->lost_modules) =
			(struct an_module_lost){ gone->id, gone->generation };
		return;
	}
	process->modules.at[link->value].gone_ticks = ticks;
	process->modules.at[link->value].gone_generation = gone->generation;
}
