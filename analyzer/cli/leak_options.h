/* SPDX-License-Identifier: Apache-2.0 */
/* leak_options.h -- the options of all commands that tell leaks apart: what to
 * suppress, and which bits of pointers are tags. */
#ifndef ANALYZER_CLI_LEAK_OPTIONS_H
#define ANALYZER_CLI_LEAK_OPTIONS_H

#include "analyzer/cli/cmd.h"
#include "analyzer/findings/findings.h"

extern const struct opt leak_options[];

/* Reads what the options name into wanted, which then needs leak_options_close.
 * EXIT_DONE, or a usage error that was printed. */
int leak_options_open(const struct cmd *cmd, struct an_findings_options *wanted);
void leak_options_close(struct an_findings_options *wanted);

#endif
