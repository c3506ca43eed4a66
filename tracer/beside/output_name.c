/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output_name.c -- names of traces. Expansion is a plain walk over the pattern
 * into a bounded cursor; the result is made absolute, because it outlives the
 * working directory it was given in.
 */
#include "tracer/beside/output_name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct text {
	char *at;
	char *end;              /* of the room, less one for the terminator */
	bool is_full;
};

static void put_text(struct text *text, const char *from, size_t n_bytes)
{
	if ((size_t)(text->end - text->at) < n_bytes) {
		text->is_full = true;
		return;
	}
	memcpy(text->at, from, n_bytes);
	text->at += n_bytes;
}

static void put_string(struct text *text, const char *from)
{
	put_text(text, from, strlen(from));
}

/* False if the letter means nothing. */
static bool put_expansion(struct text *text, char letter, const struct run_output_names *names)
{
	const char *slash = strrchr(names->program, '/');
	time_t time_s = (time_t)names->time_s;
	char word[32] = "";
	struct tm utc;

	switch (letter) {
	case '%':
		put_string(text, "%");
		return true;
	case 'n':
		put_string(text, slash ? slash + 1 : names->program);
		return true;
	case 'p':
		snprintf(word, sizeof(word), "%llu", (unsigned long long)names->pid);
		break;
	case 't':
		if (gmtime_r(&time_s, &utc))
			strftime(word, sizeof(word), "%Y%m%dT%H%M%SZ", &utc);
		break;
	default:
		return false;
	}
	put_string(text, word);
	return true;
}

int run_output_expand(const char *pattern, const struct run_output_names *names, char *to,
		      size_t room)
{
	struct text text = { to, to + room - 1, false };
	char cwd[PATH_MAX];

	if (*pattern != '/') {
		if (!getcwd(cwd, sizeof(cwd)))
			return -1;
		put_string(&text, cwd);
		if (strcmp(cwd, "/"))
			put_string(&text, "/");
	}
	for (const char *at = pattern; *at; at++) {
		if (*at != '%') {
			put_text(&text, at, 1);
		} else if (!put_expansion(&text, *++at, names)) {
			errno = EINVAL;
			return -1;
		}
	}
	*text.at = '\0';
	/* Room for what is hung on: ".live.old". */
	if (text.is_full || text.end - text.at < 16) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

static int step_aside_one(const char *path)
{
	char old[PATH_MAX];
	struct stat status;

	if (lstat(path, &status))
		return errno == ENOENT ? 0 : -1;
	if (!S_ISREG(status.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (snprintf(old, sizeof(old), "%s.old", path) >= (int)sizeof(old)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return rename(path, old);
}

int run_output_step_aside(const char *path)
{
	char live[PATH_MAX];

	if (snprintf(live, sizeof(live), "%s.live", path) >= (int)sizeof(live)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return step_aside_one(path) || step_aside_one(live) ? -1 : 0;
}

int run_output_create(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	/* The umask may have taken even the owner's bits. */
	if (fd >= 0 && fchmod(fd, 0600)) {
		/* Some file systems have no modes; the file is there all the same. */
		errno = 0;
	}
	return fd;
}

bool run_output_is_same(const char *path, int fd)
{
	struct stat named, opened;

	return !lstat(path, &named) && !fstat(fd, &opened) && named.st_dev == opened.st_dev &&
		named.st_ino == opened.st_ino;
}
