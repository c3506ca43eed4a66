/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.c -- see ask.h, and formats/wire/shot.h for what is written where.
 *
 * Waiting lasts as long as the runner shows that it lives: it counts its passes.
 */
#include "tracer/beside/ask.h"
#include "tracer/beside/clock.h"
#include "formats/wire/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const uint64_t silence_ns = 10000000000;    /* of the runner */

/* The shared file, as a process has mapped it. */
struct place {
	int fd;
	uint64_t region;
	struct mt_live_header *header;
	struct mt_region_control *control;
};

/* One line of /proc/PID/maps. */
struct mapping {
	unsigned long start, end;
	uint64_t offset;
	unsigned major, minor;
	unsigned long inode;
	char path[4096];
};

static bool parse(const char *line, struct mapping *to)
{
	char flags[8];
	unsigned long long offset;
	int n_path = 0;

	if (sscanf(line, "%lx-%lx %7s %llx %x:%x %lu %n", &to->start, &to->end, flags, &offset,
		   &to->major, &to->minor, &to->inode, &n_path) < 7 || flags[3] != 's' || !n_path)
		return false;
	to->offset = offset;
	snprintf(to->path, sizeof(to->path), "%s", line + n_path);
	to->path[strcspn(to->path, "\n")] = '\0';
	return true;
}

/* By its name, or what the kernel has for files without one. */
static int open_mapped(uint64_t pid, const struct mapping *mapping)
{
	char path[128];
	struct stat status;
	int fd = open(mapping->path, O_RDWR | O_CLOEXEC);

	if (fd >= 0 && !fstat(fd, &status) && status.st_ino == mapping->inode)
		return fd;
	if (fd >= 0)
		close(fd);
	snprintf(path, sizeof(path), "/proc/%llu/map_files/%lx-%lx", (unsigned long long)pid,
		 mapping->start, mapping->end);
	return open(path, O_RDWR | O_CLOEXEC);
}

static void *map(int fd, uint64_t offset, size_t n_bytes)
{
	void *at = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);

	return at == MAP_FAILED ? NULL : at;
}

/* Is it a region of a shared file of ours? Then *place has it. */
static bool take_place(uint64_t pid, const struct mapping *mapping, struct place *place)
{
	struct stat status;

	if (mapping->offset < MT_LIVE_HEADER_BYTES ||
	    (mapping->offset - MT_LIVE_HEADER_BYTES) % MT_REGION_BYTES)
		return false;
	place->region = (mapping->offset - MT_LIVE_HEADER_BYTES) / MT_REGION_BYTES;
	place->fd = open_mapped(pid, mapping);
	if (place->fd < 0)
		return false;
	if (!fstat(place->fd, &status) &&
	    (uint64_t)status.st_size >= mapping->offset + MT_SEGMENT_BYTES)
		place->header = map(place->fd, 0, MT_LIVE_HEADER_BYTES);
	if (place->header && !memcmp(place->header->magic, MT_LIVE_MAGIC, 8) &&
	    place->header->version == MT_FORMAT_VERSION)
		place->control = map(place->fd, mapping->offset, MT_SEGMENT_BYTES);
	if (place->control)
		return true;
	if (place->header)
		munmap(place->header, MT_LIVE_HEADER_BYTES);
	place->header = NULL;
	close(place->fd);
	return false;
}

static void release(struct place *place)
{
	if (!place->control)
		return;
	munmap(place->header, MT_LIVE_HEADER_BYTES);
	munmap(place->control, MT_SEGMENT_BYTES);
	close(place->fd);
}

/* False: message says why not. */
static bool find(uint64_t pid, struct place *place, char *message, size_t room)
{
	char path[64], line[8192];
	struct mapping mapping;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%llu/maps", (unsigned long long)pid);
	file = fopen(path, "r");
	if (!file) {
		snprintf(message, room, "process %llu: %s", (unsigned long long)pid,
			 errno == ENOENT ? "there is no such process" : strerror(errno));
		return false;
	}
	errno = 0;
	while (!place->control && fgets(line, sizeof(line), file))
		if (parse(line, &mapping))
			take_place(pid, &mapping, place);
	if (!place->control)
		snprintf(message, room, "process %llu: %s", (unsigned long long)pid,
			 errno == EACCES || errno == EPERM ? strerror(errno) :
			 "memtrace does not record it");
	fclose(file);
	return place->control;
}

static bool is_runner_gone(const struct mt_live_header *header, uint64_t *beat, uint64_t *beat_ns)
{
	uint64_t now_ns = run_clock_monotonic_ns();
	uint64_t now = __atomic_load_n(&header->heartbeat, __ATOMIC_ACQUIRE);

	if (!*beat_ns || now != *beat)
		*beat_ns = now_ns;
	*beat = now;
	return __atomic_load_n(&header->is_closed, __ATOMIC_ACQUIRE) ||
	       now_ns - *beat_ns > silence_ns;
}

/* Waits until the request's state is no longer what it is. */
static bool wait_for(const struct place *place, enum mt_request_state until)
{
	const struct timespec nap = { 0, 5000000 };
	uint64_t beat = 0, beat_ns = 0;

	while (__atomic_load_n(&place->control->request.state, __ATOMIC_ACQUIRE) != until) {
		if (is_runner_gone(place->header, &beat, &beat_ns))
			return false;
		nanosleep(&nap, NULL);
	}
	return true;
}

static bool ask(const struct place *place, uint64_t pid, const char *label,
		struct mt_request *answer)
{
	struct mt_request *request = &place->control->request;
	uint32_t nobody;

	do {
		nobody = MT_REQUEST_NONE;
		if (!wait_for(place, MT_REQUEST_NONE))
			return false;
	} while (!__atomic_compare_exchange_n(&request->state, &nobody, MT_REQUEST_TAKEN, false,
					      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	request->why = MT_SNAPSHOT_DEMAND;
	request->pid = pid;
	snprintf(request->label, sizeof(request->label), "%s", label);
	__atomic_store_n(&request->state, MT_REQUEST_ASKED, __ATOMIC_RELEASE);
	if (!wait_for(place, MT_REQUEST_ANSWERED))
		return false;
	*answer = *request;
	__atomic_store_n(&request->state, MT_REQUEST_NONE, __ATOMIC_RELEASE);
	return true;
}

static const char *why_not(uint32_t refusal)
{
	static const char *const reasons[MT_N_SHOT_REFUSALS] = {
		[MT_SHOT_QUIET] = "it has a filter for system calls of its own",
		[MT_SHOT_ENDING] = "it is about to end",
		[MT_SHOT_NOTHING] = "it has not allocated anything yet",
		[MT_SHOT_YOUNG] = "it has not allocated anything since it was forked",
		[MT_SHOT_ADOPTS] = "a process of its run adopts orphans",
		[MT_SHOT_NO_CLONE] = "the kernel made no copy of it",
		[MT_SHOT_NO_IMAGE] = "it is not recorded, or not any more",
		[MT_SHOT_NOT_STOPPED] = "it could not be stopped",
		[MT_SHOT_JOB_STOPPED] = "it is stopped already; continue it first",
		[MT_SHOT_CUT] = "the process that wrote it ended early",
	};

	return refusal < MT_N_SHOT_REFUSALS && reasons[refusal] ? reasons[refusal]
							       : "it did not work out";
}

bool run_ask_snapshot(uint64_t pid, const char *label, struct mt_request *answer, char *message,
		      size_t room)
{
	struct place place = { .fd = -1 };
	bool is_answered;

	if (!find(pid, &place, message, room))
		return false;
	is_answered = place.header->has_runner && ask(&place, pid, label, answer);
	if (!is_answered)
		snprintf(message, room, "process %llu: %s", (unsigned long long)pid,
			 place.header->has_runner ? "its memtrace run does not answer" :
			 "it is recorded without memtrace run, which would have to stop it");
	else if (answer->refusal)
		snprintf(message, room, "process %llu: %s%s%s", (unsigned long long)pid,
			 why_not(answer->refusal), answer->error ? ": " : "",
			 answer->error ? strerror((int)answer->error) : "");
	release(&place);
	return is_answered && !answer->refusal;
}
