/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping the threads of a process, from outside: what they and their system
 * calls notice of it. */
#include "tests/unit/unit.h"

#include "tracer/beside/clock.h"
#include "tracer/beside/standstill.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const uint64_t second_ns = 1000000000;

static void nap(void)
{
	const struct timespec time = { 0, 1000000 };

	nanosleep(&time, NULL);
}

/* Waits until pid sleeps in this system call. */
static void wait_for_call(pid_t pid, long number)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	for (int i = 0; i < 10000; i++) {
		FILE *file = fopen(path, "r");
		bool is_read = file && fgets(text, sizeof(text), file);

		if (file)
			fclose(file);
		if (is_read && text[0] >= '0' && text[0] <= '9' && atol(text) == number)
			return;
		nap();
	}
	fail_msg("the child never came to system call %ld", number);
}

static void stop_and_go(pid_t pid)
{
	struct run_standstill still = { 0 };

	run_standstill_begin(&still, (uint64_t)pid, 0, run_clock_monotonic_ns() + 10 * second_ns);
	assert_int_equal(still.n, 1);
	assert_true(still.threads[0].is_stopped && still.threads[0].is_at_rest);
	assert_false(run_standstill_end(&still));
	run_standstill_release(&still);
}

static int ended_with(pid_t pid)
{
	int wait_status;

	assert_int_equal(waitpid(pid, &wait_status, 0), pid);
	assert_true(WIFEXITED(wait_status));
	return WEXITSTATUS(wait_status);
}

/* What a child waits for, and how it is given. */
struct waiting {
	long number;
	int (*wait)(int in);
	int fd[2];
};

static int wait_epoll(int in)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);

	epoll_ctl(epoll, EPOLL_CTL_ADD, in, &event);
	return epoll_wait(epoll, &event, 1, -1) == 1 ? 0 : errno;
}

static int wait_recv(int in)
{
	struct timeval limit = { 100, 0 };
	char byte;

	setsockopt(in, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return recv(in, &byte, 1, 0) == 1 ? 0 : errno;
}

static int wait_read(int in)
{
	char byte;

	return read(in, &byte, 1) == 1 ? 0 : errno;
}

static pid_t begin(struct waiting *waiting)
{
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, waiting->fd), 0);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(waiting->wait(waiting->fd[0]));
	}
	wait_for_call(pid, waiting->number);
	return pid;
}

static void test_a_call_that_waits_goes_on_after_a_stop(void **state)
{
	struct waiting all[] = {
		{ SYS_epoll_wait, wait_epoll, { 0 } },
		{ SYS_recvfrom, wait_recv, { 0 } },
		{ SYS_read, wait_read, { 0 } },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		pid_t pid = begin(&all[i]);

		for (int n = 0; n < 5; n++) {
			stop_and_go(pid);
			wait_for_call(pid, all[i].number);
		}
		assert_int_equal(write(all[i].fd[1], "x", 1), 1);
		assert_int_equal(ended_with(pid), 0);
	}
}

static void on_signal(int number)
{
	(void)number;
}

static int wait_with_handler(int in)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
	return wait_epoll(in);
}

static void test_a_signal_during_the_stop_ends_the_call(void **state)
{
	struct waiting waiting = { SYS_epoll_wait, wait_with_handler, { 0 } };
	pid_t pid = begin(&waiting);
	struct run_standstill still = { 0 };

	(void)state;
	run_standstill_begin(&still, (uint64_t)pid, 0, run_clock_monotonic_ns() + 10 * second_ns);
	kill(pid, SIGUSR1);
	assert_false(run_standstill_end(&still));
	run_standstill_release(&still);
	assert_int_equal(ended_with(pid), EINTR);
}

static void *wait_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static void test_every_thread_is_listed_with_its_registers(void **state)
{
	enum { N = 9 };
	struct mt_region_control *control = calloc(1, MT_SEGMENT_BYTES);
	struct run_standstill still = { 0 };
	const struct mt_held_thread *held = mt_held_threads(control);
	int ready[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		pthread_t thread;

		for (int i = 1; i < N; i++)
			pthread_create(&thread, NULL, wait_for_ever, NULL);
		write(ready[1], "x", 1);
		wait_for_ever(NULL);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	run_standstill_begin(&still, (uint64_t)pid, 0, run_clock_monotonic_ns() + 10 * second_ns);
	run_standstill_list(&still, control);
	assert_int_equal(control->n_held, N);
	assert_int_equal(control->hold_error, 0);
	for (int i = 0; i < N; i++)
		assert_true(held[i].tid && held[i].pc && held[i].sp && !held[i].error);
	assert_false(run_standstill_end(&still));
	run_standstill_release(&still);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	free(control);
}

static void test_who_is_gone_is_not_waited_for(void **state)
{
	struct run_standstill still = { 0 };
	pid_t pid = fork();

	(void)state;
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	run_standstill_begin(&still, (uint64_t)pid, 0, run_clock_monotonic_ns() + 10 * second_ns);
	assert_int_equal(still.n, 0);
	assert_false(run_standstill_end(&still));
	run_standstill_release(&still);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call_that_waits_goes_on_after_a_stop),
		cmocka_unit_test(test_a_signal_during_the_stop_ends_the_call),
		cmocka_unit_test(test_every_thread_is_listed_with_its_registers),
		cmocka_unit_test(test_who_is_gone_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
