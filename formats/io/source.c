/* SPDX-License-Identifier: Apache-2.0 */
/* source.c -- files and memory as sources, descriptors as sinks; see source.h. */
#include "formats/io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor travels in the context pointer itself: nothing to allocate. */
static void *context_of(int fd)
{
	return (void *)(intptr_t)fd;
}

static int fd_of(void *context)
{
	return (int)(intptr_t)context;
}

static long file_read_at(void *context, uint64_t offset, void *to, size_t n_bytes)
{
	size_t n_done = 0;

	if (offset > INT64_MAX)
		return 0;
	while (n_done < n_bytes) {
		ssize_t n = pread(fd_of(context), (char *)to + n_done, n_bytes - n_done,
				  (off_t)(offset + n_done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MT_ERR_SYSTEM;
		if (n == 0)
			break;
		n_done += (size_t)n;
	}
	return (long)n_done;
}

static void file_close(void *context)
{
	close(fd_of(context));
}

int mt_source_open_file(struct mt_source *source, const char *path)
{
	struct stat stat;
	/* O_NONBLOCK: opening a FIFO must be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	memset(source, 0, sizeof(*source));
	if (fd < 0)
		return MT_ERR_SYSTEM;
	if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode)) {
		close(fd);
		errno = S_ISDIR(stat.st_mode) ? EISDIR : EINVAL;
		return MT_ERR_SYSTEM;
	}
	source->read_at = file_read_at;
	source->close = file_close;
	source->context = context_of(fd);
	source->n_bytes = (uint64_t)stat.st_size;
	return MT_OK;
}

static long memory_read_at(void *context, uint64_t offset, void *to, size_t n_bytes)
{
	/* The caller has cut offset and n_bytes to source->n_bytes: see source.h. */
	memcpy(to, (const char *)context + offset, n_bytes);
	return (long)n_bytes;
}

void mt_source_open_memory(struct mt_source *source, const void *bytes, size_t n_bytes)
{
	memset(source, 0, sizeof(*source));
	source->read_at = memory_read_at;
	source->context = (void *)(uintptr_t)bytes;
	source->n_bytes = n_bytes;
}

long mt_source_read(const struct mt_source *source, uint64_t offset, void *to, size_t n_bytes)
{
	if (offset >= source->n_bytes)
		return 0;
	if (n_bytes > source->n_bytes - offset)
		n_bytes = (size_t)(source->n_bytes - offset);
	return source->read_at(source->context, offset, to, n_bytes);
}

void mt_source_close(struct mt_source *source)
{
	if (source->close)
		source->close(source->context);
	memset(source, 0, sizeof(*source));
}

static int fd_write(void *context, const void *bytes, size_t n_bytes)
{
	int fd = *(const int *)context;
	size_t n_done = 0;

	while (n_done < n_bytes) {
		ssize_t n = write(fd, (const char *)bytes + n_done, n_bytes - n_done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MT_ERR_SYSTEM;
		n_done += (size_t)n;
	}
	return MT_OK;
}

void mt_sink_open_fd(struct mt_sink *sink, int *fd)
{
	sink->write = fd_write;
	sink->context = fd;
}
