/* SPDX-License-Identifier: Apache-2.0 */
/* says_end: runs its arguments with leave to dump a core, and prints how it ended. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0 && argc > 1) {
		setrlimit(RLIMIT_CORE, &core);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("signal %d, %s\n", WTERMSIG(status), WCOREDUMP(status) ? "core" : "no core");
	else
		printf("status %d\n", WEXITSTATUS(status));
	return 0;
}
