/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.h -- may this go in? The findings of one or several traces, held against
 * limits and a baseline, with everything that was not seen.
 *
 * A gate is fed one session after the other and keeps nothing of them: all that
 * "check", "run --check" and every output format print is rendered from this, when
 * the traces are long closed. One fingerprint is one row, whatever the number of
 * traces it is from.
 *
 * Law: a verdict is clean only if no limit is exceeded and nothing that could have
 * changed that was missed, but for what somebody allowed by name.
 */
#ifndef ANALYZER_FINDINGS_GATE_H
#define ANALYZER_FINDINGS_GATE_H

#include "analyzer/findings/allow.h"
#include "analyzer/findings/baseline.h"
#include "analyzer/findings/changes.h"
#include "analyzer/findings/findings.h"
#include "analyzer/findings/limits.h"

/* What the baseline says of a row. */
enum an_gate_status {
	AN_GATE_NEW,             /* nothing, or there is no baseline */
	AN_GATE_GREW,            /* less of it */
	AN_GATE_KNOWN,
	AN_GATE_ELSEWHERE,       /* nobody asked: --only-from leaves it out */
	AN_N_GATE_STATUSES,
};
/* "new", "grew", "known", "elsewhere". */
const char *an_gate_status_name(enum an_gate_status status);

/* A row's share of one trace. */
struct an_gate_part {
	uint32_t trace;          /* index into traces */
	uint32_t n_processes;
	uint64_t bytes, n, retained_bytes;
	struct an_share definite, indirect;  /* of a definite leak: what counts for it */
};

/* A leak, something not freed, or an error; words as in the contract. */
struct an_gate_row {
	char id[4 + AN_FINGERPRINT_DIGITS];
	char fingerprint[AN_FINGERPRINT_DIGITS + 1];
	bool is_error;
	uint8_t class;               /* enum an_class; not of an error */
	uint8_t cause_number;        /* enum an_cause, or enum an_error_kind */
	uint8_t confidence_level;    /* enum an_confidence; not of an error */
	const char *kind;            /* "leak", "not-freed", "error" */
	const char *cause;           /* "cycle", "double-free" */
	const char *reachability;    /* "definite", "possible", "suppressed"; NULL: unknown */
	const char *confidence;      /* NULL: unknown */
	const char *sentence;        /* of an error: "Freed twice"; else NULL */
	uint64_t n_rings, ring_length;       /* of a cycle */
	uint64_t bytes, n, retained_bytes;   /* summed over traces; retained is the same as
	                                      * bytes but for leaks */
	const char *type;            /* NULL: unknown */
	const struct an_named_line *lines;   /* innermost first */
	uint32_t n_lines, responsible;       /* index into lines; there may be none */
	const struct an_gate_part *parts;    /* by trace */
	uint32_t n_parts;
	enum an_gate_status status;
	bool is_ours;                /* not left out by --only-from */
	bool is_watched;             /* there is a limit for what it is */
	bool is_over;                /* an exceeded limit counts it: the gate is red for it */
	bool is_changed;             /* --changed-since: its responsible line was changed */
	const struct an_baseline_entry *entry;   /* NULL: the baseline has none */
};

struct an_gate_missing {
	const char *reason, *detail;
	const char *program;         /* base name of whose it is; "": the whole trace */
	uint64_t pid;                /* 0: likewise */
	uint64_t count;
	uint32_t trace;
	bool affects_verdict, is_allowed;
};

struct an_gate_trace {
	const char *path;
	const char *command;         /* words with a space between them */
	const char *cwd;             /* of the command; NULL: unknown */
	uint32_t n_processes;
	bool is_complete;            /* nothing that affects the verdict was missed */
	bool is_ended;               /* the next is known */
	uint32_t program;            /* status of the command; 128+N: signal N */
	uint64_t duration_ns;
};

struct an_gate_limit {
	const struct an_limit *limit;
	uint64_t actual;             /* in the limit's own measure */
	uint64_t actual_n;           /* allocations or errors; of .findings: findings */
	bool is_over;
	bool is_matched;             /* its program or site was there */
};

struct an_gate {
	enum an_verdict verdict;
	bool is_complete;
	bool is_every_missing_allowed;
	struct an_gate_row *rows;            /* watched, over, by status, retained bytes, id */
	uint32_t n_rows;
	uint32_t n_status[AN_N_GATE_STATUSES];   /* of the watched ones */
	const struct an_baseline_entry **gone;   uint32_t n_gone;
	struct an_gate_limit *limits;            uint32_t n_limits;
	struct an_gate_missing *missing;         uint32_t n_missing;
	struct an_gate_trace *traces;            uint32_t n_traces;
	struct an_share definite, possible;      /* what the baseline does not cover */
	bool are_runs;                           /* the traces are runs of one command */
	bool is_program_known;
	uint32_t program;                        /* the greatest of all traces */
	void *internal;
};

struct an_gate_options {
	const struct an_limits *limits;
	const struct an_allowances *allowances;      /* NULL: none */
	struct an_baseline *baseline;                /* NULL: none; is_used is set */
	const struct an_changes *changes;            /* NULL: nobody asked */
	const char *const *only_from;                /* folders, absolute; n_only_from */
	size_t n_only_from;
	bool are_runs;
	struct an_findings_options findings;         /* of every trace */
};

/* options and all it points to must outlive the gate. */
struct an_gate *an_gate_new(const struct an_gate_options *options);
void an_gate_free(struct an_gate *gate);
/* Takes from the session what it needs; is_broken: reading it ended with an error. */
void an_gate_add(struct an_gate *gate, const struct an_session *session, bool is_broken);
/* A command of which there is no trace, and why: as add, with one thing missing. */
void an_gate_add_unseen(struct an_gate *gate, const char *path, const char *reason,
			const char *detail);
/* The verdict, and everything that depends on more than one trace. Once more after
 * the baseline has changed. */
void an_gate_judge(struct an_gate *gate);
/* For the next an_gate_judge: a new baseline; how the command ended, by who waited for
 * it. */
void an_gate_set_baseline(struct an_gate *gate, struct an_baseline *baseline);
void an_gate_set_program(struct an_gate *gate, uint32_t status);

/* What a row has in one trace, with what hangs on it alone: what a baseline holds. */
struct an_share an_gate_weight(const struct an_gate_row *row, const struct an_gate_part *part);

#endif
