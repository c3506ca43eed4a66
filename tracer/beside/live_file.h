/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_file.h -- FILE.live on the runner's side: where it lies, its regions and
 * the segments granted to them.
 *
 * Law: blocks exist on the disk before a segment is granted, so that a program
 * never writes to a page the disk cannot hold. What the shared pages say about
 * lengths is checked against what the runner itself granted.
 */
#ifndef TRACER_BESIDE_LIVE_FILE_H
#define TRACER_BESIDE_LIVE_FILE_H

#include "formats/wire/block.h"
#include "formats/wire/live.h"

#include <limits.h>

struct run_process;

/* What the runner remembers of a segment between passes. */
struct run_seat {
	uint64_t pid;           /* of its owner, 0: not seen yet */
	uint32_t published;     /* when it last moved */
	uint64_t moved_ns;
	bool was_seen;          /* in the first round of the present pass */
};

struct run_region {
	uint8_t *base;                  /* n_granted segments, mapped; NULL: not prepared */
	uint32_t n_granted;
	uint32_t n_used;                /* segments 1 .. n_used were claimed at some time */
	uint32_t generation;
	bool is_noticed;                /* it was claimed at some time */
	bool is_in_use;
	uint64_t first_pid;             /* of its image, as that sees itself; 0: not seen yet */
	uint32_t first_process;         /* id in the trace of the first who wrote here */
	bool has_many_processes;
	uint64_t unused_ns;             /* since when all its users are gone, or 0 */
	uint64_t refused_ns;            /* when the disk last refused a grant, or 0 */
	uint64_t asked_ns;              /* since when somebody wants threads held, or 0 */
	uint32_t request_state;         /* of a snapshot somebody asks for, */
	uint64_t request_ns;            /* since when it is that */
	uint32_t shot_stream;           /* of the clone that writes a snapshot, or 0 */
	struct run_seat *seats;         /* one per granted segment */
	struct run_process *users;      /* a list, through next */
};

struct run_live {
	int fd;                         /* -1: not open */
	struct mt_live_header *header;
	struct run_region *regions;     /* MT_LIVE_REGIONS_MAX */
	uint32_t n_prepared;            /* regions ready to be claimed, or claimed */
	uint32_t n_noticed;             /* all regions below are noticed */
	uint32_t n_file_regions;        /* the file is long enough for */
	bool is_elsewhere;              /* not beside the trace */
	bool has_name;                  /* false: a memfd */
	char path[PATH_MAX];            /* by which a process can open it */
};

/* Creates it: trace_path.live, or where else it can be shared. 0, or an errno.
 * Release in any case. */
int run_live_open(struct run_live *live, const char *trace_path,
		  const struct mt_live_header *header);
/* Unmaps and removes it. Accepts a zeroed struct with fd -1. */
void run_live_release(struct run_live *live);

struct mt_region_control *run_live_control(const struct run_live *live, uint32_t region);
struct mt_segment_header *run_live_segment(const struct run_live *live, uint32_t region,
					   uint32_t segment);

/* A region for a new image: a released one or the next. 0, or an errno. */
int run_live_claim(struct run_live *live, uint64_t pid, uint32_t *region);
/* Regions that processes claimed by themselves since the last call: calls
 * notice for each. */
void run_live_notice(struct run_live *live, void *context,
		     void (*notice)(void *context, uint32_t region));
/* Grants what a region wants, as far as the disk goes. */
void run_live_grant(struct run_live *live, uint32_t region, uint64_t now_ns);
/* Takes a region back for another image. False if a late child of its last one
 * holds a segment: it stays in use. All its segments must be free. */
bool run_live_take_back(struct run_live *live, uint32_t region);

#endif
