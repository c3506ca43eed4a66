/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h -- a trace, replayed: who ran, what was allocated where, what is
 * left, what the peak was, and what was not seen.
 *
 * Everything here is built in one streaming pass over the trace; memory grows
 * with live allocations and distinct stacks, not with events. All arrays and
 * strings belong to the session and last as long as it. Cross-references are
 * indexes. Times are ns since the start of the trace.
 */
#ifndef ANALYZER_HEAP_SESSION_H
#define ANALYZER_HEAP_SESSION_H

#include "analyzer/heap/model.h"
#include "analyzer/heap/snapshot.h"
#include "formats/io/reader.h"

struct an_session {
	const char *path;
	uint32_t format_version;
	uint64_t started_realtime_ns;
	uint64_t duration_ns;
	const char *const *command;
	uint32_t n_command;
	const char *cwd, *host, *tool_version;
	bool is_cut, is_damaged, has_live;
	const char *cut_reason;      /* NULL unless is_cut */
	bool is_complete;            /* no note that affects the verdict */

	struct an_process *processes;  uint32_t n_processes;  /* in order of start */
	struct an_thread *threads;     uint32_t n_threads;
	struct an_module *modules;     uint32_t n_modules;
	struct an_stack *stacks;       uint32_t n_stacks;
	struct an_site *sites;         uint32_t n_sites;      /* by process, then stack */
	struct an_unloaded *unloaded;  uint64_t n_unloaded;   /* by process, then value */
	struct an_live *live;          uint64_t n_live;       /* by process, then address */
	struct an_snapshot *snapshots; uint32_t n_snapshots;  /* by process, then time */
	uint32_t at_snapshot;        /* index of the one it was read until, or AN_NONE */
	struct an_mark_name *mark_names; uint32_t n_mark_names; /* by process, first_ns */
	struct an_mark *marks;         uint32_t n_marks;      /* by process, then time */
	struct an_standing *standings; uint32_t n_standings;  /* by process, snapshot, then
	                                                       * who crashed, then tid */
	struct an_error *errors;       uint32_t n_errors;     /* by process, kind, stacks */
	struct an_note *notes;         uint32_t n_notes;      /* by reason, then detail */
	struct an_differs *differs;    uint32_t n_differs;    /* the first 1000 */
	struct an_totals totals;                              /* of the tree */
	struct an_counts counts;

	struct an_symbols *symbols;  /* with the trace's SYMBOLS blocks taken in */
	void *internal;
};

struct an_session_options {
	bool is_self_check;          /* check the invariants after every event: slow */
	bool want_live;              /* fill live[] */
	bool is_names_only;          /* processes, modules and stacks are wanted, no
	                              * events: five times as fast */
	const struct an_symbols_options *symbols;  /* NULL: defaults */
	const struct an_visitor *visitor;    /* NULL, or who sees snapshots; then known is */
	const struct an_session *known;      /* the session of an earlier reading */
	const struct an_until *until;        /* NULL: read to the end */
	void (*progress)(void *context, uint64_t done_bytes, uint64_t all_bytes); /* may be NULL */
	void *progress_context;
};

/* MT_OK, or the status that mt_reader_open_file or _next gave; errno is set for
 * MT_ERR_SYSTEM. After an error in the middle *session still holds what could
 * be read; it is NULL only when the file could not be opened as a trace. */
int an_session_open(struct an_session **session, const char *path,
		    const struct an_session_options *options);
int an_session_open_reader(struct an_session **session, struct mt_reader *reader,
			   const char *path, const struct an_session_options *options);
void an_session_close(struct an_session *session);

/* The module that had this address in a process (an index) at a time, its own or
 * one inherited through fork: an index, or AN_NONE. */
uint32_t an_session_module_at(const struct an_session *session, uint32_t process, uint64_t addr,
			      uint64_t at_ns);
/* What an unloaded module held that points to an allocation of a process (an index),
 * made before; or NULL. */
const struct an_unloaded *an_session_unloaded(const struct an_session *session, uint32_t process,
					      const struct an_held *held);
/* The number of a module (an index) in session->symbols. */
uint32_t an_session_symbols_module(const struct an_session *session, uint32_t index);

/* For a reading that ends with a snapshot (an index); false: there is none. */
bool an_session_until(const struct an_session *session, uint32_t snapshot,
		      struct an_until *until);
/* Of a site that an_departure names, after the reading: an index into stacks. */
uint32_t an_session_site_stack(const struct an_session *session, uint32_t site);

/* The greatest number that divides both; 0 is divided by all. */
uint64_t an_common_unit(uint64_t a, uint64_t b);

/* Self-check findings: the first failure in words, or NULL. */
const char *an_session_self_check_failure(const struct an_session *session);

#endif
