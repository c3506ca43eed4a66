/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.c -- one snapshot from begin to end; see snapshot.h. */
#include "tracer/inside/snapshot.h"

#include "tracer/inside/modules.h"
#include "tracer/inside/real.h"
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"

static struct tr_shot shot;
static uint32_t n_shots;
static uint64_t taken_by;    /* atomic: pid of the process whose exit was scanned */

static void put(struct tr_context *context, uint32_t kind, const struct mt_out *out)
{
	if (!tr_stream_put_scratch(context, kind, out) && !shot.reason)
		shot.reason = "no-room";
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

static void put_begin(struct tr_context *context, uint8_t why, uint8_t flags)
{
	struct mt_out out = tr_scratch(context);
	struct mt_snapshot begin = {
		.number = shot.number, .why = why,
		.flags = flags | (tr_real.is_libc_malloc ? 0 : MT_SNAPSHOT_OTHER_MALLOC),
		.n_streams = __atomic_load_n(&tr.live->n_streams, __ATOMIC_ACQUIRE),
		.tid = tr_self->tid, .label = { "", 0 },
	};

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
	for (uint32_t i = 0; i < shot.n_threads; i++) {
		struct mt_out out = tr_scratch(context);

		mt_put_snapshot_thread(&out, &shot.threads[i]);
		put(context, MT_KIND_SNAPSHOT_THREAD, &out);
	}
}

static void put_end(struct tr_context *context, uint64_t pause_ns)
{
	struct mt_out out = tr_scratch(context);
	struct mt_snapshot_end end = {
		.pause_ns = pause_ns, .scanned_bytes = shot.scanned_bytes, .n_words = shot.n_words,
		.is_complete = !shot.reason,
	};

	if (shot.reason)
		end.reason = (struct mt_text){ shot.reason, strlen(shot.reason) };
	else
		end.reason = (struct mt_text){ "", 0 };
	mt_put_snapshot_end(&out, &end);
	put(context, MT_KIND_SNAPSHOT_END, &out);
}

static void take(struct tr_context *context, const struct mt_snapshot_thread *self, uint8_t flags,
		 const struct tr_end_signal *signal)
{
	struct mt_snapshot_cut own = cut_of(context);
	uint64_t began_ns = tr_monotonic_ns();

	shot.n_threads = shot.n_pieces = 0;
	shot.scanned_bytes = shot.n_words = 0;
	shot.reason = NULL;
	shot.number = ++n_shots;
	tr_shot_hold(&shot, self);
	put_begin(context, MT_SNAPSHOT_EXIT, flags);
	put_cut(context, &own);
	tr_shot_put_standing(context, self, shot.number, signal);
	if (shot.n_threads > 1 && !tr_loader_is_busy())
		tr_modules_describe_all(context);
	put_threads(context);
	tr_pages_open(&shot.pages);
	if (tr_shot_map(&shot)) {
		tr_shot_classify(&shot);
		tr_shot_scan(&shot, context);
	} else if (!shot.reason) {
		shot.reason = "maps-unreadable";
	}
	tr_pages_close(&shot.pages);
	tr_shot_release(&shot);
	put_end(context, tr_monotonic_ns() - began_ns);
}

static bool has_allocated(void)
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
	       !__atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE) && has_allocated() &&
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
	tr_shot_release(&shot);
}
