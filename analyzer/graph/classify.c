/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify.c -- does a word point at an allocation, and does that count as
 * pointing at its start?
 *
 * The first four heuristics are those of Valgrind's memcheck, with the same
 * conditions, so that the two can be compared; what they ask of memory comes
 * through the input's callbacks.
 */
#include "analyzer/graph/build.h"

enum { PAGE_BYTES = 4096 };

static bool word_at(const struct an_graph_input *input, uint64_t addr, uint64_t *word)
{
	return input->word && input->word(input->context, addr, word);
}

/* size_t length, capacity, references; then the characters and a NUL. */
static bool is_stdstring(const struct an_graph_input *input, const struct an_node *node,
			 uint64_t offset)
{
	uint64_t length, capacity;

	return offset == 24 && word_at(input, node->addr + 8, &capacity) &&
	       node->size > 24 && capacity == node->size - 25 &&
	       word_at(input, node->addr, &length) && length <= capacity;
}

/* The number of bytes that follow. */
static bool is_length64(const struct an_graph_input *input, const struct an_node *node,
			uint64_t offset)
{
	uint64_t length;

	return offset == 8 && word_at(input, node->addr, &length) && length > 0 &&
	       node->size - 8 == length;
}

/* The number of elements that follow. */
static bool is_newarray(const struct an_graph_input *input, const struct an_node *node,
			uint64_t offset)
{
	uint64_t n;

	return offset == 8 && word_at(input, node->addr, &n) && n > 0 &&
	       (node->size - 8) % n == 0;
}

static bool is_vtable(const struct an_graph_input *input, uint64_t addr)
{
	uint64_t value;

	return word_at(input, addr, &value) && value % 8 == 0 && value >= PAGE_BYTES &&
	       input->is_vtable(input->context, value);
}

/* A vtable at the start, and one where the word points. */
static bool is_inheritance(const struct an_graph_input *input, const struct an_node *node,
			   uint64_t offset)
{
	return input->is_vtable && (node->addr + offset) % 8 == 0 &&
	       is_vtable(input, node->addr + offset) && is_vtable(input, node->addr);
}

static enum an_edge_kind inside(const struct an_graph_input *input, uint32_t number,
				uint64_t offset)
{
	const struct an_node *node = &input->nodes[number];

	if (is_stdstring(input, node, offset))
		return AN_EDGE_STDSTRING;
	if (is_length64(input, node, offset))
		return AN_EDGE_LENGTH64;
	if (is_newarray(input, node, offset))
		return AN_EDGE_NEWARRAY;
	if (is_inheritance(input, node, offset))
		return AN_EDGE_INHERITANCE;
	if (input->is_start && input->is_start(input->context, number, offset))
		return AN_EDGE_TYPED;
	return offset < 8 ? AN_EDGE_LOW_TAG : AN_EDGE_INTERIOR;
}

static const struct an_target NOWHERE = { .node = AN_NO_NODE, .kind = AN_EDGE_KINDS };

/* As it stands, without tags or masks. */
static struct an_target plain(const struct an_graph_input *input, uint64_t value, uint32_t before)
{
	struct an_target target = { .node = before };
	uint64_t size;

	if (before == AN_NO_NODE)
		return NOWHERE;
	size = input->nodes[before].size;
	target.offset = value - input->nodes[before].addr;
	if (target.offset == 0)
		target.kind = AN_EDGE_START;
	else if (target.offset < size)
		target.kind = inside(input, before, target.offset);
	else if (target.offset == size)
		target.kind = AN_EDGE_END;
	else
		return NOWHERE;
	return target;
}

static struct an_target masked(struct an_graph_builder *builder, uint64_t value,
			       struct an_target best)
{
	const struct an_graph_input *input = &builder->input;

	for (size_t i = 0; i < input->n_masks && best.kind > AN_EDGE_MASKED; i++) {
		uint64_t bare = value & input->masks[i];
		struct an_target target;

		if (bare == value)
			continue;
		target = plain(input, bare, an_lookup_before(&builder->lookup, bare));
		if (target.kind <= AN_EDGE_MASKED)
			target.kind = AN_EDGE_MASKED;
		if (target.kind < best.kind)
			best = target;
	}
	return best;
}

struct an_target an_classify(struct an_graph_builder *builder, uint64_t value, uint32_t before)
{
	const struct an_graph_input *input = &builder->input;
	struct an_target target = plain(input, value, before);
	uint64_t bare = value & 0xffffffffffffu;

	if (target.kind > AN_EDGE_MASKED && input->n_masks)
		target = masked(builder, value, target);
	if (target.node == AN_NO_NODE && bare != value) {
		target = plain(input, bare, an_lookup_before(&builder->lookup, bare));
		if (target.kind != AN_EDGE_START)
			return NOWHERE;
		target.kind = AN_EDGE_HIGH_TAG;
	}
	return target;
}
