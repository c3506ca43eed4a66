/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_check.h -- "run --check": the program is run once or several times, and then the
 * gate has the word.
 */
#ifndef ANALYZER_CLI_RUN_CHECK_H
#define ANALYZER_CLI_RUN_CHECK_H

#include "analyzer/cli/check.h"
#include "tracer/beside/runner.h"

extern bool run_check_is_wanted;         /* --check */
extern const struct opt run_check_options[];

/* Before the program is started. 0, or the exit code of a mistake that was told. */
int run_check_open(const struct cmd_call *call);
/* How often to run it, and where the trace of each goes: output itself when it is run
 * once. Borrowed until the next call. */
uint64_t run_check_n_runs(void);
const char *run_check_output(const char *output, uint64_t run);
/* After a run, with the names in its trace. */
void run_check_add(const struct run_result *result, const char *name, const char *program);
/* Prints; program_status is kept unless it is 0. */
int run_check_finish(struct out *out, int program_status);
/* Without a verdict: the program could not be started. */
void run_check_cancel(void);

#endif
