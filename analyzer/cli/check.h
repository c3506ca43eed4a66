/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h -- what "check" and "run --check" have in common: their options and the file
 * .memtrace, the gate they make of them, and its renderings.
 *
 *     check_open            options, file, baseline -> a gate without traces
 *     an_gate_add           for each trace
 *     check_close           verdict, new baseline, text, last line -> exit code
 */
#ifndef ANALYZER_CLI_CHECK_H
#define ANALYZER_CLI_CHECK_H

#include "analyzer/cli/cmd.h"
#include "analyzer/cli/out_json.h"
#include "analyzer/findings/gate.h"

struct check_settings {
	bool is_json, is_quiet_if_clean, has_no_config, has_no_baseline;
	bool is_update, is_force, are_runs;
	const char *config, *baseline, *changed_since;
	struct opt_list limits, allowed, only_from, outputs;
	uint64_t leak_exit, incomplete_exit;     /* UINT64_MAX: as the command has them */
};
extern struct check_settings check_settings;

/* The options of both commands; those that may stand in the file are a table of their
 * own inside it. */
extern const struct opt check_options[];
extern const struct opt check_output_options[];

struct check {
	const struct cmd *cmd;
	struct an_gate *gate;
	const char *config;              /* the file that was read, or NULL */
	const char *baseline_path;       /* likewise */
	const char *trace;               /* what the last line names */
	struct an_limits limits;
	struct an_allowances allowances;
	struct an_baseline baseline;
	struct an_changes changes;
	struct an_gate_options options;
	struct opt_list folders;         /* --only-from, whole */
	struct opt_list paths;           /* of traces, ours to free */
	char *config_text;
	bool has_failed;                 /* an output could not be written */
};

/* EXIT_DONE, or the exit code of a mistake that was told. */
int check_open(struct check *check, const struct cmd_call *call);
/* Judges, writes the new baseline if asked to, and prints. */
void check_judge(struct check *check, struct out *out);
/* AN_CLEAN 0, AN_FINDINGS and AN_INCONCLUSIVE as given, or as an option says. */
int check_exit_code(const struct check *check, int findings, int inconclusive);
void check_release(struct check *check);

/* check_file.c: reads the file into the settings; options of the command line go
 * before. */
int check_read_config(struct check *check, const struct cmd_call *call);
/* The whole text of a file, or NULL with errno. To be freed. */
char *check_read_file(const char *name);
/* check_git.c: fills changes by git. */
int check_find_changes(struct check *check, const char *reference);
/* check_baseline.c */
int check_read_baseline(struct check *check);
int check_update_baseline(struct check *check);

/* check_output.c: --output=FORMAT:FILE. The name of the trace is among those of "run";
 * the last such, or instead if there is none. */
bool check_is_output(const char *text);
const char *check_trace_name(const char *instead);
/* Whether each is understood, as check_open; can_be_trace: or is the name of a trace. */
int check_read_outputs(const struct check *check, bool can_be_trace);
/* Writes each file: 0, or -1 when one could not be written, which was told. */
int check_write_outputs(const struct check *check, struct out *out);

/* check_text.c: on stderr. check_last_line also when nothing else is said. */
void check_text(const struct check *check);
void check_last_line(const struct check *check);
/* check_json.c */
void check_json(const struct check *check, FILE *to);
/* One element of "limits". */
void check_json_limit(struct json *json, const struct an_gate_limit *limit);

/* "The last pointer was lost", "Freed twice". */
const char *check_sentence(char to[128], const struct an_gate_row *row);

#endif
