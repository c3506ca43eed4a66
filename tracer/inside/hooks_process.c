/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks_process.c -- exec, spawn, and the ends of a process.
 *
 * A new image gets the library and the channel put into the environment that
 * the program gave it, whatever that was. Only the stack is used for it: the
 * caller may be a vfork child.
 */
#include "tracer/inside/environment.h"
#include "tracer/inside/hooks.h"
#include "tracer/inside/process.h"

#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

/* In the caller's frame, where it lives as long as the call needs it. */
#define CHILD_ENVIRONMENT(given, exec) \
	(!(exec).is_followed ? (given) : tr_environment_make( \
		given, (exec).token, alloca(tr_environment_count(given) * sizeof(char *)), \
		alloca(tr_preload_bytes(given)), alloca(tr_channel_bytes())))

TR_HOOK int execve(const char *path, char *const argv[], char *const envp[])
{
	char *const *child;
	struct tr_exec exec;
	int result;

	tr_ready();
	exec = tr_process_exec(path, 0);
	if (!exec.token)
		return tr_real.execve(path, argv, envp);
	child = CHILD_ENVIRONMENT(envp, exec);
	result = tr_real.execve(path, argv, child);
	tr_process_exec_failed(exec.token, errno);
	return result;
}

TR_HOOK int execvpe(const char *file, char *const argv[], char *const envp[])
{
	char *const *child;
	struct tr_exec exec;
	int result;

	tr_ready();
	exec = tr_process_exec(file, MT_EXEC_SEARCH);
	if (!exec.token)
		return tr_real.execvpe(file, argv, envp);
	child = CHILD_ENVIRONMENT(envp, exec);
	result = tr_real.execvpe(file, argv, child);
	tr_process_exec_failed(exec.token, errno);
	return result;
}

TR_HOOK int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

TR_HOOK int execvp(const char *file, char *const argv[])
{
	return execvpe(file, argv, environ);
}

/* The arguments of the execl family, up to their NULL: counted with one copy of
 * the list, taken with another. */
static size_t count_arguments(va_list list)
{
	size_t n = 1;

	while (va_arg(list, const char *))
		n++;
	return n;
}

static void take_arguments(va_list list, const char *first, size_t n, char **argv)
{
	argv[0] = (char *)(uintptr_t)first;
	for (size_t i = 1; i <= n; i++)
		argv[i] = va_arg(list, char *);
}

/* Leaves the list after the NULL, where execle's environment is. */
#define TAKE_ARGUMENTS(list, first, argv) \
	do { \
		size_t n_arguments; \
		va_start(list, first); \
		n_arguments = count_arguments(list); \
		va_end(list); \
		argv = alloca((n_arguments + 1) * sizeof(char *)); \
		va_start(list, first); \
		take_arguments(list, first, n_arguments, argv); \
	} while (0)

TR_HOOK int execl(const char *path, const char *first, ...)
{
	va_list list;
	char **argv;

	TAKE_ARGUMENTS(list, first, argv);
	va_end(list);
	return execve(path, argv, environ);
}

TR_HOOK int execlp(const char *file, const char *first, ...)
{
	va_list list;
	char **argv;

	TAKE_ARGUMENTS(list, first, argv);
	va_end(list);
	return execvpe(file, argv, environ);
}

TR_HOOK int execle(const char *path, const char *first, ...)
{
	va_list list;
	char **argv, **envp;

	TAKE_ARGUMENTS(list, first, argv);
	envp = va_arg(list, char **);
	va_end(list);
	return execve(path, argv, envp);
}

TR_HOOK int fexecve(int fd, char *const argv[], char *const envp[])
{
	char *const *child;
	struct tr_exec exec;
	int result;

	tr_ready();
	exec = tr_process_exec("", 0);
	if (!exec.token)
		return tr_real.fexecve(fd, argv, envp);
	child = CHILD_ENVIRONMENT(envp, exec);
	result = tr_real.fexecve(fd, argv, child);
	tr_process_exec_failed(exec.token, errno);
	return result;
}

TR_HOOK int execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags)
{
	char *const *child;
	struct tr_exec exec;
	int result;

	tr_ready();
	/* Below a directory that only the descriptor names: unknown to us. */
	exec = tr_process_exec(dir == AT_FDCWD || path[0] == '/' ? path : "", 0);
	if (!exec.token)
		return tr_real.execveat(dir, path, argv, envp, flags);
	child = CHILD_ENVIRONMENT(envp, exec);
	result = tr_real.execveat(dir, path, argv, child, flags);
	tr_process_exec_failed(exec.token, errno);
	return result;
}

TR_HOOK int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
			const posix_spawnattr_t *attributes, char *const argv[],
			char *const envp[])
{
	char *const *child;
	struct tr_exec exec;
	int error;

	tr_ready();
	exec = tr_process_exec(path, MT_EXEC_SPAWN);
	if (!exec.token)
		return tr_real.posix_spawn(pid, path, actions, attributes, argv, envp);
	child = CHILD_ENVIRONMENT(envp, exec);
	error = tr_real.posix_spawn(pid, path, actions, attributes, argv, child);
	if (error)
		tr_process_exec_failed(exec.token, error);
	return error;
}

TR_HOOK int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
			 const posix_spawnattr_t *attributes, char *const argv[],
			 char *const envp[])
{
	char *const *child;
	struct tr_exec exec;
	int error;

	tr_ready();
	exec = tr_process_exec(file, MT_EXEC_SPAWN | MT_EXEC_SEARCH);
	if (!exec.token)
		return tr_real.posix_spawnp(pid, file, actions, attributes, argv, envp);
	child = CHILD_ENVIRONMENT(envp, exec);
	error = tr_real.posix_spawnp(pid, file, actions, attributes, argv, child);
	if (error)
		tr_process_exec_failed(exec.token, error);
	return error;
}

/*
 * system, popen and wordexp start a shell inside libc, with the environ of that
 * moment: for the length of the call it is one of ours. Should another thread
 * change the environment meanwhile, libc has made a copy by then; what is ours
 * is taken out of that.
 */
static void restore_environment(char **ours, char **theirs, const char *preload,
				const char *channel)
{
	char **to;

	if (environ == ours) {
		environ = theirs;
		return;
	}
	to = environ;
	for (char **at = environ; at && *at; at++)
		if (*at != preload && *at != channel)
			*to++ = *at;
	if (to)
		*to = NULL;
}

#define WITH_OWN_ENVIRONMENT(call, exec) \
	do { \
		char **theirs = environ; \
		char **ours = alloca(tr_environment_count(theirs) * sizeof(char *)); \
		char *preload = alloca(tr_preload_bytes(theirs)); \
		char *channel = alloca(tr_channel_bytes()); \
		environ = tr_environment_make(theirs, (exec).token, ours, preload, channel); \
		call; \
		restore_environment(ours, theirs, preload, channel); \
	} while (0)

TR_HOOK int system(const char *command)
{
	struct tr_exec exec;
	int status;

	tr_ready();
	exec = command ? tr_process_exec("/bin/sh", MT_EXEC_SPAWN) : (struct tr_exec){ 0 };
	if (!exec.is_followed)
		return tr_real.system(command);
	WITH_OWN_ENVIRONMENT(status = tr_real.system(command), exec);
	if (status == -1)
		tr_process_exec_failed(exec.token, errno);
	return status;
}

TR_HOOK FILE *popen(const char *command, const char *type)
{
	struct tr_exec exec;
	FILE *stream;

	tr_ready();
	exec = tr_process_exec("/bin/sh", MT_EXEC_SPAWN);
	if (!exec.is_followed)
		return tr_real.popen(command, type);
	WITH_OWN_ENVIRONMENT(stream = tr_real.popen(command, type), exec);
	if (!stream)
		tr_process_exec_failed(exec.token, errno);
	return stream;
}

TR_HOOK int wordexp(const char *words, wordexp_t *result, int flags)
{
	struct tr_exec exec = { 0 };
	int status;

	tr_ready();
	/* Only command substitution starts a shell. */
	if (!(flags & WRDE_NOCMD) && (strstr(words, "$(") || strchr(words, '`')))
		exec = tr_process_exec("/bin/sh", MT_EXEC_SPAWN);
	if (!exec.is_followed)
		return tr_real.wordexp(words, result, flags);
	WITH_OWN_ENVIRONMENT(status = tr_real.wordexp(words, result, flags), exec);
	return status;
}

/* The child says for itself that it began, whichever way it was made; from here
 * the runner learns of it even if it ends before it says anything. */
TR_HOOK pid_t fork(void)
{
	pid_t pid;

	tr_ready();
	tr_process_fork_begin();
	pid = tr_real.fork();
	if (pid)
		tr_process_fork_end(pid > 0 ? (uint64_t)pid : 0);
	return pid;
}

TR_HOOK void _exit(int status)
{
	tr_ready();
	tr_process_end(MT_END__EXIT, (uint32_t)status & 255);
	tr_real._exit(status);
	__builtin_unreachable();
}

TR_HOOK void _Exit(int status)
{
	_exit(status);
}

TR_HOOK void quick_exit(int status)
{
	tr_ready();
	tr_process_end(MT_END__EXIT, (uint32_t)status & 255);
	tr_real.quick_exit(status);
	__builtin_unreachable();
}
