/* SPDX-License-Identifier: Apache-2.0 */
/* report_tree.h -- the processes of a trace, as a tree. */
#ifndef ANALYZER_CLI_REPORT_TREE_H
#define ANALYZER_CLI_REPORT_TREE_H

#include "analyzer/cli/out.h"
#include "analyzer/findings/findings.h"

/* One line per chosen process, children below and to the right of their parents;
 * at most n_top lines. */
void report_text_tree(struct out *out, const struct an_findings *findings, uint64_t n_top);

/* "exit 0", "signal 11 (core dumped)", "still running". */
char *report_end_text(char *to, const struct an_process *process);

#endif
