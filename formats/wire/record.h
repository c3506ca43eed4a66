/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h -- the payloads of extended records and of META records: one struct,
 * one writer and one reader each.
 *
 * Writers want a bounded cursor and leave is_full set when it was too small
 * (the caller then drops the record and counts it). Readers return MT_OK or
 * MT_ERR_RECORD; a payload may be longer than what they know (later versions
 * add fields at the end). Texts are borrowed from the input and are whatever
 * bytes the traced program had: never trust them to be UTF-8 or terminated.
 */
#ifndef FORMATS_WIRE_RECORD_H
#define FORMATS_WIRE_RECORD_H

#include "formats/wire/event.h"

/* Which function made an allocation: part of the identity of a stack. */
enum mt_api {
	MT_API_NONE,
	MT_API_MALLOC,
	MT_API_CALLOC,
	MT_API_REALLOC,
	MT_API_REALLOCARRAY,
	MT_API_POSIX_MEMALIGN,
	MT_API_ALIGNED_ALLOC,
	MT_API_MEMALIGN,
	MT_API_VALLOC,
	MT_API_PVALLOC,
	MT_API_NEW,
	MT_API_NEW_ARRAY,
	MT_API_NEW_NOTHROW,
	MT_API_NEW_ARRAY_NOTHROW,
	MT_API_NEW_ALIGNED,
	MT_API_NEW_ARRAY_ALIGNED,
	MT_API_NEW_ALIGNED_NOTHROW,
	MT_API_NEW_ARRAY_ALIGNED_NOTHROW,
	MT_N_APIS,
};

/* The name of the function as a person knows it ("operator new[]"). "?" for a
 * number that is none of the above. */
const char *mt_api_name(uint32_t api);

/* Why the outermost frame of a stack is the last one. */
enum mt_stack_end {
	MT_STACK_ROOT,         /* the thread's or the program's first frame */
	MT_STACK_NO_RULE,      /* no unwind table, and no frame pointer to guess with */
	MT_STACK_UNREADABLE,   /* the next word to read lies outside the stack */
	MT_STACK_LOADER_BUSY,  /* libraries were being loaded or unloaded */
	MT_STACK_TOO_DEEP,     /* the walk gave up */
};

/* MT_KIND_STACK. frames are innermost first; each is a return address unless
 * is_exact says it is the address of the instruction itself (interrupted by a
 * signal). If n_omitted is not 0, that many frames are missing between
 * frames[MT_STACK_FRAMES_LEAF - 1] and frames[MT_STACK_FRAMES_LEAF]. */
struct mt_stack {
	uint32_t id;
	uint8_t api;             /* enum mt_api */
	uint8_t align_log2;      /* declared alignment of the aligned functions, else 0 */
	uint8_t end;             /* enum mt_stack_end */
	uint32_t generation;     /* of the modules, when it was taken */
	uint32_t n_omitted;
	uint32_t n_guessed_from; /* frames from here on came by frame pointer: a guess;
	                          * MT_STACK_FRAMES_MAX when none did */
	uint32_t n_frames;
	const uint64_t *frames;
	uint64_t is_exact[MT_STACK_FRAMES_MAX / 64]; /* bit i: frames[i] is exact */
};

/* Room that is enough for the payload of any stack. */
enum { MT_STACK_BYTES_MAX = 64 + MT_STACK_FRAMES_MAX * (MT_ULEB_BYTES_MAX + 2) };

/* The definition shares the frames at the root end with the one before it in
 * the same fill; state remembers them, on both sides. */
void mt_put_stack(struct mt_stream_state *state, struct mt_out *out, const struct mt_stack *stack);
/* stack->frames points into state and lasts until the next definition. Must be
 * called for every definition of a fill, in order: each builds on the last. */
int mt_get_stack(struct mt_stream_state *state, const struct mt_record *record,
		 struct mt_stack *stack);

/* MT_KIND_FILL: the record's time is the absolute clock, and this is
 * CLOCK_MONOTONIC at the same moment, in ns. */
struct mt_fill {
	uint64_t monotonic_ns;
};
void mt_put_fill(struct mt_out *out, const struct mt_fill *fill);
int mt_get_fill(const struct mt_record *record, struct mt_fill *fill);

/* MT_KIND_THREAD. A thread may have a second stream, for what its signal
 * handlers did while the first was being written to. */
struct mt_thread {
	uint32_t id;      /* unique in the process, from 1 */
	uint64_t tid;     /* as the kernel numbers it, in the process's namespace */
	uint8_t is_nested;
	struct mt_text name;
};
void mt_put_thread(struct mt_out *out, const struct mt_thread *thread);
int mt_get_thread(const struct mt_record *record, struct mt_thread *thread);

/* MT_KIND_THREAD_NAME: payload is the name. tid 0 is the writing thread. */
struct mt_thread_name {
	uint64_t tid;
	struct mt_text name;
};
void mt_put_thread_name(struct mt_out *out, const struct mt_thread_name *name);
int mt_get_thread_name(const struct mt_record *record, struct mt_thread_name *name);

/* MT_KIND_FREE_STACK, with --free-stacks: the stack of the next release or realloc
 * intent of this stream. */
struct mt_free_stack {
	uint32_t stack;          /* id; its api is MT_API_NONE */
};
void mt_put_free_stack(struct mt_out *out, const struct mt_free_stack *free_stack);
int mt_get_free_stack(const struct mt_record *record, struct mt_free_stack *free_stack);

enum mt_origin {
	MT_ORIGIN_FIRST,   /* nobody recorded its beginning: the program first started */
	MT_ORIGIN_FORK,    /* a copy of parent */
	MT_ORIGIN_EXEC,    /* exec or spawn, announced as token by parent */
};

/* MT_KIND_PROCESS: an image began. The first record after FILL and THREAD in
 * the stream of the thread that began it. */
struct mt_process {
	uint32_t id;             /* unique in the trace, from 1 */
	uint32_t parent;         /* process id in the trace, 0 if none */
	uint8_t origin;          /* enum mt_origin */
	uint64_t token;          /* MT_ORIGIN_EXEC: of the EXEC record; FORK: of the FORK record */
	uint64_t pid;
	uint64_t ppid;
	uint64_t realtime_ns;    /* CLOCK_REALTIME at the record's time */
	uint64_t n_stacks;       /* MT_ORIGIN_FORK: stack ids up to this are the parent's */
	uint32_t page_bytes;
	struct mt_text exe;      /* path, as the kernel has it */
	struct mt_text cwd;
	struct mt_text command;  /* argv, each argument with its terminating NUL */
	uint8_t is_command_cut;
};
void mt_put_process(struct mt_out *out, const struct mt_process *process);
int mt_get_process(const struct mt_record *record, struct mt_process *process);

/* MT_KIND_MODULE: an ELF object is at [start, end). Of a process it stays valid
 * for stacks of this generation and later, until another module covers the
 * address or MODULE_GONE. */
struct mt_module {
	uint32_t id;             /* unique in the process, from 1 */
	uint32_t generation;
	uint64_t bias;           /* address in memory minus address in the file's own terms */
	uint64_t start;
	uint64_t end;
	struct mt_text path;
	struct mt_text build_id; /* raw bytes, possibly none */
};
void mt_put_module(struct mt_out *out, const struct mt_module *module);
int mt_get_module(const struct mt_record *record, struct mt_module *module);

/* MT_KIND_MODULE_GONE: module id was unloaded; generation is the new one. */
struct mt_module_gone {
	uint32_t id;
	uint32_t generation;
};
void mt_put_module_gone(struct mt_out *out, const struct mt_module_gone *gone);
int mt_get_module_gone(const struct mt_record *record, struct mt_module_gone *gone);

/* MT_KIND_REALLOC_END: the open intent ended without a new allocation. */
struct mt_realloc_end {
	uint8_t is_freed;        /* 1: the old allocation was freed; 0: nothing happened */
};
void mt_put_realloc_end(struct mt_out *out, const struct mt_realloc_end *end);
int mt_get_realloc_end(const struct mt_record *record, struct mt_realloc_end *end);

enum {
	MT_EXEC_SPAWN = 1,     /* a new process; else the caller's image is replaced */
	MT_EXEC_SEARCH = 2,    /* path is a name looked up in PATH */
	MT_EXEC_DETACHED = 4,  /* memtrace was not put into the new environment */
};

/* MT_KIND_EXEC: written before the attempt. */
struct mt_exec {
	uint64_t token;          /* unique in the trace, not 0 */
	uint8_t flags;
	struct mt_text path;
};
void mt_put_exec(struct mt_out *out, const struct mt_exec *exec);
int mt_get_exec(const struct mt_record *record, struct mt_exec *exec);

/* MT_KIND_EXEC_FAILED: the attempt with this token came back. error is an errno. */
struct mt_exec_failed {
	uint64_t token;
	uint32_t error;
};
void mt_put_exec_failed(struct mt_out *out, const struct mt_exec_failed *failed);
int mt_get_exec_failed(const struct mt_record *record, struct mt_exec_failed *failed);

/* MT_KIND_FORK: written by the parent after it forked; pid is the child's. */
struct mt_fork {
	uint64_t token;
	uint64_t pid;
};
void mt_put_fork(struct mt_out *out, const struct mt_fork *fork_record);
int mt_get_fork(const struct mt_record *record, struct mt_fork *fork_record);

enum mt_end_how {
	MT_END_UNKNOWN,
	MT_END_EXIT,        /* exit or return from main */
	MT_END__EXIT,       /* _exit, _Exit, quick_exit */
	MT_END_SIGNAL,
	MT_END_EXEC,
	MT_END_RUNNING,     /* it ran on when the trace ended */
	MT_N_ENDS,
};

/* MT_KIND_END: the image announces its end. status is the exit status. */
struct mt_end {
	uint8_t how;
	uint32_t status;
};
void mt_put_end(struct mt_out *out, const struct mt_end *end);
int mt_get_end(const struct mt_record *record, struct mt_end *end);

enum mt_drop_reason {
	MT_DROP_FULL,       /* no segment was free */
	MT_DROP_NESTED,     /* inside a hook, inside a hook */
	MT_DROP_NO_CHANNEL, /* the process could not get at the channel */
	MT_DROP_NO_STATE,   /* no memory for a thread's state */
	MT_DROP_DISK,       /* the runner could not write the trace */
	MT_N_DROPS,
};

/* MT_KIND_DROPPED. */
struct mt_dropped {
	uint8_t reason;
	uint64_t n_events;
};
void mt_put_dropped(struct mt_out *out, const struct mt_dropped *dropped);
int mt_get_dropped(const struct mt_record *record, struct mt_dropped *dropped);

/* MT_KIND_NOTE: reason is a word of the certificate (screens: "notes" and
 * "missing"), such as "allocator-bypassed" or "other-initfirst-library". */
struct mt_note {
	uint8_t is_missing;      /* belongs under "missing", else under "notes" */
	uint64_t count;
	struct mt_text reason;
	struct mt_text detail;
};
void mt_put_note(struct mt_out *out, const struct mt_note *note);
int mt_get_note(const struct mt_record *record, struct mt_note *note);

/* MT_KIND_STACK_DIFFERS: what the walk and the oracle saw for one event, from
 * the innermost frame on. Written by verification runs only. */
struct mt_stack_differs {
	uint64_t n_ours;
	uint64_t n_theirs;
	uint64_t ours[MT_STACK_FRAMES_MAX];
	uint64_t theirs[MT_STACK_FRAMES_MAX];
};
enum { MT_STACK_DIFFERS_BYTES_MAX = 32 + 2 * MT_STACK_FRAMES_MAX * MT_ULEB_BYTES_MAX };
void mt_put_stack_differs(struct mt_out *out, const struct mt_stack_differs *differs);
int mt_get_stack_differs(const struct mt_record *record, struct mt_stack_differs *differs);

/*
 * META blocks: what the runner knows. Their payload is a sequence of
 *     ULEB kind, ULEB length, payload
 */
enum mt_meta {
	MT_META_RUN = 1,       /* once, first */
	MT_META_CLOCK = 2,     /* several times */
	MT_META_ENDED = 3,     /* a process of the tree ended */
	MT_META_NOTE = 4,      /* struct mt_note, of the runner's or of a process */
	MT_META_DROPPED = 5,   /* struct mt_process_dropped */
	MT_META_VERIFIED = 6,  /* struct mt_verified: verification runs only */
	MT_META_STANDING = 7,  /* struct mt_standing, in standing.h */
};

enum mt_clock {
	MT_CLOCK_TSC = 1,       /* ticks of the processor's time stamp counter */
	MT_CLOCK_MONOTONIC = 2, /* ticks are ns of CLOCK_MONOTONIC */
};

struct mt_run {
	uint8_t clock;             /* enum mt_clock */
	uint64_t started_realtime_ns;
	uint64_t started_ticks;
	uint64_t started_monotonic_ns;
	uint64_t pid;              /* of the program first started, in the runner's namespace */
	struct mt_text tool_version;
	struct mt_text host;       /* uname: sysname release machine */
	struct mt_text cwd;
	struct mt_text command;    /* as struct mt_process */
};
void mt_put_run(struct mt_out *out, const struct mt_run *run);
int mt_get_run(struct mt_in *in, struct mt_run *run);

/* A tick count and CLOCK_MONOTONIC at the same moment: the first and last of
 * all such pairs (FILL, RUN, CLOCK) give the length of a tick. */
struct mt_clock_pair {
	uint64_t ticks;
	uint64_t monotonic_ns;
};
void mt_put_clock_pair(struct mt_out *out, const struct mt_clock_pair *pair);
int mt_get_clock_pair(struct mt_in *in, struct mt_clock_pair *pair);

/* How a process ended, as seen from outside. */
struct mt_ended {
	uint64_t pid;          /* in the process's own namespace where known */
	uint64_t ticks;        /* when the runner saw it */
	uint8_t how;           /* MT_END_EXIT, _SIGNAL, _RUNNING or _UNKNOWN */
	uint32_t status;       /* exit status or signal number */
	uint8_t is_core_dumped;
};
void mt_put_ended(struct mt_out *out, const struct mt_ended *ended);
int mt_get_ended(struct mt_in *in, struct mt_ended *ended);

/* Note from the runner about a process; process 0 is the whole trace. */
struct mt_meta_note {
	uint32_t process;
	struct mt_note note;
};
void mt_put_meta_note(struct mt_out *out, const struct mt_meta_note *note);
int mt_get_meta_note(struct mt_in *in, struct mt_meta_note *note);

/* Events a process could not record and could not say so in its own streams. */
struct mt_process_dropped {
	uint32_t process;      /* 0: unknown */
	struct mt_dropped dropped;
};
void mt_put_process_dropped(struct mt_out *out, const struct mt_process_dropped *dropped);
int mt_get_process_dropped(struct mt_in *in, struct mt_process_dropped *dropped);

/* How many stacks the oracle checked, and how many it saw otherwise. */
struct mt_verified {
	uint64_t n_equal;
	uint64_t n_different;
};
void mt_put_verified(struct mt_out *out, const struct mt_verified *verified);
int mt_get_verified(struct mt_in *in, struct mt_verified *verified);

/* Writes the whole META record around a payload. */
void mt_put_meta(struct mt_out *out, enum mt_meta kind, const void *payload, size_t n_bytes);
/* Opens the next record of a META payload: 1 and *kind, *payload; 0 at the
 * end; MT_ERR_RECORD. */
int mt_get_meta(struct mt_in *in, uint32_t *kind, struct mt_in *payload);

#endif
