/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings.h -- what is worth saying about a session: what leaked and why, who is
 * responsible, what each site cost over the whole tree, what could not be seen.
 *
 * All that the commands print, as text or as JSON, is rendered from this. Sites
 * are joined over processes by the code they are in; findings are leaks
 * with the same fingerprint. A finding's name does not depend on what was
 * filtered away.
 */
#ifndef ANALYZER_FINDINGS_FINDINGS_H
#define ANALYZER_FINDINGS_FINDINGS_H

#include "analyzer/findings/fingerprint.h"
#include "analyzer/findings/leaks.h"
#include "analyzer/findings/type_names.h"

#include <regex.h>

enum an_verdict { AN_CLEAN, AN_FINDINGS, AN_INCONCLUSIVE };

/* What one stack cost in all chosen processes. */
struct an_cost {
	uint32_t stack;              /* index into session->stacks: one of the equal ones */
	uint64_t n_allocations, allocated_bytes;
	uint64_t n_live, live_bytes;
	uint64_t n_peak, peak_bytes; /* at the peak of the whole trace */
	uint64_t n_temporary;
	uint64_t n_freed, lifetime_ns;
};

struct an_finding {
	char id[4 + AN_FINGERPRINT_DIGITS];      /* "L-8c21f0" */
	char fingerprint[AN_FINGERPRINT_DIGITS + 1];
	uint8_t class;               /* enum an_class: DEFINITE, POSSIBLE, SUPPRESSED or
	                              * UNCLASSIFIED; of a cycle all members count */
	uint8_t cause;               /* enum an_cause */
	uint8_t confidence;          /* enum an_confidence; not of UNCLASSIFIED */
	uint64_t bytes, n_allocations;
	uint64_t retained_bytes;     /* with what nothing else holds */
	struct an_share definite, indirect;      /* what counts for it */
	uint64_t n_rings;            /* of a cycle: how many of this shape */
	const struct an_ring *ring;  /* of a cycle: an example; else NULL */
	uint64_t example;            /* address of one, in the process of that index */
	uint32_t example_process;
	const struct an_unloaded *unloaded;      /* of a module that is gone: what held it */
	uint32_t suppressed_by;      /* index of a suppression, or AN_NONE */
	bool has_lost_between;       /* as in struct an_leak */
	uint64_t held_ns, lost_ns;
	uint32_t stack;              /* of its most expensive site */
	const uint32_t *processes;   /* indexes, ascending; n_processes of them, at least 1 */
	uint32_t n_processes;
};

struct an_findings_options {
	const char *process;         /* NULL: all; a pid, or the name of a program */
	const regex_t *focus;        /* NULL, or: only stacks with such a frame */
	const regex_t *ignore;       /* NULL, or: no stacks with such a frame */
	const struct an_suppressions *suppressions;  /* NULL: none */
	const uint64_t *masks;       /* of pointers with tags; n_masks of them */
	size_t n_masks;
	bool want_history;           /* say between which snapshots things were lost */
	/* Is shown the graph of each process that was asked; may be NULL. */
	void (*see)(void *context, const struct an_objects *objects);
	void *see_context;
};

struct an_findings {
	const struct an_session *session;
	struct an_stack_names *names;
	struct an_type_names *types;
	bool *is_chosen;                              /* of each process of the session */
	uint32_t n_chosen;
	struct an_finding *findings;  uint32_t n_findings;  /* by bytes, then id */
	struct an_cost *costs;        uint32_t n_costs;     /* by live, allocated, stack */
	struct an_note *notes;        uint32_t n_notes;     /* by reason, then detail */
	struct an_totals totals;      /* of the chosen processes, not of what focus left */
	struct an_leaks leaks;        /* of all processes */
	struct an_class_sums sums;    /* of the chosen ones */
	bool is_complete;             /* no note affects the verdict */
	bool is_peak_known;           /* false: the peak of several, but not all */
	enum an_verdict verdict;
	void *internal;
};

/* Never NULL. n_chosen is 0 when no process is called options->process. session
 * must outlive the result; options need not. */
struct an_findings *an_findings_new(const struct an_session *session,
				    const struct an_findings_options *options);
void an_findings_free(struct an_findings *findings);

/* What makes one site come before another. */
enum an_order { AN_BY_LIVE, AN_BY_ALLOCATED, AN_BY_COUNT, AN_BY_TEMPORARY, AN_BY_PEAK };
/* Sorts costs again. Equal ones keep the order of AN_BY_LIVE. */
void an_findings_sort(struct an_findings *findings, enum an_order order);

/* Words of the contract. */
const char *an_verdict_name(enum an_verdict verdict);
const char *an_end_name(uint8_t how);

#endif
