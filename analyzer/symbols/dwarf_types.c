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
 * pointers lead to. A candidate fits when what it points to has the size of the
 * allocation, or, if none has, when that divides it. One type must be left:
 * where there are two, nothing is said. What leads to constants is no candidate,
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
	CANDIDATES_MAX = 4096,
	NAME_BYTES = 1024,
};

struct candidate {
	Dwarf_Die type;              /* what is pointed to, as it is written */
	const char *name;
	uint64_t size;
	bool is_at_line;             /* of a variable declared in the line of the call */
	bool is_weak;                /* makes doubt, but is not believed */
};

/* Where a candidate is from. */
enum source { FROM_VARIABLE, FROM_LINE, FROM_PARAMETER, FROM_RESULT, FROM_MEMBER };

struct search {
	struct an_dwarf_unit *unit;
	struct strpool *names;
	const struct an_type_query *query;
	uint32_t line;               /* of the call */
	bool returns_void_pointer;
	VEC(struct candidate) candidates;
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

static void add_candidate(struct search *search, const Dwarf_Die *type, enum source source)
{
	struct candidate candidate = { .is_at_line = source == FROM_LINE };
	Dwarf_Die bare;
	Dwarf_Word size;

	if (search->candidates.n >= CANDIDATES_MAX || !pointee(type, &candidate.type) ||
	    dwarf_tag(&candidate.type) == DW_TAG_const_type)
		return;
	bare = candidate.type;
	if (!an_dwarf_peel(&bare) || dwarf_aggregate_size(&bare, &size) < 0 || !size ||
	    search->query->size % size)
		return;
	candidate.size = size;
	candidate.is_weak = (source == FROM_PARAMETER || source == FROM_MEMBER) &&
			    !is_structure(&bare);
	candidate.name = name_of(search->names, &candidate.type);
	if (!candidate.name && dwarf_tag(&bare) == DW_TAG_pointer_type)
		candidate.name = strpool_intern_text(search->names, "void *");
	if (candidate.name)
		*VEC_PUSH(&search->candidates) = candidate;
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

/* One type among those that fit; arrays only where no single one does. */
static const struct candidate *choose(const struct search *search, bool is_line_wanted,
				      bool is_array)
{
	const struct candidate *found = NULL;

	for (size_t i = 0; i < search->candidates.n; i++) {
		const struct candidate *candidate = &search->candidates.at[i];

		if ((is_line_wanted && !candidate->is_at_line) ||
		    (!is_array && candidate->size != search->query->size))
			continue;
		if (found && (found->name != candidate->name || found->size != candidate->size))
			return NULL;
		found = candidate;
	}
	return found && !found->is_weak ? found : NULL;
}

static bool has_exact(const struct search *search)
{
	for (size_t i = 0; i < search->candidates.n; i++)
		if (search->candidates.at[i].size == search->query->size)
			return true;
	return false;
}

static const struct candidate *decide(const struct search *search)
{
	const struct candidate *found = choose(search, true, false);

	found = found ? found : choose(search, true, true);
	found = found ? found : choose(search, false, false);
	return found || has_exact(search) ? found : choose(search, false, true);
}

static const struct candidate *search_function(struct search *search, Dwarf_Die *function)
{
	Dwarf_Attribute attribute;
	Dwarf_Die origin = *function, type;
	const struct candidate *found;

	/* The variables that were optimised away are in the abstract one only. */
	for (unsigned i = 0; i < CHAIN_MAX && dwarf_hasattr(&origin, DW_AT_abstract_origin); i++)
		if (!dwarf_formref_die(dwarf_attr(&origin, DW_AT_abstract_origin, &attribute),
				       &origin))
			break;
	search->candidates.n = 0;
	search->returns_void_pointer = false;
	if (an_dwarf_type_of(&origin, &type)) {
		Dwarf_Die pointer = type, to;

		search->returns_void_pointer = an_dwarf_peel(&pointer) &&
			dwarf_tag(&pointer) == DW_TAG_pointer_type &&
			!an_dwarf_type_of(&pointer, &to);
		add_candidate(search, &type, FROM_RESULT);
	}
	each_variable(search, &origin, take_variable);
	found = decide(search);
	if (found || search->candidates.n || search->returns_void_pointer)
		return found;
	each_variable(search, &origin, take_members);
	return decide(search);
}

static void remember(struct an_dwarf_types *types, const struct candidate *found)
{
	Dwarf_Die bare = found->type;

	for (size_t i = 0; i < types->named.n; i++)
		if (types->named.at[i].name == found->name)
			return;
	if (an_dwarf_peel(&bare))
		*VEC_PUSH(&types->named) = (struct an_dwarf_type){ found->name, bare };
}

enum an_type_answer an_dwarf_type_at(struct an_dwarf_types *types, struct an_dwarf_table *table,
				     const struct an_type_query *query, const char **name)
{
	uint32_t at = an_ranges_find(&table->ranges, query->address), number;
	struct search search = { .names = table->names, .query = query };
	enum an_type_answer answer = AN_TYPE_UNKNOWN;

	if (at == AN_RANGE_NONE || !query->size)
		return AN_TYPE_UNKNOWN;
	search.unit = &table->units.at[at];
	an_dwarf_unit_walk(search.unit);
	an_dwarf_unit_line(search.unit, query->address, table->names, &search.line);
	number = an_ranges_find(&search.unit->ranges, query->address);
	while (number != AN_DWARF_NO_NODE) {
		const struct an_dwarf_node *node = an_dwarf_unit_node(search.unit, number,
								      table->names);
		Dwarf_Die function = node->die;
		const struct candidate *found = search_function(&search, &function);

		if (found) {
			*name = found->name;
			remember(types, found);
			answer = AN_TYPE_NAMED;
			break;
		}
		answer = search.returns_void_pointer ? AN_TYPE_OF_CALLER : AN_TYPE_UNKNOWN;
		if (answer == AN_TYPE_UNKNOWN)
			break;
		search.line = node->call_line;
		number = node->parent;
	}
	VEC_RELEASE(&search.candidates);
	return answer;
}
