/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_check.c -- "memtrace check": one verdict on one or many traces. A trace after the
 * other is read and given back, so that the shards of a whole suite fit. */
#include "analyzer/cli/check.h"
#include "analyzer/base/vec.h"
#include "analyzer/cli/trace_file.h"

#include <stdlib.h>

enum { EXIT_FINDINGS = 1, EXIT_INCONCLUSIVE = 2 };

/* Damage is for the gate to judge; what cannot be read at all is EXIT_BAD_TRACE. */
static int add_trace(struct check *check, const char *path)
{
	struct cmd_call call = { .cmd = check->cmd, .file = path };
	int status, exit_code = trace_file_open(&call, false, &status);

	if (exit_code)
		return exit_code;
	an_gate_add(check->gate, call.session, status < 0);
	if (!check->trace)
		check->trace = path;
	if (call.session->is_cut && cmd_settings.is_strict) {
		out_message(path, "the trace is cut (refused because of --strict)");
		exit_code = EXIT_BAD_TRACE;
	}
	an_session_close(call.session);
	return exit_code;
}

static int add_traces(struct check *check, const struct cmd_call *call)
{
	int worst = EXIT_DONE;

	for (int i = 0; i < call->n_operands || !i; i++) {
		char *path = trace_file_choose(call->operands[i]);
		int exit_code;

		if (!path) {
			out_message(NULL, "there is no trace here; record one with memtrace run "
				    "./program, or name the file: memtrace check FILE");
			return EXIT_BAD_TRACE;
		}
		exit_code = add_trace(check, path);
		worst = exit_code ? exit_code : worst;
		*VEC_PUSH(&check->paths) = path;
	}
	return worst;
}

static int run_check(struct cmd_call *call)
{
	struct check check;
	int exit_code = check_open(&check, call);

	if (!exit_code) {
		exit_code = add_traces(&check, call);
		if (check.trace)
			check_judge(&check, call->out);
		if (!exit_code)
			exit_code = check_exit_code(&check, EXIT_FINDINGS, EXIT_INCONCLUSIVE);
	}
	check_release(&check);
	return exit_code;
}

static const struct opt options[] = {
	{ "json", 0, OPT_FLAG, NULL, "one JSON object (memtrace-check/1) on stdout",
	  &check_settings.is_json, NULL },
	{ "runs", 0, OPT_FLAG, NULL, "the traces are runs of one command: the worst counts, "
	  "not the sum", &check_settings.are_runs, NULL },
	{ .kind = OPT_GROUP, .target = (void *)check_options },
	{ .kind = OPT_GROUP, .target = (void *)check_output_options },
	{ "exact", 0, OPT_FLAG, NULL, "all digits instead of three", &cmd_settings.is_exact, NULL },
	{ .kind = OPT_GROUP, .target = (void *)cmd_trace_options },
	{ .kind = OPT_GROUP, .target = (void *)cmd_output_options },
	{ 0 },
};

const struct cmd cmd_check = {
	.name = "check",
	.summary = "hold traces against limits and a baseline, for CI",
	.synopsis = "[OPTIONS] [FILE...]",
	.description = "FILE is trace.bin unless named. Ends with 0 when clean, 1 when a limit is\n"
		       "exceeded, 2 when something was not seen that could change that.\n",
	.options = options,
	.needs = CMD_NEEDS_NOTHING,
	.usage_exit = EXIT_USAGE,
	.run = run_check,
};
