/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_file.c -- an ELF file, opened with care: looked at before it is opened
 * (to open a device can have effects), and once more afterwards.
 */
#include "analyzer/symbols/elf_file.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "analyzer/base/xalloc.h"

enum {
	ELF_BYTES_MIN = 52,           /* the header of a 32-bit file */
	BUILD_ID_BYTES_MAX = 64,      /* SHA-1 takes 20, a hash by hand could be longer */
};

/* File systems whose regular files are not files. */
static bool is_odd_file_system(const struct statfs *fs)
{
	switch ((unsigned long)fs->f_type) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case BPF_FS_MAGIC:
		return true;
	default:
		return false;
	}
}

static bool can_be_opened(const char *path)
{
	struct stat st;
	struct statfs fs;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= ELF_BYTES_MIN &&
	       statfs(path, &fs) == 0 && !is_odd_file_system(&fs);
}

bool an_elf_path_is_regular(const char *path)
{
	return access(path, F_OK) != 0 || can_be_opened(path);
}

bool an_elf_file_open_fd(struct an_elf_file *file, int fd, const char *path)
{
	struct stat st;
	const void *build_id;
	ssize_t n;

	memset(file, 0, sizeof(*file));
	elf_version(EV_CURRENT);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		goto out;
	file->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	/* From here on the mapping is all there is: dwarf_begin_elf must not
	 * find a number that by then is another file's. */
	if (!file->elf || elf_cntl(file->elf, ELF_C_FDREAD) != 0)
		goto out;
	if (elf_kind(file->elf) != ELF_K_ELF)
		goto out;
	n = dwelf_elf_gnu_build_id(file->elf, &build_id);
	if (n > 0 && n <= BUILD_ID_BYTES_MAX) {
		file->build_id = build_id;
		file->n_build_id = (size_t)n;
	}
	file->path = xstrdup(path);
	close(fd);
	return true;
out:
	elf_end(file->elf);
	file->elf = NULL;
	close(fd);
	return false;
}

bool an_elf_file_open(struct an_elf_file *file, const char *path)
{
	int fd;

	memset(file, 0, sizeof(*file));
	if (!can_be_opened(path))
		return false;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 && an_elf_file_open_fd(file, fd, path);
}

void an_elf_file_close(struct an_elf_file *file)
{
	elf_end(file->elf);
	free(file->path);
	memset(file, 0, sizeof(*file));
}

bool an_elf_file_may_be(const struct an_elf_file *file, const uint8_t *build_id,
			size_t n_build_id)
{
	if (!file->n_build_id || !n_build_id)
		return true;
	return file->n_build_id == n_build_id &&
	       memcmp(file->build_id, build_id, n_build_id) == 0;
}

bool an_elf_file_has_section(const struct an_elf_file *file, const char *name)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (!file->elf || elf_getshdrstrndx(file->elf, &names) != 0)
		return false;
	while ((section = elf_nextscn(file->elf, section))) {
		GElf_Shdr header;
		const char *found;

		if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
			continue;
		found = elf_strptr(file->elf, names, header.sh_name);
		if (found && strcmp(found, name) == 0)
			return true;
	}
	return false;
}

uint32_t an_elf_file_crc(const struct an_elf_file *file)
{
	uint32_t table[256], crc = 0xffffffff;
	size_t n_bytes;
	const char *bytes = elf_rawfile(file->elf, &n_bytes);

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	for (size_t i = 0; bytes && i < n_bytes; i++)
		crc = table[(crc ^ (uint8_t)bytes[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}
