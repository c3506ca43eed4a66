/* SPDX-License-Identifier: Apache-2.0 */
/*
 * processes.c -- entries, and the ways to learn how somebody else's child ended.
 *
 * A zombie shows its status in /proc/PID/stat; once it is reaped, the pidfd
 * itself knows (Linux 6.15). Between the two nothing is missed on such a
 * kernel; on an older one the status may stay unknown.
 */
#include "tracer/beside/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* <linux/pidfd.h> of 6.15 and later; this much of it does not change. */
struct exit_info {
	uint64_t mask;
	uint64_t cgroup_id;
	uint32_t ids[3];            /* pid, tgid, ppid */
	uint32_t users[8];
	int32_t exit_code;
};
#define GET_EXIT_INFO _IOWR(0xff, 11, struct exit_info)
enum { EXIT_INFO_MASK = 1 << 3 };

enum {
	STAT_STATE = 3,             /* fields of /proc/PID/stat, as proc(5) counts them */
	STAT_START = 22,
	STAT_EXIT_CODE = 52,
};

/* Field n of a stat file, as a number, or of field 3 the letter. */
static bool read_stat(const char *path, unsigned n, uint64_t *value)
{
	char text[2048];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n_bytes = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *at;

	if (fd >= 0)
		close(fd);
	if (n_bytes <= 0)
		return false;
	text[n_bytes] = '\0';
	/* The name may hold anything, parentheses and spaces too. */
	at = strrchr(text, ')');
	for (unsigned field = 2; at && field < n; field++)
		if ((at = strchr(at + 1, ' ')) && field + 1 == n)
			break;
	if (!at || !at[1])
		return false;
	*value = n == STAT_STATE ? (uint64_t)(unsigned char)at[1] : strtoull(at + 1, NULL, 10);
	return true;
}

static bool read_process_stat(uint64_t pid, unsigned n, uint64_t *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%llu/stat", (unsigned long long)pid);
	return read_stat(path, n, value);
}

char run_thread_state(uint64_t pid, uint64_t tid)
{
	char path[96];
	uint64_t state;

	snprintf(path, sizeof(path), "/proc/%llu/task/%llu/stat", (unsigned long long)pid,
		 (unsigned long long)tid);
	return read_stat(path, STAT_STATE, &state) && state != 'Z' ? (char)state : 'X';
}

bool run_is_thread_alive(uint64_t pid, uint64_t tid)
{
	return run_thread_state(pid, tid) != 'X';
}

void run_processes_open(struct run_processes *processes, int epoll)
{
	*processes = (struct run_processes){ .epoll = epoll };
	read_process_stat((uint64_t)getpid(), STAT_START, &processes->born_ticks);
}

static struct run_process *add(struct run_processes *processes, struct run_process **users,
			       uint32_t region, int pidfd)
{
	struct run_process *process = calloc(1, sizeof(*process));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = process };

	if (!process) {
		if (pidfd >= 0)
			close(pidfd);
		return NULL;
	}
	process->pidfd = pidfd;
	process->region = region;
	process->next = *users;
	*users = process;
	processes->n_met++;
	if (pidfd >= 0)
		processes->n_alive++;
	if (pidfd >= 0 && processes->epoll >= 0)
		epoll_ctl(processes->epoll, EPOLL_CTL_ADD, pidfd, &event);
	return process;
}

struct run_process *run_processes_hello(struct run_processes *processes,
					struct run_process **users, uint32_t region,
					uint64_t pid, int pidfd)
{
	struct run_process *process = add(processes, users, region, pidfd);

	if (!process)
		return NULL;
	process->pid = pid;
	process->is_foreign = pidfd < 0;
	return process;
}

struct run_process *run_processes_find(struct run_process *users, uint64_t inner_pid)
{
	for (struct run_process *process = users; process; process = process->next)
		if (process->inner_pid == inner_pid)
			return process;
	return NULL;
}

/* A pid of some namespace: is it one of ours, begun since we began? */
static bool is_in_our_space(const struct run_processes *processes, uint64_t pid)
{
	uint64_t born_ticks;

	return read_process_stat(pid, STAT_START, &born_ticks) &&
		born_ticks >= processes->born_ticks;
}

struct run_process *run_processes_meet(struct run_processes *processes,
				       struct run_process **users, uint32_t region,
				       uint64_t inner_pid, bool is_same_space)
{
	int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)inner_pid, 0);
	bool is_gone = pidfd < 0 && errno == ESRCH && is_same_space;
	struct run_process *process;

	if (pidfd >= 0 && !is_in_our_space(processes, inner_pid)) {
		close(pidfd);
		pidfd = -1;
	}
	process = add(processes, users, region, pidfd);
	if (!process)
		return NULL;
	process->inner_pid = inner_pid;
	process->pid = pidfd >= 0 || is_gone ? inner_pid : 0;
	process->is_foreign = pidfd < 0 && !is_gone;
	if (is_gone) {
		process->is_ended = true;
		process->ended.pid = inner_pid;
	}
	return process;
}

static void stop_watching(struct run_processes *processes, struct run_process *process)
{
	if (process->pidfd < 0)
		return;
	if (processes->epoll >= 0)
		epoll_ctl(processes->epoll, EPOLL_CTL_DEL, process->pidfd, NULL);
	close(process->pidfd);
	process->pidfd = -1;
	processes->n_alive--;
}

struct mt_ended run_ended_of(uint64_t pid, int wait_status, uint64_t ticks)
{
	struct mt_ended ended = { .pid = pid, .ticks = ticks };

	if (WIFEXITED(wait_status)) {
		ended.how = MT_END_EXIT;
		ended.status = (uint32_t)WEXITSTATUS(wait_status);
	} else if (WIFSIGNALED(wait_status)) {
		ended.how = MT_END_SIGNAL;
		ended.status = (uint32_t)WTERMSIG(wait_status);
		ended.is_core_dumped = WCOREDUMP(wait_status) != 0;
	}
	return ended;
}

static uint64_t name_of(const struct run_process *process)
{
	return process->inner_pid ? process->inner_pid : process->pid;
}

void run_process_end(struct run_processes *processes, struct run_process *process,
		     uint64_t ticks)
{
	struct exit_info info = { .mask = EXIT_INFO_MASK };
	uint64_t state = 0, status = 0;

	if (read_process_stat(process->pid, STAT_STATE, &state) && state == 'Z' &&
	    read_process_stat(process->pid, STAT_EXIT_CODE, &status)) {
		run_process_end_as(processes, process, (int)status, ticks);
	} else if (!ioctl(process->pidfd, GET_EXIT_INFO, &info) && info.mask & EXIT_INFO_MASK) {
		run_process_end_as(processes, process, info.exit_code, ticks);
	} else {
		run_process_end_as(processes, process, 0, ticks);
		process->ended.how = MT_END_UNKNOWN;
	}
}

void run_process_end_as(struct run_processes *processes, struct run_process *process,
			int wait_status, uint64_t ticks)
{
	if (process->is_ended)
		return;
	process->is_ended = true;
	process->ended = run_ended_of(name_of(process), wait_status, ticks);
	stop_watching(processes, process);
}

void run_process_replace(struct run_processes *processes, struct run_process *process)
{
	process->is_replaced = true;
	stop_watching(processes, process);
}

void run_processes_forget(struct run_processes *processes, struct run_process **users)
{
	while (*users) {
		struct run_process *process = *users;

		*users = process->next;
		stop_watching(processes, process);
		free(process);
	}
}
