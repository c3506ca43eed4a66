/* SPDX-License-Identifier: Apache-2.0 */
/* report_tree.c -- see report_tree.h. The walk keeps its own stack; processes
 * whose parents make no sense (a damaged trace) are printed as roots. */
#include "analyzer/cli/report_tree.h"
#include "analyzer/base/xalloc.h"
#include "analyzer/cli/out_text.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT_MAX = 24 };

struct tree {
	uint32_t *first_child, *next_sibling;
	uint32_t *stack;
	uint8_t *depth;
	bool *is_done;
	uint64_t n_left;         /* lines that may still be printed */
	uint64_t n_hidden;
};

char *report_end_text(char *to, const struct an_process *process)
{
	const char *core = process->is_core_dumped ? " (core dumped)" : "";

	switch (process->end_how) {
	case MT_END_EXIT:
		snprintf(to, TEXT_BYTES, "exit %u", process->end_status);
		break;
	case MT_END__EXIT:
		snprintf(to, TEXT_BYTES, "_exit %u", process->end_status);
		break;
	case MT_END_SIGNAL:
		snprintf(to, TEXT_BYTES, "signal %u%s", process->end_status, core);
		break;
	case MT_END_EXEC:
		snprintf(to, TEXT_BYTES, "exec");
		break;
	case MT_END_RUNNING:
		snprintf(to, TEXT_BYTES, "still running");
		break;
	default:
		snprintf(to, TEXT_BYTES, "end not seen");
	}
	return to;
}

static void put_process(struct out *out, const struct an_process *process, unsigned indent)
{
	char end[TEXT_BYTES], time[TEXT_BYTES], live[TEXT_BYTES], count[TEXT_BYTES];
	const char *name = process->n_argv ? process->argv[0] : process->exe;
	const char *slash = strrchr(name, '/');
	int room = 26 - (int)indent;

	indent = indent > INDENT_MAX ? INDENT_MAX : indent;
	fprintf(out->to, "%4u %8llu  %*s", process->id, (unsigned long long)process->pid,
		(int)indent, "");
	text_put_fitted(out->to, slash && slash[1] ? slash + 1 : name, room > 12 ? room : 12);
	fprintf(out->to, "  %-13s %9s", report_end_text(end, process),
		text_duration(time, process->end_ns - process->start_ns));
	if (process->totals.n_live)
		fprintf(out->to, "  %s not freed in %s",
			text_bytes(live, process->totals.live_bytes, out->is_exact),
			text_count(count, process->totals.n_live));
	else
		fputs("  all freed", out->to);
	fputc('\n', out->to);
}

/* Prints root and what hangs on it, parents before children. */
static void put_branch(struct out *out, const struct an_findings *findings, struct tree *tree,
		       uint32_t root)
{
	uint32_t n = 0;

	tree->stack[n] = root;
	tree->depth[n++] = 0;
	while (n) {
		uint32_t at = tree->stack[--n];
		uint8_t depth = tree->depth[n];
		bool is_chosen = findings->is_chosen[at];

		if (tree->is_done[at])
			continue;
		tree->is_done[at] = true;
		if (is_chosen && tree->n_left) {
			put_process(out, &findings->session->processes[at], depth * 2u);
			tree->n_left--;
		} else if (is_chosen) {
			tree->n_hidden++;
		}
		/* Children were linked last first, so the stack gives the first one first. */
		for (uint32_t c = tree->first_child[at]; c != AN_NONE; c = tree->next_sibling[c]) {
			tree->stack[n] = c;
			tree->depth[n++] = depth < 12 ? depth + 1 : depth;
		}
	}
}

static void link_children(struct tree *tree, const struct an_session *session)
{
	uint32_t n = session->n_processes;

	for (uint32_t i = 0; i < n; i++)
		tree->first_child[i] = tree->next_sibling[i] = AN_NONE;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t parent = session->processes[i].parent;

		if (parent >= n)
			continue;
		tree->next_sibling[i] = tree->first_child[parent];
		tree->first_child[parent] = i;
	}
}

void report_text_tree(struct out *out, const struct an_findings *findings, uint64_t n_top)
{
	const struct an_session *session = findings->session;
	uint32_t n = session->n_processes;
	struct tree tree = {
		.first_child = xcalloc(n, sizeof(uint32_t)),
		.next_sibling = xcalloc(n, sizeof(uint32_t)),
		.stack = xcalloc((size_t)n + 1, sizeof(uint32_t)),
		.depth = xcalloc((size_t)n + 1, sizeof(uint8_t)),
		.is_done = xcalloc(n, sizeof(bool)),
		.n_left = n_top,
	};
	char count[TEXT_BYTES];

	link_children(&tree, session);
	for (uint32_t i = 0; i < n; i++)
		if (session->processes[i].parent >= n)
			put_branch(out, findings, &tree, i);
	for (uint32_t i = 0; i < n; i++)
		if (!tree.is_done[i])
			put_branch(out, findings, &tree, i);
	if (tree.n_hidden)
		fprintf(out->to, "     … and %s (--full lists them)\n",
			text_plural(count, tree.n_hidden, "more", "more"));
	free(tree.first_child);
	free(tree.next_sibling);
	free(tree.stack);
	free(tree.depth);
	free(tree.is_done);
}
