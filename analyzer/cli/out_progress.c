/* SPDX-License-Identifier: Apache-2.0 */
/* out_progress.c -- one line on stderr that says how far long work is, for a
 * person who waits; it is wiped when the work is done. */
#include "analyzer/cli/out.h"
#include "analyzer/cli/out_text.h"

#include <time.h>
#include <unistd.h>

enum {
	FIRST_AFTER_NS = 500000000,   /* shorter work says nothing */
	AGAIN_AFTER_NS = 100000000,
};

static uint64_t next_ns;      /* 0: not begun */
static bool is_shown;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void out_progress(const char *what, uint64_t done, uint64_t all)
{
	uint64_t now = now_ns();
	char percent[TEXT_BYTES];

	if (!next_ns)
		next_ns = now + (isatty(STDERR_FILENO) ? FIRST_AFTER_NS : UINT64_MAX / 2);
	if (now < next_ns)
		return;
	next_ns = now + AGAIN_AFTER_NS;
	is_shown = true;
	fprintf(stderr, "\r\33[Kmemtrace: %s %s", what, text_percent(percent, done, all));
	fflush(stderr);
}

void out_progress_end(void)
{
	if (is_shown)
		fputs("\r\33[K", stderr);
	is_shown = false;
	next_ns = 0;
}
