/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_names.c -- see type_names.h. A stack has one type if what divides all its
 * sizes is named: a type whose size divides each of them divides that, too; else if
 * all of it that lived at the snapshots begins with the vtable of one class.
 */
#include "analyzer/findings/type_names.h"
#include "analyzer/base/u64map.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/objects/types.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct an_type_names {
	const struct an_session *session;
	struct an_types *types;      /* NULL: nobody asked yet */
	uint64_t *units;             /* by stack */
	const char **classes;        /* by stack: of the objects there; NULL: unknown */
	const char **told;           /* by stack: as in struct an_site */
	char field[256];
};

struct an_type_names *an_type_names_new(const struct an_session *session)
{
	struct an_type_names *names = xcalloc(1, sizeof *names);

	names->session = session;
	return names;
}

/* Found so far of one stack. */
struct seen {
	const char *class;
	bool is_mixed;
};

/* A class once for each vtable: most objects are of few. */
struct link {
	uint64_t key;
	uint64_t class;              /* a const char *, or 0 */
};

static const char *class_of(struct an_type_names *names, const struct an_snapshot *snapshot,
			    uint64_t vtable, struct u64map *of_vtable)
{
	bool is_new;
	struct link *link = u64map_put(of_vtable, vtable, &is_new);

	if (is_new)
		link->class = (uintptr_t)an_type_of_vtable(names->types, snapshot, vtable);
	return (const char *)(uintptr_t)link->class;
}

static void see_snapshot(struct an_type_names *names, const struct an_snapshot *snapshot,
			 struct seen *seen)
{
	struct u64map of_vtable;
	uint64_t word = 0;

	u64map_init(&of_vtable, sizeof(struct link));
	for (uint64_t i = 0; i < snapshot->n_live; i++) {
		const struct an_held *held = &snapshot->live[i];
		struct seen *at = &seen[held->stack];
		const char *class = NULL;

		while (word < snapshot->n_plain && snapshot->plain[word].slot < held->addr)
			word++;
		if (word < snapshot->n_plain && snapshot->plain[word].slot == held->addr)
			class = class_of(names, snapshot, snapshot->plain[word].value, &of_vtable);
		at->is_mixed |= !class || (at->class && at->class != class);
		at->class = class;
	}
	u64map_release(&of_vtable);
}

static void find_classes(struct an_type_names *names)
{
	const struct an_session *session = names->session;
	struct seen *seen = xcalloc(session->n_stacks, sizeof *seen);

	names->classes = xcalloc(session->n_stacks, sizeof *names->classes);
	for (uint32_t i = 0; i < session->n_snapshots; i++)
		see_snapshot(names, &session->snapshots[i], seen);
	for (uint32_t i = 0; i < session->n_stacks; i++)
		if (!seen[i].is_mixed)
			names->classes[i] = seen[i].class;
	free(seen);
}

/* Of what all processes said about a stack. */
static const char *join(const char *one, const char *other)
{
	return !one || one == other ? other : !other ? one : "";
}

static void open_types(struct an_type_names *names)
{
	const struct an_session *session = names->session;

	if (names->types)
		return;
	names->types = an_types_new(session);
	names->units = xcalloc(session->n_stacks, sizeof *names->units);
	names->told = xcalloc(session->n_stacks, sizeof *names->told);
	for (uint32_t i = 0; i < session->n_sites; i++) {
		const struct an_site *site = &session->sites[i];
		uint64_t *unit = &names->units[site->stack];

		*unit = an_common_unit(*unit, site->unit_bytes);
		names->told[site->stack] = join(names->told[site->stack], site->type);
	}
	find_classes(names);
}

void an_type_names_free(struct an_type_names *names)
{
	if (!names)
		return;
	an_types_free(names->types);
	free(names->units);
	free(names->classes);
	free(names->told);
	free(names);
}

static const char *type_of(struct an_type_names *names, uint32_t stack, uint64_t size)
{
	const char *type = an_type_of_site(names->types, names->session, stack, size);

	return type ? type : names->classes[stack];
}

const char *an_type_name_of_size(struct an_type_names *names, uint32_t stack, uint64_t size,
				 const char *told)
{
	if (told)
		return told;
	open_types(names);
	return stack < names->session->n_stacks ? type_of(names, stack, size) : NULL;
}

const char *an_type_name_of_stack(struct an_type_names *names, uint32_t stack)
{
	const char *told;

	open_types(names);
	if (stack >= names->session->n_stacks)
		return NULL;
	told = names->told[stack];
	if (told)
		return *told ? told : NULL;
	return type_of(names, stack, names->units[stack]);
}

/* What the program calls "Session" may be "struct session" to the compiler. */
const char *an_field_name(struct an_type_names *names, uint32_t stack, uint64_t size,
			  const char *told, uint64_t offset)
{
	const char *type = an_type_name_of_size(names, stack, size, NULL);
	const char *field = told ? an_field_at(names->types, told, offset) : NULL;

	return field ? field : an_field_at(names->types, type, offset);
}

static const char *told_of(const struct an_snapshot *snapshot, const struct an_held *held)
{
	const struct an_annotation *said = an_annotation_at(snapshot, held->addr);

	return said ? said->type : NULL;
}

const char *an_type_name_of_held(struct an_type_names *names,
				 const struct an_snapshot *snapshot, const struct an_held *held)
{
	return an_type_name_of_size(names, held->stack, held->size, told_of(snapshot, held));
}

const char *an_field_name_of_held(struct an_type_names *names,
				  const struct an_snapshot *snapshot,
				  const struct an_held *held, uint64_t offset)
{
	const struct an_annotation *part = an_annotation_before(snapshot, held->addr + offset);
	const char *field;

	open_types(names);
	if (!part || part->addr <= held->addr)
		return an_field_name(names, held->stack, held->size, told_of(snapshot, held),
				     offset);
	offset -= part->addr - held->addr;
	field = an_field_at(names->types, part->type, offset);
	if (field)
		snprintf(names->field, sizeof names->field, "%s.%s", part->type, field);
	else if (offset)
		snprintf(names->field, sizeof names->field, "%s+%" PRIu64, part->type, offset);
	else
		snprintf(names->field, sizeof names->field, "%s", part->type);
	return names->field;
}
