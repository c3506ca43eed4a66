/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.c -- fork, wait for the word, exec.
 *
 * The environment goes through the hold pipe as text, since it is not known
 * when the child is forked; the errno of a failed exec comes back through a
 * second pipe, which a successful exec closes. Both are closed on exec, so the
 * program inherits what memtrace inherited and nothing else. The child is a copy
 * of a process with one thread: it may allocate.
 */
#include "tracer/beside/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static bool read_all(int fd, void *to, size_t n_bytes)
{
	uint8_t *at = to;

	while (n_bytes) {
		ssize_t n = read(fd, at, n_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		n_bytes -= (size_t)n;
	}
	return true;
}

static bool write_all(int fd, const void *from, size_t n_bytes)
{
	const uint8_t *at = from;

	while (n_bytes) {
		ssize_t n = write(fd, at, n_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += n;
		n_bytes -= (size_t)n;
	}
	return true;
}

/* Each variable as a length and its text; a length of 0 ends them. */
static bool take_variables(int fd)
{
	for (;;) {
		uint32_t n_bytes;
		char *variable;

		if (!read_all(fd, &n_bytes, sizeof(n_bytes)))
			return false;
		if (!n_bytes)
			return true;
		variable = malloc(n_bytes);
		if (!variable || !read_all(fd, variable, n_bytes) || putenv(variable))
			return false;
	}
}

static void be_child(const struct run_launch *launch, int hold, int verdict)
{
	int error;

	if (!take_variables(hold))
		_exit(125);
	if (launch->files)
		setrlimit(RLIMIT_NOFILE, launch->files);
	run_signals_restore(launch->signals);
	execv(launch->path, launch->command);
	error = errno;
	write_all(verdict, &error, sizeof(error));
	_exit(error == ENOENT ? 127 : 126);
}

int run_launch_fork(struct run_launch *launch)
{
	int hold[2], verdict[2];
	int error;

	if (pipe2(hold, O_CLOEXEC))
		return errno;
	if (pipe2(verdict, O_CLOEXEC)) {
		error = errno;
		close(hold[0]);
		close(hold[1]);
		return error;
	}
	launch->pid = fork();
	error = errno;
	if (launch->pid == 0) {
		close(hold[1]);
		close(verdict[0]);
		be_child(launch, hold[0], verdict[1]);
	}
	close(hold[0]);
	close(verdict[1]);
	launch->hold = hold[1];
	launch->verdict = verdict[0];
	if (launch->pid > 0)
		return 0;
	close(launch->hold);
	close(launch->verdict);
	return error;
}

static void reap(pid_t pid)
{
	int status;

	/* It may be traced already: on its way out it stops. */
	while (waitpid(pid, &status, 0) < 0 ? errno == EINTR : WIFSTOPPED(status))
		ptrace(PTRACE_CONT, pid, NULL, NULL);
}

int run_launch_go(struct run_launch *launch, char *const *variables, unsigned n)
{
	uint32_t n_bytes = 0;
	int error = 0;

	for (unsigned i = 0; i < n; i++) {
		n_bytes = (uint32_t)strlen(variables[i]) + 1;
		write_all(launch->hold, &n_bytes, sizeof(n_bytes));
		write_all(launch->hold, variables[i], n_bytes);
	}
	n_bytes = 0;
	write_all(launch->hold, &n_bytes, sizeof(n_bytes));
	close(launch->hold);
	if (!read_all(launch->verdict, &error, sizeof(error)))
		error = 0;
	close(launch->verdict);
	if (error)
		reap(launch->pid);
	return error;
}

void run_launch_cancel(struct run_launch *launch)
{
	close(launch->hold);
	close(launch->verdict);
	reap(launch->pid);
}

char *run_preload_variable(const char *library, const char *oracle, const char *users)
{
	bool has_oracle = oracle && *oracle;
	bool has_users = users && *users;
	char *variable;

	if (asprintf(&variable, "LD_PRELOAD=%s%s%s%s%s", library, has_oracle ? ":" : "",
		     has_oracle ? oracle : "", has_users ? ":" : "", has_users ? users : "") < 0)
		return NULL;
	return variable;
}
