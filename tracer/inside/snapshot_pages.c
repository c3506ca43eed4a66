/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_pages.c -- which pages are worth reading, and reading them without
 * trust. A private page that was never written to holds no pointer; one that is
 * swapped out may.
 */
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"

#include <fcntl.h>
#include <sys/uio.h>

static const uint64_t is_there = UINT64_C(3) << 62;    /* present, or swapped out */
static uint64_t self_pid;    /* not tr.pid: that is whose clone we may be */

void tr_pages_open(struct tr_pages *pages)
{
	long fd = tr_sys4(SYS_openat, AT_FDCWD, "/proc/thread-self/pagemap",
			  O_RDONLY | O_CLOEXEC, 0);

	pages->fd = tr_is_error(fd) ? -1 : fd;
	pages->base = pages->n = 0;
	pages->is_inherited = false;
	self_pid = (uint64_t)tr_sys0(SYS_getpid);
}

void tr_pages_close(struct tr_pages *pages)
{
	if (pages->fd >= 0)
		tr_sys1(SYS_close, pages->fd);
	pages->fd = -1;
}

/* A clone has no entries for shared memory until it looks at it; what the kernel
 * has of that in memory is known. (What was swapped out looks like a hole.) */
static bool ask_kernel(struct tr_pages *pages, uintptr_t page, size_t n)
{
	static uint8_t is_resident[TR_PAGES_WINDOW];    /* one thread scans */

	if (tr_is_error(tr_sys3(SYS_mincore, page, n * TR_SHOT_PAGE, is_resident)))
		return false;
	for (size_t i = 0; i < n; i++)
		pages->entries[i] = is_resident[i] & 1 ? is_there : 0;
	pages->base = page;
	pages->n = n;
	return true;
}

/* Makes the window begin at this page. False: it cannot be known. */
static bool move_window(struct tr_pages *pages, uintptr_t at, uintptr_t end)
{
	size_t n = (end - at + TR_SHOT_PAGE - 1) / TR_SHOT_PAGE;
	long n_bytes;

	if (n > TR_PAGES_WINDOW)
		n = TR_PAGES_WINDOW;
	if (pages->is_inherited)
		return ask_kernel(pages, at & ~(uintptr_t)(TR_SHOT_PAGE - 1), n);
	n_bytes = tr_sys4(SYS_pread64, pages->fd, pages->entries, n * 8, at / TR_SHOT_PAGE * 8);
	if (tr_is_error(n_bytes) || n_bytes < 8)
		return false;
	pages->base = at & ~(uintptr_t)(TR_SHOT_PAGE - 1);
	pages->n = (size_t)n_bytes / 8;
	return true;
}

static bool is_in_window(const struct tr_pages *pages, uintptr_t at)
{
	return at >= pages->base && at < pages->base + pages->n * TR_SHOT_PAGE;
}

static bool is_written(const struct tr_pages *pages, uintptr_t at)
{
	return pages->entries[(at - pages->base) / TR_SHOT_PAGE] & is_there;
}

static uintptr_t next_page(uintptr_t at)
{
	return (at & ~(uintptr_t)(TR_SHOT_PAGE - 1)) + TR_SHOT_PAGE;
}

uintptr_t tr_pages_next(struct tr_pages *pages, uintptr_t *at, uintptr_t end)
{
	uintptr_t run;

	if (*at >= end)
		return 0;
	if (pages->fd < 0)
		return end;
	for (;; *at = next_page(*at)) {
		if (*at >= end)
			return 0;
		if (!is_in_window(pages, *at) && !move_window(pages, *at, end))
			return end;
		if (is_written(pages, *at))
			break;
	}
	for (run = *at; run < end && is_in_window(pages, run) && is_written(pages, run);)
		run = next_page(run);
	return run < end ? run : end;
}

bool tr_read_memory_of(uint64_t pid, uintptr_t from, void *to, size_t n_bytes)
{
	struct iovec local = { to, n_bytes };
	struct iovec remote = { (void *)from, n_bytes };

	return tr_sys6(SYS_process_vm_readv, pid, &local, 1, &remote, 1, 0) == (long)n_bytes;
}

bool tr_read_safely(uintptr_t from, void *to, size_t n_bytes)
{
	return tr_read_memory_of(self_pid, from, to, n_bytes);
}
