/* SPDX-License-Identifier: Apache-2.0 */
/* graph_draw.c -- see graph_draw.h. Boxes are numbered by their lowest allocation,
 * so the same trace gives the same drawing. */
#include "analyzer/cli/graph_draw.h"
#include "analyzer/base/u64map.h"
#include "analyzer/cli/out_text.h"
#include "analyzer/findings/roots.h"

#include <inttypes.h>
#include <string.h>

struct numbered {
	uint64_t key;
	uint64_t index;
};

/* Marks the node, what it leads to, and those that hold it directly. */
static uint8_t *choose(const struct subject *subject)
{
	const struct an_graph *graph = &subject->objects->graph;
	uint8_t *is_chosen = xcalloc(graph->n_nodes, sizeof *is_chosen);
	VEC(uint32_t) waiting = { 0 };

	if (subject->node == AN_NO_NODE) {
		memset(is_chosen, 1, graph->n_nodes);
		return is_chosen;
	}
	is_chosen[subject->node] = 1;
	*VEC_PUSH(&waiting) = subject->node;
	while (waiting.n) {
		uint32_t node = waiting.at[--waiting.n];

		for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++)
			if (!is_chosen[graph->edges[i].to]) {
				is_chosen[graph->edges[i].to] = 1;
				*VEC_PUSH(&waiting) = graph->edges[i].to;
			}
	}
	for (uint32_t i = graph->first_holder[subject->node];
	     i < graph->first_holder[subject->node + 1]; i++)
		is_chosen[graph->holders[i].from] = 1;
	VEC_RELEASE(&waiting);
	return is_chosen;
}

/* Keeps the edge if none that is kept is from the same place. */
static void keep_root(const struct an_objects *objects, struct drawn_box *box, uint32_t index)
{
	const struct an_root_edge *edge = &objects->graph.roots[index];
	const char *variable;

	if (box->n_named == DRAWN_ROOTS_MAX)
		return;
	variable = an_root_variable(objects, edge);
	for (uint32_t i = 0; i < box->n_named; i++) {
		const struct an_root_edge *kept = &objects->graph.roots[box->roots[i]];

		if (an_root_edge_root(kept) == an_root_edge_root(edge) &&
		    an_root_variable(objects, kept) == variable)
			return;
	}
	box->roots[box->n_named++] = index;
}

static void add_roots(const struct an_objects *objects, struct drawn_box *box, uint32_t node)
{
	uint32_t end = an_graph_first_root(&objects->graph, node + 1);

	for (uint32_t i = an_graph_first_root(&objects->graph, node); i < end; i++)
		if (!objects->root_is_off[an_root_edge_root(&objects->graph.roots[i])]) {
			box->n_roots++;
			keep_root(objects, box, i);
		}
}

/* box_of: of each chosen node. */
static void make_boxes(struct drawing *drawing, const uint8_t *is_chosen, uint32_t *box_of)
{
	const struct an_objects *objects = drawing->subject->objects;
	struct u64map numbers;

	u64map_init(&numbers, sizeof(struct numbered));
	for (uint32_t i = 0; i < objects->graph.n_nodes; i++) {
		const struct an_held *held = &objects->snapshot->live[i];
		struct numbered *number;
		struct drawn_box *box;
		bool is_new;

		if (!is_chosen[i])
			continue;
		number = u64map_put(&numbers, (uint64_t)held->stack << 4 | objects->reach.kind[i],
				    &is_new);
		if (is_new) {
			number->index = drawing->boxes.n;
			*VEC_PUSH(&drawing->boxes) = (struct drawn_box){
				.stack = held->stack, .kind = objects->reach.kind[i],
				.example = held->addr };
		}
		box_of[i] = (uint32_t)number->index;
		box = &drawing->boxes.at[number->index];
		box->n++;
		box->bytes += held->size;
		add_roots(objects, box, i);
	}
	u64map_release(&numbers);
}

static void make_arrows(struct drawing *drawing, const uint8_t *is_chosen,
			const uint32_t *box_of)
{
	const struct an_graph *graph = &drawing->subject->objects->graph;
	struct u64map numbers;

	u64map_init(&numbers, sizeof(struct numbered));
	for (uint32_t i = 0; i < graph->n_nodes; i++)
		for (uint32_t k = graph->first[i]; is_chosen[i] && k < graph->first[i + 1]; k++) {
			uint32_t target = graph->edges[k].to;
			uint64_t offset = an_edge_offset(graph->edges[k]);
			struct drawn_arrow *arrow;
			struct numbered *number;
			bool is_new;

			if (!is_chosen[target])
				continue;
			number = u64map_put(&numbers, (uint64_t)box_of[i] << 32 | box_of[target],
					    &is_new);
			if (is_new) {
				number->index = drawing->arrows.n;
				*VEC_PUSH(&drawing->arrows) = (struct drawn_arrow){
					box_of[i], box_of[target], UINT64_MAX, i, 0 };
			}
			arrow = &drawing->arrows.at[number->index];
			arrow->n++;
			if (offset < arrow->offset) {
				arrow->offset = offset;
				arrow->holder = i;
			}
		}
	u64map_release(&numbers);
}

void drawing_make(struct drawing *drawing, const struct subject *subject)
{
	uint32_t *box_of = xcalloc(subject->objects->graph.n_nodes, sizeof *box_of);
	uint8_t *is_chosen = choose(subject);

	*drawing = (struct drawing){ .subject = subject };
	make_boxes(drawing, is_chosen, box_of);
	make_arrows(drawing, is_chosen, box_of);
	free(is_chosen);
	free(box_of);
}

void drawing_release(struct drawing *drawing)
{
	VEC_RELEASE(&drawing->boxes);
	VEC_RELEASE(&drawing->arrows);
}

static const char *const kinds[AN_REACH_KINDS] = {
	[AN_REACHABLE] = "reachable", [AN_POSSIBLE] = "possible", [AN_DEFINITE] = "definite",
	[AN_INDIRECT] = "indirect", [AN_SUPPRESSED] = "suppressed",
};

/* Inside quotes of dot's: escaped for the terminal first, then for dot. */
static void put_quoted(FILE *to, const char *text)
{
	char escaped[REPORT_NAME_BYTES];

	text_escape(escaped, sizeof escaped, text, strlen(text));
	for (const char *at = escaped; *at; at++) {
		if (*at == '"' || *at == '\\')
			fputc('\\', to);
		fputc(*at, to);
	}
}

/* To be freed. */
static char *root_name(const struct drawing *drawing, uint32_t index)
{
	const struct an_objects *objects = drawing->subject->objects;
	char *name = NULL;
	size_t n_name;
	FILE *to = open_memstream(&name, &n_name);

	if (to) {
		subject_put_root_name(to, objects, &objects->graph.roots[index]);
		fclose(to);
	}
	return name ? name : xcalloc(1, 1);
}

static void put_roots(const struct drawing *drawing, const struct drawn_box *box, size_t number,
		      FILE *to)
{
	char count[TEXT_BYTES];

	fprintf(to, "\tr%zu [shape=ellipse, label=\"", number);
	for (uint32_t i = 0; i < box->n_named; i++) {
		char *name = root_name(drawing, box->roots[i]);

		fputs(i ? "\\n" : "", to);
		put_quoted(to, name);
		free(name);
	}
	fputs(box->n_named == DRAWN_ROOTS_MAX && box->n_roots > box->n_named ? "\\n…" : "", to);
	fprintf(to, "\"];\n\tr%zu -> b%zu [label=\"%s ×\"];\n", number, number,
		text_count(count, box->n_roots));
}

static const struct an_named_line *line_of(const struct drawing *drawing, uint32_t stack,
					   struct an_line_list *list)
{
	an_stack_names_lines(drawing->subject->findings->names, stack, list);
	return &list->at[an_lines_responsible(list)];
}

/* The field that an arrow comes from, or NULL; lasts until the next call. */
static const char *field_of(const struct drawing *drawing, const struct drawn_arrow *arrow)
{
	const struct an_snapshot *snapshot = drawing->subject->objects->snapshot;

	return an_field_name_of_held(drawing->subject->findings->types, snapshot,
				     &snapshot->live[arrow->holder], arrow->offset);
}

static const char *type_of(const struct drawing *drawing, const struct drawn_box *box)
{
	return an_type_name_of_stack(drawing->subject->findings->types, box->stack);
}

static void put_arrow(FILE *to, const struct drawing *drawing, const struct drawn_arrow *arrow)
{
	const char *field = field_of(drawing, arrow);
	char count[TEXT_BYTES];

	fprintf(to, "\tb%u -> b%u [label=\"", arrow->from, arrow->to);
	if (field) {
		fputc('.', to);
		put_quoted(to, field);
	} else {
		fprintf(to, "+%" PRIu64, arrow->offset);
	}
	if (arrow->n > 1)
		fprintf(to, " %s ×", text_count(count, arrow->n));
	fputs("\"];\n", to);
}

void draw_dot(const struct drawing *drawing, FILE *to)
{
	static const char *const colours[AN_REACH_KINDS] = {
		[AN_REACHABLE] = "palegreen", [AN_POSSIBLE] = "khaki",
		[AN_DEFINITE] = "salmon", [AN_INDIRECT] = "mistyrose",
		[AN_SUPPRESSED] = "lightgrey",
	};
	struct an_line_list list = { 0 };
	char name[REPORT_NAME_BYTES], bytes[TEXT_BYTES], count[TEXT_BYTES];

	fputs("digraph memtrace {\n\tnode [shape=box, style=filled, fontname=\"sans-serif\"];\n"
	      "\tedge [fontname=\"sans-serif\"];\n", to);
	for (size_t i = 0; i < drawing->boxes.n; i++) {
		const struct drawn_box *box = &drawing->boxes.at[i];
		const char *type = type_of(drawing, box);

		fprintf(to, "\tb%zu [fillcolor=%s, label=\"", i, colours[box->kind]);
		if (type) {
			put_quoted(to, type);
			fputs("\\n", to);
		}
		put_quoted(to, report_text_name(name, line_of(drawing, box->stack, &list), false));
		fprintf(to, "\\n%s in %s ×\\n%s\"];\n", text_bytes(bytes, box->bytes, false),
			text_count(count, box->n), kinds[box->kind]);
		if (box->n_roots)
			put_roots(drawing, box, i, to);
	}
	for (size_t i = 0; i < drawing->arrows.n; i++)
		put_arrow(to, drawing, &drawing->arrows.at[i]);
	fputs("}\n", to);
	free(list.at);
}

static void put_box(struct json *json, const struct drawing *drawing,
		    const struct drawn_box *box, struct an_line_list *list)
{
	const char *cwd = report_cwd(drawing->subject->findings->session);

	out_json_open_object(json, NULL);
	out_json_text(json, "reachability", kinds[box->kind]);
	out_json_uint(json, "allocations", box->n);
	out_json_uint(json, "bytes", box->bytes);
	out_json_uint(json, "root_edges", box->n_roots);
	out_json_open_array(json, "roots");
	for (uint32_t i = 0; i < box->n_named; i++) {
		char *name = root_name(drawing, box->roots[i]);

		out_json_text(json, NULL, name);
		free(name);
	}
	out_json_close_array(json);
	out_json_address(json, "example", box->example);
	out_json_text(json, "type", type_of(drawing, box));
	line_of(drawing, box->stack, list);
	report_json_responsible(json, list, cwd);
	report_json_stack(json, "stack", list, cwd, UINT64_MAX);
	out_json_close_object(json);
}

void draw_json(const struct drawing *drawing, FILE *to)
{
	struct json json = { .to = to };
	struct an_line_list list = { 0 };

	out_json_open_object(&json, NULL);
	out_json_text(&json, "schema", "memtrace-graph/1");
	out_json_open_array(&json, "nodes");
	for (size_t i = 0; i < drawing->boxes.n; i++)
		put_box(&json, drawing, &drawing->boxes.at[i], &list);
	out_json_close_array(&json);
	out_json_open_array(&json, "edges");
	for (size_t i = 0; i < drawing->arrows.n; i++) {
		const struct drawn_arrow *arrow = &drawing->arrows.at[i];

		out_json_open_object(&json, NULL);
		out_json_uint(&json, "from", arrow->from);
		out_json_uint(&json, "to", arrow->to);
		out_json_uint(&json, "offset", arrow->offset);
		out_json_text(&json, "field", field_of(drawing, arrow));
		out_json_uint(&json, "count", arrow->n);
		out_json_close_object(&json);
	}
	out_json_close_array(&json);
	out_json_close_object(&json);
	free(list.at);
}
