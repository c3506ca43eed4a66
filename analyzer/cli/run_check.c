/* SPDX-License-Identifier: Apache-2.0 */
/* run_check.c -- see run_check.h. */
#include "analyzer/cli/run_check.h"
#include "analyzer/base/vec.h"

#include <stdlib.h>
#include <string.h>

bool run_check_is_wanted;

static uint64_t n_runs = 1;
static struct check check;
static char *path_of_run, *first_path;

const struct opt run_check_options[] = {
	{ "check", 0, OPT_FLAG, NULL, "hold what was recorded against limits and a baseline, and "
	  "end with 101 when a limit is exceeded, with 102 when not enough was seen",
	  &run_check_is_wanted, NULL },
	{ "runs", 0, OPT_COUNT, "N", "with --check: run the program N times, and tell what leaks "
	  "every time from what does sometimes", &n_runs, NULL },
	{ .kind = OPT_GROUP, .target = (void *)check_options },
	{ 0 },
};

/* What is for --check alone, and was given without it. */
static const char *find_stray(const struct cmd_call *call)
{
	for (int i = 1; i < call->n_options; i++) {
		size_t n = strcspn(call->options[i] + 2, "=");

		if (strncmp(call->options[i], "--", 2) != 0)
			continue;
		if (opt_has(run_check_options, call->options[i] + 2, n))
			return call->options[i] + 2;
	}
	return NULL;
}

int run_check_open(const struct cmd_call *call)
{
	const char *stray = run_check_is_wanted ? NULL : find_stray(call);
	char message[200];

	if (stray) {
		snprintf(message, sizeof message, "--%.*s is for --check",
			 (int)strcspn(stray, "="), stray);
		return cmd_usage_error(call->cmd, message);
	}
	for (size_t i = 0; i < check_settings.outputs.n && !run_check_is_wanted; i++)
		if (check_is_output(check_settings.outputs.at[i]))
			return cmd_usage_error(call->cmd, "--output=FORMAT:FILE is for --check; "
					       "a trace of such a name is written ./NAME");
	if (!run_check_is_wanted)
		return EXIT_DONE;
	if (n_runs < 1 || n_runs > 1000)
		return cmd_usage_error(call->cmd, "--runs is from 1 to 1000");
	check_settings.are_runs = n_runs > 1;
	return check_open(&check, call);
}

uint64_t run_check_n_runs(void)
{
	return run_check_is_wanted ? n_runs : 1;
}

/* "trace.bin" becomes "trace.1.bin". */
const char *run_check_output(const char *output, uint64_t run)
{
	const char *slash = strrchr(output, '/');
	const char *dot = strrchr(slash ? slash : output, '.');
	int n = dot && dot > output ? (int)(dot - output) : (int)strlen(output);

	if (n_runs == 1 || !run_check_is_wanted)
		return output;
	free(path_of_run);
	if (asprintf(&path_of_run, "%.*s.%llu%s", n, output, (unsigned long long)run + 1,
		     output + n) < 0)
		abort();
	return path_of_run;
}

void run_check_add(const struct run_result *result, const char *name, const char *program)
{
	struct an_session *session = NULL;
	int status;

	if (!check.trace)
		check.trace = first_path = xstrdup(result->is_recorded ? name : "-");
	if (!result->is_recorded) {
		an_gate_add_unseen(check.gate, "-", result->unrecorded, program);
		return;
	}
	status = an_session_open(&session, result->path, &(struct an_session_options){ 0 });
	if (!session) {
		an_gate_add_unseen(check.gate, name, "trace-damaged", "it cannot be read");
		return;
	}
	session->path = name;
	if (!result->n_images)
		an_gate_add_unseen(check.gate, name, "not-followed", program);
	else
		an_gate_add(check.gate, session, status < 0);
	an_session_close(session);
}

int run_check_finish(struct out *out, int program_status)
{
	enum { EXIT_FINDINGS = 101, EXIT_INCONCLUSIVE = 102 };
	int exit_code;

	an_gate_set_program(check.gate, (uint32_t)program_status);
	check_judge(&check, out);
	exit_code = check_exit_code(&check, EXIT_FINDINGS, EXIT_INCONCLUSIVE);
	run_check_cancel();
	return program_status ? program_status : exit_code;
}

void run_check_cancel(void)
{
	check_release(&check);
	free(path_of_run);
	free(first_path);
	path_of_run = first_path = NULL;
}
