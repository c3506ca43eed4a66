/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel.c -- see channel.h, and formats/wire/live.h for what is shared.
 *
 * A whole region is mapped at once, although only what was granted of it may be
 * touched: so a refill is a look at shared memory and a compare-and-swap, not a
 * system call, and works under any seccomp filter. Where that much address
 * space is not to be had (RLIMIT_AS) less is mapped, down to the first grant.
 */
#include "tracer/inside/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tracer/inside/clock.h"
#include "tracer/inside/sys.h"

enum {
	NAP_NS = 500000,
	SPINS_WHEN_QUIET = 200000,
	/* How long to wait for a runner that lives but cannot keep up, and for one
	 * that shows no life. Naps count as well as time: while a job is stopped time
	 * goes by for both, and then the runner deserves a chance. */
	PATIENCE_S = 10,
	SILENCE_S = 2,
	NAPS_MIN = 200,
	/* After a wait in vain for a runner that lives: more threads than segments,
	 * most likely, and the next wait would be in vain as well. */
	RESIGNATION_S = 60,
};

void tr_count_drop(enum mt_drop_reason reason, uint64_t n_events)
{
	if (tr.control)
		__atomic_fetch_add(&tr.control->n_dropped[reason], n_events, __ATOMIC_RELAXED);
	else if (tr.live)
		__atomic_fetch_add(&tr.live->n_dropped[reason], n_events, __ATOMIC_RELAXED);
}

static bool map_header(int fd)
{
	tr.live = tr_map_shared(fd, 0, MT_LIVE_HEADER_BYTES);
	if (tr.live && memcmp(tr.live->magic, MT_LIVE_MAGIC, 8) == 0 &&
	    tr.live->version == MT_FORMAT_VERSION)
		return true;
	if (tr.live)
		tr_unmap(tr.live, MT_LIVE_HEADER_BYTES);
	tr.live = NULL;
	return false;
}

static bool map_region(int fd, uint32_t region)
{
	uint32_t n_segments = MT_REGION_SEGMENTS;

	for (; n_segments >= MT_GRANT_SEGMENTS; n_segments /= 2) {
		tr.control = tr_map_shared(fd, mt_region_offset(region),
					   (size_t)n_segments * MT_SEGMENT_BYTES);
		if (tr.control)
			break;
	}
	if (!tr.control)
		return false;
	tr.n_mapped = n_segments;
	tr.region = region;
	/* Read-ahead would fill the grant with zeroes: more than a short program
	 * costs altogether. */
	tr_sys3(SYS_madvise, tr.control, (size_t)n_segments * MT_SEGMENT_BYTES, MADV_RANDOM);
	return true;
}

/* The runner answers with a region and the descriptor, SCM_RIGHTS. */
static int receive_welcome(long socket, struct mt_welcome *welcome)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { welcome, sizeof(*welcome) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	const struct cmsghdr *item;
	int fd = -1;

	if (tr_sys3(SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC) != sizeof(*welcome))
		return -1;
	item = CMSG_FIRSTHDR(&message);
	if (item && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(item), sizeof(fd));
	return fd;
}

static bool connect_to_runner(long socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n_name = strlen(tr.channel_name);

	memcpy(address.sun_path + 1, tr.channel_name, n_name);
	return !tr_is_error(tr_sys3(SYS_connect, socket, &address,
				    offsetof(struct sockaddr_un, sun_path) + 1 + n_name));
}

/* A visit at its door, without a word. */
void tr_channel_wake(void)
{
	long socket;

	if (!tr.channel_name[0])
		return;
	socket = tr_sys3(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (tr_is_error(socket))
		return;
	connect_to_runner(socket);
	tr_sys1(SYS_close, socket);
}

static bool greet(long socket, uint64_t trace_id)
{
	struct mt_hello hello = { trace_id, MT_FORMAT_VERSION, 0 };
	struct timeval patience = { 5, 0 };

	tr_syscall(SYS_setsockopt, socket, SOL_SOCKET, SO_RCVTIMEO, (long)&patience,
		   sizeof(patience), 0);
	if (!connect_to_runner(socket))
		return false;
	return tr_sys6(SYS_sendto, socket, &hello, sizeof(hello), MSG_NOSIGNAL, 0, 0) ==
	       sizeof(hello);
}

static bool open_by_socket(uint64_t trace_id)
{
	struct mt_welcome welcome;
	long socket;
	int fd = -1;
	bool is_open = false;

	if (!tr.channel_name[0])
		return false;
	socket = tr_sys3(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (tr_is_error(socket))
		return false;
	if (greet(socket, trace_id))
		fd = receive_welcome(socket, &welcome);
	tr_sys1(SYS_close, socket);
	if (fd < 0)
		return false;
	is_open = map_header(fd) && map_region(fd, welcome.region);
	tr_sys1(SYS_close, fd);
	return is_open;
}

/* With no runner to make the blocks exist, we do; not beyond the limit whose
 * crossing would be a signal to the program. */
static bool make_room(int fd, uint64_t n_bytes)
{
	struct rlimit limit;

	if (tr_is_error(tr_sys4(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit)) ||
	    (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < n_bytes))
		return false;
	return !tr_is_error(tr_sys4(SYS_fallocate, fd, 0, n_bytes - MT_GRANT_SEGMENTS *
				    (uint64_t)MT_SEGMENT_BYTES,
				    MT_GRANT_SEGMENTS * (uint64_t)MT_SEGMENT_BYTES));
}

/* Takes the next region of the file; a runner notices and grants more. */
static bool claim_region(int fd)
{
	uint32_t region = __atomic_fetch_add(&tr.live->n_regions, 1, __ATOMIC_ACQ_REL);
	uint64_t granted = MT_GRANT_SEGMENTS * (uint64_t)MT_SEGMENT_BYTES;

	if (region >= MT_LIVE_REGIONS_MAX || !make_room(fd, mt_region_offset(region) + granted) ||
	    !map_region(fd, region))
		return false;
	tr.control->pid = tr.pid;
	__atomic_store_n(&tr.control->n_wanted, MT_GRANT_SEGMENTS, __ATOMIC_RELAXED);
	__atomic_store_n(&tr.control->n_granted, MT_GRANT_SEGMENTS, __ATOMIC_RELEASE);
	__atomic_store_n(&tr.control->is_claimed, 1, __ATOMIC_RELEASE);
	return true;
}

static bool open_by_path(void)
{
	/* Follows links: the path of a memfd is one, and the trace id is checked. */
	long fd = tr_sys4(SYS_openat, AT_FDCWD, tr.live_path, O_RDWR | O_CLOEXEC, 0);
	bool is_open;

	if (tr_is_error(fd))
		return false;
	is_open = map_header((int)fd) && claim_region((int)fd);
	tr_sys1(SYS_close, fd);
	return is_open;
}

static void begin_header(void)
{
	struct mt_live_header header = {
		.version = MT_FORMAT_VERSION,
		.header_bytes = MT_LIVE_HEADER_BYTES,
		.started_realtime_ns = tr_realtime_ns(),
		.started_monotonic_ns = tr_monotonic_ns(),
		.clock = tr_clock_is_usable() ? MT_CLOCK_TSC : MT_CLOCK_MONOTONIC,
		.n_tokens = 1,
		.is_drop_on_full = 1,
		.is_exit_snapshot_off = tr.is_exit_snapshot_off,
	};

	memcpy(header.magic, MT_LIVE_MAGIC, 8);
	tr.is_tsc = header.clock == MT_CLOCK_TSC;
	header.started_ticks = tr_now();
	tr_sys3(SYS_getrandom, &header.trace_id, sizeof(header.trace_id), 0);
	memcpy(tr.live, &header, sizeof(header));
}

/* "PATH", to "PATH.old". */
static void move_away(const char *path)
{
	char old[TR_PATH_BYTES + 4];
	size_t n = strlen(path);

	memcpy(old, path, n);
	memcpy(old + n, ".old", 5);
	tr_sys4(SYS_renameat, AT_FDCWD, path, AT_FDCWD, old);
}

/* Preloaded by hand: no runner, a file of our own. */
static bool open_by_hand(void)
{
	long fd;
	bool is_open = false;

	move_away(tr.live_path);
	fd = tr_sys4(SYS_openat, AT_FDCWD, tr.live_path,
		     O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (tr_is_error(fd))
		return false;
	if (!tr_is_error(tr_sys4(SYS_fallocate, fd, 0, 0, MT_LIVE_HEADER_BYTES))) {
		tr.live = tr_map_shared((int)fd, 0, MT_LIVE_HEADER_BYTES);
		if (tr.live) {
			begin_header();
			is_open = claim_region((int)fd);
		}
	}
	tr_sys1(SYS_close, fd);
	return is_open;
}

bool tr_channel_open(bool is_by_hand)
{
	bool is_open = is_by_hand ? open_by_hand()
				  : open_by_socket(tr.trace_id) || open_by_path();

	if (!is_open)
		return false;
	if (!is_by_hand && (tr.live->trace_id != tr.trace_id ||
			    __atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE)))
		return false;
	tr.trace_id = tr.live->trace_id;
	tr.is_tsc = tr.live->clock == MT_CLOCK_TSC;
	tr.has_free_stacks = tr.live->has_free_stacks;
	tr.generation = __atomic_load_n(&tr.control->generation, __ATOMIC_ACQUIRE);
	/* No wait was in vain yet, not even one during the runner's first beat, 0. */
	tr.gave_up_heartbeat = UINT64_MAX;
	return true;
}

static uint64_t *claim_word(struct mt_segment_header *segment)
{
	return (uint64_t *)(void *)segment;
}

static uint64_t claim_of(enum mt_segment_state state, uint32_t stream)
{
	return mt_segment_claim(mt_segment_state(tr.generation, state), stream);
}

struct mt_segment_header *tr_channel_claim_now(uint32_t stream)
{
	uint32_t n_granted = __atomic_load_n(&tr.control->n_granted, __ATOMIC_ACQUIRE);
	uint32_t free_state = mt_segment_state(tr.generation, MT_SEGMENT_FREE);
	uint64_t owned = claim_of(MT_SEGMENT_OWNED, stream);

	if (n_granted > tr.n_mapped)
		n_granted = tr.n_mapped;
	for (uint32_t i = 1; i < n_granted; i++) {
		struct mt_segment_header *segment =
			(void *)((uint8_t *)tr.control + (size_t)i * MT_SEGMENT_BYTES);
		uint64_t seen = __atomic_load_n(claim_word(segment), __ATOMIC_RELAXED);

		if ((uint32_t)seen == free_state &&
		    __atomic_compare_exchange_n(claim_word(segment), &seen, owned, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return segment;
	}
	return NULL;
}

void tr_channel_give_back(struct mt_segment_header *segment, uint32_t stream)
{
	uint64_t owned = claim_of(MT_SEGMENT_OWNED, stream);
	uint64_t full = claim_of(MT_SEGMENT_FULL, stream);

	__atomic_compare_exchange_n(claim_word(segment), &owned, full, false, __ATOMIC_RELEASE,
				    __ATOMIC_RELAXED);
}

/* Asks for another grant while there are fewer segments than the threads want:
 * one each, a quarter more, and enough for one busy thread to run ahead. */
static void want_more(void)
{
	uint32_t n_granted = __atomic_load_n(&tr.control->n_granted, __ATOMIC_RELAXED);
	uint32_t n_threads = __atomic_load_n(&tr.n_live_threads, __ATOMIC_RELAXED);
	uint32_t n_needed = n_threads + n_threads / 4;
	uint32_t n_wanted = n_granted + MT_GRANT_SEGMENTS;

	if (n_granted >= n_needed + 2 * MT_GRANT_SEGMENTS)
		return;
	if (n_wanted < n_needed)
		n_wanted = n_needed;
	if (n_wanted > tr.n_mapped)
		n_wanted = tr.n_mapped;
	if (n_granted < n_wanted)
		__atomic_store_n(&tr.control->n_wanted, n_wanted, __ATOMIC_RELEASE);
}

static bool is_resigned(void)
{
	uint64_t since_ns = __atomic_load_n(&tr.gave_up_ns, __ATOMIC_RELAXED);

	return since_ns && tr_monotonic_ns() - since_ns < RESIGNATION_S * UINT64_C(1000000000);
}

static bool may_wait(uint64_t heartbeat)
{
	return tr.live->has_runner && !tr.live->is_drop_on_full &&
	       heartbeat != __atomic_load_n(&tr.gave_up_heartbeat, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE);
}

static void wait_a_little(void)
{
	if (!__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED)) {
		tr_nap(NAP_NS);
		return;
	}
	for (int i = 0; i < SPINS_WHEN_QUIET; i++)
		__builtin_ia32_pause();
}

static bool is_long_ago(uint64_t since_ns, unsigned n_naps, unsigned seconds)
{
	return n_naps > NAPS_MIN && tr_monotonic_ns() - since_ns > seconds * UINT64_C(1000000000);
}

struct mt_segment_header *tr_channel_claim(uint32_t stream)
{
	struct mt_segment_header *segment = tr_channel_claim_now(stream);
	uint64_t began, alive, heartbeat, last_heartbeat;
	unsigned n_naps = 0, n_silent = 0;

	if (segment)
		return segment;
	want_more();
	if (is_resigned())
		return NULL;
	last_heartbeat = __atomic_load_n(&tr.live->heartbeat, __ATOMIC_ACQUIRE);
	began = alive = tr_monotonic_ns();
	while (may_wait(last_heartbeat)) {
		wait_a_little();
		segment = tr_channel_claim_now(stream);
		if (segment)
			return segment;
		want_more();
		heartbeat = __atomic_load_n(&tr.live->heartbeat, __ATOMIC_ACQUIRE);
		n_naps++;
		n_silent++;
		if (heartbeat != last_heartbeat) {
			alive = tr_monotonic_ns();
			n_silent = 0;
		}
		last_heartbeat = heartbeat;
		if (is_long_ago(alive, n_silent, SILENCE_S))
			break;
		if (is_long_ago(began, n_naps, PATIENCE_S)) {
			__atomic_store_n(&tr.gave_up_ns, tr_monotonic_ns(), __ATOMIC_RELAXED);
			break;
		}
	}
	__atomic_store_n(&tr.gave_up_heartbeat, last_heartbeat, __ATOMIC_RELAXED);
	return NULL;
}
