/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_why.c -- "memtrace why": one allocation explained in one screen: who holds it,
 * how the program gets at it, what goes when it goes. */
#include "analyzer/cli/leak_options.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/cli/report_leaks.h"
#include "analyzer/cli/why.h"
#include "analyzer/cli/why_story.h"
#include "analyzer/cli/why_type.h"
#include "analyzer/findings/retained.h"
#include "analyzer/graph/paths.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { HOLDERS_SHOWN = 8, PATHS_SHOWN = 3, CHAIN_SHOWN = 12, PARTS_SHOWN = 5 };

static bool is_full;

/* What the parts of the answer share. */
struct answer {
	struct subject *subject;
	const struct an_objects *objects;
	uint32_t node;
	struct out *out;
	struct an_line_list list;
	const struct an_findings_options *wanted;
};

static void put_head(struct answer *answer, const char *head)
{
	fputc('\n', answer->out->to);
	out_style(answer->out, OUT_HEAD);
	fputs(head, answer->out->to);
	out_style(answer->out, OUT_PLAIN);
	fputc('\n', answer->out->to);
}

static uint32_t n_shown(uint32_t usual)
{
	return is_full ? UINT32_MAX : usual;
}

static void put_more(struct answer *answer, uint64_t n_all, uint64_t n_done)
{
	char count[TEXT_BYTES];

	if (n_all > n_done)
		fprintf(answer->out->to, "  … and %s more (--full)\n",
			text_count(count, n_all - n_done));
}

/* Where nothing was asked, only who made it is known. */
static void put_finding(struct answer *answer, const struct an_finding *finding)
{
	const struct an_session *session = answer->subject->findings->session;
	struct report_stack_style style = { UINT64_MAX, is_full, 2, report_cwd(session) };
	char bytes[TEXT_BYTES], count[TEXT_BYTES], sentence[REPORT_SENTENCE_BYTES];
	struct out *out = answer->out;

	out_style(out, OUT_STRONG);
	fprintf(out->to, "%s  %s", finding->id, report_cause_sentence(sentence, finding));
	out_style(out, OUT_PLAIN);
	fprintf(out->to, "\n%s in %s", text_bytes(bytes, finding->bytes, out->is_exact),
		text_plural(count, finding->n_allocations, "allocation", "allocations"));
	if (finding->retained_bytes > finding->bytes)
		fprintf(out->to, ", %s with what hangs on them",
			text_bytes(bytes, finding->retained_bytes, out->is_exact));
	fputs(", made by\n", out->to);
	an_stack_names_lines(answer->subject->findings->names, finding->stack, &answer->list);
	report_text_stack(out, &answer->list, &style);
	if (!answer->objects)
		fputs("\nThere is no snapshot of this process: who holds it is not known.\n",
		      out->to);
}

static const char *const kind_sentences[AN_REACH_KINDS] = {
	[AN_REACHABLE] = "still reachable",
	[AN_POSSIBLE] = "possibly lost: only its inside, or the inside of what leads to it, is "
			"pointed at",
	[AN_DEFINITE] = "lost", [AN_INDIRECT] = "lost, with what holds it",
	[AN_SUPPRESSED] = "suppressed",
};

/* Made when, by whom, and there at the snapshot. */
static void put_made(struct answer *answer)
{
	const struct an_snapshot *snapshot = answer->objects->snapshot;
	const struct an_held *held = &snapshot->live[answer->node];
	const struct an_session *session = answer->subject->findings->session;
	struct report_stack_style style = { UINT64_MAX, is_full, 4, report_cwd(session) };
	char time[TEXT_BYTES], bytes[TEXT_BYTES];
	const char *why = an_snapshot_why_name(snapshot->why);
	FILE *to = answer->out->to;

	put_head(answer, answer->subject->finding ? "ONE OF THEM"
			 : answer->subject->type ? "THE ONE THAT HOLDS MOST" : "ALLOCATION");
	fprintf(to, "  0x%" PRIx64 "  %s  ", held->addr,
		text_bytes(bytes, held->size, answer->out->is_exact));
	subject_put_type(to, answer->subject, held);
	fprintf(to, "%s\n", kind_sentences[answer->objects->reach.kind[answer->node]]);
	fprintf(to, "  made at %s", text_duration(time, held->time_ns));
	if (held->thread < session->n_threads && *session->threads[held->thread].name) {
		fputs(" by thread ", to);
		text_put(to, session->threads[held->thread].name);
	}
	fprintf(to, ", there at %s (snapshot: %s)%s\n", text_duration(time, snapshot->at_ns),
		why ? why : "?", held->is_inherited ? ", from before the fork"
		: held->is_freed ? ", freed after it" : "");
	if (answer->subject->finding)
		return;
	an_stack_names_lines(answer->subject->findings->names, held->stack, &answer->list);
	report_text_stack(answer->out, &answer->list, &style);
}

/* "0x55d0c8a0  Node  .next → 0x55d0c8e0  weaken  list_push  list.c:30" */
static void put_ring_edge(struct answer *answer, const struct an_ring *ring,
			  const struct an_ring_edge *edge, bool is_weak)
{
	const struct an_ring_member *from = &ring->members[edge->from];
	FILE *to = answer->out->to;
	unsigned column;
	int n = fprintf(to, "  0x%" PRIx64 "  ", from->addr);

	column = n > 0 ? (unsigned)n : 0;
	column += subject_put_type(to, answer->subject, from->held);
	column += subject_put_field(to, answer->subject, from->held, edge->offset);
	n = fprintf(to, " → 0x%" PRIx64 "%s  ", ring->members[edge->to].addr,
		    is_weak ? "  weaken" : "");
	an_stack_names_lines(answer->subject->findings->names, from->stack, &answer->list);
	report_text_site(answer->out, &answer->list, column + (n > 0 ? (unsigned)n : 0),
			 report_cwd(answer->subject->findings->session));
}

static void put_ring(struct answer *answer, const struct an_ring *ring)
{
	FILE *to = answer->out->to;

	put_head(answer, "RING");
	for (uint32_t i = 0; i < ring->n_edges; i++) {
		bool is_weak = false;

		for (uint32_t k = 0; k < ring->n_weaken; k++)
			is_weak |= ring->weaken[k] == i;
		put_ring_edge(answer, ring, &ring->edges[i], is_weak);
	}
	if (ring->n_weaken)
		fputs(ring->is_smallest ? "  No smaller set of pointers opens it.\n"
					: "  A smaller set of pointers may open it, too.\n", to);
	if (ring->length > ring->n_edges)
		fprintf(to, "  … of %u on the ring\n", ring->length);
}

static void put_holders(struct answer *answer)
{
	const struct an_graph *graph = &answer->objects->graph;
	uint32_t first = graph->first_holder[answer->node];
	uint32_t n = graph->first_holder[answer->node + 1] - first;
	uint32_t root = an_graph_first_root(graph, answer->node);
	uint32_t n_roots = an_graph_first_root(graph, answer->node + 1) - root;
	uint32_t most = n_shown(HOLDERS_SHOWN);
	const struct an_snapshot *snapshot = answer->objects->snapshot;
	const struct an_unloaded *unloaded = an_session_unloaded(
		answer->objects->session, snapshot->process, &snapshot->live[answer->node]);
	FILE *to = answer->out->to;

	put_head(answer, "HELD BY");
	if (unloaded && an_reach_is_lost(&answer->objects->reach, answer->node)) {
		fputs("  ", to);
		put_unloaded(to, answer->objects->session, unloaded);
		fputc('\n', to);
	} else if (!n && !n_roots)
		fputs("  nobody\n", to);
	for (uint32_t i = 0; i < n_roots && i < most; i++) {
		const struct an_root_edge *edge = &graph->roots[root + i];
		bool is_off = answer->objects->root_is_off[an_root_edge_root(edge)];

		fputs("  ", to);
		subject_put_root(answer->out, answer->objects, edge);
		if (an_root_edge_kind(edge) != AN_EDGE_START)
			fprintf(to, " (%s)", an_edge_kind_name(an_root_edge_kind(edge)));
		fputs(is_off ? ", which does not count\n" : "\n", to);
	}
	put_more(answer, n_roots, most);
	for (uint32_t i = 0; i < n && i < most; i++) {
		const struct an_holder *holder = &graph->holders[first + i];

		fputs("  ", to);
		subject_put_edge(to, answer->subject, holder->from, &graph->edges[holder->edge]);
		fputs(" of ", to);
		subject_put_node(answer->out, answer->subject, holder->from, 12, &answer->list);
	}
	put_more(answer, n, most);
}

static void put_paths(struct answer *answer)
{
	const struct an_graph *graph = &answer->objects->graph;
	struct an_paths paths;
	FILE *to = answer->out->to;

	an_paths_find(graph, answer->node, AN_EDGES_ALL, answer->objects->root_is_off,
		      PATHS_SHOWN, &paths);
	if (paths.n)
		put_head(answer, "REACHED FROM");
	for (size_t i = 0; i < paths.n; i++) {
		const struct an_path *path = &paths.at[i];

		fputs("  ", to);
		subject_put_root(answer->out, answer->objects, &graph->roots[path->root_edge]);
		fputc('\n', to);
		for (uint32_t k = 0; k < path->n_edges; k++) {
			uint32_t edge = paths.edges[path->first_edge + k];

			if (k == CHAIN_SHOWN && !is_full) {
				put_more(answer, path->n_edges, k);
				break;
			}
			fputs("    → ", to);
			subject_put_node(answer->out, answer->subject,
					 an_graph_holder_of(graph, edge), 6, &answer->list);
			fputs("      ", to);
			subject_put_edge(to, answer->subject, an_graph_holder_of(graph, edge),
					 &graph->edges[edge]);
			fputc('\n', to);
		}
		fputs("    → it\n", to);
	}
	an_paths_release(&paths);
}

/* Who must let go before it can go, the nearest first. */
static void put_dominators(struct answer *answer, const struct an_dominators *dominators)
{
	uint32_t at = dominators->up[answer->node], n = 0;
	char bytes[TEXT_BYTES];
	FILE *to = answer->out->to;

	if (at == AN_TOP || at == AN_NOT_THERE)
		return;
	put_head(answer, "GOES WHEN ONE OF THESE GOES");
	for (; at != AN_TOP && at != AN_NOT_THERE && n < n_shown(CHAIN_SHOWN);
	     at = dominators->up[at], n++) {
		fprintf(to, "  %8s  ",
			text_bytes(bytes, dominators->retained[at], answer->out->is_exact));
		if (at < dominators->n_nodes) {
			subject_put_node(answer->out, answer->subject, at, 12, &answer->list);
			continue;
		}
		/* All of that memory, not one place in it. */
		const struct an_root_edge root = {
			.root_and_kind = (at - dominators->n_nodes) << 4 };

		subject_put_root_name(to, answer->objects, &root);
		fputc('\n', to);
	}
}

static void put_maker(struct answer *answer, uint32_t stack, unsigned column)
{
	const struct an_findings *findings = answer->subject->findings;
	const char *type = an_type_name_of_stack(findings->types, stack);

	if (type) {
		text_put(answer->out->to, type);
		fputs("  ", answer->out->to);
		column += text_width(type) + 2;
	}
	an_stack_names_lines(findings->names, stack, &answer->list);
	report_text_site(answer->out, &answer->list, column, report_cwd(findings->session));
}

static void put_retained(struct answer *answer, const struct an_dominators *dominators)
{
	struct an_parts parts;
	char bytes[TEXT_BYTES], count[TEXT_BYTES];
	FILE *to = answer->out->to;
	uint32_t most = n_shown(PARTS_SHOWN);

	an_parts_find(answer->objects, dominators, answer->node, &parts);
	if (parts.n) {
		put_head(answer, "WHAT ONLY IT HOLDS");
		fprintf(to, "  %s in all, itself included\n",
			text_bytes(bytes, dominators->retained[answer->node],
				   answer->out->is_exact));
	}
	for (uint32_t i = 0; i < parts.n && i < most; i++) {
		fprintf(to, "  %8s  %7s ×  ",
			text_bytes(bytes, parts.at[i].bytes, answer->out->is_exact),
			text_count(count, parts.at[i].n));
		put_maker(answer, parts.at[i].stack, 23);
	}
	put_more(answer, parts.n, most);
	an_parts_release(&parts);
}

static void put_answer(struct answer *answer)
{
	const struct an_finding *finding = answer->subject->finding;
	struct an_dominators dominators;

	if (finding)
		put_finding(answer, finding);
	if (answer->subject->type)
		why_put_type(answer->out, answer->subject, n_shown(HOLDERS_SHOWN));
	if (answer->node == AN_NO_NODE)
		return;
	put_made(answer);
	why_put_story(answer->out, answer->subject, answer->wanted);
	if (finding && finding->ring)
		put_ring(answer, finding->ring);
	put_holders(answer);
	put_paths(answer);
	if (an_reach_is_lost(&answer->objects->reach, answer->node))
		an_dominators_lost(&answer->objects->graph, &answer->objects->reach, &dominators);
	else
		an_dominators_live(&answer->objects->graph, &answer->objects->reach,
				   answer->objects->root_is_off, &dominators);
	put_dominators(answer, &dominators);
	if (dominators.up[answer->node] != AN_NOT_THERE)
		put_retained(answer, &dominators);
	an_dominators_release(&dominators);
}

static int run_why(struct cmd_call *call)
{
	struct an_findings_options wanted = { 0 };
	struct subject subject = { 0 };
	int exit_code = leak_options_open(call->cmd, &wanted);

	if (!exit_code)
		exit_code = subject_find(&subject, call, call->subject, &wanted);
	if (!exit_code) {
		struct answer answer = { &subject, subject.objects, subject.node, call->out,
					 { 0 }, &wanted };

		put_answer(&answer);
		free(answer.list.at);
	}
	subject_release(&subject);
	leak_options_close(&wanted);
	return exit_code;
}

static const struct opt why_options[] = {
	{ "full", 0, OPT_FLAG, NULL, "whole stacks, all holders, everything in the lists",
	  &is_full, NULL },
	{ .kind = OPT_GROUP, .target = (void *)leak_options },
	{ "exact", 0, OPT_FLAG, NULL, "all digits instead of three", &cmd_settings.is_exact, NULL },
	{ .kind = OPT_GROUP, .target = (void *)cmd_trace_options },
	{ .kind = OPT_GROUP, .target = (void *)cmd_output_options },
	{ 0 },
};

const struct cmd cmd_why = {
	.name = "why",
	.summary = "say who holds an allocation, and what goes when it goes",
	.synopsis = "[OPTIONS] [FILE[@N]] FINDING|ADDRESS|TYPE",
	.description = "FINDING is a name that report shows, such as L-8c21f0; ADDRESS lies in\n"
		       "an allocation; TYPE is a type as report names it. FILE is trace.bin\n"
		       "unless named.\n",
	.options = why_options,
	.needs = CMD_NEEDS_TRACE,
	.takes_snapshot = true,
	.subject = CMD_SUBJECT_NEEDED,
	.has_pager = true,
	.usage_exit = EXIT_USAGE,
	.run = run_why,
};
