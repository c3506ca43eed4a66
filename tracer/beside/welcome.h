/* SPDX-License-Identifier: Apache-2.0 */
/*
 * welcome.h -- the door: an abstract socket at which new images say hello and
 * get a region and the shared file's descriptor. Abstract, because a program
 * may have changed its root or its user; who does not know the trace's id, which
 * only the environment tells, gets nothing.
 */
#ifndef TRACER_BESIDE_WELCOME_H
#define TRACER_BESIDE_WELCOME_H

#include <stdbool.h>
#include <stdint.h>

enum { RUN_DOOR_NAME_BYTES = 64, RUN_DOOR_GUESTS = 64 };

struct run_guest {
	int fd;                         /* 0: none; 0 itself is never a guest's */
	uint64_t since_ns;
};

struct run_door {
	int fd;
	int epoll;                      /* borrowed: watches fd and the guests */
	uint64_t trace_id;
	char name[RUN_DOOR_NAME_BYTES]; /* without the leading zero byte */
	struct run_guest guests[RUN_DOOR_GUESTS]; /* connected, have not said hello yet */
};

/* One who said hello. */
struct run_caller {
	int fd;                         /* the connection; run_door_answer closes it */
	uint64_t pid;                   /* as the runner sees it, 0: it cannot */
	int pidfd;                      /* or -1 */
};

/* Opens it. The event's data.ptr is the door itself. 0, or an errno. */
int run_door_open(struct run_door *door, int epoll, uint64_t trace_id);
/* Accepts a zeroed struct. */
void run_door_close(struct run_door *door);

/* The next one who said hello: true and *caller, or false when nobody did.
 * caller->pidfd is the caller's to close. */
bool run_door_next(struct run_door *door, uint64_t now_ns, struct run_caller *caller);
/* Sends the region and live_fd, and closes the connection. live_fd -1: only
 * closes it, and the caller goes on without. */
void run_door_answer(struct run_caller *caller, uint32_t region, int live_fd);

#endif
