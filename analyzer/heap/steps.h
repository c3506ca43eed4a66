/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps.h -- what the files of the replay offer each other, grouped by the file
 * that has it. Included by replay.h.
 *
 *   session.c -> merge.c -> record.c -> order.c -> live.c -> cut.c   for every event
 *                               \-> kinds.c, image.c, naming.c for the rest
 *   finish.c, ends.c, resolve.c, certificate.c                 at the end
 */
#ifndef ANALYZER_HEAP_STEPS_H
#define ANALYZER_HEAP_STEPS_H

#include "analyzer/heap/state.h"

struct an_replay;
struct an_resolver;

/* How a reading's numbers are called in a session: numbers.c. */
struct an_numbers {
	const struct an_replay *replay;
	const struct an_replay *known;           /* NULL: in the session that it makes */
	const struct an_process_state *process;  /* there, of the process asked about; or NULL */
	const uint32_t *process_index, *thread_index, *stack_of;
};

/* merge.c */
void an_merge_add(struct an_replay *replay, const struct mt_item *item);
void an_merge_finish(struct an_replay *replay);

/* record.c */
void an_record_apply(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record);
/* The index of a thread, which is made if it is new. */
uint32_t an_thread_by_id(struct an_replay *replay, struct an_process_state *process,
			 uint32_t id, uint64_t ticks);
/* kinds.c: MT_OK or MT_ERR_RECORD. */
int an_kind_apply(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record);

/* image.c: as an_kind_apply. */
int an_image_begin(struct an_replay *replay, struct an_stream *stream,
		   const struct mt_record *record);
int an_image_fork(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record);
int an_image_exec(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record);
int an_image_exec_failed(struct an_replay *replay, struct an_stream *stream,
			 const struct mt_record *record);
int an_image_end(struct an_replay *replay, struct an_stream *stream,
		 const struct mt_record *record);
/* Made when it is new. */
struct an_process_state *an_process_by_id(struct an_replay *replay, uint32_t id);
void an_process_release(struct an_process_state *process);
/* A NUL-separated list of arguments as *n strings. */
const char *const *an_arguments(struct an_replay *replay, struct mt_text text, uint32_t *n);

/* snapshot.c: as an_kind_apply. */
int an_snapshot_begin(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record);
int an_snapshot_cut(struct an_replay *replay, struct an_stream *stream,
		    const struct mt_record *record);
int an_snapshot_thread(struct an_replay *replay, struct an_stream *stream,
		       const struct mt_record *record);
int an_snapshot_range(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record);
/* globals.c */
int an_module_globals(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record);
void an_unloaded_finish(struct an_replay *replay, const uint32_t *process_index);
int an_snapshot_plain(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record);
int an_snapshot_words(struct an_replay *replay, struct an_stream *stream,
		      const struct mt_record *record);
int an_snapshot_end(struct an_replay *replay, struct an_stream *stream,
		    const struct mt_record *record);
/* Once, at the end; the session borrows what the processes hold. */
void an_snapshots_finish(struct an_replay *replay, const struct an_numbers *numbers);
void an_snapshot_release(struct an_process_state *process);

/* marks.c: as an_kind_apply; then, at the end, as the session has them. */
int an_mark(struct an_replay *replay, struct an_stream *stream, const struct mt_record *record);
void an_marks_finish(struct an_replay *replay, const uint32_t *process_index);

/* cut.c: an allocation came into the table, or left it for good; event NULL: nobody
 * knows when. */
void an_cut_see_alloc(struct an_process_state *process, const struct an_allocation *allocation,
		      const struct an_event *event);
void an_cut_see_release(struct an_replay *replay, struct an_process_state *process,
			const struct an_allocation *old, const struct an_event *event);

/* Of the snapshot that the reading ends with: is this one of its records? */
bool an_snapshot_is_until(const struct an_replay *replay, const struct an_stream *stream,
			  uint32_t kind);
/* until.c */
bool an_until_is_it(const struct an_replay *replay, const struct an_process_state *process,
		    const struct an_snapshot *snapshot);
/* A record of later than the reading is to end, which is done with. */
bool an_until_passes(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record);

/* numbers.c */
struct an_numbers an_numbers_known(struct an_replay *replay,
				   const struct an_process_state *process);
uint32_t an_numbers_process(const struct an_numbers *numbers, uint32_t process);
uint32_t an_numbers_stack(const struct an_numbers *numbers, uint32_t site);
uint32_t an_numbers_thread(const struct an_numbers *numbers, uint32_t thread);
uint64_t an_numbers_ns(const struct an_numbers *numbers, uint64_t ticks);

/* annotations.c */
int an_annotation(struct an_replay *replay, struct an_stream *stream,
		  const struct mt_record *record);
void an_annotations_release(struct an_process_state *process);
/* An allocation left the table for good: so does what was said of it. */
void an_annotation_end(struct an_process_state *process, const struct an_allocation *old);
/* A realloc freed old, and then made addr of it. Something was said in the process. */
void an_annotation_lift(struct an_process_state *process, const struct an_allocation *old);
void an_annotation_lay(struct an_process_state *process, uint64_t addr, uint64_t ticks);
/* A newer snapshot is there: what ended before its cut is not asked for any more. */
void an_annotations_forget(struct an_process_state *process, uint64_t cut_ticks);
/* To a snapshot whose live[] is there, in arrays that are to be freed; at the end, to
 * the sites, and what is left over. */
void an_annotations_sum(struct an_replay *replay);
void an_annotations_list(struct an_replay *replay, const struct an_process_state *process,
			 const struct an_numbers *numbers, struct an_snapshot *to);
void an_annotations_count_strangers(struct an_replay *replay);
/* The type of a site that has one type and gets another. */
static inline const char *an_site_type(const char *one, const char *other)
{
	return !one || one == other ? other : !other ? one : "";
}

/* standing.c: of the scanning thread, as an_kind_apply; of another one. */
int an_standing_self(struct an_replay *replay, struct an_stream *stream,
		     const struct mt_record *record);
int an_standing_other(struct an_replay *replay, struct mt_in *payload);
/* Resolves their stacks; then, when the snapshots are in order, lists them. */
void an_standings_resolve(struct an_replay *replay, struct an_resolver *resolver);
void an_standings_finish(struct an_replay *replay, const uint32_t *process_index);

/* order.c */
void an_order_event(struct an_replay *replay, const struct an_event *event);
void an_order_expire(struct an_replay *replay, uint64_t epoch);
/* The table changed at addr by other means: is somebody's turn now? */
void an_order_wake(struct an_replay *replay, struct an_process_state *process, uint64_t addr);
/* The intent of stream that waits at addr becomes a free, or goes. */
void an_order_settle(struct an_replay *replay, struct an_stream *stream, bool is_freed);

/* live.c: the table and the sums. */
/* allocation: the new entry of the event's address. */
void an_live_fill(struct an_replay *replay, struct an_allocation *allocation,
		  const struct an_event *event);
/* Counts an allocation that left the table as freed; event NULL: nobody knows when. */
void an_live_count_free(struct an_replay *replay, struct an_process_state *process,
			const struct an_allocation *old, const struct an_event *event);
/* A free of what is not in the table. */
void an_live_count_missing(struct an_replay *replay, struct an_process_state *process,
			   bool is_inherited);
void an_live_check(struct an_replay *replay, struct an_process_state *process);
/* Once, at the end: the sites' last peaks, and the last check. */
void an_live_finish(struct an_replay *replay);

/* errors.c */
/* A live allocation was released; event NULL: nobody knows how. */
void an_error_release(struct an_replay *replay, struct an_process_state *process,
		      const struct an_allocation *old, const struct an_event *event);
/* A release of what was neither live nor inherited. */
void an_error_stray(struct an_replay *replay, const struct an_event *event);
void an_error_add(struct an_replay *replay, const struct an_error_state *error);
/* The image is over: it frees nothing any more. */
void an_error_forget(struct an_process_state *process);
void an_error_release_all(struct an_replay *replay);
/* errors_finish.c: from stack ids to the session's stacks, then what is said. */
void an_errors_resolve(struct an_replay *replay, struct an_resolver *resolver);
void an_errors_finish(struct an_replay *replay, const uint32_t *process_index,
		      const uint32_t *stack_of);

/* errors_foreign.c */
bool an_error_may_be_foreign(const struct an_session *session, const struct an_error *error);

/* realloc.c */
void an_realloc_begin(struct an_replay *replay, const struct an_event *event);
/* Outcome of the open intent, if there is one: it freed, or nothing happened. */
void an_realloc_settle(struct an_replay *replay, struct an_stream *stream, bool is_freed);
/* The outcome is not in the trace. */
void an_realloc_undo(struct an_replay *replay, struct an_stream *stream);

/* fork.c */
bool an_fork_is_inherited(const struct an_replay *replay,
			  const struct an_process_state *process, uint64_t addr);
void an_fork_mark_freed(struct an_process_state *process, uint64_t addr, uint64_t ticks);
void an_fork_bury(struct an_process_state *process, const struct an_allocation *old,
		  uint64_t ticks);
void an_fork_announce(struct an_replay *replay, struct an_process_state *parent,
		      uint64_t token, uint64_t ticks);
void an_fork_begin(struct an_replay *replay, struct an_process_state *child, uint64_t token,
		   uint64_t ticks);
/* process, or if NULL the image that has this pid then. */
void an_fork_over_later(struct an_replay *replay, struct an_process_state *process,
			uint64_t pid, uint64_t epoch);
void an_fork_expire(struct an_replay *replay, uint64_t epoch);

/* delay.c */
void an_delay(struct an_delays *delays, uint64_t epoch, struct an_process_state *process,
	      uint64_t value);
/* The first one of two epochs ago or more, taken out. */
bool an_delay_next(struct an_delays *delays, uint64_t epoch, struct an_delayed *delayed);

/* naming.c */
uint32_t an_site_of(struct an_replay *replay, struct an_process_state *process,
		    uint32_t stack_id);
void an_stack_define(struct an_replay *replay, struct an_process_state *process,
		     const struct mt_stack *stack);
void an_module_define(struct an_replay *replay, struct an_process_state *process,
		      const struct mt_module *module, uint64_t ticks);
void an_module_gone(struct an_process_state *process, const struct mt_module_gone *gone,
		    uint64_t ticks);

/* clock.c */
void an_clock_start(struct an_clock_state *clock, uint8_t kind, uint64_t ticks);
void an_clock_pair(struct an_clock_state *clock, uint64_t ticks, uint64_t monotonic_ns);
void an_clock_see(struct an_clock_state *clock, uint64_t ticks);
uint64_t an_clock_ns(const struct an_clock_state *clock, uint64_t ticks);
/* A length of time. */
uint64_t an_clock_span_ns(const struct an_clock_state *clock, uint64_t ticks);

/* certificate.c */
void an_note_dropped(struct an_replay *replay, uint32_t process, uint8_t reason,
		     uint64_t n_events);
/* process: an index of this replay, or AN_NONE. */
void an_note_told(struct an_replay *replay, uint32_t process, const struct mt_note *note);
void an_certificate(struct an_replay *replay, const uint32_t *process_index);

/* meta.c */
void an_meta_apply(struct an_replay *replay, uint32_t kind, struct mt_in *payload);

/* resolve.c: fills modules; the index of the stack of each raw site is borrowed until
 * an_resolve_release. */
struct an_resolver *an_resolve(struct an_replay *replay, const uint32_t *process_index);
uint32_t an_resolve_stack(struct an_resolver *resolver, const struct an_site_state *site);
void an_resolve_release(struct an_resolver *resolver);
/* Fills api and align_log2 if the site's stack is defined already. */
void an_resolve_api(const struct an_replay *replay, const struct an_process_state *process,
		    struct an_site_state *site);
/* finish.c, ends.c: makes the session out of all this. */
void an_finish(struct an_replay *replay);
void an_ends_apply(struct an_replay *replay);

#endif
