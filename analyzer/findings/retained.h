/* SPDX-License-Identifier: Apache-2.0 */
/* retained.h -- what goes when an allocation goes, by the stacks that made it. */
#ifndef ANALYZER_FINDINGS_RETAINED_H
#define ANALYZER_FINDINGS_RETAINED_H

#include "analyzer/findings/objects.h"
#include "analyzer/graph/dominators.h"

struct an_part {
	uint32_t stack;
	uint64_t n, bytes;
};

struct an_parts {
	struct an_part *at;          /* by bytes, then stack */
	uint32_t n;
};

/* Without the node itself. */
void an_parts_find(const struct an_objects *objects, const struct an_dominators *dominators,
		   uint32_t node, struct an_parts *parts);
void an_parts_release(struct an_parts *parts);

#endif
