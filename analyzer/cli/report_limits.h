/* SPDX-License-Identifier: Apache-2.0 */
/* report_limits.h -- the default limits, with their actual values. */
#ifndef ANALYZER_CLI_REPORT_LIMITS_H
#define ANALYZER_CLI_REPORT_LIMITS_H

#include "analyzer/cli/out_json.h"
#include "analyzer/findings/findings.h"

/* errors: of the chosen processes, by kind. */
void report_json_limits(struct json *json, const struct an_findings *findings,
			const uint64_t errors[AN_N_ERRORS]);

#endif
