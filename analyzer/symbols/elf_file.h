/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_file.h -- an ELF file, opened with care: paths come out of traces.
 *
 * Only regular files of ordinary file systems are opened; what is a device, a
 * FIFO or lives in /proc or /sys is not even touched. The file is mapped, its
 * descriptor closed: a program may have more modules than we may have open
 * files.
 */
#ifndef ANALYZER_SYMBOLS_ELF_FILE_H
#define ANALYZER_SYMBOLS_ELF_FILE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/* Valid when zeroed. */
struct an_elf_file {
	Elf *elf;                    /* NULL: not open */
	char *path;
	const uint8_t *build_id;     /* inside the file; NULL: it has none */
	size_t n_build_id;
};

/* False if there is no such file, or it is not one that is opened. */
bool an_elf_file_open(struct an_elf_file *file, const char *path);
/* The same for a descriptor, which is closed in any case. */
bool an_elf_file_open_fd(struct an_elf_file *file, int fd, const char *path);
void an_elf_file_close(struct an_elf_file *file);

/* True if path, if it exists at all, is what an_elf_file_open would open. */
bool an_elf_path_is_regular(const char *path);
/* True unless both have a build-id and these differ. */
bool an_elf_file_may_be(const struct an_elf_file *file, const uint8_t *build_id,
			size_t n_build_id);
/* With contents in this file: separate debug files have empty shells. */
bool an_elf_file_has_section(const struct an_elf_file *file, const char *name);
/* The checksum that .gnu_debuglink carries, of the whole file. */
uint32_t an_elf_file_crc(const struct an_elf_file *file);

#endif
