/* SPDX-License-Identifier: Apache-2.0 */
/* fatal_program.c -- the notes of the executable, as the loader mapped them. */
#include "tracer/inside/fatal_program.h"

#include <elf.h>
#include <link.h>
#include <string.h>

enum { GO_BUILD_ID = 4 };

static bool is_go_note(const ElfW(Nhdr) *note)
{
	return note->n_type == GO_BUILD_ID && note->n_namesz == 4 &&
	       memcmp(note + 1, "Go\0", 4) == 0;
}

static bool has_go_note(uintptr_t at, uintptr_t end)
{
	while (end - at >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const void *)at;
		uintptr_t n = sizeof(*note) + ((uintptr_t)(note->n_namesz + 3) & ~(uintptr_t)3) +
			      ((uintptr_t)(note->n_descsz + 3) & ~(uintptr_t)3);

		if (n > end - at)
			return false;
		if (is_go_note(note))
			return true;
		at += n;
	}
	return false;
}

bool tr_program_is_go(void)
{
	const struct link_map *map = _r_debug.r_map;
	const ElfW(Ehdr) *header;
	struct dl_find_object found;
	const ElfW(Phdr) *segments;

	if (!map || !map->l_ld || _dl_find_object(map->l_ld, &found) != 0)
		return false;
	header = found.dlfo_map_start;
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	segments = (const void *)((uintptr_t)header + header->e_phoff);
	for (unsigned i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_NOTE &&
		    has_go_note(map->l_addr + segments[i].p_vaddr,
				map->l_addr + segments[i].p_vaddr + segments[i].p_memsz))
			return true;
	return false;
}
