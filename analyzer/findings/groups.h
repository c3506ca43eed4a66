/* SPDX-License-Identifier: Apache-2.0 */
/* groups.h -- from leaks to findings: what has one fingerprint is one finding, over
 * the whole tree of processes, and gets a name. */
#ifndef ANALYZER_FINDINGS_GROUPS_H
#define ANALYZER_FINDINGS_GROUPS_H

#include "analyzer/findings/findings.h"

/*
 * All leaks are grouped and named; only those set in is_shown count, and groups
 * of which nothing is shown are left out. The result is by bytes, then id, and
 * lies in arena.
 */
struct an_finding *an_groups_make(const struct an_stack_names *names,
				  const struct an_leaks *leaks, const bool *is_shown,
				  struct arena *arena, uint32_t *n_findings);

#endif
