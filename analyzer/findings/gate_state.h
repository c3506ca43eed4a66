/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate_state.h -- a gate while it is fed. Private to the files gate*.c.
 *
 * A scope is the whole tree, or the processes of one program that a limit names. Each
 * has rows of its own, because a finding may be of several programs.
 */
#ifndef ANALYZER_FINDINGS_GATE_STATE_H
#define ANALYZER_FINDINGS_GATE_STATE_H

#include "analyzer/base/indexset.h"
#include "analyzer/base/strpool.h"
#include "analyzer/base/vec.h"
#include "analyzer/findings/errors.h"
#include "analyzer/findings/gate.h"

struct an_gate_row_state {
	struct an_gate_row out;
	uint64_t best_bytes;             /* of the part that the stack is from */
	VEC(struct an_gate_part) parts;
};

struct an_gate_scope {
	const char *program;             /* NULL: the tree */
	bool is_matched;
	VEC(struct an_gate_row_state) rows;
	struct indexset set;
	VEC(struct an_share) joint;      /* of each trace: lost, but by no leak alone */
};

/* What a limit that is not of rows was held against, in one trace. */
struct an_gate_value {
	uint64_t amount;
	bool is_matched;
};

struct an_gate_state {
	struct an_gate *gate;
	struct an_gate_options options;
	struct strpool strings;
	struct arena arena;              /* of lines */
	struct an_gate_scope *scopes;    /* the tree first */
	uint32_t n_scopes;
	uint32_t *scope_of;              /* of each limit */
	VEC(struct an_gate_trace) traces;
	VEC(struct an_gate_missing) missing;
	VEC(struct an_gate_value) values;    /* by trace, then limit */
	bool is_program_told;
	uint32_t program;
	const char *wanted;              /* while a fingerprint is looked for */
	struct an_gate_scope *scope;
};

/* gate_rows.c: the rows of one trace into a scope's. */
void an_gate_add_rows(struct an_gate_state *state, struct an_gate_scope *scope,
		      const struct an_findings *findings, uint32_t trace);
/* gate_values.c: of limits that are not of rows. */
struct an_gate_value an_gate_measure(const struct an_limit *limit,
				     const struct an_findings *findings);

#endif
