/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_diff.c -- "memtrace diff": what a change, or time, has done to what is lost or
 * lives. */
#include "analyzer/cli/diff.h"
#include "analyzer/cli/leak_options.h"
#include "analyzer/cli/trace_file.h"

#include <stdlib.h>
#include <string.h>

static struct diff_options options = { .n_top = 20 };

static int open_trace(struct cmd_call *to, const struct cmd_call *call, const char *operand)
{
	char *file;
	int status, exit_code;

	*to = (struct cmd_call){ .cmd = call->cmd };
	file = trace_file_split(operand, &to->snapshot);
	to->file = trace_file_choose(file);
	free(file);
	if (!to->file) {
		out_message(NULL, "there is no trace here; name the file: memtrace diff OLD NEW");
		return EXIT_BAD_TRACE;
	}
	exit_code = trace_file_open(to, false, &status);
	return exit_code ? exit_code : trace_file_judge(to, status, EXIT_DONE);
}

static void close_trace(struct cmd_call *call)
{
	an_session_close(call->session);
	free((char *)call->file);
}

/* Two snapshots of one process, in one file. */
static bool is_one_run(const struct cmd_call *a, const struct cmd_call *b)
{
	return a->snapshot && b->snapshot && !strcmp(a->file, b->file) &&
	       a->session->snapshots[a->session->at_snapshot].process ==
	       b->session->snapshots[b->session->at_snapshot].process;
}

static void put(const struct an_diff *diff, const struct cmd_call *call, bool is_old_complete,
		bool is_new_complete)
{
	struct diff_sides sides = { { call->operands[0], call->operands[1] },
				    { is_old_complete, is_new_complete } };

	if (options.is_json)
		diff_json(diff, &sides, call->out->to);
	else if (options.is_markdown)
		diff_markdown(diff, &sides, &options, call->out->to);
	else
		diff_text(diff, &sides, &options, call->out);
}

static void compare(const struct cmd_call *call, const struct cmd_call *traces,
		    const struct an_findings_options *wanted)
{
	struct an_diff diff;
	struct an_limits limits = { 0 };
	struct an_gate_options gate_options = { .limits = &limits, .are_runs = true,
						.findings = *wanted };
	struct an_gate *gate;

	if (is_one_run(&traces[0], &traces[1])) {
		an_diff_of_objects(&diff, traces[0].session, traces[1].session);
		put(&diff, call, traces[0].session->is_complete,
		    traces[1].session->is_complete);
		an_diff_release(&diff);
		return;
	}
	gate = an_gate_new(&gate_options);
	an_gate_add(gate, traces[0].session, false);
	an_gate_add(gate, traces[1].session, false);
	an_gate_judge(gate);
	an_diff_of_runs(&diff, gate);
	put(&diff, call, gate->traces[0].is_complete, gate->traces[1].is_complete);
	an_diff_release(&diff);
	an_gate_free(gate);
}

static int run_diff(struct cmd_call *call)
{
	struct an_findings_options wanted = { 0 };
	struct cmd_call traces[2] = { 0 };
	int exit_code, worst;

	if (call->n_operands != 2)
		return cmd_usage_error(call->cmd, "two traces are compared: OLD NEW");
	if (options.is_json && options.is_markdown)
		return cmd_usage_error(call->cmd, "--json and --markdown exclude each other");
	if ((exit_code = leak_options_open(call->cmd, &wanted)))
		return exit_code;
	exit_code = open_trace(&traces[0], call, call->operands[0]);
	worst = exit_code;
	if (traces[0].session) {
		exit_code = open_trace(&traces[1], call, call->operands[1]);
		worst = exit_code ? exit_code : worst;
		if (traces[1].session)
			compare(call, traces, &wanted);
	}
	close_trace(&traces[0]);
	close_trace(&traces[1]);
	leak_options_close(&wanted);
	return worst;
}

static const struct opt diff_options[] = {
	{ "json", 0, OPT_FLAG, NULL, "one JSON object (memtrace-diff/1) instead of text",
	  &options.is_json, NULL },
	{ "markdown", 0, OPT_FLAG, NULL, "a table for a review instead of text",
	  &options.is_markdown, NULL },
	{ "top", 'n', OPT_COUNT, "N", "show at most N of each kind (default 20)", &options.n_top,
	  NULL },
	{ .kind = OPT_GROUP, .target = (void *)leak_options },
	{ "exact", 0, OPT_FLAG, NULL, "all digits instead of three", &cmd_settings.is_exact, NULL },
	{ .kind = OPT_GROUP, .target = (void *)cmd_trace_options },
	{ .kind = OPT_GROUP, .target = (void *)cmd_output_options },
	{ 0 },
};

const struct cmd cmd_diff = {
	.name = "diff",
	.summary = "say what is new, gone, grown or shrunk between two traces or snapshots",
	.synopsis = "[OPTIONS] OLD NEW",
	.description =
		"Two runs are compared by the findings they have in common. FILE@N FILE@M\n"
		"compares what lives at two snapshots of one run, object by object.\n",
	.options = diff_options,
	.needs = CMD_NEEDS_NOTHING,
	.has_pager = true,
	.usage_exit = EXIT_USAGE,
	.run = run_diff,
};
