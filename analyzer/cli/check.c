/* SPDX-License-Identifier: Apache-2.0 */
/* check.c -- see check.h. */
#include "analyzer/cli/check.h"
#include "analyzer/base/vec.h"
#include "analyzer/cli/leak_options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct check_settings check_settings = {
	.leak_exit = UINT64_MAX, .incomplete_exit = UINT64_MAX,
};

static int fail(const struct check *check, const char *option, const char *value,
		const char *what)
{
	char message[1024];

	snprintf(message, sizeof message, "--%s=%.200s: %s", option, value, what);
	return cmd_usage_error(check->cmd, message);
}

static int add_limits(struct check *check)
{
	const struct opt_list *texts = &check_settings.limits;

	an_limits_add_defaults(&check->limits);
	for (size_t i = 0; i < texts->n; i++) {
		const char *wrong = an_limits_add(&check->limits, texts->at[i]);

		if (wrong)
			return fail(check, "limit", texts->at[i], wrong);
	}
	for (size_t i = 0; i < check_settings.allowed.n; i++) {
		const char *text = check_settings.allowed.at[i];
		const char *wrong = an_allowances_add(&check->allowances, text);

		if (wrong)
			return fail(check, "allow-incomplete", text, wrong);
	}
	return EXIT_DONE;
}

static int add_folders(struct check *check)
{
	for (size_t i = 0; i < check_settings.only_from.n; i++) {
		const char *name = check_settings.only_from.at[i];
		char cwd[PATH_MAX], *real = realpath(name, NULL), *whole;

		if (!real)
			return fail(check, "only-from", name, "there is no such folder");
		whole = an_whole_path(name, getcwd(cwd, sizeof cwd));
		*VEC_PUSH(&check->folders) = real;
		*VEC_PUSH(&check->folders) = whole;
	}
	return EXIT_DONE;
}

static int check_exit_codes(const struct check *check)
{
	uint64_t leak = check_settings.leak_exit, incomplete = check_settings.incomplete_exit;

	if (leak != UINT64_MAX && (leak < 1 || leak > 255))
		return cmd_usage_error(check->cmd, "--leak-exit-code is from 1 to 255");
	if (incomplete != UINT64_MAX && (incomplete < 1 || incomplete > 255))
		return cmd_usage_error(check->cmd, "--incomplete-exit-code is from 1 to 255");
	if (check_settings.is_force && !check_settings.is_update)
		return cmd_usage_error(check->cmd, "--force is for --update-baseline");
	return EXIT_DONE;
}

int check_open(struct check *check, const struct cmd_call *call)
{
	int exit_code;

	*check = (struct check){ .cmd = call->cmd };
	if ((exit_code = check_read_config(check, call)) || (exit_code = check_exit_codes(check)) ||
	    (exit_code = check_read_outputs(check, call->cmd == &cmd_run)) ||
	    (exit_code = add_limits(check)) || (exit_code = add_folders(check)) ||
	    (exit_code = leak_options_open(call->cmd, &check->options.findings)) ||
	    (exit_code = check_read_baseline(check)))
		return exit_code;
	if (check_settings.changed_since &&
	    (exit_code = check_find_changes(check, check_settings.changed_since)))
		return exit_code;
	check->options.limits = &check->limits;
	check->options.allowances = &check->allowances;
	check->options.baseline = check->baseline_path ? &check->baseline : NULL;
	check->options.changes = check_settings.changed_since ? &check->changes : NULL;
	check->options.only_from = check->folders.at;
	check->options.n_only_from = check->folders.n;
	check->options.are_runs = check_settings.are_runs;
	check->gate = an_gate_new(&check->options);
	return EXIT_DONE;
}

void check_judge(struct check *check, struct out *out)
{
	bool is_quiet;

	an_gate_judge(check->gate);
	if (check_settings.is_update && check_update_baseline(check) == EXIT_DONE)
		an_gate_judge(check->gate);
	is_quiet = check_settings.is_quiet_if_clean && check->gate->verdict == AN_CLEAN;
	if (check_settings.is_json) {
		check_json(check, out->to);
		out_flush(out);
	}
	check->has_failed = check_write_outputs(check, out) < 0;
	if (is_quiet)
		return;
	check_text(check);
	check_last_line(check);
}

int check_exit_code(const struct check *check, int findings, int inconclusive)
{
	if (check_settings.leak_exit != UINT64_MAX)
		findings = (int)check_settings.leak_exit;
	if (check_settings.incomplete_exit != UINT64_MAX)
		inconclusive = (int)check_settings.incomplete_exit;
	if (check->has_failed)
		return check->cmd == &cmd_check ? EXIT_BAD_TRACE : EXIT_RUN_FAILED;
	return check->gate->verdict == AN_FINDINGS ? findings
	       : check->gate->verdict == AN_INCONCLUSIVE ? inconclusive : 0;
}

void check_release(struct check *check)
{
	an_gate_free(check->gate);
	an_limits_release(&check->limits);
	an_allowances_release(&check->allowances);
	an_baseline_release(&check->baseline);
	an_changes_release(&check->changes);
	leak_options_close(&check->options.findings);
	for (size_t i = 0; i < check->folders.n; i++)
		free((char *)check->folders.at[i]);
	for (size_t i = 0; i < check->paths.n; i++)
		free((char *)check->paths.at[i]);
	VEC_RELEASE(&check->folders);
	VEC_RELEASE(&check->paths);
	VEC_RELEASE(&check_settings.limits);
	VEC_RELEASE(&check_settings.allowed);
	VEC_RELEASE(&check_settings.only_from);
	VEC_RELEASE(&check_settings.outputs);
	free(check->config_text);
}
