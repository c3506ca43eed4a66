/* SPDX-License-Identifier: Apache-2.0 */
/* space.c -- see space.h. */
#include "tracer/beside/space.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	SEGMENTS_MAX = 64,
	FD_UNKNOWN = -1,
	FD_NONE = -2,
	/* How the linkers of today write .eh_frame_hdr; another way is not read. */
	HEADER_BYTES = 12,
	POINTER_RELATIVE_4 = 0x1b,
	COUNT_4 = 0x03,
	TABLE_RELATIVE_4 = 0x3b,
};

static void add_map(struct run_space *space, const struct run_map *map)
{
	if (space->n_maps == space->n_room) {
		size_t room = space->n_room ? 2 * space->n_room : 64;
		struct run_map *maps = realloc(space->maps, room * sizeof(*maps));

		if (!maps)
			return;
		space->maps = maps;
		space->n_room = room;
	}
	space->maps[space->n_maps++] = *map;
}

static void add_line(struct run_space *space, char *line)
{
	struct run_map map = { .fd = FD_UNKNOWN };
	unsigned major_number, minor_number;
	char permissions[8];
	int n_before = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %x:%x %" SCNu64 " %n", &map.start,
		   &map.end, permissions, &map.offset, &major_number, &minor_number, &map.inode,
		   &n_before) < 7 || map.start >= map.end)
		return;
	map.device = makedev(major_number, minor_number);
	map.is_readable = permissions[0] == 'r';
	map.is_writable = permissions[1] == 'w';
	map.is_code = permissions[2] == 'x';
	map.is_shared = permissions[3] == 's';
	map.is_vdso = strcmp(line + n_before, "[vdso]") == 0;
	map.name = strdup(line + n_before);
	if (map.name && map.name[0] == '/')
		map.path = map.name;
	add_map(space, &map);
}

static void copy_vdso(struct run_space *space, const struct run_map *map)
{
	size_t n = map->end - map->start;
	struct iovec to, from = { (void *)(uintptr_t)map->start, n };

	if (n > RUN_VDSO_BYTES_MAX || !(space->vdso = calloc(1, n)))
		return;
	to = (struct iovec){ space->vdso, n };
	space->n_vdso = process_vm_readv(space->pid, &to, 1, &from, 1, 0) == (ssize_t)n ? n : 0;
}

bool run_space_open(struct run_space *space, pid_t pid)
{
	char path[64], *line = NULL;
	size_t room = 0;
	FILE *maps;

	*space = (struct run_space){ .pid = pid };
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	if (!maps)
		return false;
	while (getline(&line, &room, maps) > 0)
		add_line(space, line);
	free(line);
	fclose(maps);
	for (size_t i = 0; i < space->n_maps; i++)
		if (space->maps[i].is_vdso)
			copy_vdso(space, &space->maps[i]);
	return space->n_maps > 0;
}

void run_space_release(struct run_space *space)
{
	for (size_t i = 0; i < space->n_maps; i++) {
		if (space->maps[i].fd >= 0)
			close(space->maps[i].fd);
		free(space->maps[i].name);
	}
	free(space->maps);
	free(space->vdso);
	free(space->pages);
	*space = (struct run_space){ 0 };
}

struct run_map *run_space_find(const struct run_space *space, uint64_t address)
{
	size_t low = 0, high = space->n_maps;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (space->maps[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < space->n_maps && space->maps[low].start <= address ? &space->maps[low] : NULL;
}

static bool is_same_file(int fd, const struct run_map *map)
{
	struct stat status;

	/* The numbers of some file systems (overlay, btrfs) differ in the list; the
	 * inode is the same in all but few. */
	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_ino == map->inode;
}

/* As the process sees the path, while it lives; else as we see it. */
static void open_file(const struct run_space *space, struct run_map *map)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "/proc/%d/root%s", (int)space->pid, map->path);
	for (unsigned i = 0; i < 2 && map->fd < 0; i++) {
		int fd = open(i ? map->path : path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

		if (fd >= 0 && is_same_file(fd, map))
			map->fd = fd;
		else if (fd >= 0)
			close(fd);
	}
	if (map->fd < 0)
		map->fd = FD_NONE;
}

/* Bytes of a map's file at an offset of the file. */
static bool read_file(struct run_space *space, struct run_map *map, uint64_t offset, void *to,
		      size_t n)
{
	if (map->is_vdso) {
		if (n > space->n_vdso || offset > space->n_vdso - n)
			return false;
		memcpy(to, space->vdso + offset, n);
		return true;
	}
	if (map->path && map->fd == FD_UNKNOWN)
		open_file(space, map);
	return map->fd >= 0 && pread(map->fd, to, n, (off_t)offset) == (ssize_t)n;
}

static const uint8_t *page_at(struct run_space *space, uint64_t address)
{
	struct run_map *map = run_space_find(space, address);
	struct run_space_page *page;
	uint64_t offset;

	address &= ~(uint64_t)(RUN_SPACE_PAGE - 1);
	if (!space->pages)
		space->pages = calloc(RUN_SPACE_PAGES, sizeof(*space->pages));
	if (!map || !space->pages || (!map->path && !map->is_vdso))
		return NULL;
	page = &space->pages[address / RUN_SPACE_PAGE % RUN_SPACE_PAGES];
	if (page->address == address)
		return page->bytes;
	offset = address - map->start + (map->is_vdso ? 0 : map->offset);
	page->address = 0;
	/* The last page of a file is shorter, and zeroes in memory. */
	memset(page->bytes, 0, sizeof(page->bytes));
	if (!read_file(space, map, offset, page->bytes, RUN_SPACE_PAGE) &&
	    (map->fd < 0 || pread(map->fd, page->bytes, RUN_SPACE_PAGE, (off_t)offset) <= 0))
		return NULL;
	page->address = address;
	return page->bytes;
}

bool run_space_word(struct run_space *space, uint64_t address, uint64_t *word)
{
	uint8_t *to = (uint8_t *)word;

	for (size_t done = 0; done < sizeof(*word);) {
		uint64_t at = address + done, in_page = at % RUN_SPACE_PAGE;
		size_t n = RUN_SPACE_PAGE - in_page;
		const uint8_t *page = page_at(space, at);

		if (!page)
			return false;
		if (n > sizeof(*word) - done)
			n = sizeof(*word) - done;
		memcpy(to + done, page + in_page, n);
		done += n;
	}
	return true;
}

static bool read_header(struct run_space *space, struct run_map *map, const Elf64_Phdr *segment,
			uint64_t bias, struct run_table *table)
{
	uint8_t header[HEADER_BYTES];
	uint32_t n;

	if (segment->p_filesz < HEADER_BYTES ||
	    !read_file(space, map, segment->p_offset, header, sizeof(header)) ||
	    header[0] != 1 || header[1] != POINTER_RELATIVE_4 || header[2] != COUNT_4 ||
	    header[3] != TABLE_RELATIVE_4)
		return false;
	memcpy(&n, header + 8, sizeof(n));
	if (n > (segment->p_filesz - HEADER_BYTES) / 8)
		return false;
	*table = (struct run_table){ map->start, map->end, bias + segment->p_vaddr,
				     bias + segment->p_vaddr + HEADER_BYTES, n };
	return true;
}

/* How many there are; 0: it is no ELF file. */
static unsigned read_segments(struct run_space *space, struct run_map *map,
			      Elf64_Phdr segments[SEGMENTS_MAX])
{
	Elf64_Ehdr file;

	if (!read_file(space, map, 0, &file, sizeof(file)) ||
	    memcmp(file.e_ident, ELFMAG, SELFMAG) != 0 || file.e_ident[EI_CLASS] != ELFCLASS64 ||
	    file.e_phentsize != sizeof(*segments) || file.e_phnum > SEGMENTS_MAX ||
	    !read_file(space, map, file.e_phoff, segments, file.e_phnum * sizeof(*segments)))
		return 0;
	return file.e_phnum;
}

uint64_t run_space_object_end(struct run_space *space, struct run_map *map)
{
	Elf64_Phdr segments[SEGMENTS_MAX];
	unsigned n = map->path ? read_segments(space, map, segments) : 0;
	uint64_t high = 0, here = 0;

	for (unsigned i = 0; i < n; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type != PT_LOAD)
			continue;
		if (segment->p_vaddr + segment->p_memsz > high)
			high = segment->p_vaddr + segment->p_memsz;
		/* The mapping begins with the page the segment begins in. */
		if (map->offset <= segment->p_offset && segment->p_offset - map->offset <
		    RUN_SPACE_PAGE && segment->p_vaddr >= segment->p_offset - map->offset)
			here = map->start - (segment->p_vaddr -
					     (segment->p_offset - map->offset)) + 1;
	}
	return here ? here - 1 + high : 0;
}

bool run_space_table(struct run_space *space, uint64_t address, struct run_table *table)
{
	struct run_map *map = run_space_find(space, address);
	uint64_t offset = map ? address - map->start + (map->is_vdso ? 0 : map->offset) : 0;
	Elf64_Phdr segments[SEGMENTS_MAX];
	const Elf64_Phdr *tables = NULL;
	bool is_found = false;
	uint64_t bias = 0;
	unsigned n = map && map->is_code ? read_segments(space, map, segments) : 0;

	for (unsigned i = 0; i < n; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type == PT_GNU_EH_FRAME)
			tables = segment;
		if (segment->p_type != PT_LOAD || offset < segment->p_offset ||
		    offset - segment->p_offset >= segment->p_filesz)
			continue;
		bias = address - (offset - segment->p_offset + segment->p_vaddr);
		is_found = true;
	}
	return is_found && tables && read_header(space, map, tables, bias, table);
}
