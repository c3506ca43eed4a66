/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runner.h -- the process beside the program: launches it, lends it the shared
 * file, drains what it publishes into the trace, and outlives it.
 */
#ifndef TRACER_BESIDE_RUNNER_H
#define TRACER_BESIDE_RUNNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct run_options {
	const char *output;         /* FILE as given, with %p %n %t; never NULL */
	const char *library;        /* absolute path of libmemtrace.so */
	const char *oracle;         /* absolute path of the verification library, or NULL */
	char *const *command;       /* NULL-terminated, command[0] is looked up in PATH */
	bool is_drop_on_full;       /* --on-full=drop */
	bool has_free_stacks;       /* --free-stacks */
	bool is_wait_all;           /* --wait=all */
	bool is_exit_snapshot_off;  /* --snapshot-at-exit=no */
	uint64_t snapshot_every_ns; /* --snapshot-every; 0: not at all */
	bool is_post_mortem;        /* --post-mortem */
	const char *tool_version;
};

enum run_problem {
	RUN_OK,
	RUN_NOT_FOUND,      /* 127 */
	RUN_NOT_EXECUTABLE, /* 126: also a directory, a wrong format */
	RUN_FAILED,         /* 125: memtrace's own error */
};

struct run_result {
	enum run_problem problem;
	char message[8704];         /* for a person, without "memtrace: ", when problem is not
	                             * RUN_OK; else "" */
	int wait_status;            /* of the program, as waitpid gives it */
	bool is_recorded;           /* false: static or set-uid, ran without memtrace */
	const char *unrecorded;     /* why, as the certificate calls it; else NULL */
	char path[4096];            /* the trace, absolute, with % expanded */
	int write_error;            /* errno of the write that ended the trace early, or 0 */
	uint32_t n_images;          /* processes of the trace */
	uint64_t n_events;          /* in the trace */
	uint64_t n_dropped;         /* events that are not, for all reasons */
	uint64_t file_bytes;
	uint32_t n_blocks;          /* also the number of the next block */
	uint64_t raw_event_bytes;
	bool was_interrupted;       /* SIGINT, SIGQUIT, SIGTERM or SIGHUP came while it ran */
	int signal_fd;              /* signals are still blocked and readable here, so that the
	                             * caller can notice a second Ctrl-C; run_release closes */
	void *internal;
};

/* Runs the command to its end. Prints nothing but what must be said before the
 * program starts (that it cannot be recorded), through say. Release in any case. */
void run_record(const struct run_options *options, void (*say)(const char *line),
		struct run_result *result);
/* True if a SIGINT, SIGQUIT, SIGTERM or SIGHUP arrived since the last call. */
bool run_poll_interrupt(struct run_result *result);
/* Unblocks signals, closes signal_fd. Accepts a zeroed result. */
void run_release(struct run_result *result);

#endif
