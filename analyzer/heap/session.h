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

#include "formats/io/reader.h"

#include <stdbool.h>
#include <stdint.h>

enum { AN_NONE = UINT32_MAX };   /* no such index */

struct an_totals {
	uint64_t n_allocations;
	uint64_t n_frees;
	uint64_t allocated_bytes;
	uint64_t freed_bytes;
	uint64_t live_bytes;
	uint64_t n_live;
	uint64_t peak_bytes;
	uint64_t n_peak;             /* live allocations at the peak */
	uint64_t peak_ns;
	uint64_t n_temporary;
	uint64_t n_inherited_frees;
	uint64_t n_unknown_frees;    /* of addresses never seen and not inherited */
};

struct an_module {
	uint32_t process;            /* index */
	uint32_t id;                 /* as in the trace */
	uint32_t generation;
	uint64_t bias, start, end;
	const char *path;            /* NUL-terminated, otherwise as recorded */
	const uint8_t *build_id;
	uint32_t n_build_id;
	uint64_t loaded_ns;          /* when it was first seen */
	uint64_t unloaded_ns;        /* UINT64_MAX: not seen to go */
};

/* A frame: an address in a module of the process, or in none (AN_NONE). */
struct an_frame {
	uint64_t address;            /* as recorded: a return address unless is_exact */
	uint64_t look_up;            /* address to look up in the file: (address - 1 unless
	                              * exact) - bias; or the raw one without a module */
	uint32_t module;             /* index */
	bool is_exact;
	bool is_guess;
};

/* A distinct stack (same api, same frames in the same modules), over the whole
 * trace. Index 0 is the unknown stack: its definition was lost. */
struct an_stack {
	uint8_t api;                 /* enum mt_api */
	uint8_t align_log2;
	uint8_t end;                 /* enum mt_stack_end */
	uint32_t n_omitted;          /* frames missing after frames[MT_STACK_FRAMES_LEAF - 1] */
	uint32_t n_frames;
	const struct an_frame *frames;   /* innermost first */
};

/* What one stack cost in one process. */
struct an_site {
	uint32_t process;            /* index */
	uint32_t stack;              /* index */
	uint64_t n_allocations;
	uint64_t allocated_bytes;
	uint64_t n_live;
	uint64_t live_bytes;
	uint64_t peak_bytes;         /* live here at the whole trace's peak */
	uint64_t n_peak;
	uint64_t n_temporary;
	uint64_t lifetime_ns;        /* summed over the freed ones */
	uint64_t n_freed;
};

struct an_thread {
	uint32_t process;            /* index */
	uint32_t id;
	uint64_t tid;
	const char *name;            /* may be empty */
	uint64_t started_ns;         /* first and last record */
	uint64_t ended_ns;
};

struct an_process {
	uint32_t id;                 /* in order of start, from 1: the "id" of the JSON */
	uint32_t trace_id;           /* as in the trace */
	uint32_t parent;             /* index, or AN_NONE */
	uint8_t origin;              /* enum mt_origin */
	bool is_image_of_parent;     /* origin exec, and it replaced parent in the same pid */
	uint64_t pid, ppid;
	const char *exe, *cwd;
	const char *const *argv;     /* n_argv strings */
	uint32_t n_argv;
	bool is_command_cut;
	uint64_t start_ns, end_ns;
	uint8_t end_how;             /* enum mt_end_how */
	uint32_t end_status;         /* exit status or signal */
	bool is_core_dumped;
	uint32_t page_bytes;
	struct an_totals totals;
	uint64_t n_order_conflicts;
	uint64_t n_undone;           /* realloc intents without outcome at the end */
};

/* Something the certificate says. reason and detail as in the JSON. */
struct an_note {
	bool is_missing;             /* under "missing"; else under "notes" */
	bool affects_verdict;        /* of missing */
	const char *reason;
	uint64_t count;
	uint32_t process;            /* index, or AN_NONE for the trace */
	const char *detail;          /* may be empty */
};

struct an_live {                 /* one allocation that was not freed */
	uint32_t process;
	uint32_t stack;
	uint64_t addr;
	uint64_t size;
	uint64_t time_ns;
	uint32_t thread;             /* index of the thread that made it, or AN_NONE */
};

/* Counts of records by what they are; for info. */
struct an_counts {
	uint64_t n_records;
	uint64_t by_op[8];
	uint64_t by_kind[64];        /* [0]: kinds of 64 and more */
	uint64_t n_spans, n_blocks;
	uint64_t event_bytes;        /* of spans: what the program wrote */
	uint64_t file_bytes;
	uint64_t n_stack_nodes;      /* distinct (caller, address) nodes of the stack tree */
	uint64_t n_verified_equal, n_verified_different;
};

struct an_differs {              /* a stack the oracle saw otherwise */
	uint32_t process;
	struct mt_stack_differs differs;
};

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
	struct an_live *live;          uint64_t n_live;       /* by process, then address */
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
	const struct an_symbols_options *symbols;  /* NULL: defaults */
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

/* Self-check findings: the first failure in words, or NULL. */
const char *an_session_self_check_failure(const struct an_session *session);

#endif
