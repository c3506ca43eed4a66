/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects.c -- see objects.h.
 *
 * What a forked child has from its parent are nodes like its own, but of no size:
 * they hold, and count for nothing. Those that are lost lead nowhere, so that what
 * is its own and hangs on them is found for itself. Where events are missing, and
 * nobody knows what it has, all of the heap that is no allocation holds: then a
 * child's finding is never false, but one may hide behind a stale word.
 */
#include "analyzer/findings/objects.h"
#include "analyzer/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

static bool is_dead_frame(const struct an_snapshot *snapshot, const struct an_range *range)
{
	for (uint32_t i = 0; i < snapshot->n_ranges; i++)
		if (snapshot->ranges[i].kind == MT_RANGE_STACK &&
		    snapshot->ranges[i].start == range->end)
			return true;
	return false;
}

const struct an_range *an_objects_root_range(const struct an_objects *objects, uint32_t root)
{
	return root < objects->snapshot->n_ranges ? &objects->snapshot->ranges[root] : NULL;
}

enum an_root_kind an_objects_root_kind(const struct an_objects *objects, uint32_t root)
{
	const struct an_range *range = an_objects_root_range(objects, root);

	if (!range)
		return root + 1 == objects->n_roots ? AN_ROOT_LOADER
		       : root + 2 == objects->n_roots ? AN_ROOT_DECLARED : AN_ROOT_REGISTERS;
	switch (range->kind) {
	case MT_RANGE_MODULE:
		return AN_ROOT_MODULE;
	case MT_RANGE_STACK:
		return AN_ROOT_STACK;
	case MT_RANGE_TLS:
		return AN_ROOT_TLS;
	case MT_RANGE_HEAP:
		if (!objects->root_is_off[root])
			return AN_ROOT_INHERITED;
		return objects->snapshot->flags & MT_SNAPSHOT_OTHER_MALLOC ? AN_ROOT_ALLOCATOR
									   : AN_ROOT_FREED;
	case MT_RANGE_KERNEL:
		return AN_ROOT_KERNEL;
	case MT_RANGE_DEAD_STACK:
		return is_dead_frame(objects->snapshot, range) ? AN_ROOT_DEAD_FRAME
							       : AN_ROOT_DEAD_THREAD;
	default:
		return AN_ROOT_MAPPING;
	}
}

uint32_t an_objects_root_thread(const struct an_objects *objects, uint32_t root)
{
	const struct an_range *range = an_objects_root_range(objects, root);
	const struct an_session *session = objects->session;
	uint64_t tid;

	if (root + 2 >= objects->n_roots)
		return AN_NONE;
	tid = range ? range->tid
		    : objects->snapshot->threads[root - objects->snapshot->n_ranges].tid;
	for (uint32_t i = session->n_threads; tid && i--;)
		if (session->threads[i].process == objects->snapshot->process &&
		    session->threads[i].tid == tid)
			return i;
	return AN_NONE;
}

/* The address that new T[n] gives lies behind a count when T has a destructor. */
static bool is_start(void *context, uint32_t node, uint64_t offset)
{
	const struct an_objects *objects = context;
	const struct an_stack *stack =
		&objects->session->stacks[objects->snapshot->live[node].stack];

	switch (stack->api) {
	case MT_API_NEW_ARRAY:
	case MT_API_NEW_ARRAY_NOTHROW:
		return offset == 8 || offset == 16;
	case MT_API_NEW_ARRAY_ALIGNED:
	case MT_API_NEW_ARRAY_ALIGNED_NOTHROW:
		return stack->align_log2 < 32 && offset == 1ull << stack->align_log2;
	default:
		return false;
	}
}

bool an_objects_word(const struct an_objects *objects, uint64_t addr, uint64_t *value)
{
	const struct an_word *words = objects->snapshot->plain;
	uint64_t low = 0, high = objects->snapshot->n_plain;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (words[middle].slot < addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == objects->snapshot->n_plain || words[low].slot != addr)
		return false;
	*value = words[low].value;
	return true;
}

static bool word_at(void *context, uint64_t addr, uint64_t *value)
{
	return an_objects_word(context, addr, value);
}

/* The library tells vtables and counts only; what is in a module is no count. */
static bool is_vtable(void *context, uint64_t value)
{
	struct an_objects *objects = context;
	const struct an_module *module = objects->vtable_module;
	uint32_t index;

	if (module && value >= module->start && value < module->end)
		return true;
	index = an_session_module_at(objects->session, objects->snapshot->process, value,
				     objects->snapshot->at_ns);
	if (index == AN_NONE)
		return false;
	objects->vtable_module = &objects->session->modules[index];
	return true;
}

static void switch_roots(struct an_objects *objects)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	bool is_blind = objects->session->processes[snapshot->process].origin == MT_ORIGIN_FORK &&
			!snapshot->knows_inherited;

	objects->n_roots = snapshot->n_ranges + snapshot->n_threads + 2;
	objects->root_is_off = xcalloc(objects->n_roots, sizeof *objects->root_is_off);
	for (uint32_t i = 0; i < snapshot->n_ranges; i++) {
		const struct an_range *range = &snapshot->ranges[i];

		objects->root_is_off[i] = !mt_range_is_root(range->kind) &&
					  !(is_blind && range->kind == MT_RANGE_HEAP);
		objects->n_unread += (range->flags & MT_RANGE_UNREADABLE) &&
				     !objects->root_is_off[i];
	}
	for (uint32_t i = 0; i < snapshot->n_threads; i++)
		objects->n_running += snapshot->threads[i].hold == MT_HOLD_RUNNING;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_libc(const struct an_range *range)
{
	const char *name = base_name(range->name);

	return range->kind == MT_RANGE_MODULE &&
	       (!strncmp(name, "libc.so", 7) || !strncmp(name, "libc-2.", 7));
}

static int compare_addr(const void *key, const void *item)
{
	const uint64_t *addr = key;
	const struct an_node *node = item;

	return (*addr > node->addr) - (*addr < node->addr);
}

/* The free lists of libc's malloc begin in its data: they point at the header of
 * what is free, and so into the last bytes of what is allocated before it. What
 * else libc holds, it holds by its address. */
static void add_libc(const struct an_objects *objects, struct an_graph_builder *builder,
		     uint32_t root, uint32_t n_nodes)
{
	const struct an_range *range = &objects->snapshot->ranges[root];

	for (uint64_t i = 0; i < range->n_words && n_nodes; i++) {
		const struct an_word *word = &objects->snapshot->words[range->first_word + i];

		if (bsearch(&word->value, objects->nodes, n_nodes, sizeof *objects->nodes,
			    compare_addr))
			an_graph_add(builder, root, (const struct an_graph_word *)word, 1);
	}
}

/* Made by the dynamic loader itself, for the program or for itself. */
static bool is_loaders(const struct an_session *session, const struct an_held *held)
{
	const struct an_stack *stack = &session->stacks[held->stack];
	const char *name;

	if (!stack->n_frames || stack->frames[0].module >= session->n_modules)
		return false;
	name = base_name(session->modules[stack->frames[0].module].path);
	return !strncmp(name, "ld-linux", 8) || !strncmp(name, "ld-2.", 5) ||
	       !strncmp(name, "ld.so", 5) || !strncmp(name, "ld-musl", 7);
}

static void add_loaders(struct an_objects *objects, struct an_graph_builder *builder,
			uint32_t n_nodes)
{
	for (uint32_t i = 0; i < n_nodes && objects->n_roots <= AN_ROOTS_MAX; i++)
		if (is_loaders(objects->session, &objects->snapshot->live[i]))
			an_graph_add_values(builder, objects->n_roots - 1,
					    &objects->nodes[i].addr, 1);
}

/* The first piece of declared memory that ends behind an address. */
static uint64_t first_declared(const struct an_snapshot *snapshot, uint64_t addr)
{
	uint64_t low = 0, high = snapshot->n_declared;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (snapshot->declared[middle].end <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first of a range's words at or after an address. */
static uint64_t first_word(const struct an_snapshot *snapshot, const struct an_range *range,
			   uint64_t addr)
{
	uint64_t low = range->first_word, high = low + range->n_words;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (snapshot->words[middle].slot < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What the program declared to be roots, of one range. */
static void add_declared(const struct an_objects *objects, struct an_graph_builder *builder,
			 const struct an_range *range)
{
	const struct an_snapshot *snapshot = objects->snapshot;

	for (uint64_t i = first_declared(snapshot, range->start);
	     i < snapshot->n_declared && snapshot->declared[i].start < range->end; i++) {
		uint64_t first = first_word(snapshot, range, snapshot->declared[i].start);
		uint64_t end = first_word(snapshot, range, snapshot->declared[i].end);

		an_graph_add_roots(builder, objects->n_roots - 2,
				   (const struct an_graph_word *)snapshot->words + first,
				   end > first ? end - first : 0);
	}
}

static void add_words(struct an_objects *objects, struct an_graph_builder *builder,
		      uint32_t n_nodes)
{
	const struct an_snapshot *snapshot = objects->snapshot;

	_Static_assert(sizeof(struct an_word) == sizeof(struct an_graph_word), "one layout");
	for (uint32_t i = 0; i < snapshot->n_ranges && i < AN_ROOTS_MAX; i++) {
		const struct an_range *range = &snapshot->ranges[i];

		if (is_libc(range))
			add_libc(objects, builder, i, n_nodes);
		else if (range->n_words)
			an_graph_add(builder, i, (const struct an_graph_word *)
				     (snapshot->words + range->first_word), range->n_words);
		add_declared(objects, builder, range);
	}
	for (uint32_t i = 0; i < snapshot->n_threads; i++) {
		const struct mt_snapshot_thread *thread = &snapshot->threads[i];
		uint32_t root = snapshot->n_ranges + i;

		if (thread->n_registers && root < AN_ROOTS_MAX)
			an_graph_add_values(builder, root, thread->registers,
					    thread->n_registers);
	}
}

static void join(struct an_objects *objects, const uint64_t *masks, size_t n_masks)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	uint32_t n = snapshot->n_live < AN_NO_NODE ? (uint32_t)snapshot->n_live : AN_NO_NODE - 1;
	uint32_t *sites = xcalloc(n, sizeof *sites);
	struct an_graph_input input = {
		.n_nodes = n, .sites = sites, .masks = masks, .n_masks = n_masks,
		.word = word_at, .is_vtable = is_vtable, .is_start = is_start,
		.context = objects,
	};

	objects->nodes = xcalloc(n, sizeof *objects->nodes);
	for (uint32_t i = 0; i < n; i++) {
		objects->nodes[i] = (struct an_node){ snapshot->live[i].addr,
						      snapshot->live[i].size };
		sites[i] = snapshot->live[i].stack;
	}
	input.nodes = objects->nodes;
	struct an_graph_builder *builder = an_graph_builder_new(&input);

	add_words(objects, builder, n);
	add_loaders(objects, builder, n);
	an_graph_finish(builder, &objects->graph);
	free(sites);
}

void an_objects_suppress(struct an_objects *objects, const uint32_t *nodes, size_t n_nodes)
{
	struct an_reach_options options = AN_REACH_DEFAULTS;

	an_reach_release(&objects->reach);
	options.root_is_off = objects->root_is_off;
	options.suppressed = nodes;
	options.n_suppressed = n_nodes;
	an_reach_find(&objects->graph, &options, &objects->reach);
}

/* What is lost is so for the child as it was for its parent. */
static void sever_inherited(struct an_objects *objects)
{
	bool is_any = false;

	for (uint32_t i = 0; i < objects->graph.n_nodes; i++) {
		if (!objects->snapshot->live[i].is_inherited)
			continue;
		objects->nodes[i].size = 0;
		if (!an_reach_is_lost(&objects->reach, i))
			continue;
		an_graph_sever(&objects->graph, i);
		is_any = true;
	}
	if (is_any)
		an_objects_suppress(objects, NULL, 0);
}

struct an_objects *an_objects_of(const struct an_session *session,
				 const struct an_snapshot *snapshot, const uint64_t *masks,
				 size_t n_masks)
{
	struct an_objects *objects = xcalloc(1, sizeof *objects);

	objects->session = session;
	objects->snapshot = snapshot;
	switch_roots(objects);
	join(objects, masks, n_masks);
	an_objects_suppress(objects, NULL, 0);
	sever_inherited(objects);
	return objects;
}

struct an_objects *an_objects_new(const struct an_session *session, uint32_t process,
				  const uint64_t *masks, size_t n_masks)
{
	uint32_t snapshot = session->processes[process].snapshot;

	if (snapshot >= session->n_snapshots || !session->snapshots[snapshot].has_data)
		return NULL;
	return an_objects_of(session, &session->snapshots[snapshot], masks, n_masks);
}

void an_objects_free(struct an_objects *objects)
{
	if (!objects)
		return;
	an_reach_release(&objects->reach);
	an_graph_release(&objects->graph);
	free(objects->root_is_off);
	free(objects->nodes);
	free(objects);
}
