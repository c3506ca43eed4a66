/* SPDX-License-Identifier: Apache-2.0 */
/*
 * killed_at PAGE N: 3 threads allocate and free without end, each counting its
 * finished calls in its own place of the file PAGE; another thread kills the
 * process with SIGKILL as soon as the sum passes N, wherever the three are.
 * With a third argument it kills its parent, the runner, first.
 */
#include "tests/progs/progs.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { N_THREADS = 3, N_KEPT = 64 };

struct place {
	_Alignas(128) uint64_t n_allocations;
	uint64_t n_frees;
};

static struct place *places;

static void add(uint64_t *count)
{
	__atomic_store_n(count, *count + 1, __ATOMIC_RELEASE);
}

static void *work(void *argument)
{
	struct place *mine = argument;
	void *kept[N_KEPT] = { NULL };
	unsigned seed = (unsigned)(mine - places) * 77;

	for (;;) {
		void **slot = &kept[rand_r(&seed) % N_KEPT];

		if (*slot) {
			free(*slot);
			add(&mine->n_frees);
		}
		*slot = keep(malloc(rand_r(&seed) % 300));
		add(&mine->n_allocations);
	}
	return NULL;
}

static uint64_t n_finished(void)
{
	uint64_t n = 0;

	for (int i = 0; i < N_THREADS; i++)
		n += __atomic_load_n(&places[i].n_allocations, __ATOMIC_ACQUIRE);
	return n;
}

int main(int argc, char **argv)
{
	int fd = argc > 2 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;
	uint64_t n_until = fd < 0 ? 0 : strtoull(argv[2], NULL, 10);
	pthread_t thread;

	if (fd < 0 || ftruncate(fd, 4096))
		return 2;
	places = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (int i = 0; i < N_THREADS; i++)
		pthread_create(&thread, NULL, work, &places[i]);
	while (n_finished() < n_until)
		;
	if (argc > 3)
		kill(getppid(), SIGKILL);
	kill(getpid(), SIGKILL);
	return 3;
}
