/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c -- the memtrace command: finds the entry in the table, prepares what it
 * needs, calls it, and turns what went wrong into a message and an exit code.
 */
#include "analyzer/base/xalloc.h"
#include "analyzer/cli/cmd.h"
#include "analyzer/cli/trace_file.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file, or FILE@N. */
static bool is_file(const char *operand)
{
	uint64_t number;
	char *file = trace_file_split(operand, &number);
	bool is_there = !file || !access(file, F_OK);

	free(file);
	return is_there;
}

/* Takes the command's own operand off the end. One alone is that, but where it may
 * be left out, and a file has this name, it is the file. */
static int choose_subject(struct cmd_call *call)
{
	const char *last = call->n_operands ? call->operands[call->n_operands - 1] : NULL;

	if (call->cmd->subject == CMD_NO_SUBJECT)
		return EXIT_DONE;
	if (!last && call->cmd->subject == CMD_SUBJECT_NEEDED)
		return cmd_usage_error(call->cmd, "what shall be explained? name a finding, "
				       "as report shows them");
	if (!last || (call->n_operands == 1 && call->cmd->subject == CMD_SUBJECT_OPTIONAL &&
		      is_file(last)))
		return EXIT_DONE;
	call->subject = last;
	call->operands[--call->n_operands] = NULL;
	return EXIT_DONE;
}

/* The operands of a command that reads a trace: at most FILE. */
static int choose_file(struct cmd_call *call)
{
	int exit_code = choose_subject(call);

	if (exit_code)
		return exit_code;
	if (call->n_operands > 1)
		return cmd_usage_error(call->cmd, "one trace at a time");
	if (call->operands[0] && call->cmd->takes_snapshot) {
		char *file = trace_file_split(call->operands[0], &call->snapshot);

		call->file = trace_file_choose(file);
		free(file);
	} else {
		call->file = trace_file_choose(call->operands[0]);
	}
	if (call->file)
		return EXIT_DONE;
	out_message(NULL, "there is no trace here; record one with memtrace run ./program, "
		    "or name the file: memtrace %s FILE", call->cmd->name);
	return EXIT_BAD_TRACE;
}

static int finish(struct cmd_call *call, int exit_code)
{
	int failed_exit = call->cmd->usage_exit == EXIT_USAGE ? EXIT_BAD_TRACE : EXIT_RUN_FAILED;

	if (out_close(call->out) < 0 && exit_code == EXIT_DONE)
		exit_code = failed_exit;
	an_session_close(call->session);
	free((char *)call->file);
	return exit_code;
}

static int run_command(const struct cmd *cmd, int argc, char **argv)
{
	struct opt_result result;
	struct out out = { 0 };
	struct cmd_call call = { .cmd = cmd, .out = &out };
	int exit_code, status = 0;

	if (opt_parse(cmd->options, argc, argv, cmd->is_first_operand_last, &result))
		return cmd_usage_error(cmd, result.message);
	xalloc_exit_status = cmd->usage_exit == EXIT_USAGE ? EXIT_BAD_TRACE : EXIT_RUN_FAILED;
	out_open(&out, cmd_settings.colour,
		 (cmd->has_pager || result.is_help) && !cmd_settings.has_no_pager);
	out.is_exact = cmd_settings.is_exact;
	if (result.is_help) {
		cmd_print_help(cmd, &out);
		return finish(&call, EXIT_DONE);
	}
	call.operands = argv + result.first_operand;
	call.n_operands = argc - result.first_operand;
	call.options = argv;
	call.n_options = result.first_operand;
	if (cmd->needs != CMD_NEEDS_NOTHING && (exit_code = choose_file(&call)))
		return finish(&call, exit_code);
	if (cmd->needs == CMD_NEEDS_TRACE && (exit_code = trace_file_open(&call, false, &status)))
		return finish(&call, exit_code);
	exit_code = cmd->run(&call);
	/* The answer first, also on a terminal, where both streams meet. */
	out_flush(&out);
	if (exit_code == EXIT_DONE && cmd->needs == CMD_NEEDS_TRACE)
		exit_code = trace_file_judge(&call, status, exit_code);
	return finish(&call, exit_code);
}

static int fail_unknown_command(const char *name)
{
	const char *names[16] = { 0 };
	const char *nearest;

	for (unsigned i = 0; cmd_table[i] && i < 15; i++)
		names[i] = cmd_table[i]->name;
	nearest = opt_nearest(name, names);
	if (nearest)
		out_message(NULL, "there is no command \"%s\"; did you mean \"%s\"?", name,
			    nearest);
	else
		out_message(NULL, "there is no command \"%s\"; memtrace help lists them", name);
	return EXIT_USAGE;
}

static int print_about(bool is_version)
{
	struct out out;

	out_open(&out, OUT_COLOUR_AUTO, !is_version);
	if (is_version)
		fprintf(out.to, "memtrace %s\n", MT_TOOL_VERSION);
	else
		cmd_print_overview(&out);
	return out_close(&out) < 0 ? EXIT_BAD_TRACE : EXIT_DONE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct cmd *cmd;

	if (!name) {
		out_message(NULL, "what shall it do? memtrace run ./program records, memtrace "
			    "report explains, memtrace help lists the rest");
		return EXIT_USAGE;
	}
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		return print_about(true);
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return print_about(false);
	cmd = cmd_find(name);
	if (!cmd)
		return fail_unknown_command(name);
	return run_command(cmd, argc - 1, argv + 1);
}
