/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph.c -- makes a large object graph and analyses it: CPU seconds by step, and
 * the greatest memory per allocation once 16 bytes per edge are taken off.
 *
 *     graph SHAPE NODES WORDS
 *
 * random: allocations of 16 to 240 bytes that hold about WORDS each; three in five
 * lead far away, the others near, one in ten to an inside; every tenth thousand of
 * allocations is lost. list: one list through all, linked both ways, a depth that
 * recursion would not survive. ring: the same, round and lost.
 *
 * The time includes making the words, the memory 4 bytes for each one's site.
 */
#include "analyzer/base/xalloc.h"
#include "analyzer/graph/cycles.h"
#include "analyzer/graph/dominators.h"
#include "analyzer/graph/paths.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK = 4096, GROUP = 1000, LOST_OF_GROUPS = 10 };

struct bench {
	const char *shape;
	uint32_t n;
	uint32_t degree;
	uint64_t seed;
	struct an_node *nodes;
	uint32_t *sites;
	struct an_graph_builder *builder;
	struct an_graph_word words[CHUNK];
	size_t n_words;
	double last;
};

static uint64_t draw(struct bench *bench)
{
	bench->seed = bench->seed * 6364136223846793005u + 1442695040888963407u;
	return bench->seed >> 33;
}

static double seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void step(struct bench *bench, const char *what)
{
	double now = seconds();

	printf("%-12s %6.2f s\n", what, now - bench->last);
	bench->last = seconds();
}

static uint64_t peak_bytes(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	uint64_t kib = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %" SCNu64, &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib * 1024;
}

static void make_nodes(struct bench *bench)
{
	uint64_t at = 0x550000000000;

	bench->nodes = xmalloc(bench->n * sizeof(*bench->nodes));
	bench->sites = xmalloc(bench->n * sizeof(*bench->sites));
	for (uint32_t i = 0; i < bench->n; i++) {
		bench->nodes[i] = (struct an_node){ at, 16 + draw(bench) % 29 * 8 };
		bench->sites[i] = (uint32_t)(draw(bench) % 10000);
		at += (bench->nodes[i].size + 8 + 15) & ~(uint64_t)15;
	}
}

static void flush(struct bench *bench)
{
	an_graph_add(bench->builder, AN_NO_NODE, bench->words, bench->n_words);
	bench->n_words = 0;
}

static void word(struct bench *bench, uint64_t slot, uint64_t value)
{
	bench->words[bench->n_words++] = (struct an_graph_word){ slot, value };
	if (bench->n_words == CHUNK)
		flush(bench);
}

static bool is_lost(uint32_t node)
{
	return node / GROUP % LOST_OF_GROUPS == LOST_OF_GROUPS - 1;
}

/* Where one of the words of node i leads: near or far, but not from live to lost. */
static uint32_t somewhere(struct bench *bench, uint32_t i)
{
	uint32_t to = draw(bench) % 5 < 3 ? (uint32_t)(draw(bench) % bench->n)
					  : (i + (uint32_t)(draw(bench) % 64)) % bench->n;

	while (is_lost(to) && !is_lost(i))
		to = to + GROUP < bench->n ? to + GROUP : 0;
	return to;
}

static void make_random(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->n; i++) {
		const struct an_node *node = &bench->nodes[i];
		uint64_t n_slots = node->size / 8, degree = draw(bench) % (2 * bench->degree + 1);

		/* Small ones hold fewer, so the others hold more. */
		degree = degree * n_slots / 16;
		for (uint64_t k = 0; k < degree && k < n_slots; k++) {
			const struct an_node *to = &bench->nodes[somewhere(bench, i)];

			word(bench, node->addr + k * 8,
			     to->addr + (draw(bench) % 10 ? 0 : draw(bench) % to->size));
		}
	}
}

static void make_list(struct bench *bench, bool is_round)
{
	for (uint32_t i = 0; i < bench->n; i++) {
		uint32_t next = (i + 1) % bench->n, last = (i + bench->n - 1) % bench->n;

		if (next || is_round)
			word(bench, bench->nodes[i].addr, bench->nodes[next].addr);
		if (i || is_round)
			word(bench, bench->nodes[i].addr + 8, bench->nodes[last].addr);
	}
}

static void make_words(struct bench *bench)
{
	bool is_ring = !strcmp(bench->shape, "ring");

	if (!strcmp(bench->shape, "random"))
		make_random(bench);
	else
		make_list(bench, is_ring);
	flush(bench);
	for (uint32_t i = 0; !is_ring && i < 1000; i++) {
		struct an_graph_word root = { 0x1000 + 8 * (uint64_t)i, bench->nodes[0].addr };

		if (!strcmp(bench->shape, "random"))
			root.value = bench->nodes[somewhere(bench, 0)].addr;
		an_graph_add(bench->builder, i % 100, &root, 1);
	}
}

static void analyse(struct bench *bench, struct an_graph *graph)
{
	const struct an_reach_options options = AN_REACH_DEFAULTS;
	struct an_dominators dominators;
	struct an_cycles cycles;
	struct an_reach reach;
	struct an_paths paths;

	an_reach_find(graph, &options, &reach);
	step(bench, "reach");
	an_cycles_find(graph, &reach, &cycles);
	step(bench, "cycles");
	printf("             %zu root cycles\n", cycles.n);
	an_cycles_release(&cycles);
	an_dominators_live(graph, &reach, NULL, &dominators);
	step(bench, "live");
	an_dominators_release(&dominators);
	an_dominators_lost(graph, &reach, &dominators);
	step(bench, "lost");
	an_dominators_release(&dominators);
	an_paths_find(graph, graph->n_nodes - 1, AN_EDGES_ALL, NULL, 3, &paths);
	step(bench, "paths");
	an_paths_release(&paths);
	for (int i = 0; i < AN_REACH_KINDS; i++)
		printf("             %" PRIu64 " %s\n", reach.sums[i].n,
		       (const char *[]){ "reachable", "possible", "definite", "indirect",
					 "suppressed" }[i]);
	an_reach_release(&reach);
}

int main(int argc, char **argv)
{
	struct bench bench = { .shape = "random", .n = 1000000, .degree = 5, .seed = 1 };
	struct an_graph_input input = { 0 };
	struct an_graph graph;
	double start;

	if (argc == 4) {
		bench.shape = argv[1];
		bench.n = (uint32_t)strtoul(argv[2], NULL, 10);
		bench.degree = (uint32_t)strtoul(argv[3], NULL, 10);
	}
	make_nodes(&bench);
	input.nodes = bench.nodes;
	input.n_nodes = bench.n;
	input.sites = bench.sites;
	start = bench.last = seconds();
	bench.builder = an_graph_builder_new(&input);
	make_words(&bench);
	step(&bench, "words");
	an_graph_finish(bench.builder, &graph);
	step(&bench, "graph");
	printf("             %u nodes, %u edges\n", graph.n_nodes, graph.n_edges);
	analyse(&bench, &graph);
	printf("all %.2f s, peak %.1f bytes per allocation, %.1f without 16 per edge\n",
	       seconds() - start, (double)peak_bytes() / bench.n,
	       (double)peak_bytes() / bench.n - 16.0 * graph.n_edges / bench.n);
	an_graph_release(&graph);
	free(bench.nodes);
	free(bench.sites);
	return 0;
}
