/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_text.c -- "report" for a person: the answer first, then what costs most,
 * then the rest; last what was not seen, and the next command.
 */
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report_errors.h"
#include "analyzer/cli/report_holders.h"
#include "analyzer/cli/report_leaks.h"
#include "analyzer/cli/report_standing.h"
#include "analyzer/cli/report_tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	FINDINGS_SHOWN = 10,     /* without --top and --full */
	SITES_SHOWN = 5,
	PROCESSES_SHOWN = 30,
	THREADS_SHOWN = 8,
};

/* What the sections share. */
struct page {
	struct an_findings *findings;
	const struct report_options *options;
	struct out *out;
	struct an_line_list list;
	const char *cwd;
};

static uint64_t n_shown(const struct page *page, uint64_t usual)
{
	if (page->options->n_top != UINT64_MAX)
		return page->options->n_top;
	return page->options->is_full ? UINT64_MAX : usual;
}

static void put_head(struct page *page, const char *head)
{
	fputc('\n', page->out->to);
	out_style(page->out, OUT_HEAD);
	fputs(head, page->out->to);
	out_style(page->out, OUT_PLAIN);
}

static void put_more(struct page *page, uint64_t n_all, uint64_t n_done)
{
	char count[TEXT_BYTES];

	if (n_all > n_done)
		fprintf(page->out->to, "     … and %s more (--top=N or --full)\n",
			text_count(count, n_all - n_done));
}

static unsigned command_width(const struct an_session *session)
{
	const char *const *argv;
	uint32_t n_argv = report_command(session, &argv);
	unsigned width = n_argv ? 0 : 12;

	for (uint32_t i = 0; i < n_argv; i++)
		width += text_width(argv[i]) + (i > 0);
	return width;
}

static void put_first_line(struct page *page)
{
	const struct an_session *session = page->findings->session;
	char processes[TEXT_BYTES], time[TEXT_BYTES], end[TEXT_BYTES] = "nothing ran";
	char date[TEXT_BYTES], facts[4 * TEXT_BYTES];
	unsigned width = command_width(session), n_facts;

	if (session->n_processes)
		report_end_text(end, &session->processes[0]);
	snprintf(facts, sizeof facts, "%s · %s · %s · %s",
		 text_plural(processes, session->n_processes, "process", "processes"),
		 text_duration(time, session->duration_ns), end,
		 text_local_time(date, session->started_realtime_ns));
	n_facts = text_width(facts);
	out_style(page->out, OUT_STRONG);
	report_text_command(page->out, session);
	out_style(page->out, OUT_PLAIN);
	if (width + 2 + n_facts <= page->out->width)
		fprintf(page->out->to, "%*s%s\n", (int)(page->out->width - width - n_facts), "",
			facts);
	else
		fprintf(page->out->to, "\n%s\n", facts);
}

/* FILE@N: all that follows is of then. */
static void put_moment(struct page *page)
{
	const struct an_session *session = page->findings->session;
	char time[TEXT_BYTES];

	if (session->at_snapshot >= session->n_snapshots)
		return;
	fprintf(page->out->to, "as of snapshot %u, at %s", session->at_snapshot + 1,
		text_duration(time, session->snapshots[session->at_snapshot].at_ns));
	if (session->n_processes > 1)
		fprintf(page->out->to, ", of process %u",
			session->processes[session->snapshots[session->at_snapshot].process].id);
	fputc('\n', page->out->to);
}

static void put_peak_fact(struct page *page, const char *before)
{
	const struct an_totals *totals = &page->findings->totals;
	char peak[TEXT_BYTES], at[TEXT_BYTES];

	if (page->findings->is_peak_known)
		fprintf(page->out->to, "%sPeak: %s at %s.", before,
			text_bytes(peak, totals->peak_bytes, page->out->is_exact),
			text_duration(at, totals->peak_ns));
	if (page->findings->is_peak_known || *before)
		fputc('\n', page->out->to);
}

/* Nobody could be asked whether it is still held. */
static void put_answer(struct page *page)
{
	const struct an_findings *findings = page->findings;
	const struct an_totals *totals = &findings->totals;
	char bytes[TEXT_BYTES], count[TEXT_BYTES], n[TEXT_BYTES];
	bool is_exact = page->out->is_exact;

	fputc('\n', page->out->to);
	if (report_has_leaks(findings) && totals->n_live) {
		report_text_leak_answer(page->out, findings);
		put_peak_fact(page, "");
		report_text_hints(page->out, findings);
		return;
	}
	out_style(page->out, OUT_STRONG);
	if (totals->n_live)
		fprintf(page->out->to, "%s not freed in %s, %s.",
			text_bytes(bytes, totals->live_bytes, is_exact),
			text_plural(count, totals->n_live, "allocation", "allocations"),
			text_plural(n, findings->n_findings, "finding", "findings"));
	else if (findings->verdict == AN_CLEAN)
		fprintf(page->out->to, "Everything was freed: %s.",
			text_plural(count, totals->n_allocations, "allocation", "allocations"));
	else
		fputs("Nothing unfreed was seen, but not everything was seen.", page->out->to);
	out_style(page->out, OUT_PLAIN);
	put_peak_fact(page, "   ");
	report_text_hints(page->out, findings);
}

/* Where a finding is from, when there are several processes. */
static void put_process(struct page *page, const struct an_finding *finding)
{
	const struct an_session *session = page->findings->session;
	char count[TEXT_BYTES];

	if (session->n_processes < 2)
		return;
	if (finding->n_processes > 1) {
		fprintf(page->out->to, ", in %s",
			text_plural(count, finding->n_processes, "process", "processes"));
		return;
	}
	fprintf(page->out->to, ", process %u", session->processes[finding->processes[0]].id);
}

static void put_finding(struct page *page, const struct an_finding *finding, uint64_t number)
{
	const struct an_session *session = page->findings->session;
	struct report_stack_style style = { page->options->depth, page->options->is_full, 6,
					    page->cwd };
	const struct an_named_line *line;
	char bytes[TEXT_BYTES], count[TEXT_BYTES], name[REPORT_NAME_BYTES];

	an_stack_names_lines(page->findings->names, finding->stack, &page->list);
	line = &page->list.at[an_lines_responsible(&page->list)];
	fprintf(page->out->to, "%2llu  ", (unsigned long long)number);
	out_style(page->out, OUT_STRONG);
	fprintf(page->out->to, "%7s  %7s ×",
		text_bytes(bytes, finding->bytes, page->out->is_exact),
		text_count(count, finding->n_allocations));
	out_style(page->out, OUT_PLAIN);
	fprintf(page->out->to, "  %s", mt_api_name(session->stacks[finding->stack].api));
	report_text_type(page->out, page->findings, finding->stack);
	if (!line->is_cut) {
		fputs(" in ", page->out->to);
		text_put_fitted(page->out->to, report_text_name(name, line, style.is_full),
				-(int)(page->out->width / 3));
	}
	fputs(", never freed", page->out->to);
	put_process(page, finding);
	fprintf(page->out->to, "  %s\n", finding->id);
	report_text_stack(page->out, &page->list, &style);
}

static void put_findings(struct page *page)
{
	const struct an_findings *findings = page->findings;
	uint64_t n = n_shown(page, FINDINGS_SHOWN), n_all = 0;

	for (uint32_t i = 0; i < findings->n_findings; i++) {
		if (findings->findings[i].class != AN_CLASS_UNCLASSIFIED || n_all++ >= n)
			continue;
		if (n_all == 1)
			put_head(page, "NOT FREED\n");
		else
			fputc('\n', page->out->to);
		put_finding(page, &findings->findings[i], n_all);
	}
	put_more(page, n_all, n);
}

static void put_peak(struct page *page)
{
	struct an_findings *findings = page->findings;
	/* The sites tell of the whole trace's peak, whatever was filtered. */
	const struct an_totals *totals = &findings->session->totals;
	char bytes[TEXT_BYTES], at[TEXT_BYTES], count[TEXT_BYTES], part[TEXT_BYTES];
	uint64_t n = n_shown(page, SITES_SHOWN);

	if (!totals->peak_bytes)
		return;
	an_findings_sort(findings, AN_BY_PEAK);
	put_head(page, "PEAK");
	fprintf(page->out->to, "  %s at %s in %s%s\n",
		text_bytes(bytes, totals->peak_bytes, page->out->is_exact),
		text_duration(at, totals->peak_ns),
		text_plural(count, totals->n_peak, "allocation", "allocations"),
		findings->n_chosen < findings->session->n_processes ? ", all processes" : "");
	for (uint32_t i = 0; i < findings->n_costs && i < n; i++) {
		const struct an_cost *cost = &findings->costs[i];

		if (!cost->peak_bytes)
			break;
		an_stack_names_lines(findings->names, cost->stack, &page->list);
		fprintf(page->out->to, "  %5s  %8s  %7s ×  ",
			text_percent(part, cost->peak_bytes, totals->peak_bytes),
			text_bytes(bytes, cost->peak_bytes, page->out->is_exact),
			text_short_count(count, cost->n_peak, page->out->is_exact));
		report_text_site(page->out, &page->list, 30, page->cwd);
	}
}

static void put_churn_site(struct page *page, const struct an_cost *cost)
{
	char part[TEXT_BYTES], count[TEXT_BYTES], average[TEXT_BYTES], life[TEXT_BYTES] = "-";
	char temporary[TEXT_BYTES];

	an_stack_names_lines(page->findings->names, cost->stack, &page->list);
	if (cost->n_freed)
		text_duration(life, cost->lifetime_ns / cost->n_freed);
	fprintf(page->out->to, "  %5s  %7s ×  %8s  %s%*s  %5s  ",
		text_percent(part, cost->n_allocations, page->findings->totals.n_allocations),
		text_short_count(count, cost->n_allocations, page->out->is_exact),
		text_bytes(average, cost->allocated_bytes / cost->n_allocations,
			   page->out->is_exact),
		life, (int)(8 - (text_width(life) < 8 ? text_width(life) : 8)), "",
		text_percent(temporary, cost->n_temporary, cost->n_allocations));
	report_text_site(page->out, &page->list, 47, page->cwd);
}

static void put_churn(struct page *page)
{
	struct an_findings *findings = page->findings;
	const struct an_totals *totals = &findings->totals;
	char count[TEXT_BYTES], part[TEXT_BYTES], bytes[TEXT_BYTES];
	uint64_t n = n_shown(page, SITES_SHOWN);

	if (!totals->n_allocations)
		return;
	an_findings_sort(findings, AN_BY_COUNT);
	put_head(page, "CHURN");
	fprintf(page->out->to, "  %s of %s, %s temporary: freed before\n"
		"       the same thread allocated again\n",
		text_plural(count, totals->n_allocations, "allocation", "allocations"),
		text_bytes(bytes, totals->allocated_bytes, page->out->is_exact),
		text_percent(part, totals->n_temporary, totals->n_allocations));
	out_style(page->out, OUT_DIM);
	fputs("             calls   average  lives     temp.  site\n", page->out->to);
	out_style(page->out, OUT_PLAIN);
	for (uint32_t i = 0; i < findings->n_costs && i < n; i++)
		put_churn_site(page, &findings->costs[i]);
}

/* --sort: the sites in that order, with their stacks. */
static void put_sites(struct page *page)
{
	static const char *const orders[] = { "live bytes", "allocated bytes", "allocations",
					      "temporary allocations", "bytes at the peak" };
	struct an_findings *findings = page->findings;
	struct report_stack_style style = { page->options->depth, page->options->is_full, 6,
					    page->cwd };
	uint64_t n = n_shown(page, FINDINGS_SHOWN);

	an_findings_sort(findings, page->options->order);
	put_head(page, "SITES");
	fprintf(page->out->to, "  by %s\n", orders[page->options->order]);
	for (uint32_t i = 0; i < findings->n_costs && i < n; i++) {
		const struct an_cost *cost = &findings->costs[i];
		char all[TEXT_BYTES], count[TEXT_BYTES], live[TEXT_BYTES], n_live[TEXT_BYTES];
		char peak[TEXT_BYTES], temporary[TEXT_BYTES];
		bool is_exact = page->out->is_exact;

		fprintf(page->out->to, "%2u  %s in %s ×, live %s in %s ×, at the peak %s, "
			"%s temporary\n", i + 1, text_bytes(all, cost->allocated_bytes, is_exact),
			text_short_count(count, cost->n_allocations, is_exact),
			text_bytes(live, cost->live_bytes, is_exact),
			text_short_count(n_live, cost->n_live, is_exact),
			text_bytes(peak, cost->peak_bytes, is_exact),
			text_percent(temporary, cost->n_temporary, cost->n_allocations));
		an_stack_names_lines(findings->names, cost->stack, &page->list);
		report_text_stack(page->out, &page->list, &style);
	}
	put_more(page, findings->n_costs, n);
}

static bool is_plain(const char *text, const char *others)
{
	for (; text && *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr(others, *text))
			return false;
	return text != NULL;
}

/* Ready to paste: only with names that need no quoting. */
static void put_next(struct page *page, const struct cmd_call *call)
{
	const struct an_findings *findings = page->findings;
	const char *function = NULL, *file = call->file, *space = " ", *whole = file;
	char name[REPORT_NAME_BYTES], at[REPORT_NAME_BYTES];

	if (!is_plain(file, "_-./+:@%,=") || *file == '-')
		return;
	if (call->snapshot) {
		snprintf(at, sizeof at, "%.900s@%llu", file, (unsigned long long)call->snapshot);
		file = at;
	}
	if (!strcmp(file, "trace.bin"))
		file = space = whole = "";
	if (findings->n_findings) {
		const struct an_named_line *line;

		an_stack_names_lines(findings->names, findings->findings[0].stack, &page->list);
		line = &page->list.at[an_lines_responsible(&page->list)];
		function = line->function ? report_text_name(name, line, false) : NULL;
	}
	fputs("\nNext:  ", page->out->to);
	if (report_first_leak(findings))
		fprintf(page->out->to, "memtrace why %s%s%s\n       ", *space ? file : "",
			*space ? " " : "", report_first_leak(findings)->id);
	if (is_plain(function, "_:"))
		fprintf(page->out->to, "memtrace report --full --focus=%s%s%s\n       ", function,
			space, file);
	else if (!page->options->is_full)
		fprintf(page->out->to, "memtrace report --full%s%s\n       ", space, file);
	fprintf(page->out->to, "memtrace info%s%s\n", space, whole);
}

void report_text(struct an_findings *findings, const struct report_options *options,
		 const struct cmd_call *call)
{
	struct page page = {
		.findings = findings, .options = options, .out = call->out,
		.cwd = report_cwd(findings->session),
	};

	put_first_line(&page);
	put_moment(&page);
	put_answer(&page);
	report_text_crashes(page.out, findings, options, n_shown(&page, THREADS_SHOWN));
	report_text_leaks(page.out, findings, options, n_shown(&page, FINDINGS_SHOWN));
	put_findings(&page);
	report_text_errors(page.out, findings, options, n_shown(&page, FINDINGS_SHOWN));
	report_text_holders(page.out, findings, options->suspects, n_shown(&page, SITES_SHOWN));
	if (options->has_order) {
		put_sites(&page);
	} else {
		put_peak(&page);
		put_churn(&page);
	}
	if (findings->session->n_processes > 1) {
		put_head(&page, "PROCESSES\n");
		report_text_tree(page.out, findings, n_shown(&page, PROCESSES_SHOWN));
	}
	fputc('\n', page.out->to);
	report_text_notes(page.out, findings->session, findings->notes, findings->n_notes);
	report_text_suppressions(page.out, findings, options->suppressions);
	put_next(&page, call);
	free(page.list.at);
}
