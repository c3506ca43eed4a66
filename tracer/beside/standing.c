/* SPDX-License-Identifier: Apache-2.0 */
/* standing.c -- see standing.h. */
#include "tracer/beside/standing.h"
#include "formats/wire/standing.h"
#include "tracer/beside/clock.h"
#include "tracer/beside/walk.h"

#include <elf.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

enum {
	RED_ZONE = 128,
	STACK_BYTES_MAX = 256 << 10,    /* of one thread */
	ALL_BYTES_MAX = 64 << 20,       /* of all that wait */
};

struct run_copy {
	struct run_copy *next;
	struct run_standing_of of;
	struct run_space space;
	struct run_body *bodies;
	unsigned n, n_walked;
};

static size_t bytes_of(const struct run_standings *standings)
{
	size_t n_bytes = 0;

	for (const struct run_copy *copy = standings->first; copy; copy = copy->next)
		for (unsigned i = 0; i < copy->n; i++)
			n_bytes += copy->bodies[i].n_stack;
	return n_bytes;
}

/* From the stack pointer to the end of what it lies in. */
static void copy_stack(struct run_body *body, const struct run_space *space)
{
	uint64_t sp = body->registers.rsp;
	const struct run_map *map = run_space_find(space, sp);
	struct iovec to, from;
	uint64_t start;
	ssize_t n;

	if (!map)
		return;
	start = sp - map->start > RED_ZONE ? sp - RED_ZONE : map->start;
	n = (ssize_t)(map->end - start < STACK_BYTES_MAX ? map->end - start : STACK_BYTES_MAX);
	body->stack = malloc((size_t)n);
	if (!body->stack)
		return;
	to = (struct iovec){ body->stack, (size_t)n };
	from = (struct iovec){ (void *)(uintptr_t)start, (size_t)n };
	n = process_vm_readv(space->pid, &to, 1, &from, 1, 0);
	body->stack_at = start;
	body->n_stack = n > 0 ? (size_t)n : 0;
}

static bool copy_body(struct run_body *body, const struct run_space *space, pid_t tid)
{
	struct iovec part = { &body->registers, sizeof(body->registers) };

	*body = (struct run_body){ .tid = tid };
	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &part))
		return false;
	copy_stack(body, space);
	return true;
}

void run_standings_copy(struct run_standings *standings, const struct run_standstill *still,
			const struct run_standing_of *of)
{
	struct run_copy *copy = calloc(1, sizeof(*copy));
	size_t n_bytes = bytes_of(standings);

	if (!copy || !still->n || !(copy->bodies = calloc(still->n, sizeof(*copy->bodies)))) {
		free(copy);
		return;
	}
	copy->of = *of;
	run_space_open(&copy->space, (pid_t)still->pid);
	for (unsigned i = 0; i < still->n && n_bytes < ALL_BYTES_MAX; i++) {
		const struct run_stopped *thread = &still->threads[i];

		if (!thread->is_stopped ||
		    !copy_body(&copy->bodies[copy->n], &copy->space, thread->tid))
			continue;
		n_bytes += copy->bodies[copy->n++].n_stack;
	}
	if (!standings->first)
		standings->last = &standings->first;
	*standings->last = copy;
	standings->last = &copy->next;
}

static void walk_one(struct run_copy *copy, struct run_body *body, struct run_trace *trace)
{
	struct mt_out out = run_trace_meta(trace);
	struct mt_standing standing = { .number = copy->of.snapshot,
					.tid = (uint64_t)body->tid };
	struct run_walk walk;

	run_walk(&copy->space, body, &walk);
	standing.stack = (struct mt_stack){
		.generation = copy->of.generation, .end = walk.end, .n_omitted = walk.n_omitted,
		.n_frames = walk.n_frames, .frames = walk.frames,
	};
	memcpy(standing.stack.is_exact, walk.is_exact, sizeof(walk.is_exact));
	mt_put_meta_standing(&out, copy->of.process, &standing);
	run_trace_meta_done(trace, MT_META_STANDING, &out);
	free(body->stack);
	body->stack = NULL;
	body->n_stack = 0;
}

static void forget_first(struct run_standings *standings)
{
	struct run_copy *copy = standings->first;

	for (unsigned i = 0; i < copy->n; i++)
		free(copy->bodies[i].stack);
	free(copy->bodies);
	run_space_release(&copy->space);
	standings->first = copy->next;
	free(copy);
}

void run_standings_walk(struct run_standings *standings, struct run_trace *trace,
			uint64_t until_ns)
{
	while (standings->first && run_clock_monotonic_ns() < until_ns) {
		struct run_copy *copy = standings->first;

		if (copy->n_walked < copy->n)
			walk_one(copy, &copy->bodies[copy->n_walked++], trace);
		else
			forget_first(standings);
	}
}

void run_standings_release(struct run_standings *standings)
{
	while (standings->first)
		forget_first(standings);
}
