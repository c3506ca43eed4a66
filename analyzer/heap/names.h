/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h -- modules, stacks and sites as the trace tells them, process by
 * process. resolve.c makes the session's own out of them at the end, so a
 * definition may come after its uses. Only analyzer/heap includes this.
 */
#ifndef ANALYZER_HEAP_NAMES_H
#define ANALYZER_HEAP_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct an_module_seen {
	uint32_t process;
	uint32_t id, generation;
	uint64_t bias, start, end;
	const char *path;            /* interned */
	const char *build_id;        /* interned */
	uint32_t n_build_id;
	uint64_t loaded_ticks;
	uint64_t gone_ticks;         /* UINT64_MAX: not gone */
	uint32_t gone_generation;    /* UINT32_MAX: not gone */
};

/* A module that the process inherited through fork and then lost. */
struct an_module_lost {
	uint32_t id, generation;
};

/* A frame of the tree of all stacks; its callers are up to the root. */
struct an_node {
	uint64_t address;
	uint32_t parent;             /* index; of an outermost frame ~(process index) */
	uint8_t flags;               /* AN_NODE_* */
};
enum { AN_NODE_EXACT = 1, AN_NODE_GUESS = 2 };

/* A stack as its process defined it. */
struct an_definition {
	uint64_t id;
	uint32_t node;               /* innermost frame, or AN_NONE without frames */
	uint32_t n_frames;
	uint32_t n_omitted;
	uint32_t generation;
	uint8_t api, align_log2, end;
};

struct an_site_state {
	uint32_t process, stack_id;
	uint64_t n_allocations, allocated_bytes;
	uint64_t n_live, live_bytes;
	uint64_t n_peak, peak_bytes; /* at the tree's peak number seen */
	uint64_t seen;
	uint64_t n_temporary, lifetime_ticks, n_freed;
	uint64_t unit_bytes;         /* as in struct an_site */
	uint64_t n_ignored, ignored_bytes;
	const char *type;
	uint8_t api, align_log2;     /* of its stack, once somebody asked and it was defined */
};

#endif
