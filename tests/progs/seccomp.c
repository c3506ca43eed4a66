/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seccomp: installs a filter that kills the process on any system call but the
 * few its allocator needs, then allocates 50000 times in filtered_take() and
 * keeps 10 of 100 bytes; with "late", a thread that existed before does it.
 */
#include "tests/progs/progs.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALLOW(n) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, n, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static int filter(int by_syscall)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(SYS_read), ALLOW(SYS_write), ALLOW(SYS_exit), ALLOW(SYS_exit_group),
		ALLOW(SYS_futex), ALLOW(SYS_mmap), ALLOW(SYS_munmap), ALLOW(SYS_brk),
		ALLOW(SYS_mprotect), ALLOW(SYS_mremap), ALLOW(SYS_rt_sigreturn),
		ALLOW(SYS_getrandom),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = { sizeof rules / sizeof *rules, rules };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	if (by_syscall)
		return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				    SECCOMP_FILTER_FLAG_TSYNC, &program);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

APART static void *filtered_take(void)
{
	return keep(malloc(100));
}

APART static void *deep(int n)
{
	void *p = n ? deep(n - 1) : filtered_take();

	STAY();
	return p;
}

static void work(void)
{
	for (int i = 0; i < 50000; i++) {
		void *p = deep(i % 20);

		if (i >= 10)
			free(p);
	}
}

/* It never ends: ending takes system calls that the filter does not allow. */
static void *work_late(void *barrier)
{
	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	work();
	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	return NULL;
}

int main(int argc, char **argv)
{
	int is_late = argc > 1 && !strcmp(argv[1], "late");
	pthread_barrier_t barrier;
	pthread_t thread;

	if (is_late) {
		pthread_barrier_init(&barrier, NULL, 2);
		pthread_create(&thread, NULL, work_late, &barrier);
		pthread_barrier_wait(&barrier);
	}
	if (filter(is_late))
		return 1;
	if (is_late) {
		pthread_barrier_wait(&barrier);
		pthread_barrier_wait(&barrier);
	} else {
		work();
	}
	if (write(1, "survived\n", 9) != 9)
		return 2;
	_exit(0);
}
