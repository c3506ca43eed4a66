/* SPDX-License-Identifier: Apache-2.0 */
/*
 * becomes HOW LEAF: keeps 21 bytes of before_exec(), then becomes LEAF by the
 * form of exec HOW names, by those that take one with a cleaned environment.
 */
#include "tests/progs/progs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

APART static void before_exec(void)
{
	keep(malloc(21));
	STAY();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "", *leaf = argc > 2 ? argv[2] : "leaf";
	char *args[] = { "leaf", (char *)how, NULL };
	char *clean[] = { "ONLY=this", NULL }, *none[] = { NULL };

	before_exec();
	if (!strcmp(how, "execve"))
		execve(leaf, args, clean);
	else if (!strcmp(how, "execve_none"))
		execve(leaf, args, none);
	else if (!strcmp(how, "execv"))
		execv(leaf, args);
	else if (!strcmp(how, "execvp"))
		execvp(leaf, args);
	else if (!strcmp(how, "execvpe"))
		execvpe(leaf, args, clean);
	else if (!strcmp(how, "execl"))
		execl(leaf, "leaf", how, "1", "2", "3", "4", "5", "6", "7", (char *)NULL);
	else if (!strcmp(how, "execlp"))
		execlp(leaf, "leaf", how, (char *)NULL);
	else if (!strcmp(how, "execle"))
		execle(leaf, "leaf", how, "1", "2", "3", "4", "5", (char *)NULL, clean);
	else if (!strcmp(how, "fexecve"))
		fexecve(open(leaf, O_RDONLY | O_CLOEXEC), args, clean);
	else if (!strcmp(how, "execveat"))
		execveat(AT_FDCWD, leaf, args, clean, 0);
	else if (!strcmp(how, "raw"))
		syscall(SYS_execve, leaf, args, clean);
	else if (!strcmp(how, "failing"))
		execve("/nowhere/at/all", args, clean);
	before_exec();
	perror(how);
	return 3;
}
