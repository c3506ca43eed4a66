/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_graph.c -- "memtrace graph": who holds whom around a finding, or among all
 * that is live, as a drawing. What one stack made and has one state is one box,
 * so that a million list members are one box with an arrow to itself.
 */
#include "analyzer/cli/graph_draw.h"
#include "analyzer/cli/leak_options.h"

#include <stdlib.h>
#include <string.h>

enum to { TO_DOT, TO_JSON, TO_SVG };

static unsigned to;
static const char *const to_choices[] = { "dot", "json", "svg", NULL };

/* Through Graphviz, which writes to our stdout. */
static int put_svg(const struct drawing *drawing, struct out *out)
{
	FILE *dot;
	int status;

	fflush(out->to);
	dot = popen("dot -Tsvg", "we");
	if (dot)
		draw_dot(drawing, dot);
	status = dot ? pclose(dot) : -1;
	if (!status)
		return EXIT_DONE;
	out_message(NULL, "Graphviz's dot could not draw it; --to=dot prints what it would have "
		    "been given");
	return EXIT_BAD_TRACE;
}

static int put(const struct drawing *drawing, struct out *out)
{
	if (to == TO_SVG)
		return put_svg(drawing, out);
	if (to == TO_JSON)
		draw_json(drawing, out->to);
	else
		draw_dot(drawing, out->to);
	return EXIT_DONE;
}

/* Without a subject: the first process that was asked. */
static int find_all(struct subject *subject, const struct cmd_call *call,
		    const struct an_findings_options *options)
{
	*subject = (struct subject){ .findings = an_findings_new(call->session, options),
				     .node = AN_NO_NODE };
	for (uint32_t i = 0; i < call->session->n_processes && !subject->objects; i++)
		subject->objects = an_objects_new(call->session, i, options->masks,
						  options->n_masks);
	if (!subject->objects)
		return EXIT_DONE;
	subject->suppressed_by = an_leaks_suppress(subject->objects, subject->findings->names,
						   options->suppressions);
	return EXIT_DONE;
}

static int run_graph(struct cmd_call *call)
{
	struct an_findings_options wanted = { 0 };
	struct subject subject = { 0 };
	int exit_code = leak_options_open(call->cmd, &wanted);

	if (!exit_code && call->subject)
		exit_code = subject_find(&subject, call, call->subject, &wanted);
	else if (!exit_code)
		exit_code = find_all(&subject, call, &wanted);
	if (!exit_code && !subject.objects)
		exit_code = cmd_usage_error(call->cmd, "there is no snapshot, so nobody knows "
					    "what pointed to what");
	if (!exit_code) {
		struct drawing drawing;

		drawing_make(&drawing, &subject);
		exit_code = put(&drawing, call->out);
		drawing_release(&drawing);
	}
	subject_release(&subject);
	leak_options_close(&wanted);
	return exit_code;
}

static const struct opt graph_options[] = {
	{ "to", 0, OPT_CHOICE, "FORM", "dot (default), json, or svg, drawn by Graphviz", &to,
	  to_choices },
	{ .kind = OPT_GROUP, .target = (void *)leak_options },
	{ .kind = OPT_GROUP, .target = (void *)cmd_trace_options },
	{ 0 },
};

const struct cmd cmd_graph = {
	.name = "graph",
	.summary = "draw who holds whom around a finding",
	.synopsis = "[OPTIONS] [FILE[@N]] [FINDING|ADDRESS|TYPE]",
	.description = "Without FINDING, all that was live in the first process. One operand\n"
		       "alone is FILE if there is such a file. FILE is trace.bin unless named.\n",
	.options = graph_options,
	.needs = CMD_NEEDS_TRACE,
	.takes_snapshot = true,
	.subject = CMD_SUBJECT_OPTIONAL,
	.usage_exit = EXIT_USAGE,
	.run = run_graph,
};
