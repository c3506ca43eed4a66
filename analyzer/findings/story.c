/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.c -- see story.h. What realloc made of something is still that: it is followed
 * by when the first of them was made.
 */
#include "analyzer/findings/story.h"
#include "analyzer/base/u64map.h"
#include "analyzer/base/vec.h"
#include "analyzer/graph/paths.h"

#include <string.h>

enum { WAYS = 16 };              /* that are compared */

struct place {
	uint64_t addr;
	uint64_t link;               /* index */
};

struct telling {
	const struct an_session *session;
	const struct an_story_options *options;
	uint32_t process, kept;
	const struct an_held *held;
	struct an_story *story;
	VEC(struct an_story_link) links;
	struct u64map link_of;       /* by address */
	bool is_over;                /* it was seen lost */
};

/* What lives on in the story. */
struct internal {
	struct an_session *again;
	struct an_session named;     /* that with the stacks that are named, and no others */
	struct an_stack *stacks;
};

static bool wants(void *context, uint32_t process)
{
	return ((struct telling *)context)->process == process;
}

static uint32_t find(const struct telling *telling, const struct an_objects *objects)
{
	const struct an_snapshot *snapshot = objects->snapshot;
	const struct an_held *held = telling->held;
	uint32_t node = an_graph_find(&objects->graph, held->addr);

	if (node != AN_NO_NODE && snapshot->live[node].addr == held->addr &&
	    snapshot->live[node].first_ns == held->first_ns)
		return node;
	for (uint32_t i = 0; held->n_reallocs && i < objects->graph.n_nodes; i++)
		if (snapshot->live[i].first_ns == held->first_ns &&
		    snapshot->live[i].first_stack == held->first_stack)
			return i;
	return AN_NO_NODE;
}

static void add_link(struct telling *telling, const struct an_held *holder)
{
	struct place *place = u64map_put(&telling->link_of, holder->addr, NULL);

	place->link = telling->links.n;
	*VEC_PUSH(&telling->links) = (struct an_story_link){
		.addr = holder->addr, .made_ns = holder->time_ns, .size = holder->size,
		.stack = holder->stack, .thread = AN_NONE, .free_stack = AN_NONE };
}

/* The shortest one from what stays where it is; a stack or a register holds much that
 * its function has no use for any more. */
static const struct an_path *choose_way(const struct an_objects *objects,
					const struct an_paths *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		const struct an_root_edge *edge = &objects->graph.roots[paths->at[i].root_edge];
		enum an_root_kind kind = an_objects_root_kind(objects, an_root_edge_root(edge));

		if (kind != AN_ROOT_STACK && kind != AN_ROOT_REGISTERS)
			return &paths->at[i];
	}
	return &paths->at[0];
}

static void remember_way(struct telling *telling, const struct an_objects *objects, uint32_t node)
{
	const struct an_graph *graph = &objects->graph;
	struct an_paths paths;

	telling->links.n = 0;
	u64map_reset(&telling->link_of);
	an_paths_find(graph, node, AN_EDGES_ALL, objects->root_is_off, WAYS, &paths);
	if (paths.n) {
		const struct an_path *way = choose_way(objects, &paths);

		for (uint32_t i = 0; i < way->n_edges; i++)
			add_link(telling, &objects->snapshot->live[an_graph_holder_of(
				graph, paths.edges[way->first_edge + i])]);
		telling->options->see_root(telling->options->context, objects,
					   &graph->roots[way->root_edge]);
	}
	an_paths_release(&paths);
}

static void see(void *context, uint32_t number, const struct an_objects *objects)
{
	struct telling *telling = context;
	struct an_story *story = telling->story;
	uint32_t node = find(telling, objects);

	if (node == AN_NO_NODE)
		return;
	if (!story->n_there++)
		story->first = number;
	story->last = number;
	if (objects->reach.kind[node] == AN_REACHABLE ||
	    objects->reach.kind[node] == AN_POSSIBLE) {
		story->held = number;
		telling->is_over = false;
		remember_way(telling, objects, node);
	} else if (objects->snapshot->is_complete && !telling->is_over) {
		telling->is_over = true;
		story->lost = number;
	}
}

static void release(void *context, const struct an_departure *departure)
{
	struct telling *telling = context;
	const struct place *place;
	struct an_story_link *link;

	if (telling->is_over || departure->process != telling->process ||
	    (departure->at_ns != UINT64_MAX &&
	     departure->at_ns > telling->session->snapshots[telling->kept].at_ns))
		return;
	place = u64map_get(&telling->link_of, departure->addr);
	if (!place)
		return;
	link = &telling->links.at[place->link];
	if (link->made_ns != departure->made_ns)
		return;
	link->is_freed = true;
	link->freed_ns = departure->at_ns;
	link->thread = departure->thread;
	link->free_stack = departure->site;
}

/* The few stacks that are asked for, of all that the second reading has. */
static void name_stacks(struct an_story *story, struct an_session *again)
{
	struct internal *internal = xcalloc(1, sizeof *internal);
	uint32_t n = 1;

	story->internal = internal;
	internal->again = again;
	internal->stacks = xcalloc(story->n_links + 1, sizeof *internal->stacks);
	internal->stacks[0] = again->stacks[0];
	for (uint32_t i = 0; i < story->n_links; i++) {
		struct an_story_link *link = &story->links[i];

		story->n_freed += link->is_freed;
		if (!link->is_freed || link->free_stack == AN_NONE)
			continue;
		internal->stacks[n] = again->stacks[an_session_site_stack(again,
									  link->free_stack)];
		link->free_stack = n++;
	}
	if (n == 1)
		return;
	internal->named = *again;
	internal->named.stacks = internal->stacks;
	internal->named.n_stacks = n;
	story->names = an_stack_names_new(&internal->named);
}

bool an_story_find(const struct an_session *session, uint32_t process,
		   const struct an_held *held, const struct an_story_options *options,
		   struct an_story *story)
{
	struct telling telling = { .session = session, .options = options, .process = process,
				   .kept = session->processes[process].snapshot,
				   .held = held, .story = story };
	const struct an_history history = { .session = session, .masks = options->masks,
					    .n_masks = options->n_masks, .context = &telling,
					    .wants = wants, .see = see, .release = release };
	struct an_session *again;

	*story = (struct an_story){ .held = AN_NONE, .lost = telling.kept };
	if (!an_history_has(session, process))
		return false;
	u64map_init(&telling.link_of, sizeof(struct place));
	again = an_history_walk(&history);
	story->links = telling.links.at;
	story->n_links = (uint32_t)telling.links.n;
	if (again)
		name_stacks(story, again);
	u64map_release(&telling.link_of);
	return again != NULL;
}

void an_story_release(struct an_story *story)
{
	struct internal *internal = story->internal;

	an_stack_names_free(story->names);
	free(story->links);
	if (internal) {
		an_session_close(internal->again);
		free(internal->stacks);
		free(internal);
	}
	*story = (struct an_story){ 0 };
}
