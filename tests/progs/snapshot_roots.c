/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_roots: allocates sizes that nobody else does, and keeps each in one
 * place only: 1001 in a global, 1002 in thread-local memory, 1003 in a frame of
 * a thread that runs on, 1004 in that thread's thread-local memory, 1005 in the
 * frame of a thread that was joined, 1006 in memory mapped private, 1007 in
 * memory mapped shared, 1008 in allocation 1001, 1016 one past the end in a global
 * and with a tag in its upper bits in another. Ends with status 7, by what its argument
 * says: exit, _exit, quick_exit, or child: by a forked child that allocates
 * nothing and then itself.
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void **global;
static volatile uintptr_t past, tagged;
static __thread void *local;
static volatile int is_ready;

APART static void hold(void *volatile *to, size_t size)
{
	*to = malloc(size);
}

static void *run_on(void *unused)
{
	void *volatile frame;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	hold(&local, 1004);
	hold(&frame, 1003);
	is_ready = 1;
	for (;;)
		keep(unused);
	return frame;
}

static void *end_at_once(void *unused)
{
	void *volatile frame;

	hold(&frame, 1005);
	return keep(unused);
}

static void *map(int flags)
{
	return mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
}

APART static void fill(void)
{
	void *volatile *mapped = map(MAP_PRIVATE);
	void *volatile *shared = map(MAP_SHARED);
	void *volatile other;

	hold((void *volatile *)&global, 1001);
	memset(global, 0, 1001);
	hold(&local, 1002);
	hold(mapped + 1000, 1006);
	hold(shared + 1000, 1007);
	hold((void *volatile *)global + 3, 1008);
	hold(&other, 1016);
	past = (uintptr_t)other + 1016;
	tagged = (uintptr_t)other | UINT64_C(0xfffb) << 48;
	other = NULL;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "exit";
	pthread_t live, joined;

	fill();
	pthread_create(&live, NULL, run_on, NULL);
	while (!is_ready)
		usleep(100);
	pthread_create(&joined, NULL, end_at_once, NULL);
	pthread_join(joined, NULL);
	if (!strcmp(how, "child")) {
		if (!fork())
			_exit(0);
		wait(NULL);
	}
	if (!strcmp(how, "_exit"))
		_exit(7);
	if (!strcmp(how, "quick_exit"))
		quick_exit(7);
	return 7;
}
