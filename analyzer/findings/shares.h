/* SPDX-License-Identifier: Apache-2.0 */
/* shares.h -- which leak each lost allocation counts for: its own, or that of the one
 * without which it would not be lost. */
#ifndef ANALYZER_FINDINGS_SHARES_H
#define ANALYZER_FINDINGS_SHARES_H

#include "analyzer/findings/leaks.h"
#include "analyzer/graph/dominators.h"

/*
 * Adds up definite and indirect of each leak. leak_of: of each node of the graph the
 * leak that tells of it, or AN_NONE. What hangs on several leaks and on no one of them
 * alone counts for none and is returned: by structure, not by address, so that a
 * leak's share is the same in every run.
 */
struct an_share an_shares_add(const struct an_objects *objects,
			      const struct an_dominators *dominators, const uint32_t *leak_of,
			      struct an_leak *leaks);

#endif
