/* SPDX-License-Identifier: Apache-2.0 */
/* cmd.c -- the table of commands, and what several of them share. */
#include "analyzer/cli/cmd.h"

#include <string.h>

struct cmd_settings cmd_settings;

const struct opt cmd_output_options[] = {
	{ "color", 0, OPT_CHOICE, "WHEN", "auto (default), always or never", &cmd_settings.colour,
	  out_colour_choices },
	{ "no-pager", 0, OPT_FLAG, NULL, "never start a pager", &cmd_settings.has_no_pager, NULL },
	{ 0 },
};

const struct opt cmd_trace_options[] = {
	{ "strict", 0, OPT_FLAG, NULL, "end with 4 if the trace is cut short",
	  &cmd_settings.is_strict, NULL },
	{ "debug-dir", 0, OPT_TEXT, "DIRS", "look for debug files here first, colon-separated",
	  &cmd_settings.debug_dirs, NULL },
	{ "sysroot", 0, OPT_TEXT, "DIR", "look for the program's files below DIR",
	  &cmd_settings.sysroot, NULL },
	{ 0 },
};

const struct cmd *const cmd_table[] = {
	&cmd_run, &cmd_check, &cmd_diff,
	&cmd_report, &cmd_why, &cmd_graph, &cmd_info, &cmd_snapshot, &cmd_dump, &cmd_help, NULL,
};

const struct cmd *cmd_find(const char *name)
{
	for (unsigned i = 0; cmd_table[i]; i++)
		if (!strcmp(cmd_table[i]->name, name))
			return cmd_table[i];
	return NULL;
}

int cmd_usage_error(const struct cmd *cmd, const char *message)
{
	out_message(NULL, "%s: %s; memtrace %s --help explains", cmd->name, message, cmd->name);
	return cmd->usage_exit;
}
