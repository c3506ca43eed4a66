/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h -- which processes and stacks a person wants to hear of. */
#ifndef ANALYZER_FINDINGS_FILTER_H
#define ANALYZER_FINDINGS_FILTER_H

#include "analyzer/findings/findings.h"

/* True if wanted is the process's pid, its program's path or base name, or the
 * same of its first argument. */
bool an_filter_is_process(const struct an_process *process, const char *wanted);

/* Of each place of names: does the function, file or module of one of its lines
 * match? To be freed. */
bool *an_filter_places(const struct an_stack_names *names, const regex_t *expression);

/* True if one of the stack's places is set in is_place. */
bool an_filter_has_place(const struct an_stack_names *names, uint32_t stack,
			 const bool *is_place);

#endif
