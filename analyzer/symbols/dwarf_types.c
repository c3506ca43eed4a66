/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_types.c -- the type of an allocation, out of the function that made it.
 *
 *     struct node *n = malloc(sizeof *n);      a variable declared in that line
 *     return new Node(key);                    what is constructed there
 *     list->head = xmalloc(sizeof *list->head);
 *
 * Pointers that the function has to do with are candidates: variables,
 * parameters, what it returns, and, if these say nothing, members of what its
 * pointers lead to. type_store.c decides among them. What leads to constants is no candidate,
 * nobody fills it; a parameter that leads to a plain number is mostly an output
 * and names nothing, but it makes doubt.
 */
#include "analyzer/symbols/dwarf_types.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHAIN_MAX = 32,              /* typedefs of typedefs */
	DEPTH_MAX = 64,              /* of blocks in blocks */
	CANDIDATES_MAX = 1024,
	NAME_BYTES = 1024,
};

/* Where a candidate is from. */
enum source { FROM_VARIABLE, FROM_LINE, FROM_PARAMETER, FROM_RESULT, FROM_MEMBER };

struct search {
	struct an_dwarf_unit *unit;
	struct strpool *names;
	struct an_type_store *store;
	uint32_t line;               /* of the call */
	struct an_type_function function;
};

bool an_dwarf_type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attribute;

	return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), type);
}

bool an_dwarf_next(Dwarf_Die *die)
{
	const char *before = die->addr;

	return dwarf_siblingof(die, die) == 0 && (const char *)die->addr > before;
}

static bool is_qualifier(int tag)
{
	return tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
	       tag == DW_TAG_restrict_type || tag == DW_TAG_atomic_type;
}

bool an_dwarf_peel(Dwarf_Die *die)
{
	for (unsigned i = 0; i < CHAIN_MAX; i++) {
		int tag = dwarf_tag(die);
		Dwarf_Die next;

		if (tag != DW_TAG_typedef && !is_qualifier(tag))
			return tag >= 0;
		if (!an_dwarf_type_of(die, &next))
			return false;
		*die = next;
	}
	return false;
}

/* "ns::outer::name" */
static const char *qualified(struct strpool *names, Dwarf_Die *die, const char *name)
{
	char text[NAME_BYTES];
	size_t at = sizeof text - 1, n = strlen(name);
	Dwarf_Die *scopes = NULL;
	int n_scopes = dwarf_getscopes_die(die, &scopes);

	if (n >= sizeof text) {
		free(scopes);
		return strpool_intern_text(names, name);
	}
	memcpy(text + (at -= n), name, n);
	for (int i = 1; i < n_scopes; i++) {
		int tag = dwarf_tag(&scopes[i]);
		const char *outer = dwarf_diename(&scopes[i]);

		if (tag != DW_TAG_namespace && tag != DW_TAG_structure_type &&
		    tag != DW_TAG_class_type && tag != DW_TAG_union_type)
			continue;
		outer = outer ? outer : "(anonymous)";
		n = strlen(outer);
		if (n + 2 > at)
			break;
		memcpy(text + (at -= 2), "::", 2);
		memcpy(text + (at -= n), outer, n);
	}
	free(scopes);
	return strpool_intern(names, text + at, sizeof text - 1 - at);
}

/* A structure goes by its own name, and without one by that of its typedef. */
static const char *name_of(struct strpool *names, Dwarf_Die *type)
{
	Dwarf_Die at = *type, named = *type;
	const char *name = NULL;

	for (unsigned i = 0; i < CHAIN_MAX; i++) {
		const char *own = dwarf_diename(&at);

		if (own) {
			name = own;
			named = at;
		}
		if ((dwarf_tag(&at) != DW_TAG_typedef && !is_qualifier(dwarf_tag(&at))) ||
		    !an_dwarf_type_of(&at, &at))
			break;
	}
	return name ? qualified(names, &named, name) : NULL;
}

/* What a pointer leads to; false if die is none, or leads to void or a function. */
static bool pointee(const Dwarf_Die *die, Dwarf_Die *to)
{
	Dwarf_Die pointer = *die;

	return an_dwarf_peel(&pointer) && dwarf_tag(&pointer) == DW_TAG_pointer_type &&
	       an_dwarf_type_of(&pointer, to);
}

static bool is_structure(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type;
}

/* Once; of several the last one's place counts. */
static void keep(struct search *search, struct an_type_candidate candidate)
{
	struct an_type_candidate *all = search->store->candidates.at + search->function.first;
	uint32_t n = search->function.n;

	for (uint32_t i = 0; i < n; i++)
		if (all[i].type == candidate.type && all[i].flags == candidate.flags) {
			memmove(all + i, all + i + 1, (n - i - 1) * sizeof *all);
			all[n - 1] = candidate;
			return;
		}
	*VEC_PUSH(&search->store->candidates) = candidate;
	search->function.n++;
}

static void add_candidate(struct search *search, const Dwarf_Die *type, enum source source)
{
	struct an_type_candidate candidate = { .flags = source == FROM_LINE
						? AN_CANDIDATE_AT_LINE : 0 };
	struct an_type *known;
	const char *name;
	Dwarf_Die at, bare;
	Dwarf_Word size;

	if (search->function.n >= CANDIDATES_MAX || !pointee(type, &at) ||
	    dwarf_tag(&at) == DW_TAG_const_type)
		return;
	bare = at;
	if (!an_dwarf_peel(&bare) || dwarf_aggregate_size(&bare, &size) < 0 || !size)
		return;
	if (source == FROM_MEMBER)
		candidate.flags |= AN_CANDIDATE_MEMBER;
	if ((source == FROM_PARAMETER || source == FROM_MEMBER) && !is_structure(&bare))
		candidate.flags |= AN_CANDIDATE_WEAK;
	name = name_of(search->names, &at);
	if (!name && dwarf_tag(&bare) == DW_TAG_pointer_type)
		name = strpool_intern_text(search->names, "void *");
	if (!name)
		return;
	candidate.type = an_type_store_type(search->store, name, size);
	known = &search->store->types.at[candidate.type];
	if (!known->has_die && is_structure(&bare)) {
		known->has_die = true;
		known->die = bare;
	}
	keep(search, candidate);
}

static uint32_t number_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (dwarf_formudata(dwarf_attr_integrate(die, name, &attribute), &value) < 0)
		return 0;
	return value <= UINT32_MAX ? (uint32_t)value : 0;
}

typedef void variable_fn(struct search *search, Dwarf_Die *variable, const Dwarf_Die *type);

static void take_variable(struct search *search, Dwarf_Die *variable, const Dwarf_Die *type)
{
	bool is_at_line = search->line && number_of(variable, DW_AT_decl_line) == search->line;

	add_candidate(search, type, dwarf_tag(variable) != DW_TAG_variable ? FROM_PARAMETER
				    : is_at_line ? FROM_LINE : FROM_VARIABLE);
}

/* The pointers in the structure that the variable is or leads to. */
static void take_members(struct search *search, Dwarf_Die *variable, const Dwarf_Die *type)
{
	Dwarf_Die structure = *type, member, member_type;

	(void)variable;
	pointee(type, &structure);
	if (!an_dwarf_peel(&structure) || dwarf_child(&structure, &member) != 0)
		return;
	do {
		if (dwarf_tag(&member) == DW_TAG_member &&
		    !dwarf_hasattr(&member, DW_AT_artificial) &&
		    an_dwarf_type_of(&member, &member_type))
			add_candidate(search, &member_type, FROM_MEMBER);
	} while (an_dwarf_next(&member));
}

/* Calls fn for all variables and parameters, those of inner blocks included. */
static void each_variable(struct search *search, Dwarf_Die *function, variable_fn *fn)
{
	Dwarf_Die levels[DEPTH_MAX], type;
	size_t depth = dwarf_child(function, &levels[0]) == 0;
	const void *last = NULL;

	while (depth > 0) {
		Dwarf_Die *die = &levels[depth - 1];
		int tag = dwarf_tag(die);

		/* Damaged entries must not make a ring. */
		if (last && (const char *)die->addr <= (const char *)last)
			return;
		last = die->addr;
		/* "this" is never what is being allocated. */
		if ((tag == DW_TAG_variable || (tag == DW_TAG_formal_parameter &&
						!dwarf_hasattr(die, DW_AT_artificial))) &&
		    an_dwarf_type_of(die, &type))
			fn(search, die, &type);
		if (tag == DW_TAG_lexical_block && depth < DEPTH_MAX &&
		    dwarf_child(die, &levels[depth]) == 0) {
			depth++;
			continue;
		}
		while (depth > 0 && dwarf_siblingof(&levels[depth - 1], &levels[depth - 1]) != 0)
			depth--;
	}
}

static void search_function(struct search *search, Dwarf_Die *function)
{
	Dwarf_Attribute attribute;
	Dwarf_Die origin = *function, type;

	/* The variables that were optimised away are in the abstract one only. */
	for (unsigned i = 0; i < CHAIN_MAX && dwarf_hasattr(&origin, DW_AT_abstract_origin); i++)
		if (!dwarf_formref_die(dwarf_attr(&origin, DW_AT_abstract_origin, &attribute),
				       &origin))
			break;
	search->function = (struct an_type_function){ .first = search->store->candidates.n };
	if (an_dwarf_type_of(&origin, &type)) {
		Dwarf_Die pointer = type, to;

		search->function.passes_on = an_dwarf_peel(&pointer) &&
			dwarf_tag(&pointer) == DW_TAG_pointer_type &&
			!an_dwarf_type_of(&pointer, &to);
		add_candidate(search, &type, FROM_RESULT);
	}
	each_variable(search, &origin, take_variable);
	if (!search->function.passes_on)
		each_variable(search, &origin, take_members);
	*VEC_PUSH(&search->store->functions) = search->function;
}

uint32_t an_dwarf_type_functions(struct an_type_store *store, struct an_dwarf_table *table,
				 uint64_t address)
{
	uint32_t at = an_ranges_find(&table->ranges, address), number, n = 0;
	struct search search = { .names = table->names, .store = store };

	if (at == AN_RANGE_NONE)
		return 0;
	search.unit = &table->units.at[at];
	an_dwarf_unit_walk(search.unit);
	an_dwarf_unit_line(search.unit, address, table->names, &search.line);
	number = an_ranges_find(&search.unit->ranges, address);
	while (number != AN_DWARF_NO_NODE) {
		const struct an_dwarf_node *node = an_dwarf_unit_node(search.unit, number,
								      table->names);
		Dwarf_Die function = node->die;

		search_function(&search, &function);
		n++;
		if (!search.function.passes_on)
			break;
		search.line = node->call_line;
		number = node->parent;
	}
	return n;
}
