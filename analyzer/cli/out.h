/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out.h -- where a command's words go: stdout, through a pager when the text is
 * longer than the terminal, with colour when a person looks; and stderr for
 * messages.
 *
 * Law: whatever comes from a trace or an argument passes out_text (or the
 * message functions, which escape everything), so that no byte of it can command
 * the terminal.
 */
#ifndef ANALYZER_CLI_OUT_H
#define ANALYZER_CLI_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit codes of the commands that read (screens: exit codes). */
enum {
	EXIT_DONE = 0,
	EXIT_USAGE = 3,
	EXIT_BAD_TRACE = 4,
	EXIT_RUN_FAILED = 125,   /* "run": memtrace's own error or usage */
};

enum out_colour { OUT_COLOUR_AUTO, OUT_COLOUR_ALWAYS, OUT_COLOUR_NEVER };
/* "auto", "always", "never", NULL. */
extern const char *const out_colour_choices[];

enum out_style { OUT_PLAIN, OUT_HEAD, OUT_STRONG, OUT_DIM, OUT_WARN };

struct out {
	FILE *to;              /* stdout, or what leads to the pager */
	bool has_colour;
	bool is_exact;         /* --exact: all digits */
	unsigned width;        /* columns; at least 40 */
	void *pager;           /* private */
	int error;             /* private: errno of what could not be written */
};

/* Valid until out_close. When stdout is no terminal, or has_pager is false, to
 * is stdout itself. */
void out_open(struct out *out, enum out_colour colour, bool has_pager);
/* What was printed comes before what is said on stderr next. */
void out_flush(struct out *out);
/* Flushes, waits for the pager, and reports an output that could not be written
 * (a full disk) on stderr: 0, or -1. A reader that closed the pipe is no error. */
int out_close(struct out *out);

/* Switches the style on, or off with OUT_PLAIN. Nothing without colour. */
void out_style(struct out *out, enum out_style style);

/* "memtrace: file: what; what next" on stderr; file may be NULL. All of it is
 * escaped. */
void out_message(const char *file, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Progress on stderr, if that is a terminal, from half a second after the first
 * call on; out_progress_end wipes it. what is "reading" or the like. */
void out_progress(const char *what, uint64_t done, uint64_t all);
void out_progress_end(void);

#endif
