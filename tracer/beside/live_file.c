/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_file.c -- regions of the shared file: prepared ahead, claimed, grown,
 * taken back.
 *
 * A process that cannot reach the socket claims the next region by itself, so
 * the next one is always ready: long enough a file, a first grant with blocks.
 */
#include "tracer/beside/live_file.h"
#include "tracer/beside/live_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	AHEAD_REGIONS = 4,              /* of addresses: the file is sparse */
	REFUSED_NS = 1000000000,        /* ask a full disk again after this */
};

struct mt_region_control *run_live_control(const struct run_live *live, uint32_t region)
{
	return (struct mt_region_control *)live->regions[region].base;
}

struct mt_segment_header *run_live_segment(const struct run_live *live, uint32_t region,
					   uint32_t segment)
{
	return (struct mt_segment_header *)(live->regions[region].base +
					    (size_t)segment * MT_SEGMENT_BYTES);
}

/* Makes the file long enough for n regions, and for some more if it can be;
 * where files may not be so long (RLIMIT_FSIZE), for the first grant at least. */
static int lengthen(struct run_live *live, uint32_t n_regions)
{
	const uint64_t lengths[] = {
		mt_region_offset(n_regions + AHEAD_REGIONS),
		mt_region_offset(n_regions),
		mt_region_offset(n_regions - 1) + MT_GRANT_SEGMENTS * MT_SEGMENT_BYTES,
	};

	if (n_regions <= live->n_file_regions)
		return 0;
	for (unsigned i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		if (ftruncate(live->fd, (off_t)lengths[i]))
			continue;
		live->n_file_regions = n_regions + (i == 0 ? AHEAD_REGIONS : 0);
		return 0;
	}
	return errno;
}

/* Blocks and a mapping for segments [n_granted, n_segments). */
static int extend(struct run_live *live, uint32_t region, uint32_t n_segments)
{
	struct run_region *at = &live->regions[region];
	size_t old_bytes = (size_t)at->n_granted * MT_SEGMENT_BYTES;
	size_t new_bytes = (size_t)n_segments * MT_SEGMENT_BYTES;
	off_t offset = (off_t)mt_region_offset(region);
	struct run_seat *seats = realloc(at->seats, n_segments * sizeof(*seats));
	uint8_t *base;
	int error;

	if (!seats)
		return ENOMEM;
	at->seats = seats;
	if ((error = posix_fallocate(live->fd, offset + (off_t)old_bytes,
				     (off_t)(new_bytes - old_bytes))))
		return error;
	if (at->base)
		base = mremap(at->base, old_bytes, new_bytes, MREMAP_MAYMOVE);
	else
		base = mmap(NULL, new_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, live->fd, offset);
	if (base == MAP_FAILED)
		return errno;
	/* Or the first touch of a fresh region makes the kernel zero all of it. */
	madvise(base, new_bytes, MADV_RANDOM);
	memset(seats + at->n_granted, 0, (n_segments - at->n_granted) * sizeof(*seats));
	at->base = base;
	at->n_granted = n_segments;
	__atomic_store_n(&run_live_control(live, region)->n_granted, n_segments, __ATOMIC_RELEASE);
	return 0;
}

/* Gets all regions below n ready to be claimed. */
static int prepare(struct run_live *live, uint32_t n)
{
	while (live->n_prepared < n && live->n_prepared < MT_LIVE_REGIONS_MAX) {
		int error = lengthen(live, live->n_prepared + 1);

		if (!error)
			error = extend(live, live->n_prepared, MT_GRANT_SEGMENTS);
		if (error)
			return error;
		live->n_prepared++;
	}
	return n > MT_LIVE_REGIONS_MAX ? ENOSPC : 0;
}

static int map_header(struct run_live *live, const struct mt_live_header *header)
{
	void *map;
	int error = posix_fallocate(live->fd, 0, MT_LIVE_HEADER_BYTES);

	if (error)
		return error;
	map = mmap(NULL, MT_LIVE_HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, live->fd, 0);
	if (map == MAP_FAILED)
		return errno;
	live->header = map;
	*live->header = *header;
	return prepare(live, 1);
}

static void close_file(struct run_live *live)
{
	for (uint32_t i = 0; i < live->n_prepared; i++) {
		struct run_region *region = &live->regions[i];

		if (region->base)
			munmap(region->base, (size_t)region->n_granted * MT_SEGMENT_BYTES);
		free(region->seats);
		*region = (struct run_region){ 0 };
	}
	live->n_prepared = live->n_file_regions = 0;
	if (live->header)
		munmap(live->header, MT_LIVE_HEADER_BYTES);
	live->header = NULL;
	run_live_place_close(live->fd, live->has_name ? live->path : NULL);
	live->fd = -1;
}

int run_live_open(struct run_live *live, const char *trace_path,
		  const struct mt_live_header *header)
{
	int error = ENOSPC;

	*live = (struct run_live){ .fd = -1 };
	live->regions = calloc(MT_LIVE_REGIONS_MAX, sizeof(*live->regions));
	if (!live->regions)
		return ENOMEM;
	for (enum run_place place = 0; place < RUN_N_PLACES; place++) {
		live->fd = run_live_place_open(place, trace_path, live->path, sizeof(live->path));
		if (live->fd < 0) {
			error = errno;
			continue;
		}
		live->is_elsewhere = place != RUN_PLACE_BESIDE;
		live->has_name = place != RUN_PLACE_MEMORY;
		if (!(error = map_header(live, header)))
			return 0;
		close_file(live);
	}
	return error;
}

void run_live_release(struct run_live *live)
{
	if (live->fd >= 0)
		close_file(live);
	free(live->regions);
	*live = (struct run_live){ .fd = -1 };
}

static void begin_use(struct run_live *live, uint32_t region)
{
	struct run_region *at = &live->regions[region];

	at->is_noticed = at->is_in_use = true;
	at->first_pid = 0;
	at->first_process = 0;
	at->n_used = 0;
	at->unused_ns = 0;
	at->has_many_processes = false;
	memset(at->seats, 0, at->n_granted * sizeof(*at->seats));
}

int run_live_claim(struct run_live *live, uint64_t pid, uint32_t *region)
{
	struct mt_region_control *control;
	uint32_t found = 0;
	int error;

	while (found < live->n_prepared && (!live->regions[found].is_noticed ||
					    live->regions[found].is_in_use))
		found++;
	if (found == live->n_prepared) {
		/* Prepared first: no number is given out that cannot be used. */
		if ((error = prepare(live, __atomic_load_n(&live->header->n_regions,
							   __ATOMIC_RELAXED) + 1)))
			return error;
		found = __atomic_fetch_add(&live->header->n_regions, 1, __ATOMIC_RELAXED);
		if ((error = prepare(live, found + 1)))
			return error;
	}
	begin_use(live, found);
	control = run_live_control(live, found);
	control->pid = pid;
	__atomic_store_n(&control->is_claimed, 1, __ATOMIC_RELEASE);
	*region = found;
	return 0;
}

void run_live_notice(struct run_live *live, void *context,
		     void (*notice)(void *context, uint32_t region))
{
	uint32_t n_regions = __atomic_load_n(&live->header->n_regions, __ATOMIC_ACQUIRE);

	if (n_regions > MT_LIVE_REGIONS_MAX)
		n_regions = MT_LIVE_REGIONS_MAX;
	if (n_regions + 1 > live->n_prepared)
		prepare(live, n_regions + 1);
	if (n_regions > live->n_prepared)
		n_regions = live->n_prepared;
	for (uint32_t region = live->n_noticed; region < n_regions; region++) {
		/* Between taking a number and saying so a process may die; the
		 * region then stays as it is until the end of the trace. */
		if (!live->regions[region].is_noticed &&
		    __atomic_load_n(&run_live_control(live, region)->is_claimed,
				    __ATOMIC_ACQUIRE)) {
			begin_use(live, region);
			notice(context, region);
		}
		if (region == live->n_noticed && live->regions[region].is_noticed)
			live->n_noticed++;
	}
}

void run_live_grant(struct run_live *live, uint32_t region, uint64_t now_ns)
{
	struct run_region *at = &live->regions[region];
	uint32_t n_wanted = __atomic_load_n(&run_live_control(live, region)->n_wanted,
					    __ATOMIC_RELAXED);

	if (n_wanted > MT_REGION_SEGMENTS)
		n_wanted = MT_REGION_SEGMENTS;
	if (at->refused_ns && now_ns - at->refused_ns < REFUSED_NS)
		return;
	at->refused_ns = 0;
	while (at->n_granted < n_wanted)
		if (extend(live, region, at->n_granted + MT_GRANT_SEGMENTS)) {
			at->refused_ns = now_ns;
			return;
		}
}

/* Moves the free segments [1, end) to another generation; the number of the
 * first one that is not free in the old one, or end. */
static uint32_t restamp(const struct run_live *live, uint32_t region, uint32_t end,
			const uint32_t generations[2])
{
	uint32_t i;

	for (i = 1; i < end; i++) {
		uint32_t *state = &run_live_segment(live, region, i)->state;
		uint32_t old = mt_segment_state(generations[0], MT_SEGMENT_FREE);
		uint32_t new = mt_segment_state(generations[1], MT_SEGMENT_FREE);

		if (!__atomic_compare_exchange_n(state, &old, new, false, __ATOMIC_ACQ_REL,
						 __ATOMIC_RELAXED))
			break;
	}
	return i;
}

bool run_live_take_back(struct run_live *live, uint32_t region)
{
	struct run_region *at = &live->regions[region];
	struct mt_region_control *control = run_live_control(live, region);
	uint32_t generation = __atomic_load_n(&control->generation, __ATOMIC_RELAXED);
	const uint32_t forth[2] = { generation, (generation + 1) & 0xffffff };
	const uint32_t back[2] = { forth[1], forth[0] };
	uint32_t n_done;

	__atomic_store_n(&control->generation, forth[1], __ATOMIC_RELEASE);
	n_done = restamp(live, region, at->n_granted, forth);
	if (n_done < at->n_granted) {
		restamp(live, region, n_done, back);
		__atomic_store_n(&control->generation, forth[0], __ATOMIC_RELEASE);
		return false;
	}
	at->generation = forth[1];
	control->pid = 0;
	control->hold_asker = 0;
	control->hold_state = MT_HOLD_STATE_IDLE;
	memset(&control->shot, 0, sizeof(control->shot));
	memset(&control->request, 0, sizeof(control->request));
	__atomic_store_n(&control->n_wanted, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&control->is_claimed, 0, __ATOMIC_RELEASE);
	at->is_in_use = false;
	return true;
}
