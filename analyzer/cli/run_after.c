/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_after.c -- both sides of the helper process.
 *
 * The helper reports after each block it has appended how long the trace is by
 * then. When it is stopped in the middle of one, that is where the trace is cut
 * back to: it ends with a whole block whatever happens.
 */
#include "analyzer/cli/run_after.h"
#include "analyzer/base/vec.h"
#include "analyzer/cli/out.h"
#include "analyzer/findings/leaks.h"
#include "analyzer/objects/types.h"
#include "analyzer/findings/roots.h"
#include "analyzer/heap/session.h"
#include "analyzer/symbols/symbols.h"
#include "formats/io/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LEVEL = 3,              /* of zstd: names are few, and are read often */
	/* Up to so many events what is left is counted, too: that takes about ten
	 * times as long as reading the stacks, half a second here. */
	COUNTED_EVENTS_MAX = 3000000,
	ASKED_MAX = 200000,     /* allocations: what is told apart well within the second that
	                         * the line waits */
	ROOTS_MAX = 20000,      /* pointers in variables whose names go into the trace */
};

static void tell(int fd, const struct run_news *news)
{
	/* Shorter than PIPE_BUF: whole or not at all. */
	while (write(fd, news, sizeof *news) < 0 && errno == EINTR)
		;
}

static void count_live(const struct an_session *session, struct run_news *news)
{
	bool *is_counted = xcalloc(session->n_stacks + 1, sizeof *is_counted);

	for (uint32_t i = 0; i < session->n_sites; i++) {
		const struct an_site *site = &session->sites[i];

		if (!site->n_live || is_counted[site->stack])
			continue;
		is_counted[site->stack] = true;
		news->n_sites++;
	}
	free(is_counted);
	news->live_bytes = session->totals.live_bytes;
	news->n_live = session->totals.n_live;
	news->is_replayed = true;
}

/* What leaked, where all that live anything can be asked. */
static void count_leaks(const struct an_session *session, struct run_news *news)
{
	const struct an_leaks_options plain = { 0 };
	struct an_leaks leaks;

	if (!session->n_snapshots || session->totals.n_live > ASKED_MAX)
		return;
	an_leaks_find(session, NULL, &plain, &leaks);
	news->is_asked = true;
	for (uint32_t i = 0; i < session->n_processes; i++) {
		const struct an_class_sums *sums = &leaks.sums[i];

		news->is_asked &= !sums->at[AN_CLASS_UNCLASSIFIED].n;
		news->leaked_bytes += sums->at[AN_CLASS_DEFINITE].bytes +
				      sums->at[AN_CLASS_INDIRECT].bytes;
	}
	for (size_t i = 0; i < leaks.n; i++)
		news->n_leaks += leaks.at[i].class == AN_CLASS_DEFINITE;
	an_leaks_release(&leaks);
}

static int compare_places(const void *left, const void *right)
{
	const struct an_place *a = left, *b = right;

	if (a->module != b->module)
		return a->module < b->module ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

struct places {
	VEC(struct an_place) all;
};

/* A type may depend on a frame if all below hand on what it wants; behind a gap nobody
 * knows who called whom. */
static void add_stack(const struct an_session *session, const struct an_stack *stack,
		      const uint32_t *files, struct places *places)
{
	bool is_typed = true;

	for (uint32_t k = 0; k < stack->n_frames; k++) {
		const struct an_frame *frame = &stack->frames[k];
		struct an_place place = { .address = frame->look_up };

		is_typed &= frame->module != AN_NONE && !frame->is_guess && k < AN_TYPE_FRAMES_MAX;
		if (frame->module == AN_NONE)
			continue;
		place.module = files[frame->module];
		place.wants_type = is_typed;
		*VEC_PUSH(&places->all) = place;
		is_typed = is_typed && an_symbols_passes_on(session->symbols, place.module,
							    place.address);
	}
}

static void add_stacks(const struct an_session *session, struct places *places)
{
	uint32_t *files = xcalloc(session->n_modules + 1, sizeof *files);

	for (uint32_t i = 0; i < session->n_modules; i++)
		files[i] = an_session_symbols_module(session, i);
	for (uint32_t i = 0; i < session->n_stacks; i++)
		add_stack(session, &session->stacks[i], files, places);
	free(files);
}

static void add_roots(const struct an_session *session, struct places *places)
{
	size_t n;
	struct an_place *roots = an_root_places(session, ROOTS_MAX, &n);

	for (size_t i = 0; i < n; i++)
		*VEC_PUSH(&places->all) = roots[i];
	free(roots);
}

/* Every address of every stack, and every variable that matters, once. The caller
 * frees. */
static struct an_place *collect_places(const struct an_session *session, size_t *n_places)
{
	struct places places = { 0 };
	size_t n = 0;

	add_stacks(session, &places);
	add_roots(session, &places);
	if (places.all.n)
		qsort(places.all.at, places.all.n, sizeof *places.all.at, compare_places);
	for (size_t i = 0; i < places.all.n; i++)
		if (!n || compare_places(&places.all.at[n - 1], &places.all.at[i]))
			places.all.at[n++] = places.all.at[i];
		else
			places.all.at[n - 1].wants_type |= places.all.at[i].wants_type;
	*n_places = n;
	return places.all.at;
}

/* Writes the names; on an error the trace is cut back to its last whole block. */
static void append_names(struct an_session *session, struct mt_writer *writer, int fd,
			 int news_fd, struct run_news *news)
{
	uint64_t start_bytes = news->file_bytes;
	size_t n_places, n_done = 0;
	struct an_place *places = collect_places(session, &n_places);

	for (size_t at = 0; at < n_places; at += n_done) {
		size_t n_bytes = 0;
		uint8_t *payload = an_symbols_encode(session->symbols, places + at, n_places - at,
						     &n_done, &n_bytes);
		int status = n_done ? mt_writer_block(writer, MT_BLOCK_SYMBOLS, 0, payload,
						      n_bytes) : MT_ERR_FULL;

		free(payload);
		if (status < 0) {
			if (ftruncate(fd, (off_t)news->file_bytes))
				break;
			break;
		}
		news->file_bytes = start_bytes + mt_writer_file_bytes(writer);
		tell(news_fd, news);
	}
	free(places);
}

static void put_names(struct an_session *session, const struct run_result *result, int news_fd,
		      struct run_news *news)
{
	int fd = open(result->path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	struct mt_writer *writer;
	struct mt_sink sink;

	if (fd < 0 || lseek(fd, 0, SEEK_END) != (off_t)result->file_bytes)
		return;         /* moved or grown meanwhile: not ours to write to */
	mt_sink_open_fd(&sink, &fd);
	if (mt_writer_new_append(&writer, &sink, result->n_blocks, LEVEL) == MT_OK)
		append_names(session, writer, fd, news_fd, news);
	mt_writer_free(writer);
	close(fd);
}

static void show_progress(void *context, uint64_t done_bytes, uint64_t all_bytes)
{
	(void)context;
	out_progress("reading", done_bytes, all_bytes);
}

static void help(const struct run_after_options *wanted, const struct run_result *result,
		 int news_fd)
{
	struct run_news news = { .file_bytes = result->file_bytes };
	struct an_session_options options = {
		.progress = show_progress,
		.is_names_only = !wanted->wants_count || result->n_events > COUNTED_EVENTS_MAX,
	};
	struct an_session *session;

	if (options.is_names_only && !wanted->wants_symbols)
		return;
	if (an_session_open(&session, result->path, &options) == MT_OK) {
		if (!options.is_names_only) {
			count_live(session, &news);
			count_leaks(session, &news);
			tell(news_fd, &news);
		}
		/* Only names may follow END, and a cut trace has none. */
		if (wanted->wants_symbols && !result->write_error)
			put_names(session, result, news_fd, &news);
	}
	out_progress_end();
}

void run_after_open(struct run_after *after, struct run_result *result,
		    const struct run_after_options *wanted)
{
	int ends[2];

	*after = (struct run_after){ .result = result, .news_fd = -1 };
	after->news.file_bytes = result->file_bytes;
	if (pipe2(ends, O_CLOEXEC))
		return;
	fflush(NULL);
	after->helper = fork();
	if (after->helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		help(wanted, result, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	after->news_fd = ends[0];
	if (after->helper < 0) {
		after->helper = 0;
		close(ends[0]);
	}
}

/* Waits for the helper's death and puts the trace in order. */
static void bury(struct run_after *after)
{
	int wait_status;

	while (waitpid(after->helper, &wait_status, 0) < 0 && errno == EINTR)
		;
	after->helper = 0;
	close(after->news_fd);
	if (!WIFEXITED(wait_status) &&
	    !truncate(after->result->path, (off_t)after->news.file_bytes) &&
	    isatty(STDERR_FILENO))
		fputs("\r\33[K", stderr);       /* its progress */
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool run_after_wait(struct run_after *after, int timeout_ms)
{
	uint64_t until_ms = now_ms() + (uint64_t)timeout_ms;

	while (after->helper) {
		struct pollfd fds[2] = {
			{ .fd = after->news_fd, .events = POLLIN },
			{ .fd = after->result->signal_fd, .events = POLLIN },
		};
		uint64_t now = now_ms();
		struct run_news news;

		if (timeout_ms >= 0 && now >= until_ms)
			return false;
		poll(fds, 2, timeout_ms < 0 ? -1 : (int)(until_ms - now));
		if (run_poll_interrupt(after->result))
			kill(after->helper, SIGKILL);
		if (!fds[0].revents)
			continue;
		if (read(after->news_fd, &news, sizeof news) == sizeof news)
			after->news = news;
		else
			bury(after);
	}
	return true;
}

void run_after_close(struct run_after *after)
{
	if (!after->helper)
		return;
	kill(after->helper, SIGKILL);
	bury(after);
}
