/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_place.c -- tries a place by using it: creates the file, writes to a
 * shared mapping of it and reads that back through the descriptor.
 */
#include "tracer/beside/live_place.h"
#include "tracer/beside/output_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <unistd.h>

/* File systems that map but should not be: each page costs a round trip, or
 * two machines see two files. <linux/magic.h> lacks half of them. */
static bool is_network(int fd)
{
	static const unsigned long magics[] = {
		0x6969,         /* NFS */
		0x01021997,     /* 9p */
		0x65735546,     /* FUSE */
		0xff534d42,     /* CIFS */
		0xfe534d42,     /* SMB2 */
		0x517b,         /* SMB */
		0x5346414f,     /* AFS */
		0x73757245,     /* Coda */
		0x00c36400,     /* Ceph */
		0x786f4256,     /* VirtualBox shared folder */
	};
	struct statfs status;

	if (fstatfs(fd, &status))
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (((unsigned long)status.f_type & 0xffffffff) == magics[i])
			return true;
	return false;
}

static bool can_share(int fd)
{
	char byte = 0;
	char *map;

	if (ftruncate(fd, 1))
		return false;
	map = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return false;
	*map = 'x';
	munmap(map, 1);
	return pread(fd, &byte, 1, 0) == 1 && byte == 'x' && !ftruncate(fd, 0);
}

/* A name nobody can guess: these directories may be anyone's. */
static bool make_name(const char *directory, char *path, size_t room)
{
	uint64_t word;

	if (!directory || *directory != '/' ||
	    getrandom(&word, sizeof(word), 0) != sizeof(word)) {
		errno = ENOENT;
		return false;
	}
	return snprintf(path, room, "%s/memtrace-%016llx.live", directory,
			(unsigned long long)word) < (int)room;
}

static int open_memory(char *path, size_t room)
{
	int fd = memfd_create("memtrace.live", MFD_CLOEXEC);

	if (fd >= 0)
		snprintf(path, room, "/proc/%d/fd/%d", getpid(), fd);
	return fd;
}

int run_live_place_open(enum run_place place, const char *trace_path, char *path, size_t room)
{
	bool has_name = false;
	int fd;

	if (place == RUN_PLACE_BESIDE)
		has_name = snprintf(path, room, "%s.live", trace_path) < (int)room;
	else if (place == RUN_PLACE_RUNTIME)
		has_name = make_name(getenv("XDG_RUNTIME_DIR"), path, room);
	else if (place == RUN_PLACE_SHM)
		has_name = make_name("/dev/shm", path, room);
	else
		return open_memory(path, room);
	if (!has_name || (fd = run_output_create(path)) < 0)
		return -1;
	if (!is_network(fd) && can_share(fd))
		return fd;
	run_live_place_close(fd, path);
	errno = ENODEV;
	return -1;
}

void run_live_place_close(int fd, const char *path)
{
	/* Another run may have put its own file there since. */
	if (path && run_output_is_same(path, fd))
		unlink(path);
	close(fd);
}
