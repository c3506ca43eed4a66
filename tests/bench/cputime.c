/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cputime.c -- cputime FILE COMMAND...: runs the command and appends to FILE the
 * CPU time, user and system, of all it started, in milliseconds. What its
 * children leave behind is waited for too, or a pipeline in the background
 * would cost nothing. Ends with the command's status.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double ms(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status = 0, ended = 0;
	pid_t child, pid;
	FILE *file;

	if (argc < 3)
		return 125;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	while ((pid = wait(&ended)) > 0)
		if (pid == child)
			status = ended;
	getrusage(RUSAGE_CHILDREN, &usage);
	file = fopen(argv[1], "a");
	if (!file || fprintf(file, "%.2f\n", ms(usage.ru_utime) + ms(usage.ru_stime)) < 0 ||
	    fclose(file))
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
