/* SPDX-License-Identifier: Apache-2.0 */
/* leak_causes: allocates what its argument says, and ends. What is lost is lost 64 kB
 * further down the stack than the frames that are live at the end.
 *
 *   lost          3 of 16 bytes from make_lost(), nobody holds them
 *   global        1 of 24 bytes from make_held(), held by a global
 *   indirect      1 of 32 bytes from make_head(), lost; it holds 2 of 40 from make_member()
 *   interior      1 of 64 bytes from make_inside(), a global points at its middle
 *   ring          4 rings of two: 32 bytes from make_one(), 48 from make_other(); the first
 *                 holds 100 bytes from make_extra()
 *   freed         1 of 24 bytes from make_left(), held only by memory that was freed
 *   thread_local  1 of 24 bytes from make_held(), held by a thread-local variable
 *   joined        1 of 24 bytes from make_left(), only in the stack of a joined thread
 *   running       1 of 24 bytes from make_held(), in the stack of a thread that runs
 *   epoll         1 of 24 bytes from make_held(), known to the kernel alone, with a descriptor
 *   timer         1 of 24 bytes from make_held(), known to the kernel alone, with a timer
 *   main          1 of 24 bytes from make_left(), held by locals of main's, which returns
 *   main_exits    1 of 24 bytes from make_held(), held by locals of main's, which calls exit
 *   register      1 of 24 bytes from make_held(), in a register of a thread that runs
 */
#include "tests/progs/progs.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static void *volatile global;
static __thread void *volatile thread_local_one;
static volatile int is_ready;

#define MAKER(name) \
	APART static void **name(size_t size) \
	{ \
		void **made = keep(calloc(1, size)); \
		STAY(); \
		return made; \
	}
MAKER(make_lost)
MAKER(make_held)
MAKER(make_head)
MAKER(make_member)
MAKER(make_inside)
MAKER(make_one)
MAKER(make_other)
MAKER(make_extra)
MAKER(make_left)

/* Runs it where no later frame of main's looks. */
APART static void far_below(void (*run)(void))
{
	char room[65536];

	keep(room);
	run();
	STAY();
	keep(room);
}

APART static void lose(void)
{
	for (int i = 0; i < 3; i++)
		make_lost(16);
}

APART static void hold_by_global(void)
{
	global = make_held(24);
}

APART static void lose_list(void)
{
	void **head = make_head(32);

	head[1] = make_member(40);
	((void **)head[1])[0] = make_member(40);
}

APART static void hold_inside(void)
{
	global = make_inside(64) + 4;
}

APART static void lose_rings(void)
{
	for (int i = 0; i < 4; i++) {
		void **one = make_one(32), **other = make_other(48);

		one[1] = other;
		other[3] = one;
		if (!i)
			one[2] = make_extra(100);
	}
}

APART static void leave_in_freed(void)
{
	void **holder = make_head(256);

	holder[16] = make_left(24);
	free(keep(holder));
}

APART static void hold_by_thread_local(void)
{
	thread_local_one = make_held(24);
}

APART static void fill(void *volatile *many, void *made)
{
	for (int i = 0; i < 512; i++)
		many[i] = made;
}

APART static void give_to_epoll(void)
{
	int ends[2], set = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = make_held(24) };

	if (set < 0 || pipe(ends) || epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event))
		exit(1);
	memset(&event, 0, sizeof(event));
	keep(&event);
}

APART static void give_to_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
				  .sigev_value.sival_ptr = make_held(24) };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		exit(1);
	memset(&event, 0, sizeof(event));
	keep(&event);
}

static void *worker(void *unused)
{
	void *volatile many[512];

	(void)unused;
	fill(many, make_left(24));
	keep((void *)many);
	return NULL;
}

static void *runner(void *unused)
{
	void *volatile mine = make_held(24);

	(void)unused;
	is_ready = 1;
	for (;;)
		pause();
	return mine;
}

/* The pointer is in r12 alone: what was left of it elsewhere is wiped. */
static void *spinner(void *unused)
{
	(void)unused;
	__asm__ volatile("mov %0, %%r12\n\t"
			 "xor %%eax, %%eax\n\t"
			 "xor %%ebx, %%ebx\n\t"
			 "movl $1, %1\n\t"
			 "1: pause\n\t"
			 "jmp 1b"
			 : : "r"(make_held(24)), "m"(is_ready) : "r12", "rax", "rbx", "memory");
	return NULL;
}

static void start(void *(*run)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL))
		exit(1);
	while (!is_ready)
		usleep(1000);
}

static void join(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, worker, NULL) || pthread_join(thread, NULL))
		exit(1);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } far[] = {
		{ "lost", lose }, { "global", hold_by_global }, { "indirect", lose_list },
		{ "interior", hold_inside }, { "ring", lose_rings }, { "freed", leave_in_freed },
		{ "thread_local", hold_by_thread_local }, { "joined", join },
		{ "epoll", give_to_epoll }, { "timer", give_to_timer },
	};
	void *volatile locals[512] = { NULL };

	for (size_t i = 0; argc > 1 && i < sizeof(far) / sizeof(far[0]); i++)
		if (!strcmp(argv[1], far[i].name))
			far_below(far[i].run);
	if (argc > 1 && !strcmp(argv[1], "running"))
		start(runner);
	if (argc > 1 && !strcmp(argv[1], "register"))
		start(spinner);
	if (argc > 1 && !strcmp(argv[1], "main"))
		fill(locals, make_left(24));
	if (argc > 1 && !strcmp(argv[1], "main_exits")) {
		fill(locals, make_held(24));
		exit(0);
	}
	keep((void *)locals);
	return 0;
}
