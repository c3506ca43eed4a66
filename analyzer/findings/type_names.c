/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_names.c -- see type_names.h. A stack has one type if what divides all its
 * sizes is named: a type whose size divides each of them divides that, too.
 */
#include "analyzer/findings/type_names.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/objects/types.h"

#include <stdlib.h>

struct an_type_names {
	const struct an_session *session;
	struct an_types *types;      /* NULL: nobody asked yet */
	uint64_t *units;             /* by stack */
};

struct an_type_names *an_type_names_new(const struct an_session *session)
{
	struct an_type_names *names = xcalloc(1, sizeof *names);

	names->session = session;
	return names;
}

static void open_types(struct an_type_names *names)
{
	const struct an_session *session = names->session;

	if (names->types)
		return;
	names->types = an_types_new(session);
	names->units = xcalloc(session->n_stacks, sizeof *names->units);
	for (uint32_t i = 0; i < session->n_sites; i++) {
		uint64_t *unit = &names->units[session->sites[i].stack];

		*unit = an_common_unit(*unit, session->sites[i].unit_bytes);
	}
}

void an_type_names_free(struct an_type_names *names)
{
	if (!names)
		return;
	an_types_free(names->types);
	free(names->units);
	free(names);
}

const char *an_type_name_of_size(struct an_type_names *names, uint32_t stack, uint64_t size)
{
	open_types(names);
	return an_type_of_site(names->types, names->session, stack, size);
}

const char *an_type_name_of_stack(struct an_type_names *names, uint32_t stack)
{
	open_types(names);
	return stack < names->session->n_stacks
		? an_type_of_site(names->types, names->session, stack, names->units[stack]) : NULL;
}

const char *an_field_name(struct an_type_names *names, uint32_t stack, uint64_t size,
			  uint64_t offset)
{
	const char *type = an_type_name_of_size(names, stack, size);

	return an_field_at(names->types, type, offset);
}
