/* SPDX-License-Identifier: Apache-2.0 */
/* shares.h -- which leak each lost allocation counts for: its own, or the only one that
 * leads to it. */
#ifndef ANALYZER_FINDINGS_SHARES_H
#define ANALYZER_FINDINGS_SHARES_H

#include "analyzer/findings/leaks.h"

/*
 * Adds up definite, indirect and retained_bytes of each leak. leak_of: of each node of
 * the graph the leak that tells of it, or AN_NONE. What several allocations of one leak
 * hold together is its own; what hangs on several leaks counts for none and is
 * returned: by structure, not by address, so that a leak's share is the same in
 * every run.
 */
struct an_share an_shares_add(const struct an_objects *objects, const uint32_t *leak_of,
			      struct an_leak *leaks);

#endif
