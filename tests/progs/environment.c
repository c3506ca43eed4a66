/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment: prints what it was given, by main's third argument, environ,
 * getenv, secure_getenv, and putenv after it; in the order it has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *seen_early = "";

__attribute__((constructor)) static void early(void)
{
	if (getenv("LD_PRELOAD"))
		seen_early = getenv("LD_PRELOAD");
}

static const char *text(const char *value)
{
	return value ? value : "(null)";
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	for (char **each = envp; *each; each++)
		puts(*each);
	puts("--");
	for (char **each = environ; *each; each++)
		puts(*each);
	printf("early %s\n", seen_early);
	printf("getenv %s\n", text(getenv("LD_PRELOAD")));
	printf("secure_getenv %s\n", text(secure_getenv("LD_PRELOAD")));
	setenv("LD_PRELOAD", "", 1);
	unsetenv("LD_PRELOAD");
	fflush(stdout);
	return system("env | grep -v ^_= | sort");
}
