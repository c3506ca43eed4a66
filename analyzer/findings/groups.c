/* SPDX-License-Identifier: Apache-2.0 */
/*
 * groups.c -- see groups.h.
 *
 * A stack that leaked has the fingerprint of the stack. What else the same stack
 * may have done (memory that is possibly lost, a cycle, memory nobody could ask
 * about) is another finding, and its role is mixed in.
 */
#include "analyzer/findings/groups.h"
#include "analyzer/base/indexset.h"
#include "analyzer/base/vec.h"

#include <stdlib.h>
#include <string.h>

typedef char digits[AN_FINGERPRINT_DIGITS + 1];

struct group {
	struct an_finding finding;
	uint64_t best_bytes;         /* of the leak that finding.stack is from */
	VEC(uint32_t) processes;
};

struct builder {
	const struct an_stack_names *names;
	const struct an_leaks *leaks;
	struct indexset set;
	VEC(struct group) groups;
	digits **of_stack;           /* fingerprints made so far */
	struct an_line_list list;
	struct arena arena;
	const char *wanted;
};

static const char *fingerprint_of(struct builder *builder, uint32_t stack)
{
	digits **made = &builder->of_stack[stack];

	if (!*made) {
		*made = arena_alloc(&builder->arena, 1, sizeof **made);
		an_stack_names_lines(builder->names, stack, &builder->list);
		an_fingerprint(**made, &builder->list);
	}
	return **made;
}

static int compare_texts(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Of a cycle: its stacks, in an order that no address decides. */
static void mix_ring(struct builder *builder, digits to, const struct an_leak *leak)
{
	const char **parts = xcalloc(leak->n_stacks, sizeof *parts);
	uint32_t n = 0;

	for (uint32_t i = 0; i < leak->n_stacks; i++)
		parts[i] = fingerprint_of(builder, leak->stacks[i]);
	qsort(parts, leak->n_stacks, sizeof *parts, compare_texts);
	for (uint32_t i = 0; i < leak->n_stacks; i++)
		if (!n || strcmp(parts[n - 1], parts[i]))
			parts[n++] = parts[i];
	an_fingerprint_mix(to, "cycle", parts, n);
	free(parts);
}

static void fingerprint_leak(struct builder *builder, digits to, const struct an_leak *leak)
{
	const char *own = fingerprint_of(builder, leak->stack);
	const char *role = leak->class == AN_CLASS_POSSIBLE ? "possible"
			   : leak->class == AN_CLASS_SUPPRESSED ? "suppressed" : NULL;

	/* Where nothing at all was asked there is nothing to tell apart. */
	if (leak->class == AN_CLASS_UNCLASSIFIED && builder->names->session->n_snapshots)
		role = "not-freed";
	if (leak->cause == AN_CAUSE_CYCLE)
		mix_ring(builder, to, leak);
	else if (role)
		an_fingerprint_mix(to, role, &own, 1);
	else
		memcpy(to, own, sizeof(digits));
}

static bool is_wanted(void *context, uint32_t index)
{
	const struct builder *builder = context;

	return !strcmp(builder->groups.at[index].finding.fingerprint, builder->wanted);
}

static uint32_t intern(struct builder *builder, const struct an_leak *leak)
{
	digits fingerprint;
	uint32_t candidate = (uint32_t)builder->groups.n, index;

	fingerprint_leak(builder, fingerprint, leak);
	builder->wanted = fingerprint;
	index = indexset_intern(&builder->set, hash_bytes(1, fingerprint, AN_FINGERPRINT_DIGITS),
				candidate, is_wanted, builder);
	if (index == candidate) {
		struct group *group = VEC_PUSH(&builder->groups);

		*group = (struct group){ .finding.stack = leak->stack };
		memcpy(group->finding.fingerprint, fingerprint, sizeof fingerprint);
	}
	return index;
}

/* The most expensive leak speaks for its group. */
static bool is_better(const struct builder *builder, const struct group *group,
		      const struct an_leak *leak)
{
	if (!group->finding.n_allocations || leak->bytes != group->best_bytes)
		return !group->finding.n_allocations || leak->bytes > group->best_bytes;
	return an_stack_names_compare(builder->names, leak->stack, group->finding.stack) < 0;
}

static void add_share(struct an_share *to, const struct an_share *from)
{
	to->n += from->n;
	to->bytes += from->bytes;
}

static void add(const struct builder *builder, struct group *group, const struct an_leak *leak)
{
	struct an_finding *finding = &group->finding;
	size_t n = group->processes.n;

	if (is_better(builder, group, leak)) {
		group->best_bytes = leak->bytes;
		finding->stack = leak->stack;
		finding->cause = leak->cause;
		finding->ring = leak->ring;
		finding->example = leak->example;
		finding->unloaded = leak->unloaded;
		finding->example_process = leak->process;
		finding->suppressed_by = leak->suppressed_by;
	}
	if (!finding->n_allocations || leak->confidence < finding->confidence)
		finding->confidence = leak->confidence;
	finding->class = leak->class;
	if (leak->has_lost_between) {
		if (!finding->has_lost_between || leak->held_ns < finding->held_ns)
			finding->held_ns = leak->held_ns;
		if (!finding->has_lost_between || leak->lost_ns > finding->lost_ns)
			finding->lost_ns = leak->lost_ns;
		finding->has_lost_between = true;
	}
	finding->bytes += leak->bytes;
	finding->n_allocations += leak->n;
	finding->retained_bytes += leak->retained_bytes;
	add_share(&finding->definite, &leak->definite);
	add_share(&finding->indirect, &leak->indirect);
	finding->n_rings += leak->n_rings;
	if (!n || group->processes.at[n - 1] != leak->process)
		*VEC_PUSH(&group->processes) = leak->process;
}

static int compare_fingerprints(const void *left, const void *right)
{
	const struct group *const *a = left, *const *b = right;

	return strcmp((*a)->finding.fingerprint, (*b)->finding.fingerprint);
}

static size_t n_common(const struct group *a, const struct group *b)
{
	size_t n = 0;

	while (n < AN_FINGERPRINT_DIGITS && a->finding.fingerprint[n] == b->finding.fingerprint[n])
		n++;
	return n;
}

/* As many digits as tell it from its neighbours in the sorted list. */
static void name_groups(struct builder *builder)
{
	size_t n = builder->groups.n;
	struct group **sorted = xcalloc(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &builder->groups.at[i];
	qsort(sorted, n, sizeof *sorted, compare_fingerprints);
	for (size_t i = 0; i < n; i++) {
		struct an_finding *finding = &sorted[i]->finding;
		size_t n_digits = 6, n_before = i ? n_common(sorted[i - 1], sorted[i]) + 1 : 0;
		size_t n_after = i + 1 < n ? n_common(sorted[i], sorted[i + 1]) + 1 : 0;

		n_digits = n_before > n_digits ? n_before : n_digits;
		n_digits = n_after > n_digits ? n_after : n_digits;
		memcpy(finding->id, "L-", 2);
		memcpy(finding->id + 2, finding->fingerprint, n_digits);
		finding->id[2 + n_digits] = 0;
	}
	free(sorted);
}

static int compare_findings(const void *left, const void *right)
{
	const struct an_finding *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return strcmp(a->id, b->id);
}

static struct an_finding *take(struct builder *builder, struct arena *arena,
			       uint32_t *n_findings)
{
	struct an_finding *findings = arena_alloc(arena, builder->groups.n, sizeof *findings);

	*n_findings = 0;
	for (size_t i = 0; i < builder->groups.n; i++) {
		struct group *group = &builder->groups.at[i];
		size_t n = group->processes.n;

		if (n) {
			uint32_t *processes = arena_alloc(arena, n, sizeof *processes);

			memcpy(processes, group->processes.at, n * sizeof *processes);
			group->finding.processes = processes;
			group->finding.n_processes = (uint32_t)n;
			findings[(*n_findings)++] = group->finding;
		}
		VEC_RELEASE(&group->processes);
	}
	qsort(findings, *n_findings, sizeof *findings, compare_findings);
	return findings;
}

struct an_finding *an_groups_make(const struct an_stack_names *names,
				  const struct an_leaks *leaks, const bool *is_shown,
				  struct arena *arena, uint32_t *n_findings)
{
	struct builder builder = { .names = names, .leaks = leaks };
	struct an_finding *findings;

	builder.of_stack = xcalloc(names->session->n_stacks, sizeof *builder.of_stack);
	for (size_t i = 0; i < leaks->n; i++) {
		uint32_t group = intern(&builder, &leaks->at[i]);

		if (is_shown[i])
			add(&builder, &builder.groups.at[group], &leaks->at[i]);
	}
	name_groups(&builder);
	findings = take(&builder, arena, n_findings);
	VEC_RELEASE(&builder.groups);
	indexset_release(&builder.set);
	arena_release(&builder.arena);
	free(builder.of_stack);
	free(builder.list.at);
	return findings;
}
