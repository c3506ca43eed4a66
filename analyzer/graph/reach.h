/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach.h -- which allocations the program can still get at, in the words of
 * Valgrind's memcheck and with its counts.
 *
 * Valgrind looks for what leads to what by ascending address and once only, so
 * of a ring that another lost allocation leads into it may call one definite:
 * lost A <-> B and P -> B at ascending addresses are two definite, A and P.
 * The kinds count like that; leader says that all three hang on P.
 */
#ifndef ANALYZER_GRAPH_REACH_H
#define ANALYZER_GRAPH_REACH_H

#include "analyzer/graph/graph.h"

enum an_reach_kind {
	AN_REACHABLE,     /* by starts alone, from a root */
	AN_POSSIBLE,      /* from a root, but only through the inside of something */
	AN_DEFINITE,      /* lost, and nothing lost leads here; of a ring its lowest */
	AN_INDIRECT,      /* lost, but something lost leads here */
	AN_SUPPRESSED,    /* a suppressed one, or hangs on one */
	AN_REACH_KINDS,
};

#define AN_EDGE_BIT(kind) (1u << (kind))
/* Lead to the start: what Valgrind takes for it, and what we do beyond. */
#define AN_EDGES_STRONG (AN_EDGE_BIT(AN_EDGE_MASKED + 1) - 1)
#define AN_EDGES_ALL (AN_EDGE_BIT(AN_EDGE_KINDS) - 1)

struct an_reach_options {
	uint32_t strong;              /* kinds that lead to the start */
	uint32_t followed;            /* kinds that lead anywhere at all */
	const uint8_t *root_is_off;   /* by root number; NULL: all count */
	const uint32_t *suppressed;   /* nodes */
	size_t n_suppressed;
};

/* All edges, strong ones by AN_EDGES_STRONG, all roots, nothing suppressed. */
#define AN_REACH_DEFAULTS { .strong = AN_EDGES_STRONG, .followed = AN_EDGES_ALL }

struct an_reach_sum {
	uint64_t n;
	uint64_t bytes;
};

struct an_reach {
	uint8_t *kind;       /* an_reach_kind by node */
	uint32_t *leader;    /* of a lost node: the one it hangs on, which nothing lost
	                      * leads to but what it leads to itself; the lowest of
	                      * several, maybe itself. Of any other: AN_NO_NODE */
	uint32_t followed;   /* as asked for; what uses the reach later goes by them */
	struct an_reach_sum sums[AN_REACH_KINDS];
};

void an_reach_find(const struct an_graph *graph, const struct an_reach_options *options,
		   struct an_reach *reach);
void an_reach_release(struct an_reach *reach);

static inline bool an_reach_is_lost(const struct an_reach *reach, uint32_t node)
{
	return reach->kind[node] == AN_DEFINITE || reach->kind[node] == AN_INDIRECT;
}

#endif
