/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_kernel.c -- values that the kernel keeps for the program and hands back:
 * what epoll_ctl was given with a descriptor, and timer_create with a timer. The
 * kernel lists both as text:
 *
 *	/proc/PID/fdinfo/5    tfd:  4 events: 1 data: 55d0c8a0  pos:0 ino:61 sdev:5
 *	/proc/PID/timers      ID: 0
 *	                      signal: 14/000055d0c8a0
 *
 * Of a kernel that does not, nothing is known.
 */
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"

#include <fcntl.h>

enum { PATH_BYTES = 64, LINE_BYTES = 256, NAME_BYTES = 32 };

struct entry {              /* as getdents64 gives it */
	uint64_t inode;
	int64_t next;
	uint16_t n_bytes;
	uint8_t type;
	char name[];
};

struct reading {
	const struct tr_kernel_taker *taker;
	char name[NAME_BYTES];
	void (*take)(struct reading *reading, const char *line);
};

static void join(char *to, size_t room, const char *first, const char *second, const char *third)
{
	const char *const parts[] = { first, second, third };
	size_t n = 0;

	for (int i = 0; i < 3; i++)
		for (const char *at = parts[i]; *at && n + 1 < room; at++)
			to[n++] = *at;
	to[n] = '\0';
}

static uint64_t hex(const char *at)
{
	uint64_t value = 0;

	for (; *at == ' '; at++)
		;
	for (;; at++)
		if (*at >= '0' && *at <= '9')
			value = value << 4 | (uint64_t)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			value = value << 4 | (uint64_t)(*at - 'a' + 10);
		else
			return value;
}

static void take_target(struct reading *reading, const char *line)
{
	const char *data = strncmp(line, "tfd:", 4) == 0 ? strstr(line, "data:") : NULL;

	if (data)
		reading->taker->word(reading->taker->context, reading->name, hex(data + 5));
}

static void take_timer(struct reading *reading, const char *line)
{
	const char *data = strncmp(line, "signal:", 7) == 0 ? strchr(line, '/') : NULL;

	if (strncmp(line, "ID: ", 4) == 0)
		join(reading->name, NAME_BYTES, "timer ", line + 4, "");
	if (data)
		reading->taker->word(reading->taker->context, reading->name, hex(data + 1));
}

/* Lines that are too long are none of ours. */
static void read_lines(const char *path, struct reading *reading)
{
	static char text[4096];  /* one thread scans */
	long fd = tr_sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0), n_read;
	char line[LINE_BYTES];
	size_t n = 0;

	if (tr_is_error(fd))
		return;
	while ((n_read = tr_sys3(SYS_read, fd, text, sizeof(text))) > 0)
		for (long i = 0; i < n_read; i++) {
			if (text[i] != '\n') {
				n += n < LINE_BYTES;
				line[n - 1] = text[i];
				continue;
			}
			if (n < LINE_BYTES) {
				line[n] = '\0';
				reading->take(reading, line);
			}
			n = 0;
		}
	tr_sys1(SYS_close, fd);
}

static void see_descriptor(const char *folder, const char *number, struct reading *reading)
{
	static const char epoll[] = "anon_inode:[eventpoll]";
	char path[PATH_BYTES], target[sizeof(epoll)];
	long n;

	join(path, PATH_BYTES, folder, "/fd/", number);
	n = tr_sys4(SYS_readlinkat, AT_FDCWD, path, target, sizeof(target));
	if (n != sizeof(epoll) - 1 || memcmp(target, epoll, sizeof(epoll) - 1) != 0)
		return;
	join(path, PATH_BYTES, folder, "/fdinfo/", number);
	join(reading->name, NAME_BYTES, "epoll ", number, "");
	read_lines(path, reading);
}

static void see_descriptors(const char *folder, struct reading *reading)
{
	static uint64_t entries[512];
	char path[PATH_BYTES];
	long fd, n;

	join(path, PATH_BYTES, folder, "/fd", "");
	fd = tr_sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (tr_is_error(fd))
		return;
	while ((n = tr_sys3(SYS_getdents64, fd, entries, sizeof(entries))) > 0)
		for (long at = 0; at < n;) {
			const struct entry *entry = (const void *)((const char *)entries + at);

			if (entry->name[0] != '.')
				see_descriptor(folder, entry->name, reading);
			at += entry->n_bytes;
		}
	tr_sys1(SYS_close, fd);
}

/* A clone has descriptors of its own, or none: those of the process are wanted. Of
 * that, /proc/PID shows none once its first thread has ended. */
static void name_folder(char *folder)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;
	uint64_t pid = tr.pid;

	if ((uint64_t)tr_sys0(SYS_getpid) == tr.pid) {
		join(folder, PATH_BYTES, "/proc/thread-self", "", "");
		return;
	}
	digits[at] = '\0';
	for (; pid; pid /= 10)
		digits[--at] = (char)('0' + pid % 10);
	join(folder, PATH_BYTES, "/proc/", digits + at, "");
}

void tr_kernel_list(const struct tr_kernel_taker *taker)
{
	struct reading targets = { .taker = taker, .take = take_target };
	struct reading timers = { .taker = taker, .take = take_timer };
	char folder[PATH_BYTES], path[PATH_BYTES];

	name_folder(folder);
	see_descriptors(folder, &targets);
	/* Of the process, not of a thread. */
	join(path, PATH_BYTES, strcmp(folder, "/proc/thread-self") == 0 ? "/proc/self" : folder,
	     "/timers", "");
	read_lines(path, &timers);
}
