/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording.h -- everything a recorded run needs beside the program itself,
 * opened together and closed together: FILE, FILE.live, the door, the drain.
 */
#ifndef TRACER_BESIDE_RECORDING_H
#define TRACER_BESIDE_RECORDING_H

#include "tracer/beside/clock.h"
#include "tracer/beside/drain.h"
#include "tracer/beside/hold.h"
#include "tracer/beside/mortem.h"
#include "tracer/beside/runner.h"
#include "tracer/beside/shots.h"
#include "tracer/beside/welcome.h"

struct run_recording {
	bool is_open;
	enum mt_clock clock;
	char path[PATH_MAX];        /* of FILE */
	int fd;
	struct run_trace trace;
	struct run_live live;
	struct run_processes processes;
	struct run_drain drain;
	struct run_holds holds;
	struct run_shots shots;
	struct run_mortem mortem;
	struct run_door door;
	uint64_t clock_told_ns;
	uint64_t kept_house_ns;
};

/* Opens it for the program pid, not yet started. 0, or -1 with a message for a
 * person; nothing is left behind then. Close in any case. */
int run_recording_open(struct run_recording *recording, const struct run_options *options,
		       int epoll, uint64_t pid, char *message, size_t room);
/* The program could not be started: removes FILE. */
void run_recording_discard(struct run_recording *recording);
/* "MEMTRACE_CHANNEL=...", malloc'ed, or NULL. */
char *run_recording_channel(const struct run_recording *recording);

/* Lets in who is at the door. */
void run_recording_welcome(struct run_recording *recording);
/* One pass, with what is due beside it. Returns the bytes moved. */
size_t run_recording_pass(struct run_recording *recording);
/* A process whose pidfd became readable has ended. */
void run_recording_ended(struct run_recording *recording, struct run_process *process);
/* A child of the runner has ended, as waitpid says: the program, or an orphan. */
void run_recording_reaped(struct run_recording *recording, uint64_t pid, bool is_program,
			  int wait_status);

/* Something stopped, as waitpid says: true if it is a thread that stands still for a
 * snapshot, which is dealt with; false if it was job control. */
bool run_recording_stopped(struct run_recording *recording, pid_t pid, int wait_status);

/* Ends the trace: the last pass, what is missing, what still runs, END. Fills
 * in the counts of result. program is what was started, for the certificate. */
void run_recording_finish(struct run_recording *recording, const char *program,
			  struct run_result *result);
/* Accepts a zeroed struct. */
void run_recording_close(struct run_recording *recording);

#endif
