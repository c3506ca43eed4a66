/* SPDX-License-Identifier: Apache-2.0 */
/*
 * family HOW [LEAF]: the parent allocates 10 times 50 bytes in parent_take() and
 * keeps 4; then starts a child in the way HOW names and waits for it.
 *
 * fork, fork_thread, clone: the child frees 6 of what it inherited (the parent
 * frees its own copies of the same 6), allocates 3 times 77 bytes in
 * child_take() and keeps 2.
 * The others start LEAF, which keeps 33 bytes.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

static void *inherited[10];
static const char *leaf = "leaf";

APART static void *parent_take(void)
{
	return keep(malloc(50));
}

APART static void *child_take(void)
{
	return keep(malloc(77));
}

static void free_six(void)
{
	for (int i = 4; i < 10; i++)
		free(inherited[i]);
}

static void live_as_child(void)
{
	free_six();
	child_take();
	child_take();
	free(child_take());
}

static int wait_for(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int by_fork(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		live_as_child();
		exit(0);
	}
	return wait_for(pid);
}

static void *fork_in_thread(void *result)
{
	free(child_take());
	*(int *)result = by_fork();
	return NULL;
}

static int by_fork_thread(void)
{
	pthread_t thread;
	int result = -1;

	pthread_create(&thread, NULL, fork_in_thread, &result);
	pthread_join(thread, NULL);
	return result;
}

static int by_clone(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0) {
		live_as_child();
		_exit(0);
	}
	return wait_for(pid);
}

static int clone_main(void *unused)
{
	(void)unused;
	live_as_child();
	exit(0);
}

static int by_clone_call(void)
{
	size_t n_bytes = 256 * 1024;
	char *stack = aligned_alloc(64, n_bytes);

	return wait_for(clone(clone_main, stack + n_bytes, SIGCHLD, NULL));
}

static int by_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(leaf, "leaf", "vfork", (char *)NULL);
		_exit(99);
	}
	return wait_for(pid);
}

static int by_spawn(int is_path)
{
	char *argv[] = { "leaf", "spawn", NULL };
	pid_t pid;

	if ((is_path ? posix_spawnp : posix_spawn)(&pid, leaf, NULL, NULL, argv, environ))
		return 98;
	return wait_for(pid);
}

static int by_spawn_clean(void)
{
	char *argv[] = { "leaf", "spawn_clean", NULL };
	char *env[] = { "ONLY=this", NULL };
	pid_t pid;

	if (posix_spawn(&pid, leaf, NULL, NULL, argv, env))
		return 98;
	return wait_for(pid);
}

static int by_system(void)
{
	char command[4200];
	int status;

	snprintf(command, sizeof command, "'%s' system; exit 5", leaf);
	status = system(command);
	return WIFEXITED(status) && WEXITSTATUS(status) == 5 ? 0 : 97;
}

static int by_popen(void)
{
	char command[4200], line[4096];
	FILE *pipe;

	snprintf(command, sizeof command, "'%s' popen", leaf);
	pipe = popen(command, "r");
	while (fgets(line, sizeof line, pipe))
		fputs(line, stdout);
	return pclose(pipe);
}

static int by_wordexp(void)
{
	char words[4200];
	wordexp_t result;
	int status;

	snprintf(words, sizeof words, "$('%s' wordexp | cut -d' ' -f1-2) two", leaf);
	status = wordexp(words, &result, 0);
	if (status)
		return status;
	for (size_t i = 0; i < result.we_wordc; i++)
		puts(result.we_wordv[i]);
	wordfree(&result);
	return 0;
}

static int start(const char *how)
{
	if (!strcmp(how, "fork"))
		return by_fork();
	if (!strcmp(how, "fork_thread"))
		return by_fork_thread();
	if (!strcmp(how, "clone"))
		return by_clone();
	if (!strcmp(how, "clone_call"))
		return by_clone_call();
	if (!strcmp(how, "vfork"))
		return by_vfork();
	if (!strcmp(how, "spawn"))
		return by_spawn(0);
	if (!strcmp(how, "spawnp"))
		return by_spawn(1);
	if (!strcmp(how, "spawn_clean"))
		return by_spawn_clean();
	if (!strcmp(how, "system"))
		return by_system();
	if (!strcmp(how, "popen"))
		return by_popen();
	if (!strcmp(how, "wordexp"))
		return by_wordexp();
	return 96;
}

int main(int argc, char **argv)
{
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < 10; i++)
		inherited[i] = parent_take();
	if (argc > 2)
		leaf = argv[2];
	status = start(argc > 1 ? argv[1] : "fork");
	free_six();
	printf("child ended with %d\n", status);
	return status;
}
