/* SPDX-License-Identifier: Apache-2.0 */
/* report_errors.h -- wrong releases in a report: the section ERRORS, and their
 * part of the JSON. */
#ifndef ANALYZER_CLI_REPORT_ERRORS_H
#define ANALYZER_CLI_REPORT_ERRORS_H

#include "analyzer/cli/report.h"
#include "analyzer/findings/errors.h"

/* The section, with a blank line before it; nothing when there are none. */
void report_text_errors(struct out *out, const struct an_findings *findings,
			const struct report_options *options, uint64_t n_shown);

/* "errors": the four counts. */
void report_json_error_counts(struct json *json, const uint64_t counts[AN_N_ERRORS]);
/* One element of "findings". */
void report_json_error(struct json *json, const struct an_findings *findings,
		       const struct an_error_finding *finding, struct an_line_list *list,
		       uint64_t depth);

#endif
