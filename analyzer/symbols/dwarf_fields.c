/* SPDX-License-Identifier: Apache-2.0 */
/* dwarf_fields.c -- which field lies at an offset: "next", "links.prev",
 * "slots[3]". */
#include "analyzer/symbols/dwarf_types.h"

#include <dwarf.h>
#include <stdio.h>
#include <string.h>

enum { NESTED_MAX = 16, FIELD_BYTES = AN_FIELD_BYTES_MAX };

static bool offset_of(Dwarf_Die *member, uint64_t *offset)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	*offset = 0;
	if (!dwarf_attr(member, DW_AT_data_member_location, &attribute))
		return dwarf_tag(member) == DW_TAG_member;       /* of a union */
	if (dwarf_formudata(&attribute, &value) < 0)
		return false;
	*offset = value;
	return true;
}

/* The member or base that covers *offset, which becomes one into it. */
static bool find_member(Dwarf_Die *structure, uint64_t *offset, Dwarf_Die *member,
			Dwarf_Die *type)
{
	if (dwarf_child(structure, member) != 0)
		return false;
	do {
		int tag = dwarf_tag(member);
		uint64_t start;
		Dwarf_Word size;

		if ((tag == DW_TAG_member || tag == DW_TAG_inheritance) &&
		    !dwarf_hasattr(member, DW_AT_external) &&
		    an_dwarf_type_of(member, type) && offset_of(member, &start) &&
		    dwarf_aggregate_size(type, &size) == 0 && *offset >= start &&
		    *offset - start < size) {
			*offset -= start;
			return true;
		}
	} while (an_dwarf_next(member));
	return false;
}

/* Steps into an element of an array; false: type is none. */
static bool enter_array(Dwarf_Die *type, uint64_t *offset, char *text, size_t *n)
{
	Dwarf_Die bare = *type, element;
	Dwarf_Word size;

	if (!an_dwarf_peel(&bare) || dwarf_tag(&bare) != DW_TAG_array_type ||
	    !an_dwarf_type_of(&bare, &element) || dwarf_aggregate_size(&element, &size) < 0 ||
	    !size)
		return false;
	*n += (size_t)snprintf(text + *n, FIELD_BYTES - *n, "[%llu]",
			       (unsigned long long)(*offset / size));
	*offset %= size;
	*type = element;
	return *n < FIELD_BYTES;
}

const char *an_dwarf_field(const Dwarf_Die *die, uint64_t offset, struct strpool *names)
{
	Dwarf_Die structure = *die, member, type;
	char text[FIELD_BYTES] = "";
	size_t n = 0;

	for (unsigned i = 0; i < NESTED_MAX; i++) {
		const char *name;
		int tag = dwarf_tag(&structure);

		if (tag != DW_TAG_structure_type && tag != DW_TAG_class_type &&
		    tag != DW_TAG_union_type)
			break;
		if (!find_member(&structure, &offset, &member, &type))
			break;
		name = dwarf_tag(&member) == DW_TAG_member ? dwarf_diename(&member) : NULL;
		if (name)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? "." : "",
					      name);
		if (n >= sizeof text)
			return NULL;
		enter_array(&type, &offset, text, &n);
		structure = type;
		if (n >= sizeof text || !an_dwarf_peel(&structure))
			return NULL;
	}
	return n && !offset ? strpool_intern(names, text, n) : NULL;
}
