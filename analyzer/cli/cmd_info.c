/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_info.c -- "memtrace info": what ran, and what the trace of it holds. */
#include "analyzer/cli/cmd.h"
#include "analyzer/cli/info.h"
#include "analyzer/cli/report_standing.h"

static bool is_json;
static bool has_differences;
static bool has_threads;

static int run_info(struct cmd_call *call)
{
	struct an_findings_options everything = { 0 };
	struct an_findings *findings;

	if (has_differences) {
		info_differences(call->session, call->out);
		return EXIT_DONE;
	}
	findings = an_findings_new(call->session, &everything);
	if (has_threads && !is_json)
		report_text_standings(call->out, findings);
	else if (is_json)
		info_json(findings, call->out->to);
	else
		info_text(findings, call->out);
	an_findings_free(findings);
	return EXIT_DONE;
}

static const struct opt info_options[] = {
	{ "json", 0, OPT_FLAG, NULL, "one JSON object (memtrace-info/1) instead of text", &is_json,
	  NULL },
	{ "threads", 0, OPT_FLAG, NULL, "only where the threads stood at each snapshot",
	  &has_threads, NULL },
	{ "verify-differences", 0, OPT_FLAG, NULL,
	  "only the stacks on which a verification run disagreed", &has_differences, NULL },
	{ "exact", 0, OPT_FLAG, NULL, "all digits instead of three", &cmd_settings.is_exact, NULL },
	{ .kind = OPT_GROUP, .target = (void *)cmd_trace_options },
	{ .kind = OPT_GROUP, .target = (void *)cmd_output_options },
	{ 0 },
};

const struct cmd cmd_info = {
	.name = "info",
	.summary = "say what ran, how it ended, and what the trace holds",
	.synopsis = "[OPTIONS] [FILE]",
	.description = "FILE is trace.bin unless named, else the newest trace in the folder.\n",
	.options = info_options,
	.needs = CMD_NEEDS_TRACE,
	.has_pager = true,
	.usage_exit = EXIT_USAGE,
	.run = run_info,
};
