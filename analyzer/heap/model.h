/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h -- the things a session is made of: processes, threads, modules,
 * stacks, sites, and what the certificate says. Included by session.h, which
 * says how long they last.
 */
#ifndef ANALYZER_HEAP_MODEL_H
#define ANALYZER_HEAP_MODEL_H

#include "analyzer/heap/errors.h"
#include "formats/wire/record.h"

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
	uint64_t n_ignored, ignored_bytes;   /* live, and said to be no leak */
	const char *type;            /* what the program calls those live; NULL: nothing, "":
	                              * several things */
	uint64_t unit_bytes;         /* the greatest number that divides all sizes; 0: all are 0 */
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
	uint64_t n_errors[AN_N_ERRORS];
	uint32_t snapshot;           /* index of the one with data, or AN_NONE */
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

/* A word of a module's variables, when the module was unloaded. */
struct an_unloaded {
	uint32_t process, module;    /* indexes */
	uint64_t slot, value;
	uint64_t at_ns;
};

struct an_live {                 /* one allocation that was not freed */
	uint32_t process;
	uint32_t stack;
	uint64_t addr;
	uint64_t size;
	uint64_t time_ns;
	uint32_t thread;             /* index of the thread that made it, or AN_NONE */
};

/* The marks of one name in one process. */
struct an_mark_name {
	uint32_t process;
	const char *name;
	uint64_t n;
	uint64_t first_ns, last_ns;
};

/* One of them: evenly spread, when there were too many to keep. */
struct an_mark {
	uint32_t process;
	uint32_t name;               /* index */
	uint64_t at_ns;
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

#endif
