/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_sink.h -- a sink that keeps what is written to it, for tests: a trace
 * without a disk. Zeroed is valid; can be told to be full after some bytes.
 */
#ifndef TESTS_UNIT_MEMORY_SINK_H
#define TESTS_UNIT_MEMORY_SINK_H

#include "formats/io/source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct memory_sink {
	uint8_t *bytes;
	size_t n_bytes;
	size_t room;
	size_t n_bytes_max;      /* 0: no limit; else ENOSPC beyond, like a full disk */
};

static inline bool memory_sink_reserve(struct memory_sink *memory, size_t n_bytes)
{
	size_t room = memory->room ? memory->room : 4096;
	uint8_t *bytes;

	while (room < n_bytes)
		room *= 2;
	if (room == memory->room)
		return true;
	bytes = (uint8_t *)realloc(memory->bytes, room);
	if (!bytes)
		return false;
	memory->bytes = bytes;
	memory->room = room;
	return true;
}

static inline int memory_sink_write(void *context, const void *bytes, size_t n_bytes)
{
	struct memory_sink *memory = (struct memory_sink *)context;
	bool is_over = false;

	if (memory->n_bytes_max && memory->n_bytes + n_bytes > memory->n_bytes_max) {
		n_bytes = memory->n_bytes_max - memory->n_bytes;
		is_over = true;
	}
	if (!memory_sink_reserve(memory, memory->n_bytes + n_bytes)) {
		errno = ENOMEM;
		return MT_ERR_SYSTEM;
	}
	if (n_bytes)
		memcpy(memory->bytes + memory->n_bytes, bytes, n_bytes);
	memory->n_bytes += n_bytes;
	if (!is_over)
		return MT_OK;
	errno = ENOSPC;
	return MT_ERR_SYSTEM;
}

/* sink writes into memory, which must outlive it. */
static inline void memory_sink_open(struct memory_sink *memory, struct mt_sink *sink)
{
	sink->write = memory_sink_write;
	sink->context = memory;
}

static inline void memory_sink_release(struct memory_sink *memory)
{
	free(memory->bytes);
	memset(memory, 0, sizeof(*memory));
}

#endif
