/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runner.c -- one run, in order: what is the program; a process for it, held;
 * the files; go; the loop; the end. Everything that can fail fails before the
 * program has done anything, and leaves nothing behind.
 */
#include "tracer/beside/runner.h"
#include "tracer/beside/elf_kind.h"
#include "tracer/beside/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct runner {
	const struct run_options *options;
	struct run_result *result;
	char path[PATH_MAX];            /* of the program */
	struct run_signals *signals;
	struct rlimit files;
	struct run_launch launch;
	struct run_recording recording;
	struct run_loop loop;
	void (*say)(const char *line);
};

static void fail(struct run_result *result, enum run_problem problem, const char *what,
		 const char *why)
{
	result->problem = problem;
	snprintf(result->message, sizeof(result->message), "%s: %s", what, why);
}

/* A missing 0, 1 or 2 would be taken by the next file we open. */
static void fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

/* False: result says why the program cannot be started. */
static bool find_program(struct runner *runner)
{
	const char *name = runner->options->command[0];
	int error = run_find_program(name, getenv("PATH"), runner->path, sizeof(runner->path));
	struct stat status;

	if (!error)
		return true;
	if (error == ENOENT && strchr(name, '/'))
		fail(runner->result, RUN_NOT_FOUND, name, "there is no such file");
	else if (error == ENOENT)
		fail(runner->result, RUN_NOT_FOUND, name,
		     "not found in PATH; a program in this folder is ./NAME");
	else if (error == EACCES && !stat(runner->path, &status) && S_ISDIR(status.st_mode))
		fail(runner->result, RUN_NOT_EXECUTABLE, name, "is a directory");
	else
		fail(runner->result, RUN_NOT_EXECUTABLE, name, strerror(error));
	return false;
}

static const char *why_unrecorded(enum run_elf_kind kind)
{
	switch (kind) {
	case RUN_ELF_STATIC:
		return "it is statically linked, so no library can be put into it; link it "
			"dynamically to record it";
	case RUN_ELF_OTHER_CLASS:
		return "it was built for another kind of processor or word size than memtrace; "
			"build it for this one to record it";
	case RUN_ELF_PRIVILEGED:
		return "it runs with the rights of another user (set-uid, set-gid or file "
			"capabilities), so the system lets no library into it; run memtrace as "
			"that user to record it";
	default:
		return NULL;
	}
}

/* Is it to be recorded? Says so if it cannot. False in *is_fit: result says why
 * it cannot even be started. */
static bool judge_program(struct runner *runner, void (*say)(const char *line), bool *is_fit)
{
	const char *name = runner->options->command[0];
	char culprit[PATH_MAX], line[2 * PATH_MAX];
	enum run_elf_kind kind = run_elf_kind(runner->path, culprit, sizeof(culprit));
	const char *why = why_unrecorded(kind);

	*is_fit = kind != RUN_ELF_NO_INTERPRETER;
	if (!*is_fit) {
		snprintf(line, sizeof(line), "its interpreter %s cannot be executed", culprit);
		fail(runner->result, RUN_NOT_EXECUTABLE, name, line);
	}
	if (!why)
		return true;
	snprintf(line, sizeof(line), "%s: cannot be recorded, and runs without memtrace: %s",
		 strcmp(culprit, runner->path) ? culprit : name, why);
	say(line);
	runner->result->unrecorded = kind == RUN_ELF_STATIC ? "static-program"
				     : kind == RUN_ELF_PRIVILEGED ? "set-uid-program"
				     : "not-followed";
	return false;
}

/* LD_PRELOAD splits at these. */
static bool check_library(struct runner *runner)
{
	const char *library = runner->options->library;

	if (!strpbrk(library, ": "))
		return true;
	fail(runner->result, RUN_FAILED, library, "the dynamic linker cannot load a library whose "
	     "path has a space or a colon in it; move memtrace elsewhere");
	return false;
}

/* We hold two descriptors per process of the tree. */
static void raise_file_limit(struct runner *runner)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	runner->files = limit;
	runner->launch.files = &runner->files;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static bool prepare(struct runner *runner)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = runner->signals };
	int error = run_signals_open(runner->signals);

	runner->result->signal_fd = runner->signals->fd;
	if (!error) {
		runner->loop.epoll = epoll_create1(EPOLL_CLOEXEC);
		error = runner->loop.epoll < 0 ||
			epoll_ctl(runner->loop.epoll, EPOLL_CTL_ADD, runner->signals->fd, &event) ?
			errno : 0;
	}
	if (error)
		fail(runner->result, RUN_FAILED, "cannot watch for signals", strerror(error));
	return !error;
}

/* Starts the held program; false when it could not be. */
static bool let_go(struct runner *runner, bool is_recorded)
{
	char *variables[2] = { NULL, NULL };
	const char *name = runner->options->command[0];
	unsigned n = 0;
	int error;

	if (is_recorded) {
		variables[n++] = run_preload_variable(runner->options->library,
						      runner->options->oracle,
						      getenv("LD_PRELOAD"));
		variables[n++] = run_recording_channel(&runner->recording);
	}
	if (is_recorded && (!variables[0] || !variables[1])) {
		run_launch_cancel(&runner->launch);
		fail(runner->result, RUN_FAILED, name, strerror(ENOMEM));
		return false;
	}
	error = run_launch_go(&runner->launch, variables, n);
	free(variables[0]);
	free(variables[1]);
	if (!error)
		return true;
	fail(runner->result, error == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE, name,
	     error == ENOEXEC ? "neither a program nor a script that begins with #!" :
	     strerror(error));
	return false;
}

/* From outside instead of from inside; where that is refused, from inside after all. */
static void trace_to_the_end(struct runner *runner)
{
	struct run_recording *recording = &runner->recording;
	int error = run_mortem_seize(&recording->mortem, runner->launch.pid);
	char line[256];

	if (!error) {
		recording->live.header->is_exit_snapshot_off = 1;
		return;
	}
	snprintf(line, sizeof(line), "--post-mortem: cannot trace the program (%s): processes are "
		 "looked at as without it, and not after SIGKILL", strerror(error));
	runner->say(line);
	run_trace_note(&recording->trace, 0, false, "post-mortem-refused", strerror(error));
}

static bool start(struct runner *runner, bool is_recorded)
{
	struct run_result *result = runner->result;
	struct run_recording *recording = &runner->recording;
	int error;

	if (is_recorded)
		recording->clock = run_clock_choose();
	if ((error = run_launch_fork(&runner->launch))) {
		fail(result, RUN_FAILED, "cannot start a process", strerror(error));
		return false;
	}
	if (is_recorded && run_recording_open(recording, runner->options, runner->loop.epoll,
					      (uint64_t)runner->launch.pid, result->message,
					      sizeof(result->message))) {
		result->problem = RUN_FAILED;
		run_launch_cancel(&runner->launch);
		return false;
	}
	if (is_recorded && runner->options->is_post_mortem)
		trace_to_the_end(runner);
	if (let_go(runner, is_recorded))
		return true;
	if (is_recorded)
		run_recording_discard(recording);
	return false;
}

static void run_to_the_end(struct runner *runner, bool is_recorded)
{
	struct run_loop *loop = &runner->loop;

	loop->signals = runner->signals;
	loop->recording = is_recorded ? &runner->recording : NULL;
	loop->program = runner->launch.pid;
	loop->is_wait_all = runner->options->is_wait_all;
	run_loop(loop);
	runner->result->wait_status = loop->wait_status;
	runner->result->was_interrupted = loop->was_interrupted;
	runner->result->is_recorded = is_recorded;
	if (is_recorded)
		run_recording_finish(&runner->recording, runner->path, runner->result);
}

void run_record(const struct run_options *options, void (*say)(const char *line),
		struct run_result *result)
{
	struct runner *runner = calloc(1, sizeof(*runner));
	bool is_recorded, is_fit;

	*result = (struct run_result){ .signal_fd = -1 };
	result->internal = calloc(1, sizeof(struct run_signals));
	if (!runner || !result->internal) {
		fail(result, RUN_FAILED, "memtrace", strerror(ENOMEM));
		free(runner);
		return;
	}
	runner->options = options;
	runner->say = say;
	runner->result = result;
	runner->signals = result->internal;
	runner->signals->fd = -1;
	runner->loop.epoll = -1;
	runner->launch = (struct run_launch){ .path = runner->path, .command = options->command,
					      .signals = runner->signals };
	fill_standard_fds();
	if (find_program(runner)) {
		is_recorded = judge_program(runner, say, &is_fit);
		if (is_fit && (!is_recorded || check_library(runner)) && prepare(runner)) {
			raise_file_limit(runner);
			if (options->is_wait_all)
				prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
			if (start(runner, is_recorded))
				run_to_the_end(runner, is_recorded);
		}
	}
	run_recording_close(&runner->recording);
	if (runner->loop.epoll >= 0)
		close(runner->loop.epoll);
	free(runner);
}

bool run_poll_interrupt(struct run_result *result)
{
	struct signalfd_siginfo info;
	bool is_interrupted = false;

	while (result->signal_fd >= 0 &&
	       read(result->signal_fd, &info, sizeof(info)) == sizeof(info))
		is_interrupted |= run_signal_is_interrupt(&info);
	return is_interrupted;
}

void run_release(struct run_result *result)
{
	run_poll_interrupt(result);
	if (result->signal_fd >= 0) {
		close(result->signal_fd);
		run_signals_restore(result->internal);
	}
	free(result->internal);
	result->internal = NULL;
	result->signal_fd = -1;
}
