/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c -- is the time stamp counter one clock?
 *
 * A helper thread visits the other cores; from each it plays ping-pong with
 * this one. Each ping bounds the offset between the two counters from both
 * sides, and the bounds only tighten, so the rounds that ran undisturbed decide.
 * A core that does not answer in time (it is busy) is left to the kernel, which
 * checked it when it chose the TSC as its own clock.
 */
#include "tracer/beside/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

enum {
	CORES_MAX = 16,
	ROUNDS = 300,               /* per core; about 0.2 us each */
	BUDGET_NS = 2500000,        /* for all cores */
	APART_NS = 20,              /* design: a hand-off between threads takes longer */
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t run_clock_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t run_clock_realtime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

void run_offset_add(struct run_offset *offset, const struct run_ping *ping)
{
	int64_t low = (int64_t)(ping->met - ping->returned);
	int64_t high = (int64_t)(ping->met - ping->sent);

	if (!offset->n_pings || low > offset->low)
		offset->low = low;
	if (!offset->n_pings || high < offset->high)
		offset->high = high;
	offset->n_pings++;
}

bool run_offset_is_apart(const struct run_offset *offset, int64_t limit_ticks)
{
	/* Only what the bounds prove: their middle says how busy the cores are. */
	return offset->n_pings && (offset->low > limit_ticks || offset->high < -limit_ticks);
}

#if defined(__x86_64__)

static uint64_t tsc_fenced(void)
{
	_mm_lfence();
	return __rdtsc();
}

/* The table both threads play on. */
struct court {
	_Atomic uint32_t ball;      /* odd: thrown, even: returned */
	_Atomic uint64_t met;
	_Atomic bool is_over;
	int cpu;                    /* where the helper is to play */
};

static void *return_balls(void *argument)
{
	struct court *court = argument;
	uint32_t seen = 0;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(court->cpu, &set);
	if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set))
		return NULL;
	while (!atomic_load_explicit(&court->is_over, memory_order_relaxed)) {
		uint32_t ball = atomic_load_explicit(&court->ball, memory_order_acquire);

		if (ball == seen || !(ball & 1))
			continue;
		atomic_store_explicit(&court->met, tsc_fenced(), memory_order_relaxed);
		seen = ball + 1;
		atomic_store_explicit(&court->ball, seen, memory_order_release);
	}
	return NULL;
}

static bool throw_ball(struct court *court, uint64_t deadline_ns, struct run_ping *ping)
{
	uint32_t ball = atomic_load_explicit(&court->ball, memory_order_relaxed) + 1;

	ping->sent = tsc_fenced();
	atomic_store_explicit(&court->ball, ball, memory_order_release);
	for (uint32_t spins = 1;; spins++) {
		if (atomic_load_explicit(&court->ball, memory_order_acquire) == ball + 1)
			break;
		if (spins % 256 == 0 && run_clock_monotonic_ns() > deadline_ns)
			return false;
	}
	ping->returned = tsc_fenced();
	ping->met = atomic_load_explicit(&court->met, memory_order_relaxed);
	return true;
}

static struct run_offset play(int cpu, uint64_t deadline_ns)
{
	struct court court = { .cpu = cpu };
	struct run_offset offset = { 0 };
	pthread_t helper;

	if (pthread_create(&helper, NULL, return_balls, &court))
		return offset;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct run_ping ping;

		if (!throw_ball(&court, deadline_ns, &ping))
			break;
		run_offset_add(&offset, &ping);
	}
	atomic_store(&court.is_over, true);
	pthread_join(helper, NULL);
	return offset;
}

/* Ticks in APART_NS, from a quarter of a millisecond of both clocks. */
static int64_t apart_ticks(void)
{
	struct mt_clock_pair first = run_clock_pair(MT_CLOCK_TSC);
	struct mt_clock_pair last;

	do
		last = run_clock_pair(MT_CLOCK_TSC);
	while (last.monotonic_ns - first.monotonic_ns < 250000);
	return (int64_t)((last.ticks - first.ticks) * APART_NS /
			 (last.monotonic_ns - first.monotonic_ns));
}

static bool are_cores_together(void)
{
	int64_t limit = apart_ticks();
	uint64_t start_ns = run_clock_monotonic_ns();
	cpu_set_t allowed, here;
	int home = sched_getcpu();
	bool is_together = true;
	int n_cores = 1;

	if (home < 0 || sched_getaffinity(0, sizeof(allowed), &allowed))
		return true;
	CPU_ZERO(&here);
	CPU_SET(home, &here);
	if (sched_setaffinity(0, sizeof(here), &here))
		return true;
	for (int cpu = 0; cpu < CPU_SETSIZE && n_cores < CORES_MAX && is_together; cpu++) {
		struct run_offset offset;

		if (cpu == home || !CPU_ISSET(cpu, &allowed))
			continue;
		offset = play(cpu, start_ns + BUDGET_NS);
		is_together = !run_offset_is_apart(&offset, limit);
		n_cores++;
	}
	sched_setaffinity(0, sizeof(allowed), &allowed);
	return is_together;
}

static bool is_tsc_invariant(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & 1u << 8;
}

static bool is_tsc_kernels_choice(void)
{
	char name[8] = "";
	int fd = open("/sys/devices/system/clocksource/clocksource0/current_clocksource",
		      O_RDONLY | O_CLOEXEC);
	ssize_t n_bytes;

	if (fd < 0)
		return false;
	n_bytes = read(fd, name, sizeof(name) - 1);
	close(fd);
	return n_bytes == 4 && !memcmp(name, "tsc\n", 4);
}

enum mt_clock run_clock_choose(void)
{
	return is_tsc_invariant() && is_tsc_kernels_choice() && are_cores_together() ?
		MT_CLOCK_TSC : MT_CLOCK_MONOTONIC;
}

uint64_t run_clock_ticks(enum mt_clock clock)
{
	return clock == MT_CLOCK_TSC ? __rdtsc() : run_clock_monotonic_ns();
}

#else

enum mt_clock run_clock_choose(void)
{
	return MT_CLOCK_MONOTONIC;
}

uint64_t run_clock_ticks(enum mt_clock clock)
{
	(void)clock;
	return run_clock_monotonic_ns();
}

#endif

struct mt_clock_pair run_clock_pair(enum mt_clock clock)
{
	struct mt_clock_pair pair = { 0 };
	uint64_t best = UINT64_MAX;

	if (clock != MT_CLOCK_TSC) {
		pair.ticks = pair.monotonic_ns = run_clock_monotonic_ns();
		return pair;
	}
	/* Of five readings the one that took least: it was not interrupted. */
	for (unsigned i = 0; i < 5; i++) {
		uint64_t before = run_clock_ticks(clock);
		uint64_t now_ns = run_clock_monotonic_ns();
		uint64_t took = run_clock_ticks(clock) - before;

		if (took >= best)
			continue;
		best = took;
		pair.ticks = before + took / 2;
		pair.monotonic_ns = now_ns;
	}
	return pair;
}
