/* SPDX-License-Identifier: Apache-2.0 */
/* report_standing.h -- where the threads of a process stood: when it crashed, or at
 * a snapshot. */
#ifndef ANALYZER_CLI_REPORT_STANDING_H
#define ANALYZER_CLI_REPORT_STANDING_H

#include "analyzer/cli/report.h"

/* The section about processes that a signal ended: the thread that did it first. */
void report_text_crashes(struct out *out, const struct an_findings *findings,
			 const struct report_options *options, uint64_t n_shown);
/* "standing": of the snapshot, or (AN_NONE) what is known of the process's end. */
void report_json_standings(struct json *json, const struct an_findings *findings,
			   uint32_t process, uint32_t snapshot);
/* "info --threads": of every snapshot. */
void report_text_standings(struct out *out, const struct an_findings *findings);

#endif
