/* SPDX-License-Identifier: Apache-2.0 */
/* undisturbed: what its argument says, for about half a second, and tells what it
 * saw; an interrupted call, a child nobody made or a signal nobody sent ends it with
 * status 9.
 *
 *   epoll     25 bytes come over a pipe; epoll_wait, semop, sigtimedwait and recv wait
 *             for something all the while in other threads
 *   blocked   a thread that blocks all signals allocates, and one that does not
 *   vfork     a thread sits in vfork while others allocate
 *   children  wait finds no child, and none is left behind
 *   limits    epoll_wait, semtimedop and sigtimedwait wait 60 ms, and nothing comes
 */
#include "tests/progs/progs.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2];

static void check(int is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(9);
}

static void nap(int ms)
{
	struct timespec time = { 0, ms * 1000000 };

	check(!nanosleep(&time, NULL), "nanosleep");
}

static void allocate(int ms)
{
	for (int i = 0; i < ms / 5; i++) {
		void *p = keep(malloc(50));

		nap(5);
		free(p);
	}
}

static void *wait_epoll(void *unused)
{
	int epoll = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };
	char byte;

	(void)unused;
	epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
	for (int n = 0; n < 25; n++) {
		check(epoll_wait(epoll, &event, 1, -1) == 1, "epoll_wait");
		check(read(ends[0], &byte, 1) == 1, "read");
	}
	return NULL;
}

static int semaphore;

static void *wait_semop(void *unused)
{
	struct sembuf down = { 0, -1, 0 };

	(void)unused;
	check(!semop(semaphore, &down, 1), "semop");
	return NULL;
}

static void *wait_signal(void *unused)
{
	struct timespec limit = { 100, 0 };
	sigset_t one;

	(void)unused;
	sigemptyset(&one);
	sigaddset(&one, SIGUSR2);
	check(sigtimedwait(&one, NULL, &limit) == SIGUSR2, "sigtimedwait");
	return NULL;
}

static void *wait_recv(void *pair)
{
	struct timeval limit = { 100, 0 };
	char byte;

	setsockopt(*(int *)pair, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	check(recv(*(int *)pair, &byte, 1, 0) == 1, "recv");
	return NULL;
}

static void run_epoll(void)
{
	struct sembuf up = { 0, 1, 0 };
	pthread_t threads[4];
	int pair[2];
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &one, NULL);
	semaphore = semget(IPC_PRIVATE, 1, 0600);
	check(!pipe(ends) && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "pipe");
	pthread_create(&threads[0], NULL, wait_epoll, NULL);
	pthread_create(&threads[1], NULL, wait_signal, NULL);
	pthread_create(&threads[2], NULL, wait_recv, pair);
	pthread_create(&threads[3], NULL, wait_semop, NULL);
	for (int n = 0; n < 25; n++) {
		allocate(20);
		check(write(ends[1], "x", 1) == 1, "write");
	}
	pthread_kill(threads[1], SIGUSR2);
	check(write(pair[1], "x", 1) == 1, "write");
	check(!semop(semaphore, &up, 1), "semop");
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	semctl(semaphore, 0, IPC_RMID);
}

static void *block_all(void *unused)
{
	sigset_t all;

	(void)unused;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	allocate(500);
	return NULL;
}

static void run_blocked(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, block_all, NULL);
	allocate(500);
	pthread_join(thread, NULL);
}

static void *sit_in_vfork(void *unused)
{
	struct timespec time = { 0, 500000000 };
	pid_t pid = vfork();

	(void)unused;
	if (pid == 0) {
		nanosleep(&time, NULL);
		_exit(4);
	}
	int status;
	check(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 4, "waitpid");
	return NULL;
}

static void run_vfork(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, sit_in_vfork, NULL);
	allocate(400);
	pthread_join(thread, NULL);
}

static void on_child(int number)
{
	(void)number;
	_exit(9);
}

static void run_children(void)
{
	struct timespec time = { 0, 10000000 };

	signal(SIGCHLD, on_child);
	for (int i = 0; i < 50; i++) {
		keep(malloc(8));
		nanosleep(&time, NULL);
		check(waitpid(-1, NULL, __WALL | WNOHANG) < 0 && errno == ECHILD, "waitpid");
	}
}

static void run_limits(void)
{
	struct timespec limit = { 0, 60000000 };
	int epoll = epoll_create1(0), id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf down = { 0, -1, 0 };
	struct epoll_event event;
	sigset_t one;

	keep(malloc(8));
	sigemptyset(&one);
	sigaddset(&one, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &one, NULL);
	check(epoll_wait(epoll, &event, 1, 60) == 0, "epoll_wait");
	check(semtimedop(id, &down, 1, &limit) < 0 && errno == EAGAIN, "semtimedop");
	check(sigtimedwait(&one, NULL, &limit) < 0 && errno == EAGAIN, "sigtimedwait");
	semctl(id, 0, IPC_RMID);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "epoll"))
		run_epoll();
	else if (!strcmp(what, "blocked"))
		run_blocked();
	else if (!strcmp(what, "vfork"))
		run_vfork();
	else if (!strcmp(what, "children"))
		run_children();
	else if (!strcmp(what, "limits"))
		run_limits();
	else
		return 2;
	puts("undisturbed");
	return 0;
}
