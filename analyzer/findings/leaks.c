/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaks.c -- see leaks.h. One process after the other: its graph is made, asked,
 * and given back before the next one's.
 */
#include "analyzer/findings/leaks.h"
#include "analyzer/base/u64map.h"
#include "analyzer/base/vec.h"
#include "analyzer/findings/rings.h"
#include "analyzer/findings/shares.h"

#include <string.h>

const char *an_class_name(enum an_class class)
{
	static const char *const names[AN_N_CLASSES] = {
		"definite", "indirect", "possible", "reachable", "suppressed", "unclassified",
	};

	return names[class];
}

const char *an_cause_name(enum an_cause cause)
{
	static const char *const names[AN_N_CAUSES] = {
		"unknown", "last-pointer-lost", "cycle", "thread-exited", "held-by-freed",
		"module-unloaded", "inherited-at-fork",
	};

	return names[cause];
}

const char *an_confidence_name(enum an_confidence confidence)
{
	static const char *const names[] = { "low", "medium", "high" };

	return names[confidence];
}

struct link {
	uint64_t key;
	uint64_t value;
};

/* The process that is being looked at. */
struct asking {
	struct an_leaks *to;
	const struct an_session *session;
	struct an_objects *objects;
	struct an_cycles cycles;
	uint32_t *suppressed_by;     /* of each node; NULL: nothing is suppressed */
	struct u64map leak_of;       /* stack, class, cause -> index of a leak */
	struct an_lost_list *lost;   /* NULL: nobody asks when */
	uint64_t *n_told, *bytes_told;   /* of each stack */
	uint32_t *told_by;           /* of each node: the leak that tells of it, or AN_NONE */
};

static struct an_leak *push_leak(struct an_leaks *to, const struct an_leak *leak)
{
	to->at = vec_more(to->at, &to->room, to->n + 1, sizeof *to->at);
	to->at[to->n] = *leak;
	return &to->at[to->n++];
}

static enum an_class class_of(const struct asking *asking, uint32_t node)
{
	static const enum an_class classes[AN_REACH_KINDS] = {
		[AN_REACHABLE] = AN_CLASS_REACHABLE, [AN_POSSIBLE] = AN_CLASS_POSSIBLE,
		[AN_DEFINITE] = AN_CLASS_DEFINITE, [AN_INDIRECT] = AN_CLASS_INDIRECT,
		[AN_SUPPRESSED] = AN_CLASS_SUPPRESSED,
	};
	enum an_class class = classes[asking->objects->reach.kind[node]];
	const struct an_objects *objects = asking->objects;
	bool is_sure = objects->snapshot->is_complete && !objects->n_running && !objects->n_unread;

	/* What was not looked at, or a thread that ran on, may hold it. */
	return is_sure || class == AN_CLASS_REACHABLE || class == AN_CLASS_SUPPRESSED
		? class : AN_CLASS_UNCLASSIFIED;
}

static bool is_held_by_inherited(const struct an_objects *objects, uint32_t node)
{
	const struct an_graph *graph = &objects->graph;

	for (uint32_t i = graph->first_holder[node]; i < graph->first_holder[node + 1]; i++)
		if (an_edge_kind(graph->edges[graph->holders[i].edge]) == AN_EDGE_SEVERED)
			return true;
	return false;
}

enum an_cause an_leaks_cause(const struct an_objects *objects, uint32_t node)
{
	const struct an_graph *graph = &objects->graph;
	enum an_cause cause = is_held_by_inherited(objects, node) ? AN_CAUSE_INHERITED
								   : AN_CAUSE_LAST_POINTER_LOST;
	uint32_t end = an_graph_first_root(graph, node + 1);

	if (an_session_unloaded(objects->session, objects->snapshot->process,
				&objects->snapshot->live[node]))
		return AN_CAUSE_MODULE_UNLOADED;
	for (uint32_t i = an_graph_first_root(graph, node); i < end; i++) {
		const struct an_root_edge *edge = &graph->roots[i];
		enum an_root_kind kind = an_objects_root_kind(objects, an_root_edge_root(edge));

		if (!(AN_EDGE_BIT(an_root_edge_kind(edge)) & AN_EDGES_STRONG))
			continue;
		if (kind == AN_ROOT_DEAD_THREAD)
			return AN_CAUSE_THREAD_EXITED;
		if (kind == AN_ROOT_FREED && cause == AN_CAUSE_LAST_POINTER_LOST)
			cause = AN_CAUSE_HELD_BY_FREED;
	}
	return cause;
}

static enum an_confidence confidence_of(const struct asking *asking, enum an_class class)
{
	const struct an_objects *objects = asking->objects;

	if (objects->n_running || objects->n_unread)
		return AN_CONFIDENCE_LOW;
	return class == AN_CLASS_POSSIBLE ? AN_CONFIDENCE_MEDIUM : AN_CONFIDENCE_HIGH;
}

/* The leak that a node counts for. */
static struct an_leak *leak_of(struct asking *asking, uint32_t node, enum an_class class,
			       enum an_cause cause)
{
	const struct an_held *held = &asking->objects->snapshot->live[node];
	bool is_new;
	struct link *link = u64map_put(&asking->leak_of, (uint64_t)held->stack << 8 |
				       (uint64_t)class << 4 | cause, &is_new);

	if (!is_new)
		return &asking->to->at[link->value];
	link->value = asking->to->n;
	return push_leak(asking->to, &(struct an_leak){
		.process = asking->objects->snapshot->process, .stack = held->stack,
		.class = (uint8_t)class, .cause = (uint8_t)cause,
		.confidence = (uint8_t)confidence_of(asking, class),
		.example = held->addr,
		.unloaded = an_session_unloaded(asking->session,
						asking->objects->snapshot->process, held),
		.suppressed_by = AN_NONE,
	});
}

/* To be asked of earlier snapshots. */
static void note_lost(struct asking *asking, uint32_t node, size_t leak)
{
	const struct an_snapshot *snapshot = asking->objects->snapshot;

	if (asking->lost)
		*VEC_PUSH(&asking->lost->all) = (struct an_lost){
			.process = snapshot->process, .leak = (uint32_t)leak,
			.addr = snapshot->live[node].addr,
			.made_ns = snapshot->live[node].time_ns };
}

static void add_node(struct asking *asking, uint32_t node, enum an_class class)
{
	const struct an_held *held = &asking->objects->snapshot->live[node];
	enum an_cause cause = AN_CAUSE_UNKNOWN;
	struct an_leak *leak;

	if (class == AN_CLASS_DEFINITE)
		cause = an_leaks_cause(asking->objects, node);
	leak = leak_of(asking, node, class, cause);
	asking->told_by[node] = (uint32_t)(leak - asking->to->at);
	leak->n++;
	leak->bytes += held->size;
	if (class == AN_CLASS_DEFINITE)
		note_lost(asking, node, (size_t)(leak - asking->to->at));
	else
		leak->retained_bytes += held->size;
	if (class == AN_CLASS_SUPPRESSED)
		leak->suppressed_by = asking->suppressed_by[node];
}

/* Indirect ones are told with what holds them, and so are the rest of a cycle and
 * what hangs on something suppressed. */
static bool is_told_alone(const struct asking *asking, uint32_t node, enum an_class class,
			  const uint8_t *is_in_cycle)
{
	if (class == AN_CLASS_SUPPRESSED)
		return asking->suppressed_by && asking->suppressed_by[node] != AN_NONE;
	return (class == AN_CLASS_DEFINITE && !is_in_cycle[node]) || class == AN_CLASS_POSSIBLE;
}

static void tell_nodes(struct asking *asking)
{
	const struct an_snapshot *snapshot = asking->objects->snapshot;
	struct an_class_sums *sums = &asking->to->sums[snapshot->process];
	uint8_t *is_in_cycle = an_rings_members(&asking->objects->graph, &asking->cycles);

	for (uint32_t i = 0; i < asking->objects->graph.n_nodes; i++) {
		const struct an_held *held = &snapshot->live[i];
		enum an_class class = class_of(asking, i);

		if (held->is_freed || class == AN_CLASS_UNCLASSIFIED)
			continue;
		sums->at[class].n++;
		sums->at[class].bytes += held->size;
		asking->n_told[held->stack]++;
		asking->bytes_told[held->stack] += held->size;
		if (is_told_alone(asking, i, class, is_in_cycle))
			add_node(asking, i, class);
		if (class == AN_CLASS_SUPPRESSED && asking->suppressed_by &&
		    asking->suppressed_by[i] < AN_BY_PROGRAM)
			asking->to->n_used[asking->suppressed_by[i]]++;
	}
	free(is_in_cycle);
}

static void tell_cycles(struct asking *asking)
{
	struct an_rings rings = { 0 };
	size_t first = asking->to->n;

	for (size_t i = 0; i < asking->cycles.n; i++) {
		const struct an_cycle *cycle = &asking->cycles.at[i];
		struct an_leak leak = { .class = AN_CLASS_DEFINITE, .cause = AN_CAUSE_CYCLE,
					.suppressed_by = AN_NONE };
		struct an_leak *to;
		uint32_t index;

		if (!an_rings_is_ring(cycle))
			continue;
		index = an_rings_leak(&rings, asking->objects, &asking->cycles, cycle,
				      &asking->to->arena, &leak);
		if (index == rings.n_shapes - 1 && first + index == asking->to->n) {
			leak.process = asking->objects->snapshot->process;
			leak.confidence = (uint8_t)confidence_of(asking, AN_CLASS_DEFINITE);
			push_leak(asking->to, &leak);
		}
		to = &asking->to->at[first + index];
		for (uint32_t k = 0; k < cycle->n_members; k++)
			asking->told_by[asking->cycles.members[cycle->first_member + k]] =
				(uint32_t)(first + index);
		to->n += cycle->n_members;
		to->bytes += cycle->bytes;
		to->n_rings++;
		for (uint32_t k = 0; k < cycle->n_members; k++)
			note_lost(asking, asking->cycles.members[cycle->first_member + k],
				  first + index);
	}
	an_rings_release(&rings);
}

static void add_rest(struct asking *asking, const struct an_site *site, enum an_class class,
		     uint64_t n, uint64_t bytes)
{
	struct an_class_sums *sums = &asking->to->sums[site->process];

	if (!n)
		return;
	sums->at[class].n += n;
	sums->at[class].bytes += bytes;
	push_leak(asking->to, &(struct an_leak){
		.process = site->process, .stack = site->stack, .class = (uint8_t)class,
		.cause = AN_CAUSE_UNKNOWN, .n = n, .bytes = bytes,
		.retained_bytes = class == AN_CLASS_SUPPRESSED ? bytes : 0,
		.suppressed_by = class == AN_CLASS_SUPPRESSED ? AN_BY_PROGRAM : AN_NONE,
	});
}

/* What the replay has and the graph has not told of. Without a graph nothing hangs on
 * what the program said to ignore. */
static void tell_rest(struct asking *asking, uint32_t process)
{
	const struct an_session *session = asking->session;

	for (uint32_t i = 0; i < session->n_sites; i++) {
		const struct an_site *site = &session->sites[i];
		uint64_t n_told = site->n_ignored, bytes_told = site->ignored_bytes;

		if (site->process != process)
			continue;
		if (asking->objects) {
			n_told = asking->n_told[site->stack];
			bytes_told = asking->bytes_told[site->stack];
		} else {
			add_rest(asking, site, AN_CLASS_SUPPRESSED, n_told, bytes_told);
		}
		if (site->n_live > n_told)
			add_rest(asking, site, AN_CLASS_UNCLASSIFIED, site->n_live - n_told,
				 site->live_bytes - bytes_told);
	}
}

static void add_hints(struct asking *asking, const struct an_leaks_options *options)
{
	struct an_leaks *to = asking->to;

	to->kept[asking->objects->snapshot->process] = an_hints_kept(asking->objects);
	to->n_hints += an_hints_masks(asking->objects, options->masks, options->n_masks,
				      to->hints + to->n_hints);
}

static void ask(struct asking *asking, const struct an_stack_names *names,
		const struct an_leaks_options *options)
{
	struct an_objects *objects = asking->objects;
	uint32_t process = objects->snapshot->process;

	asking->to->is_asked[process] = true;
	asking->to->n_running[process] = objects->n_running;
	asking->to->n_unread[process] = objects->n_unread;
	asking->suppressed_by = an_leaks_suppress(objects, names, options->suppressions);
	an_cycles_find(&objects->graph, &objects->reach, &asking->cycles);
	u64map_init(&asking->leak_of, sizeof(struct link));
	asking->n_told = xcalloc(asking->session->n_stacks, sizeof *asking->n_told);
	asking->bytes_told = xcalloc(asking->session->n_stacks, sizeof *asking->bytes_told);
	asking->told_by = xcalloc(objects->graph.n_nodes, sizeof *asking->told_by);
	memset(asking->told_by, 0xff, objects->graph.n_nodes * sizeof *asking->told_by);
	tell_nodes(asking);
	if (!objects->snapshot->is_complete)
		return;
	tell_cycles(asking);
	asking->to->joint[process] = an_shares_add(objects, asking->told_by, asking->to->at);
	add_hints(asking, options);
	if (options->see)
		options->see(options->see_context, objects);
}

static void release(struct asking *asking)
{
	if (!asking->objects)
		return;
	an_cycles_release(&asking->cycles);
	u64map_release(&asking->leak_of);
	free(asking->suppressed_by);
	free(asking->n_told);
	free(asking->bytes_told);
	free(asking->told_by);
	an_objects_free(asking->objects);
}

/* Of a leak the widest span of any of its allocations. */
static void tell_times(struct an_leaks *leaks, const struct an_lost_list *lost)
{
	for (size_t i = 0; i < lost->all.n; i++) {
		const struct an_lost *one = &lost->all.at[i];
		struct an_leak *leak = &leaks->at[one->leak];

		if (!leak->has_lost_between || one->held_ns < leak->held_ns)
			leak->held_ns = one->held_ns;
		if (!leak->has_lost_between || one->lost_ns > leak->lost_ns)
			leak->lost_ns = one->lost_ns;
		leak->has_lost_between = true;
	}
}

void an_leaks_find(const struct an_session *session, const struct an_stack_names *names,
		   const struct an_leaks_options *options, struct an_leaks *leaks)
{
	*leaks = (struct an_leaks){
		.sums = xcalloc(session->n_processes, sizeof *leaks->sums),
		.joint = xcalloc(session->n_processes, sizeof *leaks->joint),
		.is_asked = xcalloc(session->n_processes, sizeof *leaks->is_asked),
		.n_running = xcalloc(session->n_processes, sizeof *leaks->n_running),
		.n_unread = xcalloc(session->n_processes, sizeof *leaks->n_unread),
		.hints = xcalloc((size_t)session->n_processes * AN_MASK_HINTS,
				 sizeof *leaks->hints),
		.kept = xcalloc(session->n_processes, sizeof *leaks->kept),
		.n_used = xcalloc(options->suppressions
				  ? an_suppressions_count(options->suppressions) : 0,
				  sizeof *leaks->n_used),
	};
	struct an_lost_list lost = { 0 };

	for (uint32_t i = 0; i < session->n_processes; i++) {
		struct asking asking = { .to = leaks, .session = session };

		if (options->want_history && an_history_has(session, i))
			asking.lost = &lost;
		asking.objects = an_objects_new(session, i, options->masks, options->n_masks);
		if (asking.objects)
			ask(&asking, names, options);
		tell_rest(&asking, i);
		release(&asking);
	}
	if (an_lost_find(session, options->masks, options->n_masks, &lost))
		tell_times(leaks, &lost);
	VEC_RELEASE(&lost.all);
}

void an_leaks_release(struct an_leaks *leaks)
{
	free(leaks->at);
	free(leaks->sums);
	free(leaks->joint);
	free(leaks->is_asked);
	free(leaks->n_running);
	free(leaks->n_unread);
	free(leaks->n_used);
	free(leaks->hints);
	free(leaks->kept);
	arena_release(&leaks->arena);
	*leaks = (struct an_leaks){ 0 };
}
