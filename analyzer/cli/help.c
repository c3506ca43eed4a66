/* SPDX-License-Identifier: Apache-2.0 */
/* help.c -- what memtrace says about itself: rendered from the tables of the
 * commands, and the command "help". */
#include "analyzer/cli/cmd.h"

#include <string.h>

enum { OPTION_COLUMN = 26 };

/* text in the right column, after what takes n columns of the line. */
static void put_wrapped(struct out *out, const char *text, unsigned n)
{
	unsigned room = out->width - OPTION_COLUMN;

	for (; *text; n = 0) {
		size_t n_line = strlen(text);

		if (n_line > room) {
			for (n_line = room; n_line && text[n_line] != ' '; n_line--)
				;
			n_line = n_line ? n_line : room;
		}
		fprintf(out->to, "%*s%.*s\n", (int)(OPTION_COLUMN - n), "", (int)n_line, text);
		text += n_line;
		text += strspn(text, " ");
	}
}

static void print_option(void *context, const struct opt *option)
{
	struct out *out = context;
	char letter[5] = "    ";
	int n;

	if (option->letter)
		snprintf(letter, sizeof letter, "-%c, ", option->letter);
	n = fprintf(out->to, "  %s--%s", letter, option->name);
	if (option->argument)
		n += fprintf(out->to, "=%s", option->argument);
	if (n > OPTION_COLUMN - 2) {
		fputc('\n', out->to);
		n = 0;
	}
	put_wrapped(out, option->help, (unsigned)n);
}

static void print_head(struct out *out, const char *head)
{
	out_style(out, OUT_HEAD);
	fputs(head, out->to);
	out_style(out, OUT_PLAIN);
	fputc('\n', out->to);
}

void cmd_print_help(const struct cmd *cmd, struct out *out)
{
	fprintf(out->to, "memtrace %s: %s\n\n", cmd->name, cmd->summary);
	print_head(out, "Usage");
	fprintf(out->to, "  memtrace %s %s\n\n%s\n", cmd->name, cmd->synopsis, cmd->description);
	print_head(out, "Options");
	opt_for_each(cmd->options, print_option, out);
	fprintf(out->to, "  %-*s%s\n", OPTION_COLUMN - 2, "-h, --help", "print this and exit");
	if (cmd == &cmd_help)
		fputs("\nMore, with examples and exit codes:  man memtrace\n", out->to);
	else
		fprintf(out->to, "\nMore, with examples and exit codes:  man memtrace-%s\n",
			cmd->name);
}

void cmd_print_overview(struct out *out)
{
	fputs("memtrace: where did the memory go, who holds it, why does it not come back\n\n",
	      out->to);
	print_head(out, "Usage");
	fputs("  memtrace run ./program          record it and everything it starts\n"
	      "  memtrace report                 say what was not freed, and who made it\n\n",
	      out->to);
	print_head(out, "Commands");
	for (unsigned i = 0; cmd_table[i]; i++)
		fprintf(out->to, "  %-10s%s\n", cmd_table[i]->name, cmd_table[i]->summary);
	fputs("\n", out->to);
	print_head(out, "Options");
	fputs("  --help      print this and exit\n"
	      "  --version   print the version and exit\n\n"
	      "memtrace help COMMAND, or memtrace COMMAND --help, says more about one.\n",
	      out->to);
}

static int run_help(struct cmd_call *call)
{
	char message[128];

	if (!call->n_operands) {
		cmd_print_overview(call->out);
		return EXIT_DONE;
	}
	if (call->n_operands > 1)
		return cmd_usage_error(call->cmd, "one command at a time");
	if (cmd_find(call->operands[0])) {
		cmd_print_help(cmd_find(call->operands[0]), call->out);
		return EXIT_DONE;
	}
	snprintf(message, sizeof message, "there is no command \"%.80s\"", call->operands[0]);
	return cmd_usage_error(call->cmd, message);
}

static const struct opt help_options[] = {
	{ .kind = OPT_GROUP, .target = (void *)cmd_output_options },
	{ 0 },
};

const struct cmd cmd_help = {
	.name = "help",
	.summary = "explain memtrace or one of its commands",
	.synopsis = "[COMMAND]",
	.description = "Without COMMAND, lists them.\n",
	.options = help_options,
	.has_pager = true,
	.usage_exit = EXIT_USAGE,
	.run = run_help,
};
