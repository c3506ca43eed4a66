/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_unit.c -- the functions of one compilation unit.
 *
 * Walking lists only where they are; names are looked up when somebody asks for
 * that function, which of most units is a small part.
 *
 * Damaged DWARF must not make the walk long: entries are stored in the order in
 * which the walk meets them, so an entry that lies before the last one ends it.
 */
#include "analyzer/symbols/dwarf_unit.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/xalloc.h"
#include "analyzer/symbols/elf_file.h"
#include "analyzer/symbols/symbols.h"

enum {
	DEPTH_MAX = 1024,            /* compilers nest some dozens deep */
	RANGES_MAX = 4 << 20,        /* in one unit; 100 MiB */
	PATH_BYTES_MAX = 8192,
};

bool an_dwarf_add_ranges(struct an_ranges *ranges, Dwarf_Die *die, uint32_t number)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t offset = 0;
	size_t n_before = ranges->all.n;

	while (ranges->all.n < RANGES_MAX &&
	       (offset = dwarf_ranges(die, offset, &base, &low, &high)) > 0)
		an_ranges_add(ranges, low, high, number);
	return ranges->all.n > n_before;
}

/* Adds a node for die if it has code. Returns its number, or owner. */
static uint32_t add_node(struct an_dwarf_unit *unit, Dwarf_Die *die, uint32_t owner,
			 bool is_inlined)
{
	uint32_t number = (uint32_t)unit->nodes.n;
	size_t n_before = unit->ranges.all.n;

	if (!an_dwarf_add_ranges(&unit->ranges, die, number))
		return owner;
	*VEC_PUSH(&unit->nodes) = (struct an_dwarf_node){
		.die = *die,
		.entry = unit->ranges.all.at[n_before].low,
		.parent = is_inlined ? owner : AN_DWARF_NO_NODE,
	};
	return number;
}

/* A level of the walk: the entry it is at, and the node that contains it. */
struct level {
	Dwarf_Die die;
	uint32_t owner;
};

/* Takes in die; true if there may be functions below it. */
static bool visit(struct an_dwarf_unit *unit, Dwarf_Die *die, bool has_methods, uint32_t *owner)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
		*owner = add_node(unit, die, AN_DWARF_NO_NODE, false);
		return true;
	case DW_TAG_inlined_subroutine:
		*owner = add_node(unit, die, *owner, true);
		return true;
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
	case DW_TAG_namespace:
	case DW_TAG_module:
		return true;
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
		return has_methods;
	default:
		return false;
	}
}

/* To the next entry that was not seen: the sibling, or an ancestor's. Returns
 * the new depth, 0 at the end. */
static size_t move_on(struct level *levels, size_t depth)
{
	while (depth > 0) {
		Dwarf_Die *die = &levels[depth - 1].die;

		if (dwarf_siblingof(die, die) == 0)
			return depth;
		depth--;
	}
	return 0;
}

static void walk(struct an_dwarf_unit *unit, bool has_methods)
{
	struct level *levels = xreallocarray(NULL, DEPTH_MAX, sizeof(*levels));
	const void *last = unit->code.addr;
	size_t depth = dwarf_child(&unit->code, &levels[0].die) == 0;

	levels[0].owner = AN_DWARF_NO_NODE;
	while (depth > 0) {
		struct level *level = &levels[depth - 1];
		uint32_t owner = level->owner;

		if ((const char *)level->die.addr <= (const char *)last)
			break;
		last = level->die.addr;
		if (visit(unit, &level->die, has_methods, &owner) && depth < DEPTH_MAX &&
		    dwarf_child(&level->die, &levels[depth].die) == 0)
			levels[depth++].owner = owner;
		else
			depth = move_on(levels, depth);
	}
	free(levels);
}

static const char *string_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

/* Follows a skeleton to its .dwo, unless what bears that name is no file: libdw
 * opens it without looking. */
static void open_split(struct an_dwarf_unit *unit)
{
	const char *name = string_of(&unit->die, DW_AT_dwo_name);
	const char *dir = string_of(&unit->die, DW_AT_comp_dir);
	char path[PATH_BYTES_MAX];
	Dwarf_Die split;
	uint8_t type;

	if (!name)
		name = string_of(&unit->die, DW_AT_GNU_dwo_name);
	if (!name)
		return;
	if (*name == '/' || !dir)
		dir = "";
	if (snprintf(path, sizeof(path), "%s%s%s", dir, *dir ? "/" : "", name) >=
	    PATH_BYTES_MAX || !an_elf_path_is_regular(path))
		return;
	memset(&split, 0, sizeof(split));
	if (dwarf_cu_info(unit->die.cu, NULL, &type, NULL, &split, NULL, NULL, NULL) == 0 &&
	    type == DW_UT_skeleton && split.addr)
		unit->code = split;
}

void an_dwarf_unit_walk(struct an_dwarf_unit *unit)
{
	int language;

	if (unit->is_walked)
		return;
	unit->is_walked = true;
	unit->code = unit->die;
	open_split(unit);
	/* C has most of its entries in structures, and no functions there. */
	language = dwarf_srclang(&unit->code);
	walk(unit, language != DW_LANG_C && language != DW_LANG_C89 &&
		   language != DW_LANG_C99 && language != DW_LANG_C11);
	an_ranges_seal(&unit->ranges);
}

/* Absolute where DWARF allows it, without the "/./" and "//" that compilers and
 * their -ffile-prefix-map leave behind. ".." stays: it may follow a link. */
static const char *put_path(struct an_dwarf_unit *unit, const char *file, struct strpool *names)
{
	const char *dir = string_of(&unit->die, DW_AT_comp_dir);
	size_t n_dir = dir ? strlen(dir) : 0, n = 0;
	char path[PATH_BYTES_MAX];

	if (!file || strcmp(file, "???") == 0)
		return NULL;
	if (!n_dir || *file == '/' || (strncmp(file, dir, n_dir) == 0 && file[n_dir] == '/'))
		dir = "";
	if (snprintf(path, sizeof(path), "%s%s%s", dir, *dir ? "/" : "", file) >= PATH_BYTES_MAX)
		return strpool_intern_text(names, file);
	for (const char *from = path; *from; from++) {
		while (from[0] == '/' && (from[1] == '/' || (from[1] == '.' && from[2] == '/')))
			from += from[1] == '/' ? 1 : 2;
		path[n++] = *from;
	}
	return strpool_intern(names, path, n);
}

static void find_call(struct an_dwarf_unit *unit, struct an_dwarf_node *node,
		      struct strpool *names)
{
	Dwarf_Attribute attribute;
	Dwarf_Word file, line;
	Dwarf_Files *files;

	if (dwarf_formudata(dwarf_attr(&node->die, DW_AT_call_line, &attribute), &line) == 0)
		node->call_line = line <= UINT32_MAX ? (uint32_t)line : 0;
	if (dwarf_formudata(dwarf_attr(&node->die, DW_AT_call_file, &attribute), &file) == 0 &&
	    dwarf_getsrcfiles(&unit->code, &files, NULL) == 0)
		node->call_file = put_path(unit, dwarf_filesrc(files, file, NULL, NULL), names);
}

/* The linkage name wins also where it is not mangled: it is what the symbol table
 * has, so names do not depend on whether debug information is installed. */
static void find_names(struct an_dwarf_node *node, struct strpool *names)
{
	const char *name = string_of(&node->die, DW_AT_name);
	const char *linkage = string_of(&node->die, DW_AT_linkage_name);
	char *demangled;

	if (!linkage)
		linkage = string_of(&node->die, DW_AT_MIPS_linkage_name);
	if (linkage) {
		demangled = an_demangle(linkage);
		node->linkage = strpool_intern_text(names, linkage);
		node->function = demangled ? strpool_intern_text(names, demangled)
					   : node->linkage;
		free(demangled);
	} else if (name) {
		node->function = strpool_intern_text(names, name);
	}
}

const struct an_dwarf_node *an_dwarf_unit_node(struct an_dwarf_unit *unit, uint32_t number,
					       struct strpool *names)
{
	struct an_dwarf_node *node = &unit->nodes.at[number];

	if (!node->is_named) {
		node->is_named = true;
		find_names(node, names);
		if (node->parent != AN_DWARF_NO_NODE)
			find_call(unit, node, names);
	}
	return node;
}

const char *an_dwarf_unit_line(struct an_dwarf_unit *unit, uint64_t address,
			       struct strpool *names, uint32_t *line)
{
	Dwarf_Line *row = dwarf_getsrc_die(&unit->die, address);
	int number = 0;

	*line = 0;
	if (!row)
		return NULL;
	if (dwarf_lineno(row, &number) == 0 && number > 0)
		*line = (uint32_t)number;
	return put_path(unit, dwarf_linesrc(row, NULL, NULL), names);
}

void an_dwarf_unit_release(struct an_dwarf_unit *unit)
{
	VEC_RELEASE(&unit->nodes);
	an_ranges_release(&unit->ranges);
	memset(unit, 0, sizeof(*unit));
}
