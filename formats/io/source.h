/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h -- where bytes come from and where they go: two of the three seams
 * (the third is the clock). A file and a piece of memory look alike to the
 * reader and the writer, so tests and the fuzzer need no disk.
 */
#ifndef FORMATS_IO_SOURCE_H
#define FORMATS_IO_SOURCE_H

#include "formats/wire/status.h"

#include <stddef.h>
#include <stdint.h>

struct mt_source {
	/* Reads up to n_bytes at offset, which the caller has cut to the size
	 * below. Returns how many, fewer only where the file ends, or MT_ERR_SYSTEM
	 * with errno set. */
	long (*read_at)(void *context, uint64_t offset, void *to, size_t n_bytes);
	void (*close)(void *context);      /* may be NULL */
	void *context;
	uint64_t n_bytes;                  /* the size when it was opened */
};

/* A regular file, opened O_RDONLY | O_CLOEXEC. MT_ERR_SYSTEM with errno set;
 * something that is not a regular file is refused with EISDIR or EINVAL. */
int mt_source_open_file(struct mt_source *source, const char *path);
/* Borrows bytes, which must outlive the source. */
void mt_source_open_memory(struct mt_source *source, const void *bytes, size_t n_bytes);
/* read_at within the size: 0 behind the end. */
long mt_source_read(const struct mt_source *source, uint64_t offset, void *to, size_t n_bytes);
/* Accepts a zeroed struct, and twice. */
void mt_source_close(struct mt_source *source);

struct mt_sink {
	/* Appends all n_bytes or returns MT_ERR_SYSTEM with errno set; what was
	 * appended before stays. */
	int (*write)(void *context, const void *bytes, size_t n_bytes);
	void *context;
};

/* A descriptor the caller opened and closes. */
void mt_sink_open_fd(struct mt_sink *sink, int *fd);

#endif
