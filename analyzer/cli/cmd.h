/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd.h -- a command of memtrace is an entry in a table.
 *
 * main() finds it, parses its options, opens and replays the trace if it needs
 * one, opens the output, calls run, and says what was wrong with the trace or
 * the output. So run only has to do what the command is for.
 */
#ifndef ANALYZER_CLI_CMD_H
#define ANALYZER_CLI_CMD_H

#include "analyzer/cli/options.h"
#include "analyzer/cli/out.h"
#include "analyzer/heap/session.h"

enum cmd_needs {
	CMD_NEEDS_NOTHING,   /* operands are the command's own */
	CMD_NEEDS_FILE,      /* call->file: at most one operand, with the usual default */
	CMD_NEEDS_TRACE,     /* the same, replayed: call->session */
};

/* What a command is about, besides FILE: an operand of its own behind FILE, or
 * alone. */
enum cmd_subject { CMD_NO_SUBJECT, CMD_SUBJECT_NEEDED, CMD_SUBJECT_OPTIONAL };

struct cmd_call {
	const struct cmd *cmd;
	char **operands;                /* ends with NULL */
	int n_operands;
	char **options;                 /* options[1 .. n_options): what opt_parse took */
	int n_options;
	const char *file;               /* NULL for CMD_NEEDS_NOTHING */
	const char *subject;            /* NULL: none was given */
	uint64_t snapshot;              /* N of FILE@N; 0: the last of each process */
	struct an_session *session;     /* NULL unless CMD_NEEDS_TRACE */
	struct out *out;
};

struct cmd {
	const char *name;
	const char *summary;            /* for the list of commands: lower case, no full stop */
	const char *synopsis;           /* what follows "memtrace name" */
	const char *description;        /* a few lines for --help */
	const struct opt *options;      /* ends with a zeroed entry */
	enum cmd_needs needs;
	enum cmd_subject subject;
	bool is_first_operand_last;     /* see opt_parse */
	bool takes_snapshot;            /* FILE may be FILE@N */
	bool has_pager;
	int usage_exit;                 /* EXIT_USAGE or EXIT_RUN_FAILED */
	/* The exit code. Whether the trace was damaged is main's business. */
	int (*run)(struct cmd_call *call);
};

extern const struct cmd cmd_run, cmd_check, cmd_diff, cmd_report, cmd_why, cmd_graph, cmd_info;
extern const struct cmd cmd_snapshot, cmd_dump;
extern const struct cmd cmd_help;

/* Options that several commands share: --color, --no-pager; --exact; and
 * --strict, --debug-dir, --sysroot for those that read a trace. */
extern const struct opt cmd_output_options[];
extern const struct opt cmd_trace_options[];

/* What the shared options were set to. */
struct cmd_settings {
	unsigned colour;                /* enum out_colour */
	bool has_no_pager;
	bool is_exact;
	bool is_strict;
	const char *debug_dirs;
	const char *sysroot;
};
extern struct cmd_settings cmd_settings;

/* NULL-terminated; in the order of help. */
extern const struct cmd *const cmd_table[];
const struct cmd *cmd_find(const char *name);

/* A mistake on the command line: message, where help is, and the exit code. */
int cmd_usage_error(const struct cmd *cmd, const char *message);

/* Help on one command, and on all of them. */
void cmd_print_help(const struct cmd *cmd, struct out *out);
void cmd_print_overview(struct out *out);

#endif
