/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.c -- one snapshot from begin to end; see snapshot.h. */
#include "tracer/inside/snapshot.h"

#include "tracer/inside/modules.h"
#include "tracer/inside/real.h"
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"

struct tr_shot tr_shot;
static uint32_t n_shots;
static uint64_t taken_by;    /* atomic: pid of the process whose exit was scanned */
static uint32_t is_busy;     /* atomic: tr_shot is in use */

enum {
	REALLOC_TRIES = 50,
	BUSY_NAP_NS = 100000,
	BUSY_NAPS_MAX = 5000,
};

bool tr_shot_take(void)
{
	return !__atomic_exchange_n(&is_busy, 1, __ATOMIC_ACQUIRE);
}

void tr_shot_give(void)
{
	__atomic_store_n(&is_busy, 0, __ATOMIC_RELEASE);
}

static void put(struct tr_context *context, uint32_t kind, const struct mt_out *out)
{
	if (!tr_stream_put_scratch(context, kind, out) && !tr_shot.reason)
		tr_shot.reason = "no-room";
}

static struct mt_snapshot_cut cut_of(const struct tr_context *context)
{
	const struct tr_stream *stream = &context->stream;
	struct mt_snapshot_cut cut = {
		.stream = stream->id,
		.fill = stream->segment ? stream->fill - 1 : stream->fill,
		.n_bytes = stream->segment ? (uint32_t)(stream->at - stream->start) : 0,
		.addr = context->pending_addr,
	};

	if (cut.addr) {
		cut.pending = MT_PENDING_ALLOC;
		cut.size = context->pending_size;
	}
	return cut;
}

static void put_begin(struct tr_context *context, const struct mt_snapshot *wanted)
{
	struct mt_out out = tr_scratch(context);
	struct mt_snapshot begin = *wanted;

	begin.number = tr_shot.number;
	begin.flags |= tr_real.is_libc_malloc ? 0 : MT_SNAPSHOT_OTHER_MALLOC;
	begin.n_streams = __atomic_load_n(&tr.live->n_streams, __ATOMIC_ACQUIRE);
	mt_put_snapshot(&out, &begin);
	put(context, MT_KIND_SNAPSHOT, &out);
}

/* own: of the stream this is written to, before the snapshot began. */
static void put_cut(struct tr_context *context, const struct mt_snapshot_cut *own)
{
	struct mt_out out = tr_scratch(context);
	const struct tr_thread *thread;
	uint32_t at = 0;

	if (own->stream)
		mt_put_snapshot_cut(&out, own);
	while ((thread = tr_thread_next(&at)))
		for (int i = 0; i < 2; i++) {
			struct mt_snapshot_cut cut = cut_of(&thread->contexts[i]);

			if (!cut.stream || &thread->contexts[i] == context)
				continue;
			if ((size_t)(out.end - out.at) < 6 * MT_ULEB_BYTES_MAX) {
				put(context, MT_KIND_SNAPSHOT_CUT, &out);
				out = tr_scratch(context);
			}
			mt_put_snapshot_cut(&out, &cut);
		}
	put(context, MT_KIND_SNAPSHOT_CUT, &out);
}

static void put_threads(struct tr_context *context)
{
	for (uint32_t i = 0; i < tr_shot.n_threads; i++) {
		struct mt_out out = tr_scratch(context);

		mt_put_snapshot_thread(&out, &tr_shot.threads[i]);
		put(context, MT_KIND_SNAPSHOT_THREAD, &out);
	}
}

static void put_end(struct tr_context *context, uint64_t pause_ns)
{
	struct mt_out out = tr_scratch(context);
	struct mt_snapshot_end end = {
		.pause_ns = pause_ns, .scanned_bytes = tr_shot.scanned_bytes,
		.n_words = tr_shot.n_words, .is_complete = !tr_shot.reason,
	};

	if (tr_shot.reason)
		end.reason = (struct mt_text){ tr_shot.reason, strlen(tr_shot.reason) };
	else
		end.reason = (struct mt_text){ "", 0 };
	mt_put_snapshot_end(&out, &end);
	put(context, MT_KIND_SNAPSHOT_END, &out);
}

void tr_shot_begin(void)
{
	tr_shot.n_threads = tr_shot.n_pieces = 0;
	tr_shot.scanned_bytes = tr_shot.n_words = 0;
	tr_shot.reason = NULL;
	tr_shot.number = ++n_shots;
}

bool tr_shot_is_amid_realloc(void)
{
	const struct tr_thread *thread;
	uint32_t at = 0;

	while ((thread = tr_thread_next(&at)))
		for (int i = 0; i < 2; i++)
			if (thread->contexts[i].is_reallocating &&
			    !thread->contexts[i].pending_addr)
				return true;
	return false;
}

void tr_shot_describe(struct tr_context *context, const struct mt_snapshot *wanted)
{
	struct mt_snapshot_cut own = cut_of(context);

	put_begin(context, wanted);
	put_cut(context, &own);
	put_threads(context);
}

void tr_shot_look(struct tr_context *context)
{
	tr_pages_open(&tr_shot.pages);
	if (tr_shot_map(&tr_shot)) {
		tr_shot_classify(&tr_shot);
		tr_shot_scan(&tr_shot, context);
	} else if (!tr_shot.reason) {
		tr_shot.reason = "maps-unreadable";
	}
	tr_pages_close(&tr_shot.pages);
}

void tr_shot_end(struct tr_context *context, uint64_t pause_ns)
{
	put_end(context, pause_ns);
}

/* Until no thread is stopped amid a realloc. */
static void hold(const struct mt_snapshot_thread *self)
{
	for (int i = 0; i < REALLOC_TRIES; i++) {
		tr_shot_hold(&tr_shot, self);
		if (!tr_shot_is_amid_realloc() || !tr_shot.is_asked)
			return;
		if (i + 1 == REALLOC_TRIES)
			break;
		tr_shot_release(&tr_shot);
		tr_shot.n_threads = 0;
	}
	tr_shot.reason = "amid-realloc";
}

static void take(struct tr_context *context, const struct mt_snapshot_thread *self, uint8_t flags,
		 const struct tr_end_signal *signal)
{
	struct mt_snapshot_cut own = cut_of(context);
	struct mt_snapshot wanted = { .why = MT_SNAPSHOT_EXIT, .flags = flags, .tid = tr_self->tid,
				      .label = { "", 0 } };
	uint64_t began_ns = tr_monotonic_ns();

	/* Somebody stopped may be making one, and goes on soon. */
	for (int i = 0; i < BUSY_NAPS_MAX && !tr_shot_take(); i++)
		tr_nap(BUSY_NAP_NS);
	tr_shot_begin();
	hold(self);
	put_begin(context, &wanted);
	put_cut(context, &own);
	tr_shot_put_standing(context, self, tr_shot.number, signal);
	if (tr_shot.n_threads > 1 && !tr_loader_is_busy())
		tr_modules_describe_all(context);
	put_threads(context);
	tr_shot_look(context);
	tr_shot_release(&tr_shot);
	tr_shot_end(context, tr_monotonic_ns() - began_ns);
}

bool tr_shot_is_at_exit(void)
{
	return __atomic_load_n(&taken_by, __ATOMIC_ACQUIRE) == tr.pid;
}

bool tr_shot_has_allocated(void)
{
	const struct tr_thread *thread;
	uint32_t at = 0;

	while ((thread = tr_thread_next(&at)))
		if (thread->contexts[0].n_allocations || thread->contexts[1].n_allocations)
			return true;
	return false;
}

static bool is_wanted(void)
{
	uint64_t before = __atomic_load_n(&taken_by, __ATOMIC_RELAXED);

	return !tr.live->is_exit_snapshot_off &&
	       !__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE) && tr_shot_has_allocated() &&
	       before != tr.pid &&
	       __atomic_compare_exchange_n(&taken_by, &before, tr.pid, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

void tr_snapshot_at_exit(uint8_t flags)
{
	struct tr_context *context = tr_enter();
	struct mt_snapshot_thread self;

	if (!context)
		return;
	tr_shot_self(&self, context);
	if (is_wanted())
		take(context, &self, flags, NULL);
	tr_leave();
}

void tr_snapshot_fatal(const struct mt_snapshot_thread *self, const struct tr_end_signal *signal)
{
	struct tr_context *context = tr_enter();

	if (!context)
		return;
	if (is_wanted())
		take(context, self, MT_SNAPSHOT_FATAL, signal);
	else
		tr_shot_put_standing(context, self, 0, signal);
	tr_leave();
}

void tr_snapshot_give_up(void)
{
	tr_shot_release(&tr_shot);
}

void tr_snapshot_forked(void)
{
	tr_shot_give();
}
