/* SPDX-License-Identifier: Apache-2.0 */
/* mortem_write.h -- the snapshot of a dead process, into the trace. */
#ifndef TRACER_BESIDE_MORTEM_WRITE_H
#define TRACER_BESIDE_MORTEM_WRITE_H

#include "tracer/beside/autopsy.h"
#include "tracer/beside/drain.h"

/* A signal that was on its way to a thread. */
struct run_fault {
	pid_t tid;
	int signal, code;
	uint64_t address;
};

/* Its memory is still there and all it published is in the trace. As a stream of the
 * process's own, and META STANDING for each thread. */
void run_mortem_write(struct run_drain *drain, enum mt_clock clock, pid_t pid, int signal,
		      const struct run_fault *fault, const struct run_dead_thread *threads,
		      unsigned n_threads);

#endif
