/* SPDX-License-Identifier: Apache-2.0 */
/* report_command.c -- what was recorded, as every report names it. */
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report.h"

uint32_t report_command(const struct an_session *session, const char *const **argv)
{
	*argv = session->command;
	if (session->n_command || !session->n_processes)
		return session->n_command;
	*argv = session->processes[0].argv;
	return session->processes[0].n_argv;
}

const char *report_cwd(const struct an_session *session)
{
	const char *cwd = session->cwd;

	if ((!cwd || !*cwd) && session->n_processes)
		cwd = session->processes[0].cwd;
	return cwd && *cwd ? cwd : NULL;
}

void report_text_command(struct out *out, const struct an_session *session)
{
	const char *const *argv;
	uint32_t n_argv = report_command(session, &argv);

	for (uint32_t i = 0; i < n_argv; i++) {
		if (i)
			fputc(' ', out->to);
		text_put(out->to, argv[i]);
	}
	if (!n_argv)
		fputs("(no command)", out->to);
}
