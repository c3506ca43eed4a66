/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording.c -- the life of a recording: open, pass after pass, and while it
 * goes on who comes and who ends. finish.c is its end.
 */
#include "tracer/beside/recording.h"
#include "tracer/beside/output_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

enum {
	CLOCK_EVERY_S = 10,
	HOUSE_EVERY_NS = 50000000,
};

static int fail(char *message, size_t room, const char *path, int error, const char *next)
{
	snprintf(message, room, "%s: cannot be written: %s; %s", path, strerror(error), next);
	return -1;
}

/* FILE itself. An earlier one has stepped aside. */
static int open_file(struct run_recording *recording, const struct run_options *options,
		     uint64_t pid, char *message, size_t room)
{
	struct run_output_names names = {
		.program = options->command[0],
		.pid = pid,
		.time_s = (int64_t)(run_clock_realtime_ns() / 1000000000u),
	};
	const char *next = "name another file with -o FILE";

	if (run_output_expand(options->output, &names, recording->path,
			      sizeof(recording->path))) {
		if (errno == EINVAL)
			snprintf(message, room, "%s: only %%p, %%n, %%t and %%%% mean something "
				 "in the name of a trace", options->output);
		else
			fail(message, room, options->output, errno, next);
		return -1;
	}
	if (run_output_step_aside(recording->path)) {
		if (errno != EEXIST)
			return fail(message, room, recording->path, errno, next);
		snprintf(message, room, "%s: it, or its .live, is there and is not a regular file; "
			 "%s", recording->path, next);
		return -1;
	}
	recording->fd = run_output_create(recording->path);
	return recording->fd < 0 ? fail(message, room, recording->path, errno, next) : 0;
}

static struct mt_live_header live_header(const struct run_recording *recording,
					 const struct run_options *options, uint64_t trace_id)
{
	struct mt_clock_pair pair = run_clock_pair(recording->clock);
	struct mt_live_header header = {
		.magic = MT_LIVE_MAGIC,
		.version = MT_FORMAT_VERSION,
		.header_bytes = MT_LIVE_HEADER_BYTES,
		.trace_id = trace_id,
		.started_realtime_ns = run_clock_realtime_ns(),
		.started_monotonic_ns = pair.monotonic_ns,
		.started_ticks = pair.ticks,
		.clock = recording->clock,
		.has_runner = 1,
		.is_drop_on_full = options->is_drop_on_full,
		.has_free_stacks = options->has_free_stacks,
		.n_tokens = 1,          /* 1 is the program's own */
		.is_exit_snapshot_off = options->is_exit_snapshot_off,
	};

	return header;
}

static struct mt_text text_of(const char *string)
{
	return (struct mt_text){ string, strlen(string) };
}

/* The arguments with their zero bytes; malloc'ed, or NULL. */
static char *join_command(char *const *command, size_t *n_bytes)
{
	size_t n = 0;
	char *joined, *at;

	for (char *const *argument = command; *argument; argument++)
		n += strlen(*argument) + 1;
	at = joined = malloc(n + 1);
	for (char *const *argument = command; joined && *argument; argument++)
		at = stpcpy(at, *argument) + 1;
	*n_bytes = joined ? n : 0;
	return joined;
}

static void tell_run(struct run_recording *recording, const struct run_options *options,
		     uint64_t pid)
{
	const struct mt_live_header *header = recording->live.header;
	char host[512], cwd[PATH_MAX];
	struct utsname name = { 0 };
	size_t n_command;
	char *command = join_command(options->command, &n_command);
	struct mt_out out = run_trace_meta(&recording->trace);
	struct mt_run run = {
		.clock = (uint8_t)recording->clock,
		.started_realtime_ns = header->started_realtime_ns,
		.started_ticks = header->started_ticks,
		.started_monotonic_ns = header->started_monotonic_ns,
		.pid = pid,
		.tool_version = text_of(options->tool_version),
		.command = { command ? command : "", n_command },
	};

	uname(&name);
	snprintf(host, sizeof(host), "%s %s %s", name.sysname, name.release, name.machine);
	run.host = text_of(host);
	run.cwd = text_of(getcwd(cwd, sizeof(cwd)) ? cwd : "");
	mt_put_run(&out, &run);
	run_trace_meta_done(&recording->trace, MT_META_RUN, &out);
	free(command);
}

static void tell_clock(struct run_recording *recording, uint64_t now_ns)
{
	struct mt_clock_pair pair = run_clock_pair(recording->clock);
	struct mt_out out = run_trace_meta(&recording->trace);

	mt_put_clock_pair(&out, &pair);
	run_trace_meta_done(&recording->trace, MT_META_CLOCK, &out);
	recording->clock_told_ns = now_ns;
}

/* Everything behind FILE's name; an errno, with *what set to what it was about. */
static int open_rest(struct run_recording *recording, const struct run_options *options,
		     int epoll, const char **what)
{
	struct mt_file_header file_header = { .version = MT_FORMAT_VERSION };
	struct mt_live_header header;
	uint64_t trace_id;
	int error;

	*what = "the kernel gives no random number";
	if (getrandom(&trace_id, sizeof(trace_id), 0) != sizeof(trace_id))
		return errno;
	header = live_header(recording, options, trace_id);
	file_header.started_realtime_ns = header.started_realtime_ns;
	file_header.trace_id = trace_id;
	*what = recording->path;
	if ((error = run_trace_open(&recording->trace, recording->fd, &file_header)))
		return error;
	*what = "the file it shares with the program (FILE.live) cannot be made";
	if ((error = run_live_open(&recording->live, recording->path, &header)))
		return error;
	*what = "the socket for the program cannot be opened";
	if ((error = run_door_open(&recording->door, epoll, trace_id)))
		return error;
	run_processes_open(&recording->processes, epoll);
	return run_drain_open(&recording->drain, &recording->live, &recording->trace,
			      &recording->processes);
}

int run_recording_open(struct run_recording *recording, const struct run_options *options,
		       int epoll, uint64_t pid, char *message, size_t room)
{
	const char *what;
	int error;

	recording->fd = -1;
	recording->live.fd = -1;
	recording->shots = (struct run_shots){ .every_ns = options->snapshot_every_ns,
					       .is_adopting = options->is_wait_all };
	if (open_file(recording, options, pid, message, room))
		return -1;
	recording->is_open = true;
	error = open_rest(recording, options, epoll, &what);
	if (!error) {
		tell_run(recording, options, pid);
		tell_clock(recording, run_clock_monotonic_ns());
		if (recording->live.is_elsewhere)
			run_trace_note(&recording->trace, 0, false, "live-file-elsewhere",
				       recording->live.path);
		run_trace_flush_meta(&recording->trace);
		error = recording->trace.error;
		what = recording->path;
	}
	if (!error)
		return 0;
	snprintf(message, room, "%s: %s: %s; name another file with -o FILE", recording->path,
		 what == recording->path ? "cannot be written" : what, strerror(error));
	run_recording_discard(recording);
	return -1;
}

void run_recording_discard(struct run_recording *recording)
{
	if (recording->fd >= 0 && run_output_is_same(recording->path, recording->fd))
		unlink(recording->path);
	run_recording_close(recording);
}

char *run_recording_channel(const struct run_recording *recording)
{
	char *variable;

	if (asprintf(&variable, "MEMTRACE_CHANNEL=%016llx,%s,1,%s",
		     (unsigned long long)recording->live.header->trace_id, recording->door.name,
		     recording->live.path) < 0)
		return NULL;
	return variable;
}

void run_recording_welcome(struct run_recording *recording)
{
	uint64_t now_ns = run_clock_monotonic_ns();
	struct run_caller caller;

	while (run_door_next(&recording->door, now_ns, &caller)) {
		uint32_t region = 0;
		int error = run_live_claim(&recording->live, caller.pid, &region);

		if (error && caller.pidfd >= 0)
			close(caller.pidfd);
		if (!error)
			run_drain_hello(&recording->drain, region, caller.pid, caller.pidfd);
		/* Without a region it tries the path, and counts what it misses. */
		run_door_answer(&caller, region, error ? -1 : recording->live.fd);
	}
}

size_t run_recording_pass(struct run_recording *recording)
{
	uint64_t now_ns = run_clock_monotonic_ns();
	size_t n_bytes;

	if (now_ns - recording->clock_told_ns > CLOCK_EVERY_S * 1000000000ull)
		tell_clock(recording, now_ns);
	run_holds_pass(&recording->holds, &recording->drain, now_ns);
	recording->shots.standings = &recording->holds.standings;
	run_shots_pass(&recording->shots, &recording->drain, now_ns);
	recording->mortem.clock = recording->clock;
	run_mortem_pass(&recording->mortem, &recording->drain);
	n_bytes = run_drain_pass(&recording->drain, now_ns);
	if (now_ns - recording->kept_house_ns > HOUSE_EVERY_NS) {
		run_drain_housekeeping(&recording->drain, now_ns);
		recording->kept_house_ns = now_ns;
	}
	return n_bytes;
}

static void tell_ended(struct run_recording *recording, const struct mt_ended *ended)
{
	struct mt_out out = run_trace_meta(&recording->trace);

	mt_put_ended(&out, ended);
	run_trace_meta_done(&recording->trace, MT_META_ENDED, &out);
}

void run_recording_ended(struct run_recording *recording, struct run_process *process)
{
	if (process->pidfd < 0)
		return;
	run_process_end(&recording->processes, process, run_clock_ticks(recording->clock));
	tell_ended(recording, &process->ended);
}

void run_recording_reaped(struct run_recording *recording, uint64_t pid, bool is_program,
			  int wait_status)
{
	struct run_process *process = run_drain_find(&recording->drain, pid);
	uint64_t ticks = run_clock_ticks(recording->clock);
	struct mt_ended ended = run_ended_of(pid, wait_status, ticks);

	if (process) {
		run_process_end_as(&recording->processes, process, wait_status, ticks);
		ended = process->ended;
	}
	if (process || is_program)
		tell_ended(recording, &ended);
}

bool run_recording_stopped(struct run_recording *recording, pid_t pid, int wait_status)
{
	return run_holds_stopped(&recording->holds, pid, wait_status) ||
	       run_shots_stopped(&recording->shots, pid, wait_status);
}

void run_recording_close(struct run_recording *recording)
{
	if (!recording->is_open)
		return;
	run_holds_release(&recording->holds);
	if (recording->live.fd >= 0)
		run_shots_release(&recording->shots, &recording->drain);
	run_mortem_release(&recording->mortem);
	for (uint32_t i = 0; recording->live.fd >= 0 && i < recording->live.n_prepared; i++)
		run_processes_forget(&recording->processes, &recording->live.regions[i].users);
	run_door_close(&recording->door);
	run_drain_release(&recording->drain);
	run_live_release(&recording->live);
	run_trace_release(&recording->trace);
	if (recording->fd >= 0)
		close(recording->fd);
	recording->fd = -1;
	recording->is_open = false;
}
