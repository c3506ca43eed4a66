/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h -- the outcome of a check as plain rows, and the formats that other
 * programs read it in.
 *
 * Every format is a pure function from these rows to a stream: it opens nothing,
 * asks nothing, and knows nothing of traces.
 *
 * Law: every text is UTF-8 without control characters; who fills the rows sees to
 * that. A writer escapes what its own syntax makes special, and no more.
 */
#ifndef FORMATS_EXPORT_ROWS_H
#define FORMATS_EXPORT_ROWS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum mt_export_level { MT_EXPORT_NOTE, MT_EXPORT_WARNING, MT_EXPORT_ERROR };

struct mt_export_frame {
	const char *function;    /* NULL: unknown, or a cut */
	const char *file;        /* relative to the root, or absolute; NULL: unknown */
	const char *module;      /* base name; NULL: in no module */
	const char *path;        /* of the module; NULL: in no module */
	uint64_t address;
	uint32_t line;           /* 0: unknown */
	uint32_t n_cut;          /* of a cut: how many frames; 0: unknown */
	bool is_cut;             /* frames are missing here */
	bool is_inlined;
	bool is_foreign;         /* the system's code: nothing to point at */
};

/* A test of a test program; suite is NULL where the framework has none. */
struct mt_export_test {
	const char *suite, *name;
};

struct mt_export_finding {
	const char *id, *fingerprint;
	const char *kind, *cause;        /* words of report --json */
	const char *reachability, *confidence, *type;   /* NULL: unknown */
	const char *title;               /* "The last pointer was lost" */
	const char *message;             /* a sentence with its figures */
	const char *size;                /* "9.4 MB" */
	const char *status;              /* "new", "grew", "known", "elsewhere" */
	enum mt_export_level level;      /* ERROR: the check fails for it */
	bool is_suppressed;
	uint64_t bytes, n_allocations, retained_bytes;
	const struct mt_export_frame *frames;   /* innermost first */
	uint32_t n_frames, responsible;         /* index into frames */
	const struct mt_export_test *tests;     /* that it was found in; may be none */
	uint32_t n_tests;
	const uint32_t *traces;                 /* indexes, ascending */
	uint32_t n_traces;
};

struct mt_export_limit {
	const char *key;                 /* "definite", "site(parse_*)" */
	const char *measure;             /* "bytes", "count", "findings" */
	uint64_t most, actual;
	bool is_over;
	bool is_of_findings;             /* findings exceed it */
};

struct mt_export_missing {
	const char *reason, *detail;
	uint64_t count;
	uint32_t trace;
	bool affects_verdict, is_allowed;
};

struct mt_export_trace {
	const char *path;
	const char *command;
	const char *program;             /* base name of the command's first word */
	uint64_t duration_ns;
	uint32_t status;                 /* of the program: 128+N for signal N */
	bool is_ended;                   /* status is known */
	bool is_complete;
};

struct mt_export {
	const char *tool_version;
	const char *verdict;             /* "clean", "findings" or "inconclusive" */
	const char *summary;             /* one line: how many new, known, gone */
	bool is_complete;
	bool has_baseline;
	const struct mt_export_finding *findings;  uint32_t n_findings;
	const struct mt_export_limit *limits;      uint32_t n_limits;
	const struct mt_export_missing *missing;   uint32_t n_missing;
	const struct mt_export_trace *traces;      uint32_t n_traces;
};

/* 0, or -1 when the stream or memory failed. */
typedef int mt_export_write(const struct mt_export *rows, FILE *to);

mt_export_write mt_export_sarif;          /* SARIF 2.1.0 */
mt_export_write mt_export_junit;          /* test cases, as CI servers read them */
mt_export_write mt_export_github;         /* annotations: workflow commands */
mt_export_write mt_export_gitlab;         /* code quality */
mt_export_write mt_export_valgrind_xml;   /* protocol 4 */
mt_export_write mt_export_valgrind_log;   /* the text that CTest counts defects in */
mt_export_write mt_export_markdown;       /* a summary for people */

struct mt_export_format {
	const char *name;
	mt_export_write *write;
};

/* Ends with a zeroed entry. */
extern const struct mt_export_format mt_export_formats[];

/* What writers share. */

/* The frame to point at: the responsible one, or from there outwards the first that
 * is not foreign and has a line; NULL if there is none. */
const struct mt_export_frame *mt_export_place(const struct mt_export_finding *finding);
/* As snprintf, but what is cut ends with a whole character. */
void mt_export_print(char *to, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "read_line  io.c:55", "?? (libz.so.1)", "(3 frames are missing)"; cut to room. */
void mt_export_frame_text(char *to, size_t room, const struct mt_export_frame *frame);
/* False for what nobody asked for: suppressed, or not from where was asked for. */
bool mt_export_is_shown(const struct mt_export_finding *finding);
/* True if it is what makes the verdict inconclusive. */
bool mt_export_is_blinding(const struct mt_export_missing *missing);

#endif
