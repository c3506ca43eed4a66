/* SPDX-License-Identifier: Apache-2.0 */
/* report_hints.c -- what follows the answer: the mask that would find lost memory
 * again, and what malloc keeps of what was freed. */
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report_leaks.h"

/* Of all chosen processes, from the first one that has this mask on. */
static void put_mask(struct out *out, const struct an_findings *findings, size_t first)
{
	const struct an_leaks *leaks = &findings->leaks;
	uint64_t mask = leaks->hints[first].mask, n = 0, bytes = 0;
	char count[TEXT_BYTES], text[TEXT_BYTES];

	for (size_t i = 0; i < leaks->n_hints; i++) {
		if (!findings->is_chosen[leaks->hints[i].process] || leaks->hints[i].mask != mask)
			continue;
		if (i < first)
			return;
		n += leaks->hints[i].n;
		bytes += leaks->hints[i].bytes;
	}
	fprintf(out->to, "%s (%s) would be reachable with --pointer-mask=0x%016llx.\n",
		text_plural(count, n, "lost allocation", "lost allocations"),
		text_bytes(text, bytes, out->is_exact), (unsigned long long)mask);
}

void report_text_hints(struct out *out, const struct an_findings *findings)
{
	const struct an_leaks *leaks = &findings->leaks;
	const struct an_session *session = findings->session;
	uint64_t kept = 0;
	bool is_libcs = true;
	char text[TEXT_BYTES];

	for (size_t i = 0; i < leaks->n_hints; i++)
		if (findings->is_chosen[leaks->hints[i].process])
			put_mask(out, findings, i);
	for (uint32_t i = 0; i < session->n_processes; i++) {
		if (!findings->is_chosen[i] || !leaks->kept[i])
			continue;
		kept += leaks->kept[i];
		is_libcs &= !(session->snapshots[session->processes[i].snapshot].flags &
			      MT_SNAPSHOT_OTHER_MALLOC);
	}
	if (kept)
		fprintf(out->to, "About %s freed by the program are kept by %s for reuse: "
			"no leak.\n", text_bytes(text, kept, out->is_exact),
			is_libcs ? "malloc" : "its own allocator");
}
