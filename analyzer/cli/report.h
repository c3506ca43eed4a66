/* SPDX-License-Identifier: Apache-2.0 */
/* report.h -- what "report" was asked for, and its two renderings. */
#ifndef ANALYZER_CLI_REPORT_H
#define ANALYZER_CLI_REPORT_H

#include "analyzer/cli/cmd.h"
#include "analyzer/cli/out_json.h"
#include "analyzer/findings/findings.h"

struct an_suspects;

struct report_options {
	bool is_json;
	bool is_full;
	bool is_gen_suppressions;
	const struct an_suppressions *suppressions;   /* NULL: none */
	const struct an_suspects *suspects;           /* NULL: nobody asked for them */
	uint64_t n_top;          /* UINT64_MAX: not given */
	uint64_t depth;          /* UINT64_MAX: not given */
	unsigned order;          /* enum an_order */
	bool has_order;
	const char *focus, *ignore, *process;
};

enum { REPORT_NO_ORDER = UINT32_MAX };

/* Reads the findings, and sorts their costs as its sections need. */
void report_text(struct an_findings *findings, const struct report_options *options,
		 const struct cmd_call *call);
void report_json(struct an_findings *findings, const struct report_options *options,
		 FILE *to);

/* Parts that other commands print, too. */
void report_json_trace(struct json *json, const struct an_session *session);
void report_json_process(struct json *json, const struct an_findings *findings,
			 uint32_t process);
/* key: "stack" mostly. */
void report_json_stack(struct json *json, const char *key, const struct an_line_list *list,
		       const char *cwd, uint64_t depth);
void report_json_responsible(struct json *json, const struct an_line_list *list,
			     const char *cwd);
void report_json_notes(struct json *json, const char *key, const struct an_session *session,
		       const struct an_note *notes, uint32_t n_notes, bool is_missing);
void report_text_notes(struct out *out, const struct an_session *session,
		       const struct an_note *notes, uint32_t n_notes);
/* The command that was recorded; without a runner, of the first process. Returns
 * how many words. */
uint32_t report_command(const struct an_session *session, const char *const **argv);
/* Its working directory, likewise; NULL if unknown. */
const char *report_cwd(const struct an_session *session);
/* The program's command line, escaped, as the first line of a report. */
void report_text_command(struct out *out, const struct an_session *session);

/* " of TYPE" when all that a stack allocated is of one known type. */
void report_text_type(struct out *out, const struct an_findings *findings, uint32_t stack);

enum { REPORT_NAME_BYTES = 1024 };
/* The function as text shows it: whole, or without parameters and template
 * arguments; for what has no name its place in its file. May return to. */
const char *report_text_name(char to[REPORT_NAME_BYTES], const struct an_named_line *line,
			     bool is_full);

/* How frames are shown. */
struct report_stack_style {
	uint64_t depth;          /* at most so many lines */
	bool is_full;            /* from the innermost frame on, names whole */
	unsigned indent;
	const char *cwd;         /* paths below it are shown relative to it */
};
void report_text_stack(struct out *out, const struct an_line_list *list,
		       const struct report_stack_style *style);
/* "function  file:line" of the responsible line, fitted into what is left of the
 * line after column. */
void report_text_site(struct out *out, const struct an_line_list *list, unsigned column,
		      const char *cwd);

#endif
