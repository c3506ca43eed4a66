/* SPDX-License-Identifier: Apache-2.0 */
/* info.h -- the renderings of "info". */
#ifndef ANALYZER_CLI_INFO_H
#define ANALYZER_CLI_INFO_H

#include "analyzer/cli/out.h"
#include "analyzer/findings/findings.h"

void info_text(const struct an_findings *findings, struct out *out);
void info_json(const struct an_findings *findings, FILE *to);
/* The stacks on which a verification run and its oracle did not agree. */
void info_differences(const struct an_session *session, struct out *out);

/* Frees as the C library saw them: also of what a parent allocated before its
 * fork, and of what was allocated before recording began. */
uint64_t info_n_frees(const struct an_totals *totals);

#endif
