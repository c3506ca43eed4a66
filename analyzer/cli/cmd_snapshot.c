/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_snapshot.c -- "memtrace snapshot": asks the memtrace run of a process for a
 * snapshot of it, now. */
#include "analyzer/cli/cmd.h"
#include "analyzer/cli/out_text.h"
#include "tracer/beside/ask.h"

#include <stdlib.h>
#include <string.h>

static const char *label = "";

static const struct opt snapshot_options[] = {
	{ "label", 0, OPT_TEXT, "TEXT", "what the snapshot is called in the trace", &label, NULL },
	{ 0 },
};

static int run_snapshot(struct cmd_call *call)
{
	struct mt_request answer;
	char message[512], pause[TEXT_BYTES], words[TEXT_BYTES], *end;
	unsigned long pid;

	if (call->n_operands != 1)
		return cmd_usage_error(call->cmd, "one process, by its number");
	pid = strtoul(call->operands[0], &end, 10);
	if (*end || !pid || call->operands[0][0] == '-')
		return cmd_usage_error(call->cmd, "a process is named by its number");
	if (strlen(label) >= MT_SHOT_LABEL_BYTES)
		return cmd_usage_error(call->cmd, "a label has at most 127 bytes");
	if (!run_ask_snapshot(pid, label, &answer, message, sizeof message)) {
		out_message(NULL, "%s", message);
		return EXIT_FAILURE;
	}
	fprintf(call->out->to, "snapshot %u of process %lu: stopped for %s, %s words%s\n",
		answer.number, pid, text_duration(pause, answer.pause_ns),
		text_count(words, answer.n_words), answer.is_complete ? "" : ", incomplete");
	return EXIT_DONE;
}

const struct cmd cmd_snapshot = {
	.name = "snapshot",
	.summary = "note what points to what in a process that is being recorded",
	.synopsis = "[--label=TEXT] PID",
	.description = "PID is a process that memtrace run records. The snapshot goes into its\n"
		       "trace.\n",
	.options = snapshot_options,
	.needs = CMD_NEEDS_NOTHING,
	.usage_exit = EXIT_USAGE,
	.run = run_snapshot,
};
