/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.c -- see types.h. Goes up a stack from the allocator's caller for as long
 * as functions hand on what they do not know the type of.
 */
#include "analyzer/objects/types.h"

#include "analyzer/base/u64map.h"
#include "analyzer/base/vec.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/symbols/symbols.h"

#include <string.h>

enum {
	SIZES_MAX = 64,              /* of one stack; a buffer has any size */
};

/* What is known of one stack and size; in the list of the stack. */
struct known {
	uint64_t size;
	const char *name;            /* NULL: nothing */
	uint32_t next;               /* index + 1, 0 at the end */
};

struct head {
	uint64_t stack;              /* the key */
	uint32_t first;              /* index + 1 */
	uint32_t n;
};

struct an_types {
	const struct an_session *session;
	uint32_t *module_numbers;    /* of the session's modules, in its symbols */
	struct u64map heads;
	VEC(struct known) known;
};

struct an_types *an_types_new(const struct an_session *session)
{
	struct an_types *types = xcalloc(1, sizeof *types);

	types->session = session;
	types->module_numbers = xcalloc(session->n_modules, sizeof *types->module_numbers);
	for (uint32_t i = 0; i < session->n_modules; i++) {
		const struct an_module *module = &session->modules[i];
		const struct an_module_name name = { module->path, module->build_id,
						     module->n_build_id };

		types->module_numbers[i] = an_symbols_module(session->symbols, &name);
	}
	u64map_init(&types->heads, sizeof(struct head));
	return types;
}

void an_types_free(struct an_types *types)
{
	if (!types)
		return;
	u64map_release(&types->heads);
	VEC_RELEASE(&types->known);
	free(types->module_numbers);
	free(types);
}

static const char *find_type(const struct an_types *types, const struct an_session *session,
			     const struct an_stack *stack, uint64_t size)
{
	for (uint32_t i = 0; i < stack->n_frames && i < AN_TYPE_FRAMES_MAX; i++) {
		const struct an_frame *frame = &stack->frames[i];
		const char *name = NULL;
		enum an_type_answer answer;

		/* Behind a gap nobody knows who called whom. */
		if (frame->module == AN_NONE || frame->is_guess ||
		    (stack->n_omitted && i >= MT_STACK_FRAMES_LEAF))
			return NULL;
		const struct an_type_query query = { types->module_numbers[frame->module],
						     frame->look_up, size };

		answer = an_symbols_type_at(session->symbols, &query, &name);
		if (answer != AN_TYPE_OF_CALLER)
			return name;
	}
	return NULL;
}

const char *an_type_of_site(struct an_types *types, const struct an_session *session,
			    uint32_t stack, uint64_t size)
{
	struct head *head;
	const char *name;

	if (!stack || stack >= session->n_stacks || !size)
		return NULL;
	head = u64map_put(&types->heads, stack, NULL);
	for (uint32_t at = head->first; at; at = types->known.at[at - 1].next)
		if (types->known.at[at - 1].size == size)
			return types->known.at[at - 1].name;
	if (head->n == SIZES_MAX)
		return NULL;
	name = find_type(types, session, &session->stacks[stack], size);
	*VEC_PUSH(&types->known) = (struct known){ size, name, head->first };
	head->first = (uint32_t)types->known.n;
	head->n++;
	return name;
}

const char *an_type_of_vtable(struct an_types *types, const struct an_snapshot *snapshot,
			      uint64_t value)
{
	const struct an_session *session = types->session;
	uint32_t module = an_session_module_at(session, snapshot->process, value,
					       snapshot->at_ns);

	if (module == AN_NONE)
		return NULL;
	return an_symbols_vtable(session->symbols, types->module_numbers[module],
				 value - session->modules[module].bias);
}

const char *an_field_at(struct an_types *types, const char *type, uint64_t offset)
{
	return type ? an_symbols_field(types->session->symbols, type, offset) : NULL;
}
