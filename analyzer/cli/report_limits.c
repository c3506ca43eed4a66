/* SPDX-License-Identifier: Apache-2.0 */
/* report_limits.c -- "limits" of report --json: those that hold when nobody says
 * anything else, as its verdict uses them. */
#include "analyzer/cli/check.h"
#include "analyzer/cli/report_limits.h"

/* Of leaks for a certain cause; the suppressed ones are none. */
static void add_cause(struct an_gate_limit *to, const struct an_findings *findings)
{
	const struct an_limit *limit = to->limit;

	for (uint32_t i = 0; i < findings->n_findings; i++) {
		const struct an_finding *finding = &findings->findings[i];

		if (finding->cause != limit->which || finding->class == AN_CLASS_SUPPRESSED ||
		    (limit->is_high_only && finding->confidence != AN_CONFIDENCE_HIGH))
			continue;
		to->actual += finding->bytes;
		to->actual_n += finding->n_allocations;
	}
}

void report_json_limits(struct json *json, const struct an_findings *findings,
			const uint64_t errors[AN_N_ERRORS])
{
	struct an_limits limits = { 0 };

	an_limits_add_defaults(&limits);
	out_json_open_array(json, "limits");
	for (uint32_t i = 0; i < limits.n; i++) {
		const struct an_limit *limit = &limits.at[i];
		struct an_gate_limit value = { .limit = limit, .is_matched = true };

		if (limit->what == AN_LIMIT_CLASS) {
			value.actual = findings->sums.at[limit->which].bytes;
			value.actual_n = findings->sums.at[limit->which].n;
		} else if (limit->what == AN_LIMIT_ERROR) {
			value.actual = value.actual_n = errors[limit->which];
		} else {
			add_cause(&value, findings);
		}
		value.is_over = value.actual > limit->most || value.actual_n > limit->most;
		check_json_limit(json, &value);
	}
	out_json_close_array(json);
	an_limits_release(&limits);
}
