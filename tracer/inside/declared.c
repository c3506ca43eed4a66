/* SPDX-License-Identifier: Apache-2.0 */
/*
 * declared.c -- see declared.h. An entry is there once its end is set; whoever adds
 * takes a place first, so that signal handlers and threads do not meet.
 */
#include "tracer/inside/declared.h"

struct declared {
	uintptr_t start;
	uintptr_t end;           /* atomic: 0 not there yet */
};

static struct declared list[TR_DECLARED_MAX];
static uint32_t n_list;      /* atomic: places taken, perhaps more than there are */

static uint32_t count(void)
{
	uint32_t n = __atomic_load_n(&n_list, __ATOMIC_ACQUIRE);

	return n < TR_DECLARED_MAX ? n : TR_DECLARED_MAX;
}

static bool is_listed(uintptr_t start, uintptr_t end)
{
	uint32_t n = count();

	for (uint32_t i = 0; i < n; i++)
		if (list[i].start == start &&
		    __atomic_load_n(&list[i].end, __ATOMIC_ACQUIRE) >= end)
			return true;
	return false;
}

bool tr_declared_add(uintptr_t start, uintptr_t end)
{
	uint32_t at;

	if (end <= start || is_listed(start, end))
		return true;
	if (count() == TR_DECLARED_MAX)
		return false;
	at = __atomic_fetch_add(&n_list, 1, __ATOMIC_ACQ_REL);
	if (at >= TR_DECLARED_MAX)
		return false;
	list[at].start = start;
	__atomic_store_n(&list[at].end, end, __ATOMIC_RELEASE);
	return true;
}

uintptr_t tr_declared_next(uintptr_t *at, uintptr_t end)
{
	uintptr_t first = end, until = 0;
	uint32_t n = count();

	for (uint32_t i = 0; i < n; i++) {
		uintptr_t its_end = __atomic_load_n(&list[i].end, __ATOMIC_ACQUIRE);
		uintptr_t start = list[i].start > *at ? list[i].start : *at;

		if (start >= its_end || start >= end || start > first)
			continue;
		if (start < first || its_end > until)
			until = its_end;
		first = start;
	}
	*at = first;
	return until < end ? until : end;
}
