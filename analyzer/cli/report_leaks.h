/* SPDX-License-Identifier: Apache-2.0 */
/* report_leaks.h -- what leaked and why, as text and as JSON. */
#ifndef ANALYZER_CLI_REPORT_LEAKS_H
#define ANALYZER_CLI_REPORT_LEAKS_H

#include "analyzer/cli/report.h"

/* True if somebody could be asked: there is a snapshot of a chosen process. */
bool report_has_leaks(const struct an_findings *findings);
/* The first sentence, and what stands behind it but for the peak. */
void report_text_leak_answer(struct out *out, const struct an_findings *findings);
/* What a mask would find again, and what malloc keeps; nothing is said of little. */
void report_text_hints(struct out *out, const struct an_findings *findings);
/* The section LEAKS: at most n_most findings, by what they cost. */
void report_text_leaks(struct out *out, const struct an_findings *findings,
		       const struct report_options *options, uint64_t n_most);
enum { REPORT_SENTENCE_BYTES = 192 };
/* "The last pointer was lost". */
const char *report_cause_sentence(char to[REPORT_SENTENCE_BYTES],
				  const struct an_finding *finding);
/* A line that says between which snapshots it was lost, unless the sentence does. */
void report_text_lost_between(struct out *out, const struct an_finding *finding,
			      unsigned indent);
/* The finding that LEAKS shows first, or NULL. */
const struct an_finding *report_first_leak(const struct an_findings *findings);
/* Suppressions that matched nothing. */
void report_text_suppressions(struct out *out, const struct an_findings *findings,
			      const struct an_suppressions *suppressions);
/* A suppression for each leak, in Valgrind's form. */
void report_gen_suppressions(struct out *out, const struct an_findings *findings);

/* "leaks": the sums by class. */
void report_json_leaks(struct json *json, const struct an_class_sums *sums);
/* "cycle": the example ring, or null. */
void report_json_cycle(struct json *json, const struct an_findings *findings,
		       const struct an_finding *finding, uint64_t depth);
/* "suppressions": each file's entry with how many allocations it took. */
void report_json_suppressions(struct json *json, const struct an_findings *findings,
			      const struct an_suppressions *suppressions);

#endif
