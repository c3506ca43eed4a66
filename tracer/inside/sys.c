/* SPDX-License-Identifier: Apache-2.0 */
/* sys.c -- the few system calls that take more than one line; see sys.h. */
#include "tracer/inside/sys.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

enum { OWN_MAX = 2048 };

/* For those who look at all memory but ours. Beyond so many, mostly of threads,
 * some of ours counts as the program's. */
static struct tr_range own[OWN_MAX];
static uint32_t n_own;    /* atomic */

static void *map(size_t n_bytes, int flags, int fd, uint64_t offset)
{
	long at = tr_sys6(SYS_mmap, 0, n_bytes, PROT_READ | PROT_WRITE, flags, fd, offset);
	uint32_t i;

	if (tr_is_error(at))
		return NULL;
	i = __atomic_load_n(&n_own, __ATOMIC_RELAXED) < OWN_MAX
		    ? __atomic_fetch_add(&n_own, 1, __ATOMIC_RELAXED) : OWN_MAX;
	if (i < OWN_MAX) {
		own[i].end = (uintptr_t)at + n_bytes;
		__atomic_store_n(&own[i].start, (uintptr_t)at, __ATOMIC_RELEASE);
	}
	return (void *)at;
}

size_t tr_own_ranges(struct tr_range *to, size_t room)
{
	uint32_t n_given = __atomic_load_n(&n_own, __ATOMIC_ACQUIRE);
	size_t n = 0;

	for (uint32_t i = 0; i < n_given && i < OWN_MAX && n < room; i++)
		if (__atomic_load_n(&own[i].start, __ATOMIC_ACQUIRE))
			to[n++] = own[i];
	return n;
}

const struct tr_range *tr_own_table(void)
{
	return own;
}

void *tr_map_anonymous(size_t n_bytes)
{
	return map(n_bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

void *tr_map_shared(int fd, uint64_t offset, size_t n_bytes)
{
	return map(n_bytes, MAP_SHARED, fd, offset);
}

void tr_unmap(void *start, size_t n_bytes)
{
	for (uint32_t i = 0; i < OWN_MAX; i++)
		if (own[i].start == (uintptr_t)start)
			__atomic_store_n(&own[i].start, 0, __ATOMIC_RELEASE);
	tr_sys2(SYS_munmap, start, n_bytes);
}

size_t tr_read_file(const char *path, void *to, size_t room)
{
	long fd = tr_sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	size_t n_read = 0;

	if (tr_is_error(fd))
		return 0;
	while (n_read < room) {
		long n = tr_sys3(SYS_read, fd, (char *)to + n_read, room - n_read);

		if (n <= 0)
			break;
		n_read += (size_t)n;
	}
	tr_sys1(SYS_close, fd);
	return n_read;
}

void tr_nap(long ns)
{
	struct timespec time = { ns / 1000000000, ns % 1000000000 };

	tr_sys2(SYS_nanosleep, &time, NULL);
}

/* clock_gettime neither fails for these clocks nor sets errno, and costs a
 * tenth of a system call. */
static uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t tr_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t tr_realtime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}
