/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle.c -- the stack as libunwind sees it. See oracle.h.
 *
 * unw_backtrace is the fast way, but remembers frames by address for each
 * thread, and nobody tells it when a library was unloaded and another took its
 * place. So from the first unload on, every frame is looked up anew.
 */
#define UNW_LOCAL_ONLY
#include "tracer/inside/oracle.h"

#include <libunwind.h>
#include <link.h>

/* How often the loader has added and removed something. */
struct counts {
	unsigned long long adds;
	unsigned long long subs;
};

static int read_counts(struct dl_phdr_info *info, size_t n_bytes, void *to)
{
	struct counts *counts = to;

	(void)n_bytes;
	counts->adds = info->dlpi_adds;
	counts->subs = info->dlpi_subs;
	return 1;
}

static int walk_anew(uintptr_t *frames, int room)
{
	unw_context_t context;
	unw_cursor_t cursor;
	int n = 0;

	if (unw_getcontext(&context) != 0 || unw_init_local(&cursor, &context) != 0)
		return 0;
	while (n < room && unw_step(&cursor) > 0) {
		unw_word_t pc;

		if (unw_get_reg(&cursor, UNW_REG_IP, &pc) != 0 || pc == 0)
			break;
		frames[n++] = pc;
	}
	return n;
}

__attribute__((visibility("default")))
int tr_oracle_walk(uintptr_t *frames, int room)
{
	static unsigned long long last_adds, last_subs;
	struct counts now = { 0, 0 };

	dl_iterate_phdr(read_counts, &now);
	if (__atomic_exchange_n(&last_adds, now.adds, __ATOMIC_RELAXED) != now.adds ||
	    __atomic_exchange_n(&last_subs, now.subs, __ATOMIC_RELAXED) != now.subs)
		unw_flush_cache(unw_local_addr_space, 0, 0);
	return now.subs ? walk_anew(frames, room) : unw_backtrace((void **)frames, room);
}
