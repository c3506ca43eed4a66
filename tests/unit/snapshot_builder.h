/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_builder.h -- snapshots in one line per range and word, on top of
 * trace_builder.h.
 *
 *     struct snapshot_builder s = sb_begin(t, MT_SNAPSHOT_EXIT);
 *     sb_range(&s, MT_RANGE_MODULE, 0x5000, 0x6000);
 *     sb_word(&s, 0x5008, 0x1000);
 *     sb_end(&s);
 *
 * The current thread of the builder scans; words belong to the range before them.
 */
#ifndef TESTS_UNIT_SNAPSHOT_BUILDER_H
#define TESTS_UNIT_SNAPSHOT_BUILDER_H

#include "tests/unit/trace_builder.h"

struct snapshot_builder {
	struct trace_builder *t;
	uint32_t n_ranges;
	uint64_t n_words;
	bool has_words;              /* of the range; not written yet */
	struct mt_snapshot_words words;
	uint8_t payload[4096];
	uint8_t *at;
};

static inline void sb_flush(struct snapshot_builder *s)
{
	if (s->has_words)
		tb_extended(s->t, MT_KIND_SNAPSHOT_WORDS, s->payload,
			    (size_t)(s->at - s->payload));
	s->has_words = false;
}

/* With what the current thread has in hand: size UINT64_MAX for nothing. */
static inline struct snapshot_builder sb_begin_pending(struct trace_builder *t, uint8_t why,
						       uint64_t addr, uint64_t size)
{
	struct snapshot_builder s = { .t = t };
	struct mt_snapshot told = { .number = ++t->n_snapshots, .why = why,
				    .n_streams = t->n_streams, .tid = 1, .label = { "", 0 } };

	if (!t->is_stopped)
		tb_stop(t);
	t->is_stopped = false;
	TB_EXTENDED(t, MT_KIND_SNAPSHOT, mt_put_snapshot, &told);
	t->now += TB_TICKS;
	for (uint32_t i = 0; i < t->n_streams; i++) {
		bool is_own = i == t->current;
		struct mt_snapshot_cut cut = { .stream = i + 1, .fill = t->fill_of_cuts,
					       .n_bytes = (uint32_t)t->n_stopped[i] };

		if (is_own && size != UINT64_MAX) {
			cut.pending = MT_PENDING_ALLOC;
			cut.addr = addr;
			cut.size = size;
		}
		if (t->streams[i]->process == tb_stream(t)->process)
			TB_EXTENDED(t, MT_KIND_SNAPSHOT_CUT, mt_put_snapshot_cut, &cut);
	}
	t->now += TB_TICKS;
	return s;
}

static inline struct snapshot_builder sb_begin(struct trace_builder *t, uint8_t why)
{
	return sb_begin_pending(t, why, 0, UINT64_MAX);
}

static inline void sb_thread(struct snapshot_builder *s, uint64_t tid, uint8_t hold,
			     uint64_t value)
{
	struct mt_snapshot_thread thread = { .tid = tid, .hold = hold, .n_registers = 1,
					     .registers = { value } };

	TB_EXTENDED(s->t, MT_KIND_SNAPSHOT_THREAD, mt_put_snapshot_thread, &thread);
}

static inline void sb_range_flags(struct snapshot_builder *s, uint8_t kind, uint64_t start,
				  uint64_t end, uint8_t flags)
{
	struct mt_snapshot_range range = { .number = ++s->n_ranges, .kind = kind, .start = start,
					   .end = end, .flags = flags, .name = tb_text("/prog") };

	sb_flush(s);
	TB_EXTENDED(s->t, MT_KIND_SNAPSHOT_RANGE, mt_put_snapshot_range, &range);
}

static inline void sb_range(struct snapshot_builder *s, uint8_t kind, uint64_t start,
			    uint64_t end)
{
	sb_range_flags(s, kind, start, end, 0);
}

static inline void sb_word(struct snapshot_builder *s, uint64_t slot, uint64_t value)
{
	if (!s->has_words)
		s->at = mt_put_snapshot_words(&s->words, s->payload, s->n_ranges, slot & ~7ull);
	s->has_words = true;
	s->at = mt_put_snapshot_word(&s->words, s->at, slot, value);
	s->n_words++;
}

/* A word that is no pointer, of any range. */
static inline void sb_plain(struct snapshot_builder *s, uint64_t slot, uint64_t value)
{
	struct mt_snapshot_words words;
	uint8_t payload[64], *at = mt_put_snapshot_words(&words, payload, 0, slot);

	at = mt_put_snapshot_word(&words, at, slot, value);
	tb_extended(s->t, MT_KIND_SNAPSHOT_PLAIN, payload, (size_t)(at - payload));
}

static inline void sb_end_as(struct snapshot_builder *s, bool is_complete, uint64_t n_words)
{
	struct mt_snapshot_end end = { .pause_ns = 1, .n_words = n_words,
				       .is_complete = is_complete,
				       .reason = tb_text(is_complete ? "" : "no room") };

	sb_flush(s);
	TB_EXTENDED(s->t, MT_KIND_SNAPSHOT_END, mt_put_snapshot_end, &end);
	s->t->now += TB_TICKS;
}

static inline void sb_end(struct snapshot_builder *s)
{
	sb_end_as(s, true, s->n_words);
}

#endif
