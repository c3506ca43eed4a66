/* SPDX-License-Identifier: Apache-2.0 */
/* why.h -- what "why" and "graph" are asked about, and how places in memory are
 * called. */
#ifndef ANALYZER_CLI_WHY_H
#define ANALYZER_CLI_WHY_H

#include "analyzer/cli/report.h"
#include "analyzer/findings/of_type.h"

/* One allocation of one process, with the graph that it is in. */
struct subject {
	struct an_findings *findings;
	const struct an_finding *finding;    /* NULL: asked for by address or type */
	const char *type;                    /* NULL: not asked for by type */
	struct an_of_type of_type;           /* of all of that type; node is the greatest */
	struct an_objects *objects;
	uint32_t node;
	uint32_t *suppressed_by;             /* of each node, or NULL */
};

/*
 * Finds what a person named: a finding ("L-8c21f0", or more or fewer of its digits
 * as long as one alone begins so), an address inside an allocation, or a type, of
 * which the one that holds most is taken. EXIT_DONE, or a usage error that was
 * printed. Release it in any case.
 */
int subject_find(struct subject *subject, const struct cmd_call *call, const char *name,
		 const struct an_findings_options *options);
void subject_release(struct subject *subject);

/* "0x55d0c8a0  64 B  Node  list_push  list.c:30", the type if it is known, fitted into
 * what is left of the line after column. */
void subject_put_node(struct out *out, const struct subject *subject, uint32_t node,
		      unsigned column, struct an_line_list *list);
/* "list (data of plugin.so), which was unloaded at 1.2 s". */
void put_unloaded(FILE *to, const struct an_session *session,
		  const struct an_unloaded *unloaded);
/* "config_cache (data of server)", "the stack of thread 4100 (worker)". */
void subject_put_root_name(FILE *to, const struct an_objects *objects,
			   const struct an_root_edge *edge);
/* The same, and ", at 0x5008". */
void subject_put_root(struct out *out, const struct an_objects *objects,
		      const struct an_root_edge *edge);
/* "Node  ", if its type is known; gives the columns that this takes. */
unsigned subject_put_type(FILE *to, const struct subject *subject, const struct an_held *held);
/* Where in node from an edge begins: ".next", "+8", and "(inside)" and the like where
 * it matters. */
void subject_put_edge(FILE *to, const struct subject *subject, uint32_t from,
		      const struct an_edge *edge);
/* Where in an allocation: ".next" or "+8". Gives the columns, too. */
unsigned subject_put_field(FILE *to, const struct subject *subject, const struct an_held *held,
			   uint64_t offset);

#endif
