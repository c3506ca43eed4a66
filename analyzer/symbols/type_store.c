/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_store.c -- see type_store.h.
 *
 * A candidate fits when it has the size of the allocation, or, if none has, when
 * its size divides that. One type must be left: where there are two, nothing is said.
 */
#include "analyzer/symbols/type_store.h"

#include <string.h>

void an_types_release_store(struct an_type_store *store)
{
	VEC_RELEASE(&store->places);
	VEC_RELEASE(&store->functions);
	VEC_RELEASE(&store->candidates);
	VEC_RELEASE(&store->types);
	VEC_RELEASE(&store->fields);
	indexset_release(&store->places_by_key);
	indexset_release(&store->types_by_name);
}

struct wanted {
	const struct an_type_store *store;
	uint32_t module;
	uint64_t address;            /* or a type's size */
	const char *name;
};

static bool is_place(void *context, uint32_t index)
{
	const struct wanted *wanted = context;
	const struct an_type_place *place = &wanted->store->places.at[index];

	return place->module == wanted->module && place->address == wanted->address;
}

uint32_t an_type_store_place(struct an_type_store *store, uint32_t module, uint64_t address,
			     bool *is_new)
{
	struct wanted wanted = { store, module, address, NULL };
	uint32_t n = (uint32_t)store->places.n;
	uint32_t index = indexset_intern(&store->places_by_key, hash_u64(module + 1, address), n,
					 is_place, &wanted);

	*is_new = index == n;
	if (*is_new)
		*VEC_PUSH(&store->places) = (struct an_type_place){
			.address = address, .module = module,
			.first_function = store->functions.n };
	return index;
}

static bool is_type(void *context, uint32_t index)
{
	const struct wanted *wanted = context;
	const struct an_type *type = &wanted->store->types.at[index];

	return type->name == wanted->name && type->size == wanted->address;
}

uint32_t an_type_store_type(struct an_type_store *store, const char *name, uint64_t size)
{
	struct wanted wanted = { store, 0, size, name };
	uint32_t n = (uint32_t)store->types.n;
	uint32_t index = indexset_intern(&store->types_by_name, hash_u64((uintptr_t)name, size), n,
					 is_type, &wanted);

	if (index == n) {
		struct an_type *type = VEC_PUSH(&store->types);

		memset(type, 0, sizeof(*type));
		type->name = name;
		type->size = size;
	}
	return index;
}

const struct an_type *an_type_store_find(const struct an_type_store *store, const char *name)
{
	for (size_t i = 0; i < store->types.n; i++)
		if (store->types.at[i].name == name &&
		    (store->types.at[i].has_die || store->types.at[i].n_fields))
			return &store->types.at[i];
	return NULL;
}

bool an_type_store_passes_on(const struct an_type_store *store, uint32_t place)
{
	const struct an_type_place *at = &store->places.at[place];

	for (uint32_t i = 0; i < at->n_functions; i++)
		if (!store->functions.at[at->first_function + i].passes_on)
			return false;
	return at->n_functions > 0;
}

/* Who is asked at the moment. */
struct choice {
	const struct an_type_store *store;
	const struct an_type_function *function;
	uint64_t size;
	bool has_members;            /* members are candidates, too */
};

static const struct an_type *type_of(const struct choice *choice,
				     const struct an_type_candidate *candidate)
{
	return &choice->store->types.at[candidate->type];
}

static bool fits(const struct choice *choice, const struct an_type_candidate *candidate)
{
	return (choice->has_members || !(candidate->flags & AN_CANDIDATE_MEMBER)) &&
	       choice->size % type_of(choice, candidate)->size == 0;
}

/* One type among those that fit; arrays only where no single one does. */
static const struct an_type *choose(const struct choice *choice, bool is_line_wanted,
				    bool is_array)
{
	const struct an_type_candidate *found = NULL;

	for (uint32_t i = 0; i < choice->function->n; i++) {
		const struct an_type_candidate *candidate =
			&choice->store->candidates.at[choice->function->first + i];

		if (!fits(choice, candidate) ||
		    (is_line_wanted && !(candidate->flags & AN_CANDIDATE_AT_LINE)) ||
		    (!is_array && type_of(choice, candidate)->size != choice->size))
			continue;
		if (found && found->type != candidate->type)
			return NULL;
		found = candidate;
	}
	return found && !(found->flags & AN_CANDIDATE_WEAK) ? type_of(choice, found) : NULL;
}

/* How many fit, and how many of them exactly. */
static uint32_t count(const struct choice *choice, uint32_t *n_exact)
{
	uint32_t n = 0;

	*n_exact = 0;
	for (uint32_t i = 0; i < choice->function->n; i++) {
		const struct an_type_candidate *candidate =
			&choice->store->candidates.at[choice->function->first + i];

		if (!fits(choice, candidate))
			continue;
		n++;
		*n_exact += type_of(choice, candidate)->size == choice->size;
	}
	return n;
}

static const struct an_type *decide(const struct choice *choice, uint32_t n_exact)
{
	const struct an_type *found = choose(choice, true, false);

	found = found ? found : choose(choice, true, true);
	found = found ? found : choose(choice, false, false);
	return found || n_exact ? found : choose(choice, false, true);
}

static const struct an_type *ask(struct choice *choice)
{
	uint32_t n_exact, n = count(choice, &n_exact);
	const struct an_type *found = decide(choice, n_exact);

	if (found || n || choice->function->passes_on)
		return found;
	choice->has_members = true;
	count(choice, &n_exact);
	return decide(choice, n_exact);
}

enum an_type_answer an_type_store_choose(const struct an_type_store *store, uint32_t place,
					 uint64_t size, const char **name)
{
	const struct an_type_place *at = &store->places.at[place];
	enum an_type_answer answer = AN_TYPE_UNKNOWN;

	for (uint32_t i = 0; size && i < at->n_functions; i++) {
		struct choice choice = { store, &store->functions.at[at->first_function + i], size,
					 false };
		const struct an_type *found = ask(&choice);

		if (found) {
			*name = found->name;
			return AN_TYPE_NAMED;
		}
		answer = choice.function->passes_on ? AN_TYPE_OF_CALLER : AN_TYPE_UNKNOWN;
	}
	return answer;
}
