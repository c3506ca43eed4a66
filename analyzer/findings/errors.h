/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errors.h -- findings of wrong releases: the session's errors, joined over
 * processes where kind and stacks are the same code.
 *
 * Their names begin with "E-". The fingerprint is of what went wrong and of the
 * stack of the allocation, so that it does not depend on --free-stacks.
 */
#ifndef ANALYZER_FINDINGS_ERRORS_H
#define ANALYZER_FINDINGS_ERRORS_H

#include "analyzer/base/arena.h"
#include "analyzer/findings/findings.h"

struct an_error_finding {
	char id[4 + AN_FINGERPRINT_DIGITS];
	char fingerprint[AN_FINGERPRINT_DIGITS + 1];
	uint64_t bytes, n;
	const struct an_error *error;    /* the first of them */
	const uint32_t *processes;       /* indexes, ascending */
	uint32_t n_processes;
};

struct an_error_list {
	struct an_error_finding *at;     /* by bytes, then id */
	uint32_t n;
	uint64_t sums[AN_N_ERRORS];      /* of the chosen processes */
	struct arena arena;
};

/* names and session must outlive the list. is_chosen: of each process. */
void an_error_list_init(struct an_error_list *list, const struct an_stack_names *names,
			const bool *is_chosen);
void an_error_list_release(struct an_error_list *list);

/* "Freed twice", and the like. */
const char *an_error_sentence(const struct an_error *error);

#endif
