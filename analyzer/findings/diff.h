/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.h -- what changed: between two runs or builds, by the fingerprints of what they
 * lost; between two snapshots of one run, by the objects themselves.
 *
 * Of objects each is told as made (lives in the new one alone), gone (in the old one
 * alone) or staying, whatever is at its address now; rows are their places.
 */
#ifndef ANALYZER_FINDINGS_DIFF_H
#define ANALYZER_FINDINGS_DIFF_H

#include "analyzer/findings/gate.h"

enum an_change_kind { AN_IS_NEW, AN_IS_GONE, AN_HAS_GROWN, AN_HAS_SHRUNK, AN_IS_SAME,
		      AN_N_CHANGES };
/* "new", "gone", "grown", "shrunk", "same". */
const char *an_change_name(enum an_change_kind change);

struct an_diff_row {
	enum an_change_kind change;
	char id[4 + AN_FINGERPRINT_DIGITS];  /* "" of objects: they are no finding */
	const char *fingerprint;
	const struct an_gate_row *finding;   /* NULL of objects */
	struct an_share before, after;       /* with what hangs on it alone */
	uint64_t n_made, n_gone;             /* of objects */
	const char *type;                    /* NULL: unknown */
	const struct an_named_line *lines;
	uint32_t n_lines, responsible;
	const char *cwd;                     /* NULL: unknown */
};

struct an_diff {
	struct an_diff_row *rows;            /* by change, then by how much, then by name */
	uint32_t n_rows;
	uint32_t n_changes[AN_N_CHANGES];
	struct an_share before, after;       /* of all rows */
	bool is_of_objects;
	void *internal;
};

/* The gate was fed old and new, in this order; it must outlive the diff. */
void an_diff_of_runs(struct an_diff *diff, const struct an_gate *gate);
/* Two readings of one trace, each as of a snapshot of the same process. They may be
 * closed afterwards. */
void an_diff_of_objects(struct an_diff *diff, const struct an_session *before,
			const struct an_session *after);
void an_diff_release(struct an_diff *diff);

#endif
