/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle.c -- the stack as libunwind sees it. See oracle.h.
 *
 * unw_backtrace keeps a cache of its own per thread, keyed by address, that
 * nobody empties when a library is unloaded and another takes its place; so its
 * general cache is flushed whenever the loader has added or removed anything.
 */
#define UNW_LOCAL_ONLY
#include "tracer/inside/oracle.h"

#include <libunwind.h>
#include <link.h>

/* What the loader has ever done: it counts both. */
static int read_counts(struct dl_phdr_info *info, size_t n_bytes, void *to)
{
	unsigned long long *sum = to;

	(void)n_bytes;
	*sum = info->dlpi_adds * 0x100000000ull + info->dlpi_subs;
	return 1;
}

static void flush_if_stale(void)
{
	static unsigned long long last;
	unsigned long long now = 0;

	dl_iterate_phdr(read_counts, &now);
	if (__atomic_exchange_n(&last, now, __ATOMIC_RELAXED) != now)
		unw_flush_cache(unw_local_addr_space, 0, 0);
}

__attribute__((visibility("default")))
int tr_oracle_walk(uintptr_t *frames, int room)
{
	flush_if_stale();
	return unw_backtrace((void **)frames, room);
}
