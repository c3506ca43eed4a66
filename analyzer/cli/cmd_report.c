/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_report.c -- "memtrace report": what leaked or was not freed, what the peak was and
 * who held it, who was busiest, and what was not seen. */
#include "analyzer/cli/leak_options.h"
#include "analyzer/cli/report_holders.h"
#include "analyzer/cli/report_leaks.h"

#include <stdlib.h>

static struct report_options options = {
	.n_top = UINT64_MAX, .depth = UINT64_MAX, .order = REPORT_NO_ORDER,
};

static const char *const orders[] = { "live", "allocated", "count", "temporary", "peak", NULL };

/* An empty or wrong expression is a usage error. NULL with *expression unset when
 * there is none. */
static int compile(regex_t *expression, const char *text, const char *option,
		   const struct cmd *cmd)
{
	char message[256], reason[100];
	int error = regcomp(expression, text, REG_EXTENDED | REG_NOSUB);

	if (!error)
		return EXIT_DONE;
	regerror(error, expression, reason, sizeof reason);
	snprintf(message, sizeof message, "--%s: \"%.80s\": %s", option, text, reason);
	return cmd_usage_error(cmd, message);
}

static int fail_no_process(const struct cmd_call *call)
{
	out_message(call->file, "no process is called \"%s\"; memtrace report lists the %u "
		    "of this trace", options.process, call->session->n_processes);
	return call->cmd->usage_exit;
}

static int report(struct cmd_call *call, const struct an_findings_options *wanted)
{
	struct an_findings *findings = an_findings_new(call->session, wanted);
	int exit_code = EXIT_DONE;

	if (options.process && !findings->n_chosen)
		exit_code = fail_no_process(call);
	else if (options.is_gen_suppressions)
		report_gen_suppressions(call->out, findings);
	else if (options.is_json)
		report_json(findings, &options, call->out->to);
	else
		report_text(findings, &options, call);
	an_findings_free(findings);
	return exit_code;
}

static int run_report(struct cmd_call *call)
{
	struct an_suspects suspects = { 0 };
	struct an_findings_options wanted = { .process = options.process, .want_history = true,
					      .see = report_see_holders,
					      .see_context = &suspects };
	regex_t focus, ignore;
	int exit_code = EXIT_DONE;

	options.has_order = options.order != REPORT_NO_ORDER;
	if (options.focus && (exit_code = compile(&focus, options.focus, "focus", call->cmd)))
		return exit_code;
	if (options.ignore && (exit_code = compile(&ignore, options.ignore, "ignore", call->cmd)))
		goto out;
	wanted.focus = options.focus ? &focus : NULL;
	wanted.ignore = options.ignore ? &ignore : NULL;
	exit_code = leak_options_open(call->cmd, &wanted);
	options.suppressions = wanted.suppressions;
	options.suspects = &suspects;
	if (!exit_code)
		exit_code = report(call, &wanted);
	an_suspects_release(&suspects);
	leak_options_close(&wanted);
	if (options.ignore)
		regfree(&ignore);
out:
	if (options.focus)
		regfree(&focus);
	return exit_code;
}

static const struct opt report_options[] = {
	{ "json", 0, OPT_FLAG, NULL, "one JSON object (memtrace-report/1) instead of text",
	  &options.is_json, NULL },
	{ "top", 'n', OPT_COUNT, "N", "show the first N of each list", &options.n_top, NULL },
	{ "sort", 0, OPT_CHOICE, "KEY",
	  "list the sites by live, allocated, count, temporary or peak", &options.order, orders },
	{ "focus", 0, OPT_TEXT, "REGEX", "only stacks with a function, file or module like this",
	  &options.focus, NULL },
	{ "ignore", 0, OPT_TEXT, "REGEX", "no stacks with a function, file or module like this",
	  &options.ignore, NULL },
	{ "depth", 0, OPT_COUNT, "N", "at most N frames of each stack", &options.depth, NULL },
	{ "full", 0, OPT_FLAG, NULL, "whole stacks, whole names, everything in the lists",
	  &options.is_full, NULL },
	{ "process", 0, OPT_TEXT, "NAME|PID", "only the processes of this program, or this one",
	  &options.process, NULL },
	{ "gen-suppressions", 0, OPT_FLAG, NULL,
	  "print a suppression for each leak instead, in Valgrind's form",
	  &options.is_gen_suppressions, NULL },
	{ .kind = OPT_GROUP, .target = (void *)leak_options },
	{ "exact", 0, OPT_FLAG, NULL, "all digits instead of three", &cmd_settings.is_exact, NULL },
	{ .kind = OPT_GROUP, .target = (void *)cmd_trace_options },
	{ .kind = OPT_GROUP, .target = (void *)cmd_output_options },
	{ 0 },
};

const struct cmd cmd_report = {
	.name = "report",
	.summary = "say what leaked or was not freed, who made it, and what was not seen",
	.synopsis = "[OPTIONS] [FILE[@N]]",
	.description = "FILE is trace.bin unless named, else the newest trace in the folder.\n",
	.options = report_options,
	.needs = CMD_NEEDS_TRACE,
	.takes_snapshot = true,
	.has_pager = true,
	.usage_exit = EXIT_USAGE,
	.run = run_report,
};
