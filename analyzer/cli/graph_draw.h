/* SPDX-License-Identifier: Apache-2.0 */
/* graph_draw.h -- a graph, folded by site and state, and its forms. */
#ifndef ANALYZER_CLI_GRAPH_DRAW_H
#define ANALYZER_CLI_GRAPH_DRAW_H

#include "analyzer/base/vec.h"
#include "analyzer/cli/why.h"

enum { DRAWN_ROOTS_MAX = 3 };

struct drawn_box {
	uint32_t stack;
	uint8_t kind;                /* enum an_reach_kind */
	uint64_t n, bytes;
	uint64_t example;            /* address of its lowest allocation */
	uint64_t n_roots;            /* root edges that count */
	uint32_t roots[DRAWN_ROOTS_MAX];   /* some of them, with different names */
	uint32_t n_named;
};

struct drawn_arrow {
	uint32_t from, to;           /* boxes */
	uint64_t offset;             /* the least one, in what holds */
	uint32_t holder;             /* a node with a pointer there */
	uint64_t n;
};

struct drawing {
	const struct subject *subject;
	VEC(struct drawn_box) boxes;
	VEC(struct drawn_arrow) arrows;
};

/* Around the subject's node: all that it leads to, and those that hold it. Without
 * one, everything. */
void drawing_make(struct drawing *drawing, const struct subject *subject);
void drawing_release(struct drawing *drawing);

void draw_dot(const struct drawing *drawing, FILE *to);
/* memtrace-graph/1 */
void draw_json(const struct drawing *drawing, FILE *to);

#endif
