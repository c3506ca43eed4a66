/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaks.h -- everything that is live at the end, told apart: by whether the
 * program could still get at it, and if not, why it does not come back.
 *
 * A process without a snapshot cannot be asked: all it has is unclassified. One
 * whose snapshot was cut short tells what is reachable, and the rest is
 * unclassified. In each process the classes sum up to what is live.
 */
#ifndef ANALYZER_FINDINGS_LEAKS_H
#define ANALYZER_FINDINGS_LEAKS_H

#include "analyzer/base/arena.h"
#include "analyzer/findings/hints.h"
#include "analyzer/findings/lost.h"
#include "analyzer/findings/objects.h"
#include "analyzer/findings/suppress.h"

enum { AN_BY_PROGRAM = UINT32_MAX - 1 };   /* suppressed by memtrace_ignore */

enum an_class {
	AN_CLASS_DEFINITE, AN_CLASS_INDIRECT, AN_CLASS_POSSIBLE, AN_CLASS_REACHABLE,
	AN_CLASS_SUPPRESSED, AN_CLASS_UNCLASSIFIED,
	AN_N_CLASSES,
};

struct an_class_sums {
	struct { uint64_t bytes, n; } at[AN_N_CLASSES];
};

enum an_cause {
	AN_CAUSE_UNKNOWN,
	AN_CAUSE_LAST_POINTER_LOST,
	AN_CAUSE_CYCLE,
	AN_CAUSE_THREAD_EXITED,      /* only the stack of a thread that is gone holds it */
	AN_CAUSE_HELD_BY_FREED,      /* only memory that was freed holds it */
	AN_CAUSE_MODULE_UNLOADED,    /* the variables of a module held it that was unloaded */
	AN_CAUSE_INHERITED,          /* what holds it was lost, and made before the fork */
	AN_N_CAUSES,
};

/* Words of the contract. */
const char *an_class_name(enum an_class class);
const char *an_cause_name(enum an_cause cause);
const char *an_confidence_name(enum an_confidence confidence);

struct an_share { uint64_t n, bytes; };

/* One ring, as an example of its shape. */
struct an_ring_member {
	uint32_t stack;
	uint64_t addr, bytes;
	const struct an_held *held;  /* in the ring's snapshot */
};
struct an_ring_edge {
	uint32_t from, to;           /* into members */
	uint64_t offset;             /* of the pointer, in from */
};
struct an_ring {
	const struct an_snapshot *snapshot;
	uint32_t length;             /* members of the ring, be they listed or not */
	struct an_ring_member *members;  uint32_t n_members;
	struct an_ring_edge *edges;      uint32_t n_edges;
	uint32_t *weaken;                uint32_t n_weaken;   /* into edges */
	bool is_smallest;            /* no smaller set of edges would do */
	uint64_t n_hanging, hanging_bytes;   /* held by this ring besides */
};

/* What one stack made in one process and has one class and cause; of cycles, what
 * one set of stacks made. Indirect ones belong to those that hold them, and
 * reachable ones are only summed. */
struct an_leak {
	uint32_t process, stack;
	uint8_t class, cause, confidence;
	uint64_t n, bytes;
	uint64_t retained_bytes;     /* with what nothing else holds */
	uint64_t example;            /* address of one */
	uint64_t n_rings;            /* of a cycle */
	const struct an_ring *ring;  /* NULL unless a cycle */
	const uint32_t *stacks;      /* of a cycle: all on the ring, ascending */
	uint32_t n_stacks;
	const struct an_unloaded *unloaded;   /* what held the example; NULL: none did */
	uint32_t suppressed_by;      /* index, AN_BY_PROGRAM, or AN_NONE */
	bool has_lost_between;       /* earlier snapshots tell when: */
	uint64_t held_ns, lost_ns;   /* each was held at the one time or later, and lost
	                              * at the other or earlier */
	/* What counts for it, of the process's sums: of a cycle one of each ring is
	 * definite, and what hangs on it alone is indirect. */
	struct an_share definite, indirect;
};

struct an_leaks_options {
	const struct an_suppressions *suppressions;   /* NULL: none */
	const uint64_t *masks;                        /* --pointer-mask */
	size_t n_masks;
	bool want_history;           /* look at the snapshots before the last ones, too */
	/* Is shown the graph of each process that was asked; may be NULL. */
	void (*see)(void *context, const struct an_objects *objects);
	void *see_context;
};

struct an_leaks {
	struct an_leak *at;
	size_t n;
	struct an_class_sums *sums;  /* of each process */
	struct an_share *joint;      /* of each process: lost, but by no leak alone */
	bool *is_asked;              /* of each process: there is a snapshot with data */
	uint64_t *n_running;         /* of each process: threads that did not stand still */
	uint64_t *n_unread;          /* roots that could not be read */
	uint64_t *n_used;            /* of each suppression: allocations */
	struct an_mask_hint *hints;  /* by process */
	size_t n_hints;
	uint64_t *kept;              /* of each process: freed, and malloc has it; 0: little */
	struct arena arena;
	size_t room;
};

/* names is needed for suppressions alone and may else be NULL. */
void an_leaks_find(const struct an_session *session, const struct an_stack_names *names,
		   const struct an_leaks_options *options, struct an_leaks *leaks);
void an_leaks_release(struct an_leaks *leaks);

/* What is suppressed in one process's graph, by the program itself or by suppressions
 * (NULL: none; names is then not needed): objects is classified again if anything is. Of
 * each node by what, or AN_NONE; to be freed. NULL if nothing can be. */
uint32_t *an_leaks_suppress(struct an_objects *objects, const struct an_stack_names *names,
			    const struct an_suppressions *suppressions);
/* Why a definite node is lost, when it is in no cycle. */
enum an_cause an_leaks_cause(const struct an_objects *objects, uint32_t node);

#endif
