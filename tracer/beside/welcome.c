/* SPDX-License-Identifier: Apache-2.0 */
/*
 * welcome.c -- never blocks: a guest who connected but does not speak is kept
 * for a second and then shown out. One message each way, so a connection is
 * either answered or closed, and the other side waits for no third thing.
 */
#include "tracer/beside/welcome.h"
#include "formats/wire/live.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77                 /* Linux 6.5 */
#endif

enum { SILENT_NS = 1000000000 };

static int listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n_bytes = strlen(name);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	memcpy(address.sun_path + 1, name, n_bytes);
	if (!bind(fd, (struct sockaddr *)&address,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n_bytes)) &&
	    !listen(fd, SOMAXCONN))
		return fd;
	close(fd);
	return -1;
}

static void watch(struct run_door *door, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = door };

	epoll_ctl(door->epoll, EPOLL_CTL_ADD, fd, &event);
}

int run_door_open(struct run_door *door, int epoll, uint64_t trace_id)
{
	uint64_t word;

	*door = (struct run_door){ .fd = -1, .epoll = epoll, .trace_id = trace_id };
	/* Everybody can list these names, so this is not the id. */
	if (getrandom(&word, sizeof(word), 0) != sizeof(word))
		return errno;
	snprintf(door->name, sizeof(door->name), "memtrace-%d-%016llx", getpid(),
		 (unsigned long long)word);
	door->fd = listen_at(door->name);
	if (door->fd < 0)
		return errno;
	watch(door, door->fd);
	return 0;
}

void run_door_close(struct run_door *door)
{
	if (door->fd <= 0)
		return;
	for (unsigned i = 0; i < RUN_DOOR_GUESTS; i++)
		if (door->guests[i].fd)
			close(door->guests[i].fd);
	close(door->fd);
	*door = (struct run_door){ .fd = -1 };
}

static void let_in(struct run_door *door, uint64_t now_ns)
{
	for (unsigned i = 0; i < RUN_DOOR_GUESTS; i++) {
		struct run_guest *guest = &door->guests[i];

		if (guest->fd)
			continue;
		guest->fd = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (guest->fd < 0) {
			guest->fd = 0;
			return;
		}
		guest->since_ns = now_ns;
		watch(door, guest->fd);
	}
}

/* The process at the other end of a connection. */
static void identify(int fd, struct run_caller *caller)
{
	struct ucred peer = { 0 };
	socklen_t n_bytes = sizeof(peer);
	int pidfd = -1;

	*caller = (struct run_caller){ .fd = fd, .pidfd = -1 };
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n_bytes))
		caller->pid = (uint64_t)peer.pid;
	n_bytes = sizeof(pidfd);
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &n_bytes))
		caller->pidfd = pidfd;
	else if (peer.pid)
		caller->pidfd = (int)syscall(SYS_pidfd_open, peer.pid, 0);
}

static void show_out(struct run_guest *guest)
{
	close(guest->fd);
	guest->fd = 0;
}

bool run_door_next(struct run_door *door, uint64_t now_ns, struct run_caller *caller)
{
	if (door->fd <= 0)
		return false;
	let_in(door, now_ns);
	for (unsigned i = 0; i < RUN_DOOR_GUESTS; i++) {
		struct run_guest *guest = &door->guests[i];
		struct mt_hello hello;
		ssize_t n_bytes;

		if (!guest->fd)
			continue;
		n_bytes = recv(guest->fd, &hello, sizeof(hello), MSG_DONTWAIT);
		if (n_bytes < 0 && errno == EAGAIN && now_ns - guest->since_ns < SILENT_NS)
			continue;
		if (n_bytes < (ssize_t)sizeof(hello) || hello.trace_id != door->trace_id ||
		    hello.version != MT_FORMAT_VERSION) {
			show_out(guest);
			continue;
		}
		identify(guest->fd, caller);
		guest->fd = 0;
		return true;
	}
	return false;
}

void run_door_answer(struct run_caller *caller, uint32_t region, int live_fd)
{
	struct mt_welcome welcome = { .region = region };
	struct iovec part = { &welcome, sizeof(welcome) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	if (live_fd >= 0) {
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(rights), &live_fd, sizeof(int));
		sendmsg(caller->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	close(caller->fd);
	caller->fd = -1;
}
