/* SPDX-License-Identifier: Apache-2.0 */
/* report_holders.h -- the section REACHABLE of "report": who holds most of what is
 * still reachable, and where it piles up. */
#ifndef ANALYZER_CLI_REPORT_HOLDERS_H
#define ANALYZER_CLI_REPORT_HOLDERS_H

#include "analyzer/cli/report.h"
#include "analyzer/findings/suspects.h"

/* For an_findings_options.see: context is a struct an_suspects, which gets those of
 * each process, with names. */
void report_see_holders(void *context, const struct an_objects *objects);
void report_text_holders(struct out *out, const struct an_findings *findings,
			 const struct an_suspects *suspects, uint64_t n_most);
void report_json_holders(struct json *json, const struct an_findings *findings,
			 const struct an_suspects *suspects, uint64_t depth);

#endif
