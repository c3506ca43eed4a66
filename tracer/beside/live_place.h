/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_place.h -- on which file system FILE.live can lie: beside the trace if
 * that can be mapped shared and is no network, else in memory.
 */
#ifndef TRACER_BESIDE_LIVE_PLACE_H
#define TRACER_BESIDE_LIVE_PLACE_H

#include <stddef.h>

/* In the order in which they are tried. */
enum run_place {
	RUN_PLACE_BESIDE,       /* trace_path.live */
	RUN_PLACE_RUNTIME,      /* $XDG_RUNTIME_DIR */
	RUN_PLACE_SHM,          /* /dev/shm */
	RUN_PLACE_MEMORY,       /* a memfd: dies with the runner and the program */
	RUN_N_PLACES,
};

/* Creates the file, empty, 0600. path gets the name by which others can open
 * it. The descriptor, or -1 with errno set. */
int run_live_place_open(enum run_place place, const char *trace_path, char *path, size_t room);
/* Closes it and removes path (NULL: nothing) if that is still this file. */
void run_live_place_close(int fd, const char *path);

#endif
