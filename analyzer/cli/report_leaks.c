/* SPDX-License-Identifier: Apache-2.0 */
/* report_leaks.c -- the section LEAKS: each finding a sentence that says why the
 * memory does not come back, who made it, and what hangs on it. */
#include "analyzer/cli/report_leaks.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/why.h"

#include <stdlib.h>
#include <string.h>

bool report_has_leaks(const struct an_findings *findings)
{
	for (uint32_t i = 0; i < findings->session->n_processes; i++)
		if (findings->is_chosen[i] && findings->leaks.is_asked[i])
			return true;
	return false;
}

static bool is_shown(const struct an_finding *finding)
{
	return finding->class == AN_CLASS_DEFINITE || finding->class == AN_CLASS_POSSIBLE;
}

static int compare_costs(const void *left, const void *right)
{
	const struct an_finding *const *a = left, *const *b = right;

	if ((*a)->class != (*b)->class)
		return (*a)->class < (*b)->class ? -1 : 1;
	if ((*a)->retained_bytes != (*b)->retained_bytes)
		return (*a)->retained_bytes > (*b)->retained_bytes ? -1 : 1;
	return (*a > *b) - (*a < *b);
}

/* What is certain first, then by what it costs. To be freed. */
static const struct an_finding **sort(const struct an_findings *findings, uint32_t *n)
{
	const struct an_finding **sorted = xcalloc(findings->n_findings, sizeof *sorted);

	*n = 0;
	for (uint32_t i = 0; i < findings->n_findings; i++)
		if (is_shown(&findings->findings[i]))
			sorted[(*n)++] = &findings->findings[i];
	qsort(sorted, *n, sizeof *sorted, compare_costs);
	return sorted;
}

const struct an_finding *report_first_leak(const struct an_findings *findings)
{
	uint32_t n;
	const struct an_finding **sorted = sort(findings, &n);
	const struct an_finding *first = n ? sorted[0] : NULL;

	free(sorted);
	return first;
}

static const char *when(const struct an_findings *findings)
{
	const struct an_session *session = findings->session;

	if (session->at_snapshot < session->n_snapshots)
		return "then";

	for (uint32_t i = 0; i < session->n_processes; i++)
		if (findings->is_chosen[i] && findings->leaks.is_asked[i] &&
		    session->snapshots[session->processes[i].snapshot].why != MT_SNAPSHOT_EXIT)
			return "at the last snapshot";
	return "at exit";
}

static void put_amount(struct out *out, const char *what, uint64_t bytes, uint64_t n)
{
	char text[TEXT_BYTES], count[TEXT_BYTES];

	if (n)
		fprintf(out->to, "%s: %s in %s.\n", what, text_bytes(text, bytes, out->is_exact),
			text_plural(count, n, "allocation", "allocations"));
}

void report_text_leak_answer(struct out *out, const struct an_findings *findings)
{
	const struct an_class_sums *sums = &findings->sums;
	uint64_t bytes = sums->at[AN_CLASS_DEFINITE].bytes + sums->at[AN_CLASS_INDIRECT].bytes;
	uint64_t n = sums->at[AN_CLASS_DEFINITE].n + sums->at[AN_CLASS_INDIRECT].n, n_findings = 0;
	char text[TEXT_BYTES], count[TEXT_BYTES], all[TEXT_BYTES], reachable[TEXT_BYTES];

	for (uint32_t i = 0; i < findings->n_findings; i++)
		n_findings += findings->findings[i].class == AN_CLASS_DEFINITE;
	out_style(out, OUT_STRONG);
	if (n)
		fprintf(out->to, "%s leaked in %s, %s.", text_bytes(text, bytes, out->is_exact),
			text_plural(count, n, "allocation", "allocations"),
			text_plural(all, n_findings, "finding", "findings"));
	else if (findings->is_complete)
		fputs("Nothing leaked.", out->to);
	else
		fputs("No leak was seen, but not everything was seen.", out->to);
	out_style(out, OUT_PLAIN);
	fputc('\n', out->to);
	snprintf(reachable, sizeof reachable, "Reachable %s", when(findings));
	put_amount(out, reachable, sums->at[AN_CLASS_REACHABLE].bytes,
		   sums->at[AN_CLASS_REACHABLE].n);
	put_amount(out, "Possibly leaked", sums->at[AN_CLASS_POSSIBLE].bytes,
		   sums->at[AN_CLASS_POSSIBLE].n);
	put_amount(out, "Suppressed", sums->at[AN_CLASS_SUPPRESSED].bytes,
		   sums->at[AN_CLASS_SUPPRESSED].n);
	put_amount(out, "Not freed, where leaks cannot be told from what is still held",
		   sums->at[AN_CLASS_UNCLASSIFIED].bytes, sums->at[AN_CLASS_UNCLASSIFIED].n);
}

const char *report_cause_sentence(char to[REPORT_SENTENCE_BYTES],
				  const struct an_finding *finding)
{
	char count[TEXT_BYTES], from[TEXT_BYTES], until[TEXT_BYTES];

	if (finding->class == AN_CLASS_POSSIBLE)
		return "Only its inside is pointed at: possibly lost";
	switch (finding->cause) {
	case AN_CAUSE_CYCLE:
		if (finding->n_rings == 1)
			snprintf(to, REPORT_SENTENCE_BYTES, "A cycle of %s keeps itself alive",
				 text_count(count, finding->ring->length));
		else
			snprintf(to, REPORT_SENTENCE_BYTES, "%s cycles keep themselves alive",
				 text_count(count, finding->n_rings));
		return to;
	case AN_CAUSE_THREAD_EXITED:
		return "Only the stack of a thread that is gone held it";
	case AN_CAUSE_MODULE_UNLOADED:
		return "Only a module held it that was unloaded";
	case AN_CAUSE_HELD_BY_FREED:
		return "Only memory that was freed holds it";
	case AN_CAUSE_INHERITED:
		return "Only memory from before the fork holds it, which is lost";
	case AN_CAUSE_LAST_POINTER_LOST:
		if (!finding->has_lost_between)
			return "The last pointer was lost";
		text_moments(from, until, finding->held_ns, finding->lost_ns);
		snprintf(to, REPORT_SENTENCE_BYTES,
			 "The last pointer was lost between %s and %s", from, until);
		return to;
	default:
		return "Never freed";
	}
}

void report_text_lost_between(struct out *out, const struct an_finding *finding,
			      unsigned indent)
{
	char from[TEXT_BYTES], until[TEXT_BYTES];

	/* Else the cause says it. */
	if (!finding->has_lost_between || finding->cause == AN_CAUSE_LAST_POINTER_LOST)
		return;
	text_moments(from, until, finding->held_ns, finding->lost_ns);
	fprintf(out->to, "%*slost between %s and %s\n", (int)indent, "", from, until);
}

struct section {
	const struct an_findings *findings;
	const struct report_options *options;
	struct out *out;
	struct an_line_list list;
	const char *cwd;
};

static void put_edge(struct section *section, const struct an_ring *ring,
		     const struct an_ring_edge *edge)
{
	const struct an_ring_member *from = &ring->members[edge->from];
	const char *type = an_type_name_of_held(section->findings->types, ring->snapshot,
						from->held);
	const char *field = an_field_name_of_held(section->findings->types, ring->snapshot,
						  from->held, edge->offset);
	FILE *to = section->out->to;

	if (type && field) {
		fputs("      weaken ", to);
		text_put(to, type);
		fputc('.', to);
		text_put(to, field);
		fprintf(to, " (offset %llu), made by  ", (unsigned long long)edge->offset);
	} else {
		fprintf(to, "      weaken the pointer at offset %llu of  ",
			(unsigned long long)edge->offset);
	}
	report_text_site(section->out, &section->list, 44, section->cwd);
}

/* Who made the others on the ring, and where it can be cut. */
static void put_ring(struct section *section, const struct an_finding *finding)
{
	const struct an_ring *ring = finding->ring;
	FILE *to = section->out->to;

	for (uint32_t i = 0; i < ring->n_members; i++) {
		bool is_told = ring->members[i].stack == finding->stack;

		for (uint32_t k = 0; k < i && !is_told; k++)
			is_told = ring->members[k].stack == ring->members[i].stack;
		if (is_told)
			continue;
		an_stack_names_lines(section->findings->names, ring->members[i].stack,
				     &section->list);
		fputs("      with  ", to);
		report_text_site(section->out, &section->list, 12, section->cwd);
	}
	for (uint32_t i = 0; i < ring->n_weaken && i < 3; i++) {
		const struct an_ring_edge *edge = &ring->edges[ring->weaken[i]];

		an_stack_names_lines(section->findings->names, ring->members[edge->from].stack,
				     &section->list);
		put_edge(section, ring, edge);
	}
}

static void put_type(struct section *section, const struct an_finding *finding)
{
	const char *type = an_type_name_of_stack(section->findings->types, finding->stack);

	if (!type)
		return;
	fputs("      ", section->out->to);
	text_put(section->out->to, type);
	fputs(" made by\n", section->out->to);
}

static void put_leak(struct section *section, const struct an_finding *finding, uint64_t number)
{
	const struct an_session *session = section->findings->session;
	struct report_stack_style style = { section->options->depth, section->options->is_full, 6,
					    section->cwd };
	char bytes[TEXT_BYTES], count[TEXT_BYTES], sentence[REPORT_SENTENCE_BYTES];
	struct out *out = section->out;

	fprintf(out->to, "%2llu  ", (unsigned long long)number);
	out_style(out, OUT_STRONG);
	fprintf(out->to, "%7s  %7s ×", text_bytes(bytes, finding->retained_bytes, out->is_exact),
		text_count(count, finding->n_allocations));
	out_style(out, OUT_PLAIN);
	fprintf(out->to, "  %s", report_cause_sentence(sentence, finding));
	if (session->n_processes > 1 && finding->n_processes > 1)
		fprintf(out->to, ", in %s",
			text_plural(count, finding->n_processes, "process", "processes"));
	else if (session->n_processes > 1)
		fprintf(out->to, ", process %u", session->processes[finding->processes[0]].id);
	fprintf(out->to, "  %s\n", finding->id);
	put_type(section, finding);
	an_stack_names_lines(section->findings->names, finding->stack, &section->list);
	report_text_stack(out, &section->list, &style);
	if (finding->cause == AN_CAUSE_MODULE_UNLOADED && finding->unloaded) {
		fputs("      held by  ", out->to);
		put_unloaded(out->to, session, finding->unloaded);
		fputc('\n', out->to);
	}
	if (finding->ring)
		put_ring(section, finding);
	report_text_lost_between(out, finding, 6);
	if (finding->retained_bytes > finding->bytes)
		fprintf(out->to, "      %s of it hang on what was lost\n",
			text_bytes(bytes, finding->retained_bytes - finding->bytes,
				   out->is_exact));
}

void report_text_leaks(struct out *out, const struct an_findings *findings,
		       const struct report_options *options, uint64_t n_most)
{
	struct section section = { .findings = findings, .options = options, .out = out,
				   .cwd = report_cwd(findings->session) };
	uint32_t n;
	const struct an_finding **sorted = sort(findings, &n);
	char count[TEXT_BYTES];

	if (n) {
		fputc('\n', out->to);
		out_style(out, OUT_HEAD);
		fputs("LEAKS\n", out->to);
		out_style(out, OUT_PLAIN);
	}
	for (uint32_t i = 0; i < n && i < n_most; i++) {
		if (i)
			fputc('\n', out->to);
		put_leak(&section, sorted[i], i + 1);
	}
	if (n > n_most)
		fprintf(out->to, "     … and %s more (--top=N or --full)\n",
			text_count(count, n - n_most));
	free(sorted);
	free(section.list.at);
}

void report_text_suppressions(struct out *out, const struct an_findings *findings,
			      const struct an_suppressions *suppressions)
{
	for (uint32_t i = 0; suppressions && i < an_suppressions_count(suppressions); i++) {
		const char *file;
		unsigned line;
		const char *name = an_suppression_name(suppressions, i, &file, &line);

		if (findings->leaks.n_used[i])
			continue;
		fputs("  suppression not used: ", out->to);
		text_put(out->to, name);
		fputs(" (", out->to);
		text_put(out->to, file);
		fprintf(out->to, ":%u)\n", line);
	}
}

void report_gen_suppressions(struct out *out, const struct an_findings *findings)
{
	struct an_line_list list = { 0 };

	for (uint32_t i = 0; i < findings->n_findings; i++) {
		const struct an_finding *finding = &findings->findings[i];

		if (!is_shown(finding))
			continue;
		an_stack_names_lines(findings->names, finding->stack, &list);
		an_suppression_write(out->to, finding->id, &list,
				     findings->session->stacks[finding->stack].api,
				     finding->ring ? "definite,indirect"
						   : an_class_name(finding->class));
	}
	free(list.at);
}
