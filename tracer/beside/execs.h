/* SPDX-License-Identifier: Apache-2.0 */
/*
 * execs.h -- programs of the tree that cannot be followed: each exec is looked
 * at when it is announced, while the file is still there, and the certificate
 * says why what it started is not in the trace.
 */
#ifndef TRACER_BESIDE_EXECS_H
#define TRACER_BESIDE_EXECS_H

#include "tracer/beside/trace_file.h"

struct run_exec {
	uint64_t token;
	uint32_t process;       /* id in the trace of who did it */
	const char *reason;     /* a word of the certificate */
	char *path;             /* as it was announced */
};

/* Valid when zeroed. */
struct run_execs {
	struct run_exec *list;
	uint32_t n, room;
};
void run_execs_release(struct run_execs *execs);

/* Process, pid by its own account, is about to try it. */
void run_execs_tried(struct run_execs *execs, uint32_t process, uint64_t pid,
		     const struct mt_exec *exec);
/* The attempt came back: nothing was started. */
void run_execs_failed(struct run_execs *execs, uint64_t token);
/* A NOTE for each that did not come back. */
void run_execs_tell(const struct run_execs *execs, struct run_trace *trace);

#endif
