/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dies: keeps 24 bytes of make_held() in a global and 40 bytes of make_local()
 * in main's frame, loses 48 bytes of make_lost(), and then meets the end that its
 * first argument names, in end_here() or below it. With `dump` as second argument
 * a core may be dumped.
 */
#include "tests/progs/progs.h"

#include <assert.h>
#include <dlfcn.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void *global;
static sigjmp_buf back;
static volatile int turns;
static int n_turning;    /* atomic */

APART static void *make_held(void)
{
	return keep(malloc(24));
}

APART static void *make_local(void)
{
	return keep(malloc(40));
}

APART static void make_lost(void)
{
	keep(malloc(48));
	STAY();
}

APART static void scrub(void)
{
	char volatile room[16384];

	for (unsigned i = 0; i < sizeof(room); i++)
		room[i] = 0;
}

APART static void write_to(volatile int *where)
{
	*where = 1;
	STAY();
}

/* The only pointer is in a register that no call saves. */
APART static void in_register(void)
{
#if defined(__x86_64__)
	__asm__ volatile("movq %0, %%r11\n\txorl %%eax, %%eax\n\txorl %%ecx, %%ecx\n\t"
			 "movl $1, 8(%%rax)"
			 : : "r"(make_held()) : "rax", "rcx", "r11", "memory");
#endif
}

APART static int overflow(int depth)
{
	char volatile frame[4096];

	frame[0] = (char)depth;
	return depth < 1 << 30 ? overflow(depth + 1) + frame[0] : 0;
}

static void own_stack(void *stack)
{
	stack_t alternate = { .ss_sp = stack, .ss_size = 64 << 10 };

	sigaltstack(&alternate, NULL);
}

static void jump_back(int number)
{
	siglongjmp(back, number);
}

static void *crash(void *unused)
{
	(void)unused;
	write_to(NULL);
	return NULL;
}

static void *turn(void *unused)
{
	__atomic_add_fetch(&n_turning, 1, __ATOMIC_RELEASE);
	for (;;)
		turns++;
	return unused;
}

static void in_thread(void)
{
	pthread_t threads[3];

	pthread_create(&threads[0], NULL, turn, NULL);
	pthread_create(&threads[1], NULL, turn, NULL);
	while (__atomic_load_n(&n_turning, __ATOMIC_ACQUIRE) < 2)
		;
	pthread_create(&threads[2], NULL, crash, NULL);
	pthread_join(threads[2], NULL);
}

static void in_all_threads(void)
{
	pthread_t threads[8];

	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, crash, NULL);
	pthread_join(threads[7], NULL);
}

static void in_vfork_child(void)
{
	pid_t pid = vfork();
	int status = 0;

	if (pid == 0)
		write_to(NULL);
	waitpid(pid, &status, 0);
	printf("the child died of %d\n", WTERMSIG(status));
	fflush(stdout);
	abort();
}

APART static void end_here(const char *how)
{
	static const char empty[4096] __attribute__((aligned(4096))) = "";

	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "assert"))
		assert(!"this holds");
	if (!strcmp(how, "segv"))
		write_to(NULL);
	if (!strcmp(how, "register"))
		in_register();
	if (!strcmp(how, "overflow"))
		overflow(0);
	if (!strcmp(how, "read_only"))
		write_to((volatile int *)(uintptr_t)empty);
	if (!strcmp(how, "ill"))
		__builtin_trap();
	if (!strcmp(how, "fpe"))
		printf("%d\n", 100 / turns);
#if defined(__x86_64__)
	if (!strcmp(how, "breakpoint"))
		__asm__ volatile("int3");
#endif
	if (!strcmp(how, "thread"))
		in_thread();
	if (!strcmp(how, "threads"))
		in_all_threads();
	if (!strcmp(how, "vfork"))
		in_vfork_child();
	if (!strcmp(how, "small_stack")) {
		own_stack(mmap(NULL, 64 << 10, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		overflow(0);
	}
	if (!strcmp(how, "heap_lock")) {
		char *last = keep(malloc(5000));

		/* What follows is the rest of the heap: malloc aborts with its lock held. */
		memset(last + malloc_usable_size(last), 0x77, 8);
		STAY();
		keep(malloc(6000));
		keep(malloc(6000));
	}
	if (!strncmp(how, "bad_list", 8)) {
		if (strcmp(how, "bad_list"))
			own_stack(malloc(64 << 10));
		/* Whoever walks the loader's list faults. */
		((struct link_map *)dlopen(NULL, RTLD_NOW))->l_next = keep((void *)8);
		abort();
	}
	if (atoi(how))
		kill(getpid(), atoi(how));
	if (!strcmp(how, "raise_again")) {
		signal(SIGTERM, jump_back);
		signal(SIGTERM, SIG_DFL);
		raise(SIGTERM);
	}
	if (!strcmp(how, "wait"))
		for (write(1, "ready\n", 6);;)
			pause();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "abort";
	struct rlimit no_core = { 0, 0 };
	void *volatile local = make_local();

	if (argc < 3)
		setrlimit(RLIMIT_CORE, &no_core);
	global = make_held();
	make_lost();
	scrub();
	if (!strcmp(how, "returns")) {
		signal(SIGSEGV, jump_back);
		if (sigsetjmp(back, 1)) {
			puts("came back");
			return 3;
		}
		write_to(NULL);
	}
	end_here(how);
	keep(local);
	keep(global);
	return 0;
}
